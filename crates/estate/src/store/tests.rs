use kernel::{ClientId, Grant, Id, PersonId, Problem, Role, Scope, ServiceId};
use store::Db;
use store::testing::each_db;

use super::{SCHEMA, graph, services};
use crate::model::{Component, Draft, End, Ownership, Phase};
use crate::services::Service;

fn client(number: u128) -> ClientId {
    ClientId::from_u128(number)
}

fn draft(client_number: u128, name: &str) -> Draft {
    Draft {
        client_id: client(client_number),
        name: name.into(),
        description: "Residents ask for a permit.".into(),
        owner: Some(PersonId::from_u128(9)),
        ownership: Ownership::Shared,
        consumers: "Residents".into(),
        end_of_life: Some(jiff::civil::date(2029, 12, 31)),
    }
}

async fn added(db: &Db, scope: &Scope, draft: &Draft) -> Result<Service, Problem> {
    let mut tx = db.write("test", scope).await?;
    let service = services::add(&mut tx, draft, Phase::Beta, "first", None).await?;
    tx.commit().await?;
    Ok(service)
}

fn end(service: &Service, component: Option<&Component>) -> End {
    End { service: service.id, component: component.map(|one| one.id) }
}

fn reader(scope: &Scope, of: ClientId) -> Scope {
    let grant = Grant { role: Role::Reader, client: Some(of), service: None };
    scope.recognised(kernel::Actor::Person(PersonId::from_u128(1)), vec![grant])
}

fn field(problem: &Problem) -> (&str, &str) {
    problem.fields.first().map_or(("", problem.code), |field| (field.field.as_str(), field.code))
}

#[tokio::test]
async fn a_service_reads_back_as_it_was_written() {
    each_db(&[&SCHEMA], async |db, scope| {
        let service = added(&db, &scope, &draft(1, " Parking permits ")).await.unwrap();
        assert_eq!((service.name.as_str(), service.slug.as_str()), ("Parking permits", "parking-permits"));
        assert_eq!(services::service(&db, &scope, service.id).await.unwrap(), Some(service.clone()));
        let other = added(&db, &scope, &draft(2, "Parking permits")).await.unwrap();
        assert_eq!(other.slug, "parking-permits-2", "another client may use the name, not the slug");
        let again = added(&db, &scope, &draft(1, "parking PERMITS")).await.unwrap_err();
        assert_eq!(field(&again), ("name", "field-taken"));
        let nameless = added(&db, &scope, &draft(1, " ")).await.unwrap_err();
        assert_eq!(field(&nameless), ("name", "field-required"));
        let long = added(&db, &scope, &draft(1, &"é".repeat(121))).await.unwrap_err();
        assert_eq!(field(&long), ("name", "field-too-long"));
        assert!(added(&db, &scope, &draft(1, &"é".repeat(120))).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_change_names_what_changed_and_the_same_again_changes_nothing() {
    each_db(&[&SCHEMA], async |db, scope| {
        let service = added(&db, &scope, &draft(1, "Parking")).await.unwrap();
        let mut after = draft(1, "Parking permits");
        after.owner = None;
        let mut tx = db.write("test", &scope).await.unwrap();
        let changed = services::change(&mut tx, &service, &after, Some("town.yml:3")).await.unwrap();
        assert_eq!(changed, ["name", "owner"]);
        let now = services::expect_in(&mut tx, service.id).await.unwrap();
        let facts = tx.recorded().len();
        assert!(services::change(&mut tx, &now, &after, Some("town.yml:4")).await.unwrap().is_empty());
        assert_eq!(tx.recorded().len(), facts, "a moved line is not a change of the service");
        let mut moved = after.clone();
        moved.client_id = client(2);
        let refused = services::change(&mut tx, &now, &moved, None).await.unwrap_err();
        assert_eq!(field(&refused), ("client", "field-client-stays"));
        tx.commit().await.unwrap();
        let now = services::expect(&db, &scope, service.id).await.unwrap();
        assert_eq!((now.declared_in.as_deref(), now.slug.as_str()), (Some("town.yml:4"), "parking"));
    })
    .await;
}

#[tokio::test]
async fn phases_are_entered_in_order_and_remembered_with_their_reason() {
    each_db(&[&SCHEMA], async |db, scope| {
        let service = added(&db, &scope, &draft(1, "Parking")).await.unwrap();
        let mut tx = db.write("test", &scope).await.unwrap();
        services::enter(&mut tx, &service, Phase::Live, " assessed ").await.unwrap();
        let stale = services::enter(&mut tx, &service, Phase::Archived, "").await.unwrap_err();
        assert_eq!(stale.code, "changed-meanwhile");
        let now = services::expect_in(&mut tx, service.id).await.unwrap();
        let refused = services::enter(&mut tx, &now, Phase::Archived, "").await.unwrap_err();
        assert_eq!(field(&refused), ("phase", "field-phase-cannot-follow"));
        tx.commit().await.unwrap();
        let phases = services::phases(&db, &scope, service.id).await.unwrap();
        let mut told: Vec<_> = phases.iter().map(|e| (e.from, e.phase, e.reason.as_str())).collect();
        told.sort_unstable();
        assert_eq!(told, [(None, Phase::Beta, "first"), (Some(Phase::Beta), Phase::Live, "assessed")]);
    })
    .await;
}

#[tokio::test]
async fn parts_come_and_go_and_take_their_dependencies_along() {
    each_db(&[&SCHEMA], async |db, scope| {
        let service = added(&db, &scope, &draft(1, "Parking")).await.unwrap();
        let mut tx = db.write("test", &scope).await.unwrap();
        let production = graph::add_environment(&mut tx, &service, "production", None).await.unwrap();
        let web =
            graph::add_component(&mut tx, &service, "web", "", Some(production.id), None).await.unwrap();
        let pay =
            graph::add_component(&mut tx, &service, "payment", "Takes money.", None, None).await.unwrap();
        for (name, code) in [("Web", "field-taken"), ("a/b", "field-no-slash"), ("", "field-required")] {
            let refused = graph::add_component(&mut tx, &service, name, "", None, None).await.unwrap_err();
            assert_eq!(field(&refused), ("name", code));
        }
        graph::add_dependency(&mut tx, end(&service, Some(&web)), end(&service, Some(&pay)), None)
            .await
            .unwrap();
        let renamed = Component { name: "pay".into(), environment_id: Some(production.id), ..pay.clone() };
        let changed = graph::change_component(&mut tx, &service, &pay, &renamed).await.unwrap();
        assert_eq!(changed, ["name", "environment"]);
        graph::remove_environment(&mut tx, &service, &production).await.unwrap();
        graph::remove_component(&mut tx, &service, &renamed).await.unwrap();
        tx.commit().await.unwrap();
        let left = graph::components(&db, &scope, service.id).await.unwrap();
        assert_eq!(
            left.iter().map(|c| (c.name.as_str(), c.environment_id)).collect::<Vec<_>>(),
            [("web", None)]
        );
        assert!(graph::dependencies(&db, &scope, service.id).await.unwrap().is_empty());
        assert!(graph::environments(&db, &scope, service.id).await.unwrap().is_empty());
        let facts = db.facts_of_service(&scope, service.id, &kernel::Paging::default()).await.unwrap();
        let names: Vec<String> = facts.items.iter().rev().map(|f| f.fact.name()).collect();
        assert_eq!(
            names,
            [
                "service_added",
                "environment_added",
                "component_added",
                "component_added",
                "dependency_added",
                "component_changed",
                "environment_removed",
                "dependency_removed",
                "component_removed",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_circle_is_refused_by_name() {
    each_db(&[&SCHEMA], async |db, scope| {
        let parking = added(&db, &scope, &draft(1, "Parking")).await.unwrap();
        let bank = added(&db, &scope, &draft(1, "Bank")).await.unwrap();
        let mut tx = db.write("test", &scope).await.unwrap();
        let web = graph::add_component(&mut tx, &parking, "web", "", None, None).await.unwrap();
        let (web, whole, bank) = (end(&parking, Some(&web)), end(&parking, None), end(&bank, None));
        graph::add_dependency(&mut tx, web, bank, None).await.unwrap();
        let twice = graph::add_dependency(&mut tx, web, bank, None).await.unwrap_err();
        assert_eq!(field(&twice), ("to", "field-taken"));
        let refused = graph::add_dependency(&mut tx, bank, whole, None).await.unwrap_err();
        assert_eq!(field(&refused), ("to", "field-circle"));
        assert_eq!(refused.fields[0].args, [("way", "Bank → Parking → Parking/web → Bank".to_owned())]);
        let itself = graph::add_dependency(&mut tx, bank, bank, None).await.unwrap_err();
        assert_eq!(itself.fields[0].args, [("way", "Bank → Bank".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn another_client_sees_nothing_of_it_and_cannot_depend_on_it() {
    each_db(&[&SCHEMA], async |db, scope| {
        let mine = added(&db, &scope, &draft(1, "Parking")).await.unwrap();
        let theirs = added(&db, &scope, &draft(2, "Bank")).await.unwrap();
        let mut tx = db.write("test", &scope).await.unwrap();
        graph::add_dependency(&mut tx, end(&mine, None), end(&theirs, None), None).await.unwrap();
        tx.commit().await.unwrap();

        let stranger = reader(&scope, client(2));
        assert_eq!(services::service(&db, &stranger, mine.id).await.unwrap(), None);
        assert_eq!(services::all(&db, &stranger).await.unwrap().len(), 1);
        assert!(services::found(&db, &stranger, "parking", 10).await.unwrap().is_empty());
        assert!(graph::dependencies(&db, &stranger, theirs.id).await.unwrap().is_empty());
        let names = graph::Names::read(&db, &reader(&scope, client(1))).await.unwrap();
        assert_eq!(
            (names.end(end(&mine, None)), names.end(end(&theirs, None))),
            (Some("Parking".into()), None)
        );

        let mut tx = db.write("test", &stranger).await.unwrap();
        let refused = graph::add_dependency(&mut tx, end(&theirs, None), end(&mine, None), None).await;
        assert_eq!(refused.unwrap_err().code, "not-found");
        assert_eq!(
            services::expect_in(&mut tx, ServiceId::from_u128(7)).await.unwrap_err().code,
            "not-found"
        );
    })
    .await;
}

#[tokio::test]
async fn search_takes_signs_literally_and_names_first() {
    each_db(&[&SCHEMA], async |db, scope| {
        for name in ["100% sure", "Residents' portal", "Zoning"] {
            added(&db, &scope, &draft(1, name)).await.unwrap();
        }
        let found = async |words: &str| -> Vec<String> {
            let found = services::found(&db, &scope, words, 10).await.unwrap();
            found.into_iter().map(|service| service.name).collect()
        };
        assert_eq!(found("0%").await, ["100% sure"]);
        assert_eq!(found("_").await, [] as [&str; 0]);
        assert_eq!(found("Residents").await, ["Residents' portal", "100% sure", "Zoning"]);
    })
    .await;
}

#[tokio::test]
async fn steps_apply_over_samples() {
    store::testing::upgrades(&[&SCHEMA]).await;
}

use kernel::{Actor, ClientId, ComponentId, Id, PersonId, Right};

use super::*;

#[test]
fn a_narrowed_asker_sees_one_service_and_may_do_nothing() {
    let scope = store::testing::scope_at("2026-03-01T03:00:00Z");
    let (client, service) = (ClientId::from_u128(1), ServiceId::from_u128(2));
    let person = scope.recognised(Actor::Person(PersonId::from_u128(5)), scope.grants().to_vec());
    let narrow = narrowed(&person, client, service);
    assert!(narrow.sees(client, Some(service)) && !narrow.sees(client, None));
    assert!(!narrow.may(Right::Write, client, Some(service)));
    assert_eq!(narrow.actor(), person.actor());
}

#[test]
fn an_end_of_another_client_has_neither_name_nor_address() {
    let home = samples::service(1, "Parking");
    let names = Names::new(std::slice::from_ref(&home), &[]);
    let hidden = End { service: ServiceId::from_u128(9), component: Some(ComponentId::from_u128(9)) };
    assert_eq!(end_shown(&names, home.id, hidden), EndShown { name: None, href: None });
    let whole = End { service: home.id, component: None };
    assert_eq!(
        end_shown(&names, home.id, whole),
        EndShown { name: Some("Parking".into()), href: Some(format!("/services/{}", home.id)) }
    );
}

#[test]
fn the_picture_of_thirty_components_holds_all_of_them() {
    let (_, view) = samples::all().into_iter().find(|(case, _)| *case == "thirty-components").unwrap();
    let picture = view.picture.unwrap();
    assert_eq!(picture.boxes.len(), 31, "thirty and one of another service");
    assert_eq!(picture.boxes.iter().filter(|one| one.of.is_some()).count(), 1);
    assert!(picture.boxes.iter().all(|one| one.name.chars().count() <= BOX_LETTERS));
    assert_eq!(picture.lines.len(), 30);
}

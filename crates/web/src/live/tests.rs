use futures::StreamExt as _;
use kernel::{About, ClientId, Fact, Grant, Id, IncidentId, Role, ServiceId};

use super::*;
use crate::routes::Routes;
use crate::testing::Stage;

fn recorded(about: About, fact: Fact) -> Recorded {
    Recorded {
        seq: 1,
        id: Id::from_u128(1),
        at: jiff::Timestamp::UNIX_EPOCH,
        actor: "public".into(),
        about,
        fact,
    }
}

fn scope_of(stage: &Stage, client: ClientId) -> Scope {
    let public = Scope::public(Arc::clone(&stage.site.clock), Arc::clone(&stage.site.dice));
    let grant = Grant { role: Role::Reader, client: Some(client), service: None };
    public.recognised(kernel::Actor::Public, vec![grant])
}

#[tokio::test]
async fn only_what_is_listened_to_and_may_be_seen_is_told() {
    let stage = Stage::new(Routes::new("demo"), &[], &[]).await;
    let (ours, theirs) = (ClientId::from_u128(1), ClientId::from_u128(2));
    let (service, incident) = (ServiceId::from_u128(3), IncidentId::from_u128(4));
    let scope = scope_of(&stage, ours);
    let topics: HashSet<String> =
        [service.to_string(), incident.to_string(), "fact:incident_resolved".into()].into();
    let fact = || Fact::IncidentResolved { incident, person: None, reason: "up".into() };
    let told = touched(&scope, &topics, &[recorded(About::service(ours, service), fact())]);
    assert_eq!(told, [service.to_string(), "fact:incident_resolved".into(), incident.to_string()]);
    assert!(touched(&scope, &topics, &[recorded(About::service(theirs, service), fact())]).is_empty());
    assert!(touched(&scope, &topics, &[recorded(About::installation(), fact())]).is_empty());
    let other = HashSet::from(["svc_other".to_owned()]);
    assert!(touched(&scope, &other, &[recorded(About::service(ours, service), fact())]).is_empty());
}

#[tokio::test]
async fn a_listener_that_cannot_keep_up_is_told_to_fetch_everything_and_gives_its_seat_back() {
    let stage = Stage::new(Routes::new("demo"), &[], &[]).await;
    let scope = Scope::operator(Arc::clone(&stage.site.clock), Arc::clone(&stage.site.dice));
    let (tell, hear) = broadcast::channel(2);
    let service = ServiceId::from_u128(3);
    let facts: Arc<[Recorded]> = Arc::from([recorded(
        About::service(ClientId::from_u128(1), service),
        Fact::ServiceChanged { service, changed: vec![] },
    )]);
    let seat = take_seat(&stage.site).unwrap();
    assert_eq!(stage.site.joined.live.0.load(Ordering::Relaxed), 1);
    let mut stream = Box::pin(events(seat, scope, [service.to_string()].into(), hear));
    for _ in 0..5 {
        tell.send(Arc::clone(&facts)).unwrap();
    }
    let said: Vec<String> = vec![
        format!("{:?}", stream.next().await),
        format!("{:?}", stream.next().await),
        format!("{:?}", stream.next().await),
    ];
    assert!(said[0].contains("ready") && said[1].contains('*') && said[2].contains("svc_"), "{said:?}");
    drop(stream);
    assert_eq!(stage.site.joined.live.0.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_stop_ends_every_stream() {
    let stage = Stage::new(Routes::new("demo"), &[], &[]).await;
    let scope = Scope::operator(Arc::clone(&stage.site.clock), Arc::clone(&stage.site.dice));
    let (_tell, hear) = broadcast::channel(2);
    let mut stream = Box::pin(events(take_seat(&stage.site).unwrap(), scope, HashSet::new(), hear));
    assert!(stream.next().await.is_some());
    stage.site.end_live();
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn seats_and_topics_are_counted() {
    let stage = Stage::new(Routes::new("demo"), &[], &[]).await;
    let many = vec!["svc_x"; MAX_TOPICS + 1];
    let many: Vec<String> = many.iter().enumerate().map(|(at, id)| format!("{id}{at}")).collect();
    let got = stage.person(Role::Reader).get(&format!("/live?topics={}", many.join(","))).await;
    assert_eq!(got.status, 422);
    stage.site.joined.live.0.store(MAX_LISTENERS, Ordering::Relaxed);
    assert_eq!(stage.person(Role::Reader).get("/live?topics=a").await.status, 503);
}

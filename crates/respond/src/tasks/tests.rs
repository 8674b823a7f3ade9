use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use identity::model::{Channel, Method, Person, Reachable, Rule, Standing, Theme};
use jiff::{SignedDuration, Timestamp};
use kernel::task::{Answer, Task};
use kernel::world::{
    Connect, Connected, Fetch, Fetched, Hook, Mail, NotSent, Ping, Ponged, Receipt, Resolve, Resolved,
    Unreached, World,
};
use kernel::{
    About, AlertId, ClientId, ContactMethodId, EscalationId, Fact, Id, IncidentId, Paging, PersonId, Problem,
    Recorded, RotaId, Scope, ServiceId, TeamId,
};
use store::Db;
use store::testing::{SeededDice, TestClock, each_db};

use super::*;
use crate::acts;
use crate::below::{Below, Served};
use crate::letters::{PageLetter, Words, Writes};
use crate::model::{Policy, PolicyRow, Rung, Severity, State, Target};
use crate::store::delivery::{DeliveryState, PageState};
use crate::store::{SCHEMA, delivery, escalation, incident, rota};

const NOOR: u128 = 1;
const BEN: u128 = 2;

fn person(number: u128) -> PersonId {
    PersonId::from_u128(number)
}

fn client() -> ClientId {
    ClientId::from_u128(1)
}

fn service(number: u128) -> ServiceId {
    ServiceId::from_u128(number)
}

/// What becomes of a mail.
#[derive(Clone, Copy, PartialEq)]
enum Relay {
    Up,
    Down,
    NoSuchMailbox,
    Hangs,
}

/// The outside, the people and the letters of these tests.
struct Town {
    relay: Mutex<Relay>,
    mails: Mutex<Vec<Mail>>,
    hooks: Mutex<Vec<String>>,
    people: HashMap<PersonId, Reachable>,
    owner: Option<PersonId>,
}

fn reachable(number: u128, name: &str, push_after_min: Option<i64>) -> Reachable {
    let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let mail = ContactMethodId::from_u128(number * 10);
    let push = ContactMethodId::from_u128(number * 10 + 1);
    let mut methods = vec![Method {
        id: mail,
        channel: Channel::Mail { address: format!("{}@example.org", name.to_lowercase()) },
        verified_at: Some(at),
    }];
    let mut rules = vec![Rule { method: mail, after: SignedDuration::ZERO }];
    if let Some(minutes) = push_after_min {
        let url = format!("https://ntfy.example/{name}");
        methods.push(Method { id: push, channel: Channel::Push { url, token: None }, verified_at: Some(at) });
        rules.push(Rule { method: push, after: SignedDuration::from_mins(minutes) });
    }
    let person = Person {
        id: person(number),
        name: name.into(),
        mail: format!("{}@example.org", name.to_lowercase()),
        language: "en".into(),
        zone: "Europe/Amsterdam".into(),
        theme: Theme::default(),
        standing: Standing::Active,
        added_at: at,
        seen_at: None,
        declared_in: None,
    };
    Reachable { person, methods, rules }
}

impl Town {
    fn new() -> Arc<Town> {
        let people = [reachable(NOOR, "Noor", Some(3)), reachable(BEN, "Ben", None)];
        Arc::new(Town {
            relay: Mutex::new(Relay::Up),
            mails: Mutex::default(),
            hooks: Mutex::default(),
            people: people.into_iter().map(|one| (one.person.id, one)).collect(),
            owner: Some(person(BEN)),
        })
    }

    fn relay_is(&self, relay: Relay) {
        *self.relay.lock().unwrap() = relay;
    }

    fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    /// To whom mails went since the last look, and what they said first.
    fn letters(&self) -> Vec<String> {
        let mails = std::mem::take(&mut *self.mails.lock().unwrap());
        mails.iter().map(|mail| format!("{}: {}", mail.to, mail.subject)).collect()
    }
}

impl Below for Town {
    fn people<'a>(
        &'a self,
        _: &'a Scope,
        ids: &'a BTreeSet<PersonId>,
    ) -> Answer<'a, Result<HashMap<PersonId, Reachable>, Problem>> {
        let found = ids.iter().filter_map(|id| self.people.get(id).map(|one| (*id, one.clone()))).collect();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn teams<'a>(
        &'a self,
        _: &'a Scope,
        ids: &'a BTreeSet<TeamId>,
    ) -> Answer<'a, Result<HashMap<TeamId, Vec<PersonId>>, Problem>> {
        let everybody: Vec<PersonId> = self.people.keys().copied().collect();
        let found = ids.iter().map(|id| (*id, everybody.clone())).collect();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn services<'a>(
        &'a self,
        _: &'a Scope,
        ids: &'a BTreeSet<ServiceId>,
    ) -> Answer<'a, Result<HashMap<ServiceId, Served>, Problem>> {
        let served = Served { client_id: client(), name: "Parking permits".into(), owner: self.owner };
        let found = ids.iter().map(|id| (*id, served.clone())).collect();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn needs<'a>(&'a self, _: &'a Scope, _: ServiceId) -> Answer<'a, Result<Vec<(String, String)>, Problem>> {
        Box::pin(std::future::ready(Ok(vec![("web".into(), "payment".into())])))
    }
}

impl Writes for Town {
    fn write(&self, letter: &PageLetter, _: &str) -> Result<Words, Problem> {
        let again = if letter.again { " (again)" } else { "" };
        let subject = format!("{} {}{again}", letter.service, letter.state);
        let link = letter.acknowledge_url.clone().unwrap_or_default();
        Ok(Words { text: format!("{}\n{link}", letter.title), subject, html: None })
    }

    fn url(&self, path: &str) -> String {
        format!("https://tend.example{path}")
    }

    fn sign(&self, _: &str, payload: &str, _: Timestamp) -> String {
        payload.to_owned()
    }
}

fn not_here<T>() -> T {
    panic!("nothing of this goes there")
}

impl World for Town {
    fn fetch<'a>(&'a self, _: &'a Fetch) -> Answer<'a, Result<Fetched, Unreached>> {
        not_here()
    }
    fn connect<'a>(&'a self, _: &'a Connect) -> Answer<'a, Result<Connected, Unreached>> {
        not_here()
    }
    fn resolve<'a>(&'a self, _: &'a Resolve) -> Answer<'a, Result<Resolved, Unreached>> {
        not_here()
    }
    fn ping<'a>(&'a self, _: &'a Ping) -> Answer<'a, Result<Ponged, Unreached>> {
        not_here()
    }
    fn send_mail<'a>(&'a self, mail: &'a Mail) -> Answer<'a, Result<Receipt, NotSent>> {
        let relay = *self.relay.lock().unwrap();
        Box::pin(async move {
            let took = SignedDuration::from_millis(3);
            match relay {
                Relay::Up => {
                    self.mails.lock().unwrap().push(mail.clone());
                    Ok(Receipt { said: "250 queued".into(), took })
                }
                Relay::Down => Err(NotSent { again: true, what: "the relay refuses connections".into() }),
                Relay::NoSuchMailbox => Err(NotSent { again: false, what: "550 no such mailbox".into() }),
                Relay::Hangs => {
                    self.mails.lock().unwrap().push(mail.clone());
                    std::future::pending().await
                }
            }
        })
    }
    fn call_hook<'a>(&'a self, hook: &'a Hook) -> Answer<'a, Result<Receipt, NotSent>> {
        self.hooks.lock().unwrap().push(hook.url.clone());
        Box::pin(std::future::ready(Ok(Receipt { said: "200".into(), took: SignedDuration::ZERO })))
    }
    fn self_test<'a>(&'a self) -> Answer<'a, Result<(), Unreached>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A night on call.
struct Night {
    db: Db,
    town: Arc<Town>,
    clock: Arc<TestClock>,
    scope: Scope,
    alerts: Alerts,
    escalate: Escalate,
    deliver: Deliver,
}

impl Night {
    fn new(db: &Db, town: Arc<Town>) -> Night {
        let clock = Arc::new(TestClock::at("2026-11-21T03:00:00Z"));
        let scope = Scope::task("test", clock.clone(), Arc::new(SeededDice::new(7)));
        let mail_domain = "tend.example".to_owned();
        Night {
            db: db.clone(),
            clock,
            scope,
            alerts: Alerts {
                db: db.clone(),
                below: town.clone(),
                quiet_for: SignedDuration::from_mins(2),
                mail_domain: mail_domain.clone(),
            },
            escalate: Escalate { db: db.clone(), below: town.clone(), mail_domain: mail_domain.clone() },
            deliver: Deliver {
                db: db.clone(),
                world: town.clone(),
                below: town.clone(),
                writes: town.clone(),
                sms: None,
                mail_domain,
            },
            town,
        }
    }

    /// Two steps: Noor, after five minutes Ben, who has ten; nobody after that.
    async fn with_policy(&self, repeat: u32) {
        let rung = |wait_s, who| Rung { wait_s, page: vec![Target::Person(person(who))] };
        let row = PolicyRow {
            id: EscalationId::from_u128(1),
            client_id: client(),
            name: "Permits".into(),
            only_service: None,
            policy: Policy {
                steps: vec![rung(300, NOOR), rung(600, BEN)],
                repeat,
                acknowledgement_s: 1_800,
                fallback: Vec::new(),
            },
            declared_in: None,
        };
        let mut tx = self.db.write("test", &self.scope).await.unwrap();
        escalation::save(&mut tx, &row).await.unwrap();
        escalation::assign(&mut tx, client(), service(1), row.id).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn fact(&self, of: u128, fact: Fact) {
        let mut tx = self.db.write("test", &self.scope).await.unwrap();
        tx.record(About::service(client(), service(of)), fact).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn raise(&self, of: u128, alert: u128, cause: &str, severity: u8) {
        self.fact(of, raised(alert, cause, severity, self.scope.now())).await;
    }

    async fn clear(&self, alert: u128) {
        let alert = AlertId::from_u128(alert);
        self.fact(
            1,
            Fact::AlertCleared { alert, probe: None, reason: "answers again".into(), objective: None },
        )
        .await;
    }

    /// One turn of the round.
    async fn turn(&self) {
        for task in [&self.alerts as &dyn Task, &self.escalate, &self.deliver] {
            task.run(&self.scope).await.unwrap();
        }
    }

    /// Time passes in steps of fifteen seconds.
    async fn passes(&self, minutes: i64) {
        for _ in 0..minutes * 4 {
            self.clock.moves(SignedDuration::from_secs(15));
            self.turn().await;
        }
    }

    async fn open(&self) -> Vec<crate::model::Incident> {
        incident::open(&self.db, &self.scope).await.unwrap()
    }

    async fn only(&self) -> crate::model::Incident {
        let (filter, paging) = (incident::Filter::default(), Paging::default());
        incident::list(&self.db, &self.scope, &filter, &paging).await.unwrap().items.pop().unwrap()
    }

    async fn acknowledge(&self, id: IncidentId, who: u128) -> Result<(), Problem> {
        let mut tx = self.db.write("test", &self.scope).await?;
        acts::acknowledge(&mut tx, id, Some(person(who)), "screen").await?;
        tx.commit().await
    }

    async fn facts(&self, id: IncidentId) -> Vec<Recorded> {
        let paging = Paging { after: None, limit: Some(500) };
        let mut items = self.db.timeline(&self.scope, &id.to_string(), &paging).await.unwrap().items;
        items.reverse();
        items
    }

    /// The names of an incident's facts, oldest first.
    async fn story(&self, id: IncidentId) -> Vec<String> {
        self.facts(id).await.iter().map(|fact| fact.fact.name()).collect()
    }
}

fn raised(alert: u128, cause: &str, severity: u8, since: Timestamp) -> Fact {
    Fact::AlertRaised {
        alert: AlertId::from_u128(alert),
        probe: None,
        title: format!("payment {alert}"),
        reason: "answers 503".into(),
        severity,
        cause: cause.into(),
        since,
        objective: None,
    }
}

#[tokio::test]
async fn alerts_of_one_cause_are_one_incident_and_the_worst_severity_wins() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.raise(1, 1, "payment", 3).await;
        night.raise(1, 2, "web", 1).await;
        night.raise(1, 3, "start", 4).await;
        night.turn().await;
        night.turn().await;
        let open = night.open().await;
        assert_eq!(open.len(), 2);
        assert_eq!((open[0].number, open[0].severity), (1, Severity::new(1)));
        assert_eq!((open[1].number, open[1].title.as_str()), (2, "payment 3: answers 503"));
        let alerts = incident::alerts_of(&night.db, &night.scope, open[0].id).await.unwrap();
        assert_eq!(alerts.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_unanswered_page_climbs_to_the_next_person() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.with_policy(0).await;
        night.raise(1, 1, "payment", 1).await;
        night.turn().await;
        assert_eq!(night.town.letters(), ["noor@example.org: Parking permits open"]);
        night.passes(4).await;
        assert_eq!(night.town.hooks.lock().unwrap().as_slice(), ["https://ntfy.example/Noor"]);
        assert_eq!(night.town.letters(), Vec::<String>::new());
        night.passes(1).await;
        assert_eq!(night.town.letters(), ["ben@example.org: Parking permits open"]);
        night.passes(60).await;
        assert_eq!(night.town.letters(), Vec::<String>::new(), "nobody is paged twice");
        let id = night.only().await.id;
        assert_eq!(
            night.story(id).await,
            [
                "incident_opened",
                "escalation_climbed",
                "page_requested",
                "page_sent",
                "page_sent",
                "escalation_climbed",
                "page_requested",
                "page_sent",
                "escalation_exhausted"
            ]
        );
        let pages = delivery::pages_of(&night.db, &night.scope, id).await.unwrap();
        assert!(pages.iter().all(|page| page.state == PageState::Escalated), "{pages:?}");
    })
    .await;
}

#[tokio::test]
async fn taking_it_on_stops_everything_until_it_expires() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.with_policy(0).await;
        night.raise(1, 1, "payment", 1).await;
        night.turn().await;
        let id = night.only().await.id;
        night.acknowledge(id, NOOR).await.unwrap();
        night.acknowledge(id, NOOR).await.unwrap();
        night.passes(29).await;
        assert_eq!(night.town.letters().len(), 1);
        assert!(night.town.hooks.lock().unwrap().is_empty(), "the push after three minutes was called off");
        let story = night.story(id).await;
        assert_eq!(story.iter().filter(|name| *name == "incident_acknowledged").count(), 1);
        night.passes(2).await;
        assert_eq!(night.town.letters(), ["noor@example.org: Parking permits open"]);
        assert!(night.story(id).await.contains(&"acknowledgement_expired".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_note_of_who_took_it_on_keeps_it() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.with_policy(0).await;
        night.raise(1, 1, "payment", 1).await;
        night.turn().await;
        let id = night.only().await.id;
        night.acknowledge(id, NOOR).await.unwrap();
        night.passes(20).await;
        let mut tx = night.db.write("test", &night.scope).await.unwrap();
        acts::note(&mut tx, id, Some(person(NOOR)), "still at it").await.unwrap();
        tx.commit().await.unwrap();
        night.passes(20).await;
        assert!(matches!(night.only().await.state, State::Acknowledged { .. }));
    })
    .await;
}

#[tokio::test]
async fn it_resolves_after_a_quiet_time_and_reopens_when_the_cause_is_back() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.with_policy(0).await;
        night.raise(1, 1, "payment", 1).await;
        night.raise(1, 2, "payment", 1).await;
        night.turn().await;
        night.town.letters();
        night.clear(1).await;
        night.passes(1).await;
        assert_eq!(night.open().await.len(), 1, "one alert is still raised");
        night.clear(2).await;
        night.passes(1).await;
        assert_eq!(night.open().await.len(), 1, "quiet, but not for long");
        night.passes(2).await;
        assert_eq!(night.open().await.len(), 0);
        let id = night.only().await.id;
        let told = night.town.letters();
        assert_eq!(told, ["noor@example.org: Parking permits resolved"], "to those who were paged");
        assert!(night.acknowledge(id, NOOR).await.is_err(), "a resolved one is not taken on");
        night.raise(1, 3, "payment", 1).await;
        night.turn().await;
        assert_eq!(night.only().await.id, id);
        assert_eq!(night.only().await.state, State::Open);
        assert_eq!(night.town.letters(), ["noor@example.org: Parking permits open"], "and paged again");
        night.clear(3).await;
        night.passes(15).await;
        night.raise(1, 4, "payment", 1).await;
        night.turn().await;
        assert_eq!(night.only().await.number, 1, "the oldest is last");
        assert_eq!(night.open().await[0].number, 2, "later it is a new one");
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_otherwise_is_reopened_under_its_new_name_and_never_milder() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        let comes_back = async |alert, severity| {
            night.clear(alert - 1).await;
            night.passes(3).await;
            assert_eq!(night.open().await.len(), 0);
            night.raise(1, alert, "payment", severity).await;
            night.turn().await;
            let back = night.only().await;
            assert!(back.state.is_open());
            (back.title, back.severity)
        };
        night.raise(1, 1, "payment", 3).await;
        night.turn().await;
        let id = night.only().await.id;
        assert_eq!(comes_back(2, 1).await, ("payment 2: answers 503".into(), Severity::new(1)));
        let story = night.story(id).await;
        let from = story.iter().position(|name| name == "incident_reopened").unwrap();
        assert_eq!(
            story[from..from + 4],
            ["incident_reopened", "incident_renamed", "alert_joined", "severity_changed"]
        );
        assert_eq!(comes_back(3, 4).await, ("payment 3: answers 503".into(), Severity::new(1)));

        let mut tx = db.write("test", &night.scope).await.unwrap();
        acts::rename(&mut tx, id, "Nobody can pay").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(comes_back(4, 2).await.0, "Nobody can pay", "what a person called it stays");
    })
    .await;
}

#[tokio::test]
async fn a_relay_down_for_an_hour_delivers_once_and_the_page_climbs_meanwhile() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.with_policy(0).await;
        night.town.relay_is(Relay::Down);
        night.raise(1, 1, "payment", 1).await;
        night.turn().await;
        night.passes(60).await;
        assert_eq!(night.town.letters(), Vec::<String>::new());
        night.town.relay_is(Relay::Up);
        night.passes(10).await;
        let mut told = night.town.letters();
        told.sort_unstable();
        assert_eq!(told, ["ben@example.org: Parking permits open", "noor@example.org: Parking permits open"]);
    })
    .await;
}

#[tokio::test]
async fn somebody_who_cannot_be_reached_is_shown_as_such() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.town.relay_is(Relay::NoSuchMailbox);
        night.raise(1, 1, "payment", 1).await;
        night.turn().await;
        let id = night.only().await.id;
        assert!(night.story(id).await.contains(&"page_exhausted".to_owned()));
        let pages = delivery::pages_of(&night.db, &night.scope, id).await.unwrap();
        assert_eq!(pages[0].state, PageState::Exhausted);
        let all = delivery::of_incident(&night.db, &night.scope, id).await.unwrap();
        assert_eq!(
            (all[0].state, all[0].said.as_deref()),
            (DeliveryState::Failed, Some("550 no such mailbox"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_stop_between_sending_and_recording_repeats_once_with_the_same_message_id() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.town.relay_is(Relay::Hangs);
        night.raise(1, 1, "payment", 1).await;
        night.alerts.run(&night.scope).await.unwrap();
        night.escalate.run(&night.scope).await.unwrap();
        for stop in 0..3 {
            // The mail is with the relay, and the process is killed before it can say so.
            let sends = async {
                while night.town.mails().len() <= stop.min(1) {
                    tokio::task::yield_now().await;
                }
            };
            if stop < 2 {
                tokio::select! { _ = night.deliver.run(&night.scope) => panic!("it hangs"), () = sends => {} }
            }
            night.clock.moves(SignedDuration::from_secs(30));
            night.town.relay_is(Relay::Up);
            night.turn().await;
            assert_eq!(night.town.mails().len(), stop.min(1) + 1, "not taken for left behind too early");
            night.town.relay_is(Relay::Hangs);
            night.clock.moves(SignedDuration::from_secs(31));
        }
        night.turn().await;
        let mails = night.town.mails();
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0].message_id, mails[1].message_id);
        assert!(mails[1].subject.ends_with("(again)"));
        let id = night.only().await.id;
        assert!(night.story(id).await.contains(&"page_exhausted".to_owned()), "and it is shown");
    })
    .await;
}

#[tokio::test]
async fn without_an_escalation_the_owner_is_paged_and_without_an_owner_it_is_said() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.raise(1, 1, "payment", 1).await;
        night.turn().await;
        assert_eq!(night.town.letters(), ["ben@example.org: Parking permits open"]);
    })
    .await;
    each_db(&[&SCHEMA], async |db, _| {
        let mut town = Arc::into_inner(Town::new()).unwrap();
        town.owner = None;
        let night = Night::new(&db, Arc::new(town));
        night.raise(1, 1, "payment", 1).await;
        night.turn().await;
        night.passes(10).await;
        let id = night.only().await.id;
        assert_eq!(night.story(id).await, ["incident_opened", "nobody_on_call"], "said once");
        night.with_policy(0).await;
        night.passes(1).await;
        assert_eq!(night.town.letters(), ["noor@example.org: Parking permits open"], "somebody came");
    })
    .await;
}

#[tokio::test]
async fn the_clock_set_back_neither_stops_nor_doubles_a_page() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.with_policy(0).await;
        night.raise(1, 1, "payment", 1).await;
        night.alerts.run(&night.scope).await.unwrap();
        night.clock.moves(SignedDuration::from_hours(-5));
        night.turn().await;
        assert_eq!(night.town.letters(), ["noor@example.org: Parking permits open"]);
        night.clock.moves(SignedDuration::from_hours(-5));
        night.turn().await;
        night.turn().await;
        assert_eq!(night.town.letters(), Vec::<String>::new());
        assert!(night.only().await.duration(night.scope.now()) >= SignedDuration::ZERO);
        night.passes(6).await;
        assert_eq!(night.town.letters(), ["ben@example.org: Parking permits open"]);
    })
    .await;
}

#[tokio::test]
async fn two_hundred_at_once_are_two_hundred_mails() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        let mut tx = night.db.write("test", &night.scope).await.unwrap();
        for number in 1..=200 {
            let fact = raised(number, "start", 2, night.scope.now());
            tx.record(About::service(client(), service(number)), fact).await.unwrap();
        }
        tx.commit().await.unwrap();
        night.turn().await;
        let mails = night.town.mails();
        let ids: BTreeSet<&str> = mails.iter().map(|mail| mail.message_id.as_str()).collect();
        assert_eq!((mails.len(), ids.len()), (200, 200));
    })
    .await;
}

#[tokio::test]
async fn hostile_words_stay_words() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        night.raise(1, 1, "payment", 1).await;
        night.turn().await;
        let id = night.only().await.id;
        let mut tx = night.db.write("test", &night.scope).await.unwrap();
        let wild = "<script>alert(1)</script>\u{0}\u{1b}[31m'; drop table incidents; --\r\nnext";
        let note = acts::note(&mut tx, id, None, wild).await.unwrap();
        assert_eq!(note.body, "<script>alert(1)</script>[31m'; drop table incidents; --\nnext");
        for (body, code) in [("  \n ", "field-required"), (&*"x".repeat(10_001), "field-too-long")] {
            let refused = acts::note(&mut tx, id, None, body).await.unwrap_err();
            assert_eq!(refused.fields[0].code, code);
        }
        assert!(acts::note(&mut tx, id, None, &"x".repeat(10_000)).await.is_ok());
        assert!(acts::publish(&mut tx, id, None, "x", "fine", None).await.is_err());
        tx.commit().await.unwrap();
        let notes = incident::notes_of(&night.db, &night.scope, id).await.unwrap();
        assert_eq!(notes.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_notes_do_not_make_a_room_that_cannot_be_entered() {
    let folder_only = async |db: Db, _: Scope| {
        let night = Night::new(&db, Town::new());
        night.raise(1, 1, "payment", 1).await;
        night.turn().await;
        let incident = night.only().await;
        let mut tx = night.db.write("test", &night.scope).await.unwrap();
        for _ in 0..2_050 {
            let note = incident::Note {
                id: Id::new(&night.scope),
                incident_id: incident.id,
                author: None,
                public_state: None,
                body: "x".into(),
                written_at: night.scope.now(),
            };
            incident::insert_note(&mut tx, &incident, &note).await.unwrap();
        }
        tx.commit().await.unwrap();
        let notes = incident::notes_of(&night.db, &night.scope, incident.id).await.unwrap();
        assert_eq!(notes.len(), incident::MAX_NOTES as usize);
    };
    each_db(&[&SCHEMA], folder_only).await;
}

#[tokio::test]
async fn a_rota_is_resolved_at_the_moment_of_the_climb() {
    each_db(&[&SCHEMA], async |db, _| {
        let night = Night::new(&db, Town::new());
        let mut rota = crate::model::Rota {
            id: RotaId::from_u128(1),
            client_id: client(),
            name: "Permits".into(),
            zone: "Europe/Amsterdam".into(),
            layers: vec![crate::model::Layer {
                rotation: crate::model::Rotation::Daily { days: 1 },
                start: jiff::civil::date(2026, 11, 1),
                handoff: jiff::civil::time(9, 0, 0, 0),
                people: vec![person(NOOR)],
                only: Vec::new(),
            }],
            overrides: Vec::new(),
            declared_in: None,
            feed_key: "k".into(),
        };
        let step = |wait_s| Rung { wait_s, page: vec![Target::Rota(rota.id)] };
        let row = PolicyRow {
            id: EscalationId::from_u128(1),
            client_id: client(),
            name: "Permits".into(),
            only_service: None,
            policy: Policy {
                steps: vec![step(300), step(300)],
                repeat: 0,
                acknowledgement_s: 60,
                fallback: Vec::new(),
            },
            declared_in: None,
        };
        let mut tx = night.db.write("test", &night.scope).await.unwrap();
        rota::save(&mut tx, &rota).await.unwrap();
        escalation::save(&mut tx, &row).await.unwrap();
        escalation::assign(&mut tx, client(), service(1), row.id).await.unwrap();
        tx.commit().await.unwrap();
        night.raise(1, 1, "payment", 1).await;
        night.turn().await;
        assert_eq!(night.town.letters(), ["noor@example.org: Parking permits open"]);
        rota.layers[0].people = vec![person(BEN)];
        let mut tx = night.db.write("test", &night.scope).await.unwrap();
        rota::save(&mut tx, &rota).await.unwrap();
        tx.commit().await.unwrap();
        night.passes(6).await;
        assert_eq!(night.town.letters(), ["ben@example.org: Parking permits open"], "edited meanwhile");
    })
    .await;
}

#[tokio::test]
async fn the_schema_takes_its_sample() {
    store::testing::upgrades(&[&SCHEMA]).await;
}

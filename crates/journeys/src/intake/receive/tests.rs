use kernel::lake::Origin;
use proptest::prelude::*;

use super::*;
use crate::intake::testing::{Ground, service};

const NOON: &str = "2026-11-21T12:00:00Z";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0";

fn asked(ip: &str) -> Asked {
    let from = Some(ip.parse().expect("an address"));
    Asked { from, user_agent: FIREFOX.into(), ..Asked::by(Origin::Plausible) }
}

fn view(path: &str) -> Incoming {
    Incoming { name: "pageview".into(), url: format!("https://svc.example{path}"), ..Incoming::default() }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

#[test]
fn a_wrong_clock_is_corrected_and_never_points_to_the_future() {
    let now = at(NOON);
    let check = |event: Option<&str>, sent: Option<&str>, expected: Result<&str, Reason>| {
        let found = happened(event.map(at), sent.map(at), now, Some(400));
        assert_eq!(found, expected.map(at), "{event:?} {sent:?}");
    };
    check(None, None, Ok(NOON));
    check(Some("2026-11-21T11:00:00Z"), None, Ok("2026-11-21T11:00:00Z"));
    // Five hours fast: what lies between happening and sending holds.
    check(Some("2026-11-21T16:59:00Z"), Some("2026-11-21T17:00:00Z"), Ok("2026-11-21T11:59:00Z"));
    // A clock that was never set.
    check(Some("1970-01-01T00:00:05Z"), Some("1970-01-01T00:00:15Z"), Ok("2026-11-21T11:59:50Z"));
    check(Some("2026-11-21T12:00:09Z"), None, Ok(NOON));
    check(Some("2026-11-21T12:00:09Z"), Some("2026-11-21T12:00:00Z"), Ok(NOON));
    check(Some("1970-01-01T00:00:05Z"), None, Err(Reason::TooOld));
    check(Some("2025-10-01T00:00:00Z"), None, Err(Reason::TooOld));
    check(Some("2099-01-01T00:00:00Z"), None, Err(Reason::Future));
    check(Some("2026-11-22T12:00:01Z"), None, Err(Reason::Future));
    assert_eq!(happened(Some(at("2017-01-01T00:00:00Z")), None, now, None), Ok(at("2017-01-01T00:00:00Z")));
}

proptest! {
    #[test]
    fn no_time_is_in_the_future_or_panics(event in any::<i64>(), sent in proptest::option::of(any::<i64>())) {
        let instant = |micros: i64| Timestamp::from_microsecond(micros).ok();
        let now = at(NOON);
        if let Ok(found) = happened(instant(event), sent.and_then(instant), now, None) {
            prop_assert!(found <= now);
        }
    }
}

#[tokio::test]
async fn a_page_view_becomes_a_row_without_a_person_in_it() {
    let ground = Ground::at(NOON).await;
    let source = ground.source(Identity::Daily, |_| {}).await;
    let event = Incoming {
        referrer: "https://www.gov.uk/x".into(),
        ..view("/apply?utm_source=nl&utm_campaign=spring")
    };
    let taken = ground.takes(&source, &asked("192.0.2.1"), vec![event]).await;
    assert_eq!((taken.kept, taken.bots, taken.ignored.len()), (1, 0, 0));
    let row = ground.pond.events().remove(0);
    assert_eq!(
        (row.path.as_str(), row.host.as_str(), row.referrer.as_str()),
        ("/apply", "svc.example", "gov.uk")
    );
    assert_eq!((row.source.as_str(), row.campaign.as_str(), row.bot.as_str()), ("nl", "spring", ""));
    assert_eq!((row.browser.as_str(), row.os.as_str(), row.device), ("Firefox", "Linux", Device::Desktop));
    assert!(row.visitor != 0 && row.visit != 0 && row.user == 0 && row.key == 0);
    let text = format!("{row:?}");
    assert!(!text.contains("192.0.2") && !text.contains("Mozilla"), "{text}");
}

#[tokio::test]
async fn visits_hold_for_half_an_hour_and_over_midnight() {
    let ground = Ground::at("2026-11-21T23:50:00Z").await;
    let source = ground.source(Identity::Daily, |_| {}).await;
    for minutes in [0, 20, 20, 31] {
        ground.passes(minutes);
        ground.takes(&source, &asked("192.0.2.1"), vec![view("/")]).await;
    }
    let rows = ground.pond.events();
    let visits: Vec<bool> = rows.windows(2).map(|pair| pair[0].visit == pair[1].visit).collect();
    assert_eq!(visits, [true, true, false]);
    // The visit goes on under yesterday's number; the next one begins with today's.
    assert_eq!(rows[0].visitor, rows[2].visitor);
    assert_ne!(rows[2].visitor, rows[3].visitor);
}

#[tokio::test]
async fn a_salt_is_gone_after_two_days() {
    let ground = Ground::at(NOON).await;
    let source = ground.source(Identity::Daily, |_| {}).await;
    let event = || Incoming { at: Some(at(NOON)), ..view("/") };
    ground.takes(&source, &asked("192.0.2.1"), vec![event()]).await;
    ground.passes(47 * 60);
    ground.takes(&source, &asked("192.0.2.1"), vec![event()]).await;
    ground.passes(2 * 60);
    ground.takes(&source, &asked("192.0.2.1"), vec![event()]).await;
    let rows = ground.pond.events();
    assert_eq!(rows[0].visitor, rows[1].visitor);
    assert_ne!(rows[0].visitor, rows[2].visitor);
}

#[tokio::test]
async fn levels_of_identity_keep_what_they_say() {
    let ground = Ground::at(NOON).await;
    let event = || Incoming { user: "ana@example.org".into(), case: "A-12".into(), ..view("/") };
    for (n, (level, user, visitor)) in
        [(Identity::None, false, false), (Identity::Daily, false, true), (Identity::Declared, true, true)]
            .into_iter()
            .enumerate()
    {
        let source = ground
            .source(level, |draft| {
                draft.name = level.word().into();
                draft.domains.clear();
            })
            .await;
        ground.takes(&source, &asked("192.0.2.1"), vec![event()]).await;
        let row = ground.pond.events().remove(n);
        assert_eq!((row.user != 0, row.visitor != 0, row.visit != 0), (user, visitor, visitor), "{level:?}");
        assert_ne!(row.case, 0);
        assert!(!format!("{row:?}").contains("ana"));
    }
    // The case is the same case, however much is known of the user.
    let cases: HashSet<u64> = ground.pond.events().iter().map(|row| row.case).collect();
    assert_eq!(cases.len(), 1);
}

#[tokio::test]
async fn a_session_of_the_client_is_a_visit_on_every_level() {
    let ground = Ground::at(NOON).await;
    let source = ground.source(Identity::None, |_| {}).await;
    let event = |session: &str| Incoming { session: session.into(), ..view("/") };
    let asked = asked("192.0.2.1");
    ground.takes(&source, &asked, vec![event("a"), event("b"), event("a"), view("/")]).await;
    let visits: Vec<u64> = ground.pond.events().iter().map(|row| row.visit).collect();
    assert!(
        visits[0] != 0 && visits[0] == visits[2] && visits[0] != visits[1] && visits[3] == 0,
        "{visits:?}"
    );
}

#[tokio::test]
async fn a_restart_goes_on_with_the_visit() {
    let ground = Ground::at(NOON).await;
    let source = ground.source(Identity::Daily, |_| {}).await;
    ground.takes(&source, &asked("192.0.2.1"), vec![view("/a")]).await;
    let before = ground.pond.events().remove(0);
    // Another process on the same database and lake: nothing is in its memory.
    let again = web::Site::open(web::Parts {
        db: ground.site().db.clone(),
        world: ground.site().world.clone(),
        lake: ground.site().lake.clone(),
        clock: ground.site().clock.clone(),
        dice: ground.site().dice.clone(),
        settings: web::Settings::default(),
        pages: ground.site().pages.clone(),
        doorman: ground.site().doorman.clone(),
        panels: vec![],
        columns: vec![],
        search: vec![],
    })
    .await
    .expect("a site");
    ground.passes(10);
    receive(&again, &source, &asked("192.0.2.1"), vec![view("/b")]).await.expect("taken");
    let after = ground.pond.events().remove(1);
    assert_eq!((before.visitor, before.visit), (after.visitor, after.visit));
}

#[tokio::test]
async fn programs_are_kept_apart_and_those_who_ask_are_not_counted() {
    let ground = Ground::at(NOON).await;
    let source = ground.source(Identity::Daily, |_| {}).await;
    let bot =
        Asked { user_agent: "Googlebot/2.1 (+http://www.google.com/bot.html)".into(), ..asked("192.0.2.9") };
    let taken = ground.takes(&source, &bot, vec![view("/")]).await;
    assert_eq!((taken.kept, taken.bots, taken.bot.as_str()), (0, 1, "agent"));
    let shy = Asked { opted_out: true, ..asked("192.0.2.1") };
    let taken = ground.takes(&source, &shy, vec![view("/")]).await;
    assert_eq!(taken.ignored[0].1.reason, Reason::OptedOut);
    let plain = ground
        .source(Identity::Daily, |draft| {
            (draft.name, draft.respects_signals) = ("app".into(), false);
            draft.domains.clear();
        })
        .await;
    assert_eq!(ground.takes(&plain, &shy, vec![view("/")]).await.kept, 1);
    assert_eq!(ground.pond.events().len(), 2);
}

#[tokio::test]
async fn what_is_sent_again_is_met_once_and_a_full_lake_takes_nothing() {
    let ground = Ground::at(NOON).await;
    let source = ground.source(Identity::Daily, |_| {}).await;
    let event = || Incoming { id: "e1".into(), ..view("/") };
    let asked = asked("192.0.2.1");
    ground.takes(&source, &asked, vec![event()]).await;
    let taken = ground.takes(&source, &asked, vec![event()]).await;
    assert_eq!((taken.kept, taken.duplicates), (0, 1));
    ground.pond.full.store(true, std::sync::atomic::Ordering::Relaxed);
    let full = receive(ground.site(), &source, &asked, vec![view("/")]).await.expect_err("full");
    assert_eq!((full.kind, full.retry_after), (kernel::Kind::Unavailable, Some(7)));
}

#[tokio::test]
async fn measurements_go_to_their_own_table_within_their_bounds() {
    let ground = Ground::at(NOON).await;
    let source = ground.source(Identity::Daily, |_| {}).await;
    let vital = |name, value| Incoming { name: String::new(), vitals: vec![(name, value)], ..view("/apply") };
    let events = vec![
        vital(VitalName::Lcp, 1_800.0),
        vital(VitalName::Cls, 0.03),
        vital(VitalName::Lcp, 60_001.0),
        vital(VitalName::Cls, f64::NAN),
    ];
    let taken = ground.takes(&source, &asked("192.0.2.1"), events).await;
    assert_eq!((taken.vitals, taken.kept), (2, 0));
    assert_eq!(
        taken.ignored.iter().map(|(at, reject)| (*at, reject.reason)).collect::<Vec<_>>(),
        [(2, Reason::Range), (3, Reason::Range)]
    );
    let rows = ground.pond.vitals();
    assert_eq!((rows[0].path.as_str(), rows[0].service, rows[0].load), ("/apply", service(), rows[1].load));
}

//! The screens in both languages, and people who come to the doors.

use std::sync::Arc;

use jiff::SignedDuration;
use kernel::{Clock as _, Grant, PersonId, Role, Scope};
use store::testing::{Folder, SeededDice, TestClock};
use store::{Db, Options};
use web::testing::{Got, NoWorld, Visitor};
use web::{Language, Pages, Part, Parts, Reader, Settings, Site};

use super::*;
use crate::store::{clients, credentials, people as persons, roles, tokens};
use crate::{Door, SCHEMA, first, secrets};

const PART: Part = Part { name: "identity", templates: TEMPLATES, texts: TEXTS };
const GOOD: &str = "vijf rode fietsen";

#[test]
fn every_sample_shows_in_every_language() {
    let pages = Pages::new(&[PART]).expect("templates and texts fit");
    let now = "2026-03-01T03:00:00Z".parse().unwrap();
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let reader = Reader { language, ..Reader::default() };
        for sample in samples() {
            match pages.example(&sample, &reader, now) {
                Ok(shown) => {
                    assert!(!shown.html.contains("<script>alert"), "{} {}", sample.template, sample.case)
                }
                Err(problem) => {
                    let cause = problem.cause.map(|cause| cause.to_string()).unwrap_or_default();
                    wrong.push(format!("{} {} {language}: {cause}", sample.template, sample.case));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_placeholders() {
    let keys = |text: &str| -> Vec<String> {
        let mut keys: Vec<String> = text
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split(" =").next().map(str::to_owned))
            .collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(TEXTS.en), keys(TEXTS.nl));
}

/// An installation with its doors.
struct House {
    site: Site,
    app: axum::Router,
    clock: Arc<TestClock>,
    _folder: Folder,
}

impl House {
    async fn new() -> House {
        let folder = Folder::new();
        let clock = Arc::new(TestClock::at("2026-03-01T03:00:00Z"));
        let dice = Arc::new(SeededDice::new(3));
        let db = Db::open(&Options::new(folder.path().join("tend.db").display().to_string())).await.unwrap();
        let scope = Scope::task("test", clock.clone(), dice.clone());
        db.migrate(&scope, &[&SCHEMA]).await.unwrap();
        let parts = Parts {
            db: db.clone(),
            world: Arc::new(NoWorld),
            lake: kernel::lake::NoLake::shared(),
            clock: clock.clone(),
            dice,
            settings: Settings::default(),
            pages: Pages::new(&[PART]).unwrap(),
            doorman: Arc::new(Door::new(db)),
            panels: Vec::new(),
            columns: Vec::new(),
            search: crate::search(),
        };
        let site = Site::open(parts).await.unwrap();
        let app = web::app(&site, routes());
        House { site, app, clock, _folder: folder }
    }

    fn task(&self) -> Scope {
        Scope::task("test", self.site.clock.clone(), self.site.dice.clone())
    }

    fn visitor(&self) -> Visitor<'_> {
        Visitor::new(&self.app)
    }

    fn with_cookie(&self, line: &str) -> Visitor<'_> {
        self.visitor().with("cookie", line)
    }

    async fn admin(&self) -> PersonId {
        first::administrator(&self.site.db, &self.task(), "Ada Admin", "ada@kustwerk.example", GOOD)
            .await
            .unwrap()
    }

    async fn settled(&self, name: &str, mail: &str, grant: Option<Grant>) -> PersonId {
        let scope = self.task();
        let hash = secrets::hash_password(&scope, GOOD).await.unwrap();
        let mut tx = self.site.db.write("test.settle", &scope).await.unwrap();
        let new = persons::NewPerson {
            name: name.into(),
            mail: mail.into(),
            language: "en".into(),
            zone: "UTC".into(),
            declared_in: None,
        };
        let person = persons::add(&mut tx, new).await.unwrap();
        credentials::set_password(&mut tx, person.id, &hash).await.unwrap();
        persons::activate(&mut tx, person.id).await.unwrap();
        if let Some(grant) = grant {
            roles::grant(&mut tx, person.id, &grant, None).await.unwrap();
        }
        tx.commit().await.unwrap();
        person.id
    }

    /// Signs in on the screen, and gives the cookies of the browser.
    async fn signs_in(&self, mail: &str) -> String {
        let got = self
            .visitor()
            .fills_in("/sign-in", "/sign-in", &format!("mail={mail}&password={GOOD}&next=/me"))
            .await;
        assert_eq!((got.status.as_u16(), got.header("location")), (303, "/me"), "{}", got.body);
        got.cookies()
    }

    /// The last letter of a purpose, as it is kept.
    async fn last_letter(&self, purpose: &str) -> String {
        let sql = "select content from messages where content is not null and purpose = $1
                   order by made_at desc, id desc limit 1";
        let read = |row: &store::Row<'_>| row.get::<String>(0);
        self.site.db.one(&self.task(), sql, store::args![purpose], read).await.unwrap().unwrap_or_default()
    }

    /// To whom word of a change went, and its subject, oldest first; what was told is told no more.
    async fn told(&self) -> Vec<String> {
        let sql = "select shown, content from messages where purpose = 'change' order by made_at, id";
        let read = |row: &store::Row<'_>| Ok((row.get::<String>(0)?, row.get::<String>(1)?));
        let found = self.site.db.all(&self.task(), sql, store::args![], read).await.unwrap();
        let subject = |content: &str| {
            let content: serde_json::Value = serde_json::from_str(content).unwrap();
            content["subject"].as_str().unwrap().to_owned()
        };
        found.iter().map(|(to, content)| format!("{to}: {}", subject(content))).collect()
    }
}

fn link_in(letter: &str, path: &str) -> String {
    let after = letter.split(path).nth(1).expect("the letter has the link");
    let secret: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
    format!("{path}{secret}")
}

#[tokio::test]
async fn the_first_start_leads_from_the_link_into_tend() {
    let house = House::new().await;
    let path = first::link(&house.site.db, &house.task()).await.unwrap().unwrap();
    let page = house.visitor().get(&path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let bad = house.visitor().fills_in(&path, &path, "organisation=K&name=&mail=x&password=kort").await;
    assert_eq!(bad.status, 422);
    assert!(bad.body.contains("Use at least 10 characters."), "{}", bad.body);
    let fields = format!(
        "organisation=Kustwerk&name=Noor+Kaya&mail=noor@kustwerk.example&password={GOOD}&language=nl&zone=Europe/Amsterdam"
    );
    let done = house.visitor().fills_in(&path, &path, &fields).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/"), "{}", done.body);
    let me = house.with_cookie(&done.cookies()).get("/me").await;
    assert!(me.status == 200 && me.body.contains("Noor Kaya"), "{}", me.body);
    assert_eq!(house.visitor().get(&path).await.status, 410);
    assert_eq!(house.visitor().get("/first/forged").await.status, 404);
}

#[tokio::test]
async fn sign_in_goes_back_only_to_tend_and_leaves_again() {
    let house = House::new().await;
    house.admin().await;
    for (next, to) in [("/people?q=a", "/people?q=a"), ("//evil.example", "/"), ("https://evil.example", "/")]
    {
        let fields = format!("mail=ada@kustwerk.example&password={GOOD}&next={}", next.replace('?', "%3F"));
        let got = house.visitor().fills_in("/sign-in", "/sign-in", &fields).await;
        assert_eq!((got.status.as_u16(), got.header("location")), (303, to), "{}", got.body);
        let cookie = got
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|v| v.to_str().unwrap())
            .find(|v| v.starts_with("tend="))
            .unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    }
    let cookies = house.signs_in("ada@kustwerk.example").await;
    let out = house.with_cookie(&cookies).fills_in("/me", "/sign-out", "").await;
    assert_eq!((out.status.as_u16(), out.header("location")), (303, "/sign-in"), "{}", out.body);
    let got = house.with_cookie(&cookies).get("/me").await;
    assert_eq!((got.status.as_u16(), got.header("location")), (303, "/sign-in?next=%2Fme"));
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again_and_brute_force_is_told_to_wait() {
    let house = House::new().await;
    house.admin().await;
    let attempt = async || {
        house
            .visitor()
            .fills_in("/sign-in", "/sign-in", "mail=ada@kustwerk.example&password=guess+guess+1")
            .await
    };
    for _ in 0..5 {
        let got = attempt().await;
        assert_eq!(got.status, 422);
        assert!(
            got.body.contains("The address or the password is not right.")
                && !got.body.contains("guess guess")
        );
        assert!(got.body.contains("ada@kustwerk.example"), "what was typed stays, but for the password");
    }
    let got = attempt().await;
    assert_eq!(got.status, 429);
    assert!(!got.header("retry-after").is_empty() && got.body.contains("Too many tries"), "{}", got.body);
}

#[tokio::test]
async fn a_session_that_an_attacker_planted_is_never_taken_over() {
    let house = House::new().await;
    house.admin().await;
    let planted = house.with_cookie("tend=planted");
    let got =
        planted.fills_in("/sign-in", "/sign-in", &format!("mail=ada@kustwerk.example&password={GOOD}")).await;
    assert_eq!(got.status, 303, "{}", got.body);
    assert!(got.cookies().contains("tend=") && !got.cookies().contains("tend=planted"));
    assert_eq!(house.with_cookie("tend=planted").get("/me").await.status, 303, "still nobody");
}

#[tokio::test]
async fn a_form_without_its_seal_changes_nothing() {
    let house = House::new().await;
    let ada = house.admin().await;
    let cookies = house.signs_in("ada@kustwerk.example").await;
    let got = house.with_cookie(&cookies).post_form("/me/profile", "name=Evil").await;
    assert_eq!(got.status, 403);
    let elsewhere = house.with_cookie(&cookies).with("sec-fetch-site", "cross-site");
    assert_eq!(elsewhere.fills_in("/me", "/me/profile", "name=Evil").await.status, 403);
    let person = persons::person(&house.site.db, &house.task(), ada).await.unwrap();
    assert_eq!(person.name, "Ada Admin");
    let done = house
        .with_cookie(&cookies)
        .fills_in("/me", "/me/profile", "name=Ada+Lovelace&language=nl&zone=UTC&theme=dark")
        .await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert!(done.cookies().contains("tend-theme=dark"));
}

#[tokio::test]
async fn a_link_by_mail_shows_first_and_signs_in_second() {
    let house = House::new().await;
    house.admin().await;
    for mail in ["ada@kustwerk.example", "nobody@kustwerk.example"] {
        let got = house
            .visitor()
            .fills_in("/sign-in/link", "/sign-in/link", &format!("mail={mail}&next=/people"))
            .await;
        assert_eq!((got.status.as_u16(), got.header("location")), (303, "/sign-in/sent"), "{}", got.body);
    }
    let letter = house.last_letter("sign_in_link").await;
    assert!(letter.contains("http://127.0.0.1:8080/sign-in/link/"), "{letter}");
    let path = link_in(&letter, "/sign-in/link/");
    for _ in 0..3 {
        let page = house.visitor().get(&path).await;
        assert!(page.status == 200 && page.body.contains("Ada Admin"), "a mail scanner uses nothing up");
    }
    let done = house.visitor().fills_in(&path, &path, "next=/people").await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/people"), "{}", done.body);
    assert_eq!(house.visitor().get(&path).await.status, 410);
    assert_eq!(house.visitor().get("/sign-in/link/forged").await.status, 404);
}

#[tokio::test]
async fn a_second_factor_is_set_up_and_then_asked_for() {
    let house = House::new().await;
    let ada = house.admin().await;
    let cookies = house.signs_in("ada@kustwerk.example").await;
    let me = || house.with_cookie(&cookies);
    assert_eq!(me().get("/me/totp").await.status, 404, "not begun");
    let begun = me().fills_in("/me/security", "/me/totp/begin", "").await;
    assert_eq!(begun.header("location"), "/me/totp", "{}", begun.body);
    let page = me().get("/me/totp").await;
    assert!(page.status == 200 && page.body.contains("<svg"), "{}", page.body);
    let pending = credentials::of(&house.site.db, &house.task(), ada).await.unwrap().totp_pending.unwrap();
    let wrong = me().fills_in("/me/totp", "/me/totp", "code=000000").await;
    assert_eq!(wrong.status, 422);
    let code = secrets::totp_code(&pending, house.clock.now()).unwrap();
    let done = me().fills_in("/me/totp", "/me/totp", &format!("code={code}")).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let shown = me().get(done.header("location")).await;
    let recovery =
        shown.body.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    assert_eq!(recovery.len(), 11, "{}", shown.body);
    assert_eq!(house.visitor().get(done.header("location")).await.status, 303, "for nobody else");

    let half = house
        .visitor()
        .fills_in("/sign-in", "/sign-in", &format!("mail=ada@kustwerk.example&password={GOOD}"))
        .await;
    let at = half.header("location").to_owned();
    assert!(at.starts_with("/sign-in/code?attempt="), "{at}");
    assert!(!half.cookies().contains("tend="), "not in yet");
    let attempt = at.split("attempt=").nth(1).unwrap().split('&').next().unwrap();
    let done =
        house.visitor().fills_in(&at, "/sign-in/code", &format!("attempt={attempt}&code={recovery}")).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert!(done.cookies().contains("tend="));
}

#[tokio::test]
async fn every_change_of_how_one_signs_in_or_is_reached_is_told_by_mail() {
    let house = House::new().await;
    house.admin().await;
    let ben = house.settled("Ben Bos", "ben@kustwerk.example", None).await;
    let (ada, own) =
        (house.signs_in("ada@kustwerk.example").await, house.signs_in("ben@kustwerk.example").await);
    let me = || house.with_cookie(&own);
    assert_eq!(house.told().await, Vec::<String>::new());
    let wrong = me().fills_in("/me/security", "/me/password", "old=guessed&new=een heel nieuw woord").await;
    assert_eq!(wrong.status, 422);
    assert_eq!(house.told().await, Vec::<String>::new(), "nothing changed");

    let new = format!("old={GOOD}&new=een heel nieuw woord");
    assert_eq!(me().fills_in("/me/security", "/me/password", &new).await.status, 303);
    let later = || house.clock.moves(SignedDuration::from_secs(1));
    later();
    me().fills_in("/me/security", "/me/totp/begin", "").await;
    let kept = credentials::of(&house.site.db, &house.task(), ben).await.unwrap();
    let code = secrets::totp_code(&kept.totp_pending.unwrap(), house.clock.now()).unwrap();
    assert_eq!(me().fills_in("/me/totp", "/me/totp", &format!("code={code}")).await.status, 303);
    later();
    let push = "kind=push&address=https://ntfy.example/ben-secret";
    assert_eq!(me().fills_in("/me/contact", "/me/contact", push).await.status, 303);
    later();
    let off = format!("/people/{ben}/totp/remove");
    let page = format!("/people/{ben}");
    assert_eq!(house.with_cookie(&ada).fills_in(&page, &off, "").await.status, 303);
    let told = house.told().await;
    assert_eq!(
        told,
        [
            "ben@kustwerk.example: Your password for Tend was changed",
            "ben@kustwerk.example: The second factor of your Tend account is on",
            "ben@kustwerk.example: There is a new way to reach you in Tend",
            "ben@kustwerk.example: The second factor of your Tend account is off",
        ]
    );
    let last = house.last_letter("change").await;
    assert!(last.contains("Ada Admin did this"), "{last}");
    let sql = "select count(*) from messages where purpose = 'change' and content like '%ben-secret%'";
    let leaked =
        house.site.db.one(&house.task(), sql, store::args![], |row| row.get::<u64>(0)).await.unwrap();
    assert_eq!(leaked, Some(0), "a topic is a secret");
}

#[tokio::test]
async fn who_signs_in_by_mail_and_has_no_password_sets_up_a_second_factor_too() {
    let house = House::new().await;
    house.admin().await;
    let asked = house.visitor().fills_in("/sign-in/link", "/sign-in/link", "mail=ada@kustwerk.example").await;
    assert_eq!(asked.status, 303);
    let sql = "delete from credentials";
    let mut tx = house.site.db.write("test", &house.task()).await.unwrap();
    tx.exec(sql, store::args![]).await.unwrap();
    tx.commit().await.unwrap();
    let path = link_in(&house.last_letter("sign_in_link").await, "/sign-in/link/");
    let inside = house.visitor().fills_in(&path, &path, "").await;
    let cookies = inside.cookies();
    let me = || house.with_cookie(&cookies);
    assert_eq!(me().fills_in("/me/security", "/me/totp/begin", "").await.status, 303);
    assert_eq!(me().get("/me/totp").await.status, 200);
}

async fn token(house: &House, person: PersonId) -> String {
    let scope = house.task();
    let mut tx = house.site.db.write("test.token", &scope).await.unwrap();
    let new = tokens::NewToken {
        name: "t".into(),
        right: crate::TokenRight::Manage,
        places: Vec::new(),
        expires_at: house.clock.now() + SignedDuration::from_hours(1),
    };
    let (_, secret) = tokens::make(&mut tx, person, new).await.unwrap();
    tx.commit().await.unwrap();
    secret
}

fn api<'a>(house: &'a House, token: &str) -> Visitor<'a> {
    house.visitor().with("authorization", &format!("Bearer {token}")).with("accept", "application/json")
}

#[tokio::test]
async fn a_token_reads_and_is_never_its_person() {
    let house = House::new().await;
    let ada = house.admin().await;
    let secret = token(&house, ada).await;
    let got = api(&house, &secret).get("/api/v1/people").await;
    assert_eq!(
        (got.status.as_u16(), got.json()["items"][0]["name"].as_str()),
        (200, Some("Ada Admin")),
        "{}",
        got.body
    );
    for (path, body) in [
        ("/api/v1/me/tokens", serde_json::json!({ "name": "more", "right": "manage", "days": 1 })),
        ("/api/v1/me/password", serde_json::json!({ "new": "zes rode fietsen" })),
        ("/api/v1/me/contact", serde_json::json!({ "kind": "mail", "address": "evil@x.example" })),
        ("/api/v1/people", serde_json::json!({ "name": "E", "mail": "e@x.example", "role": "admin" })),
    ] {
        assert_eq!(api(&house, &secret).post_json(path, &body).await.status, 403, "{path}");
    }
    let unknown = api(&house, &secrets::fresh_token(&house.task())).get("/api/v1/people").await;
    assert_eq!(unknown.status, 401);
    house.clock.moves(SignedDuration::from_hours(1));
    assert_eq!(api(&house, &secret).get("/api/v1/people").await.status, 401, "expired");
}

#[tokio::test]
async fn a_token_of_a_suspended_person_and_their_session_stop() {
    let house = House::new().await;
    house.admin().await;
    let noor = house
        .settled(
            "Noor Kaya",
            "noor@a.example",
            Some(Grant { role: Role::Engineer, client: None, service: None }),
        )
        .await;
    let secret = token(&house, noor).await;
    let noors = house.signs_in("noor@a.example").await;
    let adas = house.signs_in("ada@kustwerk.example").await;
    let path = format!("/people/{noor}");
    assert_eq!(house.with_cookie(&noors).fills_in("/me", &format!("{path}/suspend"), "").await.status, 403);
    let done = house.with_cookie(&adas).fills_in(&path, &format!("{path}/suspend"), "reason=left").await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(house.with_cookie(&noors).get("/me").await.status, 303);
    assert_eq!(api(&house, &secret).get("/api/v1/people").await.status, 401);
}

#[tokio::test]
async fn somebody_is_invited_on_screen_and_takes_it() {
    let house = House::new().await;
    house.admin().await;
    let adas = house.signs_in("ada@kustwerk.example").await;
    let fields = "name=Noor&mail=noor@kustwerk.example&role=engineer&place=everywhere&language=nl&zone=Europe/Amsterdam&invite=on";
    let done = house.with_cookie(&adas).fills_in("/people/new", "/people", fields).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let person = house.with_cookie(&adas).get(done.header("location")).await;
    assert!(person.body.contains("Engineer") && person.body.contains("Invited"), "{}", person.body);
    let letter = house.last_letter("invitation").await;
    assert!(letter.contains("Ada Admin nodigt u uit"), "{letter}");
    let path = link_in(&letter, "/invite/");
    assert!(house.visitor().get(&path).await.body.contains("noor@kustwerk.example"));
    let taken = house.visitor().fills_in(&path, &path, &format!("name=Noor+Kaya&password={GOOD}")).await;
    assert_eq!((taken.status.as_u16(), taken.header("location")), (303, "/me/contact"), "{}", taken.body);
    let contact = house.with_cookie(&taken.cookies()).get("/me/contact").await;
    assert!(
        contact.body.contains("noor@kustwerk.example")
            && contact.body.contains("Met een link die u gebruikte"),
        "{}",
        contact.body
    );
    assert_eq!(house.visitor().get(&path).await.status, 410);
}

#[tokio::test]
async fn a_way_to_be_reached_is_added_proved_and_ruled() {
    let house = House::new().await;
    house.admin().await;
    let cookies = house.signs_in("ada@kustwerk.example").await;
    let me = || house.with_cookie(&cookies);
    let bad = me().fills_in("/me/contact", "/me/contact", "kind=push&address=ftp://x").await;
    assert!(bad.status == 422 && bad.body.contains("ftp:"), "{}", bad.body);
    assert_eq!(
        me().fills_in("/me/contact", "/me/contact", "kind=sms&address=%2B31612345678").await.status,
        422,
        "no gateway"
    );
    let done =
        me().fills_in("/me/contact", "/me/contact", "kind=push&address=https://ntfy.example/ada").await;
    assert_eq!(done.status, 303, "{}", done.body);
    let letter: serde_json::Value = serde_json::from_str(&house.last_letter("code").await).unwrap();
    let code: String = letter["subject"].as_str().unwrap().chars().take(6).collect();
    let api_view = me().with("accept", "application/json").get("/api/v1/me/contact").await;
    let push = api_view.json()["methods"][1].clone();
    assert_eq!((push["kind"].as_str(), push["waits_for_code"].as_bool()), (Some("push"), Some(true)));
    assert!(!api_view.body.contains("ntfy.example/ada"), "the topic is a secret");
    let id = push["id"].as_str().unwrap();
    let wrong = me().fills_in("/me/contact", &format!("/me/contact/{id}/verify"), "code=000000").await;
    assert!(wrong.status == 422 && wrong.body.contains("Tries left: 4"), "{}", wrong.body);
    let right =
        me().fills_in("/me/contact", &format!("/me/contact/{id}/verify"), &format!("code={code}")).await;
    assert_eq!(right.status, 303, "{}", right.body);
    let mail = api_view.json()["methods"][0]["id"].as_str().unwrap().to_owned();
    let rules = format!(
        "rules[0].method={mail}&rules[0].after=&rules[1].method={id}&rules[1].after=3&rules[2].method=&rules[2].after="
    );
    let set = me().fills_in("/me/contact", "/me/contact/rules", &rules).await;
    assert_eq!(set.status, 303, "{}", set.body);
    let plan = me().with("accept", "application/json").get("/api/v1/me/contact").await.json()["plan"].clone();
    assert_eq!((plan[0]["after"].as_i64(), plan[1]["after"].as_i64()), (Some(0), Some(180)), "{plan}");
    let bad = me()
        .fills_in("/me/contact", "/me/contact/rules", &format!("rules[0].method={mail}&rules[0].after=soon"))
        .await;
    assert!(bad.status == 422 && bad.body.contains("Write for example 3m"), "{}", bad.body);
}

async fn with_clients(house: &House) -> (kernel::ClientId, kernel::ClientId) {
    let scope = house.task();
    let mut tx = house.site.db.write("test.clients", &scope).await.unwrap();
    let a = clients::add(&mut tx, "Lindehaven", false, None).await.unwrap().id;
    let b = clients::add(&mut tx, "Zandstad", false, None).await.unwrap().id;
    tx.commit().await.unwrap();
    (a, b)
}

#[tokio::test]
async fn who_administers_one_client_sees_and_changes_nothing_of_another() {
    let house = House::new().await;
    let ada = house.admin().await;
    let (a, b) = with_clients(&house).await;
    let grant = |role, client| Some(Grant { role, client: Some(client), service: None });
    house.settled("Noor Kaya", "noor@a.example", grant(Role::Admin, a)).await;
    let ben = house.settled("Ben Smit", "ben@b.example", grant(Role::Engineer, b)).await;
    let cookies = house.signs_in("noor@a.example").await;
    let me = || house.with_cookie(&cookies);
    let list = me().get("/people").await;
    assert!(
        list.body.contains("Noor Kaya")
            && !list.body.contains("Ben Smit")
            && !list.body.contains("Ada Admin")
    );
    assert!(!me().get("/clients").await.body.contains("Zandstad"));
    for path in [format!("/people/{ben}"), format!("/clients/{b}"), format!("/people/{ada}")] {
        assert_eq!(me().get(&path).await.status, 404, "{path}");
    }
    for path in
        [format!("/people/{ben}/suspend"), format!("/people/{ben}/roles"), format!("/people/{ben}/invite")]
    {
        assert_eq!(me().fills_in("/people", &path, "role=reader&place=").await.status, 404, "{path}");
    }
    assert_eq!(me().get("/operator").await.status, 403);
    assert_eq!(me().fills_in("/people", "/clients", "name=New").await.status, 403);
    let over = me()
        .fills_in("/people/new", "/people", &format!("name=X&mail=x@x.example&role=admin&place={b}"))
        .await;
    assert!(matches!(over.status.as_u16(), 403 | 404 | 422), "{}", over.status);
    let everywhere =
        me().fills_in("/people/new", "/people", "name=X&mail=x@x.example&role=reader&place=everywhere").await;
    assert_eq!(everywhere.status, 403, "{}", everywhere.body);
    let own = me()
        .fills_in("/people/new", "/people", &format!("name=Xan&mail=x@x.example&role=reader&place={a}"))
        .await;
    assert_eq!(own.status, 303, "{}", own.body);
    let known = me()
        .fills_in("/people/new", "/people", &format!("name=Benny&mail=ben@b.example&role=reader&place={a}"))
        .await;
    assert_eq!(
        known.header("location"),
        format!("/people/{ben}"),
        "somebody known elsewhere is given the role"
    );
    let shown = me().get(&format!("/people/{ben}")).await;
    assert!(shown.body.contains("Ben Smit") && !shown.body.contains("Zandstad"), "{}", shown.body);
}

#[tokio::test]
async fn clients_and_teams_are_made_on_screen() {
    let house = House::new().await;
    let ada = house.admin().await;
    let cookies = house.signs_in("ada@kustwerk.example").await;
    let me = || house.with_cookie(&cookies);
    let client = me().fills_in("/clients", "/clients", "name=Lindehaven").await;
    assert_eq!(client.status, 303, "{}", client.body);
    let at = client.header("location").to_owned();
    let again = me().fills_in("/clients", "/clients", "name=LINDEHAVEN").await;
    assert!(again.status == 422 && again.body.contains("already taken"), "{}", again.body);
    let long = me().fills_in("/clients", "/clients", &format!("name={}", "a".repeat(10_000))).await;
    assert_eq!(long.status, 422);
    let id = at.trim_start_matches("/clients/");
    let team = me().fills_in(&at, "/teams", &format!("name=Permits&client={id}")).await;
    assert_eq!(team.status, 303, "{}", team.body);
    let team = team.header("location").to_owned();
    let added = me().fills_in(&team, &format!("{team}/members/add"), &format!("person={ada}")).await;
    assert_eq!(added.status, 303, "{}", added.body);
    assert!(me().get(&team).await.body.contains("Ada Admin"));
    assert!(me().get("/teams").await.body.contains("Permits"));
    assert_eq!(me().fills_in(&team, &format!("{team}/remove"), "confirm=wrong").await.status, 422);
    assert_eq!(me().fills_in(&team, &format!("{team}/remove"), "confirm=Permits").await.status, 303);
    assert_eq!(me().get(&team).await.status, 404);
}

#[tokio::test]
async fn the_gateway_for_text_messages_is_checked_and_its_secrets_stay() {
    let house = House::new().await;
    house.admin().await;
    let cookies = house.signs_in("ada@kustwerk.example").await;
    let me = || house.with_cookie(&cookies);
    let bad =
        me().fills_in("/operator", "/operator/sms", "url=https://sms.example&method=POST&body={text}").await;
    assert_eq!(bad.status, 422, "{}", bad.body);
    let fields =
        "url=https://sms.example&method=POST&headers=Authorization:+Bearer+geheim&body={number}+{text}";
    assert_eq!(me().fills_in("/operator", "/operator/sms", fields).await.status, 303);
    let page = me().get("/operator").await;
    assert!(page.body.contains("Authorization") && !page.body.contains("geheim"), "{}", page.body);
    let again = "url=https://sms2.example&method=POST&headers=&body={number}+{text}";
    assert_eq!(me().fills_in("/operator", "/operator/sms", again).await.status, 303);
    let held = crate::sms_gateway(&house.site.db, &house.task()).await.unwrap().unwrap();
    assert_eq!((held.url.as_str(), held.headers[0].1.as_str()), ("https://sms2.example", "Bearer geheim"));
}

#[tokio::test]
async fn every_screen_of_ones_own_opens_and_is_found() {
    let house = House::new().await;
    let ada = house.admin().await;
    let cookies = house.signs_in("ada@kustwerk.example").await;
    let screens = [
        "/me",
        "/me/security",
        "/me/tokens",
        "/me/contact",
        "/people",
        "/people/new",
        "/clients",
        "/teams",
        "/operator",
        "/operator/messages",
    ];
    for path in screens {
        let got: Got = house.with_cookie(&cookies).get(path).await;
        assert_eq!(got.status, 200, "{path} {}", got.body);
        assert_eq!(house.visitor().get(path).await.status, 303, "{path}");
        let json = house.visitor().with("accept", "application/json").get(&format!("/api/v1{path}")).await;
        assert_eq!(json.status, 401, "{path}");
    }
    assert_eq!(house.with_cookie(&cookies).get(&format!("/people/{ada}")).await.status, 200);
    let found = house.with_cookie(&cookies).get("/search?q=ada").await;
    assert!(found.body.contains(&ada.to_string()), "{}", found.body);
}

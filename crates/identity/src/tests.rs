//! Stories of people who sign in, are let in, kept out, and reached; on both databases.

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use kernel::world::{
    Answer, Connect, Connected, Fetch, Fetched, Hook, Mail, NotSent, Ping, Ponged, Receipt, Resolve,
    Resolved, Unreached, World,
};
use kernel::{Actor, ClientId, Clock as _, Grant, Id, Kind, Paging, PersonId, Problem, Role, Scope};
use store::testing::{SeededDice, TestClock, each_db};
use store::{Db, Ground, args};

use crate::model::{LinkPurpose, MAX_METHODS};
use crate::rules::{PER_ACCOUNT, PER_MAILBOX, SESSION_IDLE};
use crate::sessions::Origin;
use crate::sign_in::{self, Step, Welcome};
use crate::store::people::{Filter, NewPerson};
use crate::store::tokens::NewToken;
use crate::{
    Channel, Content, Held, Place, Proof, Rule, SCHEMA, Standing, TokenRight, clients, contact, credentials,
    first, grants_of, model, outbox, people, reach, reach_in, roles, secrets, sessions, tasks, teams, tokens,
};

const GOOD: &str = "vijf rode fietsen";

/// An installation whose clock moves when told.
struct House {
    db: Db,
    clock: Arc<TestClock>,
    task: Scope,
}

impl House {
    fn new(db: Db) -> House {
        let clock = Arc::new(TestClock::at("2026-03-01T03:00:00Z"));
        let task = Scope::task("test", clock.clone(), Arc::new(SeededDice::new(7)));
        House { db, clock, task }
    }

    fn passes(&self, span: SignedDuration) {
        self.clock.moves(span);
    }

    fn public(&self) -> Scope {
        self.task.recognised(Actor::Public, Vec::new())
    }

    async fn as_person(&self, id: PersonId) -> Scope {
        let grants = grants_of(&self.db, &self.task, id).await.unwrap();
        self.task.recognised(Actor::Person(id), grants)
    }

    async fn admin(&self) -> PersonId {
        first::administrator(&self.db, &self.task, "Ada Admin", "ada@kustwerk.example", GOOD).await.unwrap()
    }

    async fn person(&self, name: &str, mail: &str) -> PersonId {
        let mut tx = self.db.write("test.add", &self.task).await.unwrap();
        let person = people::add(&mut tx, new_person(name, mail)).await.unwrap();
        tx.commit().await.unwrap();
        person.id
    }

    /// Somebody with a password.
    async fn settled(&self, name: &str, mail: &str) -> PersonId {
        let id = self.person(name, mail).await;
        let hash = secrets::hash_password(&self.task, GOOD).await.unwrap();
        let mut tx = self.db.write("test.settle", &self.task).await.unwrap();
        credentials::set_password(&mut tx, id, &hash).await.unwrap();
        people::activate(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn client(&self, name: &str) -> ClientId {
        let mut tx = self.db.write("test.client", &self.task).await.unwrap();
        let client = clients::add(&mut tx, name, false, None).await.unwrap();
        tx.commit().await.unwrap();
        client.id
    }

    async fn gives(&self, by: &Scope, to: PersonId, grant: Grant) -> Result<Held, Problem> {
        let mut tx = self.db.write("test.grant", by).await.unwrap();
        let held = roles::grant(&mut tx, to, &grant, None).await?;
        tx.commit().await?;
        Ok(held)
    }

    async fn signs_in(&self, mail: &str, password: &str) -> Result<Step, Problem> {
        sign_in::with_password(&self.db, &self.public(), mail, password, &from("192.0.2.1")).await
    }
}

fn new_person(name: &str, mail: &str) -> NewPerson {
    NewPerson {
        name: name.into(),
        mail: mail.into(),
        language: "nl".into(),
        zone: "Europe/Amsterdam".into(),
        declared_in: None,
    }
}

fn from(address: &str) -> Origin {
    Origin { agent: "Firefox".into(), address: address.into() }
}

fn welcome(password: &str) -> Welcome {
    Welcome {
        name: "Noor Kaya".into(),
        password: password.into(),
        language: "nl".into(),
        zone: "Europe/Amsterdam".into(),
    }
}

fn cookie(step: Step) -> String {
    match step {
        Step::In { secret, .. } => secret,
        Step::Code { .. } => panic!("a code is asked for"),
    }
}

fn role(role: Role, client: Option<ClientId>) -> Grant {
    Grant { role, client, service: None }
}

async fn on_each(test: impl AsyncFn(House)) {
    each_db(&[&SCHEMA], async |db, _| test(House::new(db)).await).await;
}

fn field(problem: &Problem) -> (&str, &str) {
    (problem.fields[0].field.as_str(), problem.fields[0].code)
}

#[tokio::test]
async fn the_schema_meets_its_samples() {
    store::testing::upgrades(&[&SCHEMA]).await;
}

#[tokio::test]
async fn the_first_link_makes_the_administrator_once() {
    on_each(async |house| {
        let old = first::link(&house.db, &house.task).await.unwrap().unwrap();
        let new = first::link(&house.db, &house.task).await.unwrap().unwrap();
        assert_ne!(old, new);
        let secret = |path: &str| path.trim_start_matches("/first/").to_owned();
        let take = async |secret: &str| {
            first::take(
                &house.db,
                &house.public(),
                secret,
                Some("Kustwerk"),
                "Noor@Kustwerk.example",
                welcome(GOOD),
                &from("192.0.2.1"),
            )
            .await
        };
        assert_eq!(take(&secret(&old)).await.unwrap_err().kind, Kind::Gone, "an older link stopped working");
        assert_eq!(take("forged").await.unwrap_err().kind, Kind::NotFound);
        house.passes(SignedDuration::from_hours(24 * 90));
        let step = take(&secret(&new)).await.unwrap();
        assert_eq!(take(&secret(&new)).await.unwrap_err().kind, Kind::Gone, "it works once");
        assert_eq!(first::link(&house.db, &house.task).await.unwrap(), None);

        let (session, person) =
            sessions::find(&house.db, &house.public(), &cookie(step)).await.unwrap().unwrap();
        assert_eq!((person.mail.as_str(), session.with.as_str()), ("noor@kustwerk.example", "first"));
        assert!(house.as_person(person.id).await.may_everywhere(kernel::Right::Administer));
        let own = clients::operators(&house.db, &house.task).await.unwrap().unwrap();
        assert_eq!(own.name, "Kustwerk");
        let reach = reach(&house.db, &house.task, person.id).await.unwrap();
        assert_eq!(reach.plan().len(), 1, "reached by mail from the start");
        assert!(reach.methods[0].verified_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn the_first_page_says_all_that_is_wrong_and_keeps_the_link() {
    on_each(async |house| {
        let path = first::link(&house.db, &house.task).await.unwrap().unwrap();
        let secret = path.trim_start_matches("/first/");
        let bad =
            Welcome { name: " ".into(), password: "kort".into(), language: "xx".into(), zone: "Mars".into() };
        let wrong =
            first::take(&house.db, &house.public(), secret, Some(""), "no", bad, &Origin::default()).await;
        let wrong = wrong.unwrap_err();
        let fields: Vec<&str> = wrong.fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["name", "mail", "language", "zone", "password", "organisation"]);
        assert!(first::look(&house.db, &house.public(), secret).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_password_signs_in_and_a_wrong_one_or_unknown_name_reads_the_same() {
    on_each(async |house| {
        let noor = house.settled("Noor Kaya", "noor@kustwerk.example").await;
        let secret = cookie(house.signs_in(" NOOR@kustwerk.example", GOOD).await.unwrap());
        let (_, person) = sessions::find(&house.db, &house.public(), &secret).await.unwrap().unwrap();
        assert_eq!(person.id, noor);
        let wrong = house.signs_in("noor@kustwerk.example", "zes rode fietsen").await.unwrap_err();
        let unknown = house.signs_in("nobody@kustwerk.example", GOOD).await.unwrap_err();
        assert_eq!(field(&wrong), ("password", "field-sign-in-refused"));
        assert_eq!(wrong.to_string(), unknown.to_string());
        let invited = house.person("Ben Smit", "ben@kustwerk.example").await;
        assert_eq!(
            field(&house.signs_in("ben@kustwerk.example", "").await.unwrap_err()),
            ("password", "field-sign-in-refused"),
            "nobody without a password signs in with an empty one"
        );
        assert_eq!(
            people::person(&house.db, &house.task, invited).await.unwrap().standing,
            Standing::Invited
        );
    })
    .await;
}

#[tokio::test]
async fn a_session_is_new_each_time_and_ends_by_rest() {
    on_each(async |house| {
        house.settled("Noor Kaya", "noor@kustwerk.example").await;
        let one = cookie(house.signs_in("noor@kustwerk.example", GOOD).await.unwrap());
        let two = cookie(house.signs_in("noor@kustwerk.example", GOOD).await.unwrap());
        assert_ne!(one, two);
        let find = async |secret: &str| sessions::find(&house.db, &house.public(), secret).await.unwrap();
        assert!(find("chosen by an attacker").await.is_none());
        let kept: Vec<String> =
            house.db.all(&house.task, "select hash from sessions", args![], |row| row.get(0)).await.unwrap();
        assert!(kept.iter().all(|hash| *hash != one && *hash != two), "only hashes are kept");

        house.passes(SESSION_IDLE);
        let (session, _) = find(&one).await.expect("still holds");
        sessions::touch(&house.db, &house.task, &session).await.unwrap();
        house.passes(SignedDuration::from_hours(6));
        assert!(find(&one).await.is_some(), "used in between");
        assert!(find(&two).await.is_none(), "rested too long");
        for _ in 0..90 {
            house.passes(SignedDuration::from_hours(8));
            if let Some((session, _)) = find(&one).await {
                sessions::touch(&house.db, &house.task, &session).await.unwrap();
            }
        }
        assert!(find(&one).await.is_none(), "at most thirty days");
    })
    .await;
}

#[tokio::test]
async fn other_sessions_can_be_ended_but_not_those_of_others() {
    on_each(async |house| {
        let noor = house.settled("Noor Kaya", "noor@kustwerk.example").await;
        let ben = house.settled("Ben Smit", "ben@kustwerk.example").await;
        let here = cookie(house.signs_in("noor@kustwerk.example", GOOD).await.unwrap());
        let there = cookie(house.signs_in("noor@kustwerk.example", GOOD).await.unwrap());
        let bens = cookie(house.signs_in("ben@kustwerk.example", GOOD).await.unwrap());
        let of = async |secret: &str| sessions::find(&house.db, &house.task, secret).await.unwrap();
        let (bens_session, _) = of(&bens).await.unwrap();
        let (mine, _) = of(&here).await.unwrap();
        let scope = house.as_person(noor).await;
        let mut tx = house.db.write("test.end", &scope).await.unwrap();
        assert_eq!(sessions::end(&mut tx, noor, bens_session.id).await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(sessions::end_others(&mut tx, noor, Some(mine.id)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert!(of(&here).await.is_some() && of(&there).await.is_none() && of(&bens).await.is_some());
        assert_eq!(sessions::of_person(&house.db, &scope, ben).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn guessing_waits_and_waiting_helps() {
    on_each(async |house| {
        house.settled("Noor Kaya", "noor@kustwerk.example").await;
        for _ in 0..PER_ACCOUNT.free {
            let wrong = house.signs_in("noor@kustwerk.example", "wrong guess here").await.unwrap_err();
            assert_eq!(wrong.kind, Kind::Invalid);
        }
        let waits = house.signs_in("noor@kustwerk.example", GOOD).await.unwrap_err();
        assert_eq!(waits.kind, Kind::TooMany, "also the right password waits");
        let seconds = waits.retry_after.unwrap();
        assert!((1..=3).contains(&seconds), "{seconds}");
        // An unknown account waits the same way.
        for _ in 0..PER_ACCOUNT.free {
            let _ = house.signs_in("nobody@kustwerk.example", GOOD).await;
        }
        assert_eq!(house.signs_in("nobody@kustwerk.example", GOOD).await.unwrap_err().kind, Kind::TooMany);
        house.passes(SignedDuration::from_secs(i64::from(seconds)));
        house.signs_in("noor@kustwerk.example", GOOD).await.expect("waiting helped");
        let wrong = house.signs_in("noor@kustwerk.example", "wrong guess here").await.unwrap_err();
        assert_eq!(wrong.kind, Kind::Invalid, "the count began anew");
    })
    .await;
}

#[tokio::test]
async fn one_address_cannot_try_all_accounts() {
    on_each(async |house| {
        let mut refused = 0;
        for n in 0..40 {
            let mail = format!("n{n}@kustwerk.example");
            if house.signs_in(&mail, "guess guess guess").await.unwrap_err().kind == Kind::TooMany {
                refused += 1;
            }
        }
        assert_eq!(refused, 10);
        let elsewhere =
            sign_in::with_password(&house.db, &house.public(), "n0@x.example", "x", &from("198.51.100.7"))
                .await;
        assert_eq!(elsewhere.unwrap_err().kind, Kind::Invalid, "others are not held up");
    })
    .await;
}

#[tokio::test]
async fn the_secret_of_a_second_factor_is_sealed_also_one_from_before_there_was_a_key() {
    on_each(async |house| {
        let noor = house.settled("Noor Kaya", "noor@kustwerk.example").await;
        let totp = secrets::fresh_totp(&house.task);
        let keep = async |kept: &str| {
            let mut tx = house.db.write("test.totp", &house.task).await.unwrap();
            tx.exec("update credentials set totp = $1 where person_id = $2", store::args![kept, noor])
                .await
                .unwrap();
            tx.commit().await.unwrap();
        };
        let kept = async || credentials::of(&house.db, &house.task, noor).await.unwrap().totp.unwrap();
        let seal_old = async || {
            let mut tx = house.db.write_unaudited("test.seal", &house.task).await.unwrap();
            let sealed = credentials::seal_old(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
            sealed
        };
        let with = async |code: &str| {
            let Step::Code { secret } = house.signs_in("noor@kustwerk.example", GOOD).await.unwrap() else {
                panic!("no code was asked for")
            };
            sign_in::with_code(&house.db, &house.public(), &secret, code, &from("192.0.2.1")).await
        };
        let mut tx = house.db.write("test.totp", &house.task).await.unwrap();
        credentials::propose_totp(&mut tx, noor, &totp).await.unwrap();
        let recovery = credentials::set_totp(&mut tx, noor, &totp, 1).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store::seal::is_sealed(&kept().await) && !kept().await.contains(&totp));
        assert_eq!(seal_old().await, 0);

        keep(&totp).await;
        let code = secrets::totp_code(&totp, house.clock.now()).unwrap();
        assert!(matches!(with(&code).await.unwrap(), Step::In { .. }), "it works in the clear");
        assert_eq!((seal_old().await, seal_old().await), (1, 0));
        assert!(!kept().await.contains(&totp));
        house.passes(SignedDuration::from_secs(60));
        let code = secrets::totp_code(&totp, house.clock.now()).unwrap();
        assert!(matches!(with(&code).await.unwrap(), Step::In { .. }), "and sealed");
        assert_eq!(credentials::unreadable(&house.db, &house.task).await.unwrap(), (0, 1));

        let elsewhere = kept().await.replacen("sealed:1:", "sealed:1:0", 1);
        keep(&elsewhere).await;
        assert_eq!(credentials::unreadable(&house.db, &house.task).await.unwrap(), (1, 1));
        house.passes(SignedDuration::from_secs(60));
        let code = secrets::totp_code(&totp, house.clock.now()).unwrap();
        assert_eq!(with(&code).await.unwrap_err().code, "secrets-key");
        assert!(
            matches!(with(&recovery[0]).await.unwrap(), Step::In { .. }),
            "a code to recover needs no key"
        );
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_each_code_works_once() {
    on_each(async |house| {
        let noor = house.settled("Noor Kaya", "noor@kustwerk.example").await;
        let totp = secrets::fresh_totp(&house.task);
        let code = |house: &House| secrets::totp_code(&totp, house.clock.now()).unwrap();
        let mut tx = house.db.write("test.totp", &house.task).await.unwrap();
        let step = secrets::totp_step(&totp, &code(&house), house.clock.now()).unwrap();
        let recovery = credentials::set_totp(&mut tx, noor, &totp, step).await.unwrap();
        tx.commit().await.unwrap();

        let attempt = async || match house.signs_in("noor@kustwerk.example", GOOD).await.unwrap() {
            Step::Code { secret } => secret,
            Step::In { .. } => panic!("no code was asked for"),
        };
        let with = async |attempt: &str, code: &str| {
            sign_in::with_code(&house.db, &house.public(), attempt, code, &from("192.0.2.1")).await
        };
        let first = attempt().await;
        assert!(sessions::find(&house.db, &house.task, &first).await.unwrap().is_none(), "not a session yet");
        let used = code(&house);
        assert_eq!(
            field(&with(&first, &used).await.unwrap_err()),
            ("code", "field-code-refused"),
            "used to enrol"
        );
        house.passes(SignedDuration::from_secs(60));
        let fresh = code(&house);
        with(&first, &fresh).await.expect("a fresh code");
        assert_eq!(with(&first, &fresh).await.unwrap_err().kind, Kind::Gone, "the attempt is over");
        let second = attempt().await;
        assert_eq!(
            field(&with(&second, &fresh).await.unwrap_err()),
            ("code", "field-code-refused"),
            "replayed"
        );
        with(&second, &recovery[0]).await.expect("a code to recover");
        let third = attempt().await;
        assert!(with(&third, &recovery[0]).await.is_err(), "it works once");
        with(&third, &recovery[1].to_uppercase()).await.expect("another one");
        assert_eq!(credentials::recovery_left(&house.db, &house.task, noor).await.unwrap(), 8);
        let fourth = attempt().await;
        house.passes(SignedDuration::from_mins(11));
        assert_eq!(with(&fourth, &code(&house)).await.unwrap_err().kind, Kind::Gone, "too late");
        assert_eq!(with("forged", "000000").await.unwrap_err().kind, Kind::NotFound);
    })
    .await;
}

async fn asks_link(house: &House, mail: &str) -> Result<Option<String>, Problem> {
    let mut sent = None;
    sign_in::ask_link(&house.db, &house.public(), mail, &from("192.0.2.1"), async |tx, person, secret| {
        sent = Some(secret.to_owned());
        outbox::post(tx, message(&person.mail)).await.map(|_| ())
    })
    .await?;
    Ok(sent)
}

fn message(mail: &str) -> outbox::Message {
    outbox::Message {
        person: None,
        purpose: "sign_in_link",
        channel: Channel::Mail { address: mail.into() },
        content: Content {
            message_id: "@tend.example".into(),
            subject: "Sign in".into(),
            text: "A secret link".into(),
            html: None,
            link: None,
            urgent: false,
            headers: Vec::new(),
        },
        give_up_after: SignedDuration::from_mins(15),
    }
}

#[tokio::test]
async fn a_sign_in_link_works_once_for_a_quarter_of_an_hour() {
    on_each(async |house| {
        let noor = house.settled("Noor Kaya", "noor@kustwerk.example").await;
        let with = async |secret: &str| {
            sign_in::with_link(&house.db, &house.public(), secret, &from("192.0.2.1")).await
        };
        let old = asks_link(&house, "noor@kustwerk.example").await.unwrap().unwrap();
        let new = asks_link(&house, "Noor@Kustwerk.example").await.unwrap().unwrap();
        assert_eq!(with(&old).await.unwrap_err().kind, Kind::Gone, "a newer one replaced it");
        let whose = sign_in::whose_link(&house.db, &house.public(), LinkPurpose::SignIn, &new).await.unwrap();
        assert_eq!(whose.id, noor, "looking uses nothing up");
        with(&new).await.expect("signs in");
        assert_eq!(with(&new).await.unwrap_err().code, "link-used");
        let reach = reach(&house.db, &house.task, noor).await.unwrap();
        assert!(reach.methods[0].verified_at.is_some(), "the mail address is proved");
        let late = asks_link(&house, "noor@kustwerk.example").await.unwrap().unwrap();
        house.passes(SignedDuration::from_mins(15));
        assert_eq!(with(&late).await.unwrap_err().code, "link-expired");
        let forged = format!("{}x", &late[1..]);
        assert_eq!(with(&forged).await.unwrap_err().kind, Kind::NotFound);
        let invite = sign_in::whose_link(&house.db, &house.public(), LinkPurpose::Invite, &late).await;
        assert_eq!(invite.unwrap_err().kind, Kind::NotFound, "a link is for one purpose");
    })
    .await;
}

#[tokio::test]
async fn asking_for_links_says_nothing_about_who_exists_and_fills_no_mailbox() {
    on_each(async |house| {
        house.settled("Noor Kaya", "noor@kustwerk.example").await;
        assert_eq!(asks_link(&house, "nobody@kustwerk.example").await.unwrap(), None);
        for _ in 0..PER_MAILBOX.free {
            asks_link(&house, "noor@kustwerk.example").await.unwrap();
        }
        let waits = asks_link(&house, "noor@kustwerk.example").await.unwrap_err();
        assert_eq!((waits.kind, waits.retry_after.is_some()), (Kind::TooMany, true));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_taken_once_and_proves_the_mail() {
    on_each(async |house| {
        let noor = house.person("Noor", "noor@kustwerk.example").await;
        let invite = async || {
            let mut tx = house.db.write("test.invite", &house.task).await.unwrap();
            let secret = sign_in::invite(&mut tx, noor).await;
            tx.commit().await.unwrap();
            secret
        };
        let take = async |secret: &str, password: &str| {
            sign_in::with_invitation(
                &house.db,
                &house.public(),
                secret,
                welcome(password),
                &from("192.0.2.1"),
            )
            .await
        };
        let old = invite().await.unwrap();
        let new = invite().await.unwrap();
        assert_eq!(take(&old, GOOD).await.unwrap_err().kind, Kind::Gone);
        assert_eq!(field(&take(&new, "kort").await.unwrap_err()), ("password", "field-password-short"));
        cookie(take(&new, GOOD).await.expect("still works after a mistake"));
        assert_eq!(take(&new, GOOD).await.unwrap_err().code, "link-used");
        let person = people::person(&house.db, &house.task, noor).await.unwrap();
        assert_eq!((person.name.as_str(), &person.standing), ("Noor Kaya", &Standing::Active));
        assert!(reach(&house.db, &house.task, noor).await.unwrap().methods[0].verified_at.is_some());
        assert_eq!(invite().await.unwrap_err().code, "not-invited");
    })
    .await;
}

#[tokio::test]
async fn a_suspended_person_is_out_everywhere_at_once() {
    on_each(async |house| {
        let ada = house.admin().await;
        let noor = house.settled("Noor Kaya", "noor@kustwerk.example").await;
        let session = cookie(house.signs_in("noor@kustwerk.example", GOOD).await.unwrap());
        let (_, token) = make_token(&house, noor, Vec::new()).await.unwrap();
        let link = asks_link(&house, "noor@kustwerk.example").await.unwrap().unwrap();
        let by = house.as_person(ada).await;
        let mut tx = house.db.write("test.suspend", &by).await.unwrap();
        assert_eq!(people::suspend(&mut tx, ada, "").await.unwrap_err().code, "suspend-oneself");
        people::suspend(&mut tx, noor, "left").await.unwrap();
        tx.commit().await.unwrap();

        assert!(sessions::find(&house.db, &house.task, &session).await.unwrap().is_none());
        assert!(tokens::find(&house.db, &house.task, &token).await.unwrap().is_none());
        assert_eq!(
            field(&house.signs_in("noor@kustwerk.example", GOOD).await.unwrap_err()),
            ("password", "field-sign-in-refused")
        );
        let with = sign_in::with_link(&house.db, &house.public(), &link, &Origin::default()).await;
        assert!(with.is_err());
        assert_eq!(asks_link(&house, "noor@kustwerk.example").await.unwrap(), None);
        assert!(reach(&house.db, &house.task, noor).await.unwrap().plan().is_empty(), "nobody pages them");

        let mut tx = house.db.write("test.reinstate", &by).await.unwrap();
        people::reinstate(&mut tx, noor).await.unwrap();
        tx.commit().await.unwrap();
        house.signs_in("noor@kustwerk.example", GOOD).await.expect("back again");
        assert!(
            sessions::find(&house.db, &house.task, &session).await.unwrap().is_none(),
            "old sessions stay over"
        );
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    on_each(async |house| {
        let ada = house.admin().await;
        let other = house.settled("Otto Other", "otto@kustwerk.example").await;
        let by_ada = house.as_person(ada).await;
        let all = role(Role::Admin, None);
        let held = house.gives(&by_ada, other, all.clone()).await.unwrap();
        let by_other = house.as_person(other).await;

        let adas = roles::of_person(&house.db, &house.task, ada).await.unwrap().remove(0);
        let revoke = async |scope: &Scope, id| {
            let mut tx = house.db.write("test.revoke", scope).await.unwrap();
            let done = roles::revoke(&mut tx, id).await;
            if done.is_ok() {
                tx.commit().await.unwrap();
            }
            done
        };
        assert_eq!(revoke(&by_ada, adas.id).await.unwrap_err().code, "role-own");
        revoke(&by_ada, held.id).await.expect("there is another one");
        assert_eq!(revoke(&house.task, adas.id).await.unwrap_err().code, "last-administrator");
        assert_eq!(revoke(&by_other, adas.id).await.unwrap_err().code, "last-administrator");
        let mut tx = house.db.write("test.suspend", &house.task).await.unwrap();
        assert_eq!(people::suspend(&mut tx, ada, "").await.unwrap_err().code, "last-administrator");
    })
    .await;
}

#[tokio::test]
async fn nobody_raises_themselves_or_reaches_over_a_wall() {
    on_each(async |house| {
        let (a, b) = (house.client("Lindehaven").await, house.client("Zandstad").await);
        let noor = house.settled("Noor Kaya", "noor@a.example").await;
        let ben = house.settled("Ben Smit", "ben@b.example").await;
        house.gives(&house.task, noor, role(Role::Admin, Some(a))).await.unwrap();
        let bens = house.gives(&house.task, ben, role(Role::Engineer, Some(b))).await.unwrap();
        let by_noor = house.as_person(noor).await;
        let refused = async |to, grant| house.gives(&by_noor, to, grant).await.unwrap_err();
        assert_eq!(refused(noor, role(Role::Reader, Some(a))).await.code, "role-own");
        assert_eq!(refused(ben, role(Role::Reader, Some(b))).await.kind, Kind::Forbidden);
        assert_eq!(refused(ben, role(Role::Reader, None)).await.kind, Kind::Forbidden);
        let mut tx = house.db.write("test.revoke", &by_noor).await.unwrap();
        assert_eq!(roles::revoke(&mut tx, bens.id).await.unwrap_err().kind, Kind::NotFound, "not even there");
        drop(tx);

        assert_eq!(people::seen(&house.db, &by_noor, ben).await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(clients::client(&house.db, &by_noor, b).await.unwrap_err().kind, Kind::NotFound);
        let page = people::list(&house.db, &by_noor, &Filter::default(), &Paging::default()).await.unwrap();
        assert_eq!(page.items.iter().map(|p| p.id).collect::<Vec<_>>(), [noor]);
        house.gives(&by_noor, ben, role(Role::Reader, Some(a))).await.expect("one's own client");
        let seen = roles::of_person(&house.db, &by_noor, ben).await.unwrap();
        assert_eq!(seen.len(), 1, "of somebody else's roles only those within the wall");
        assert_eq!(clients::all(&house.db, &by_noor).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_grant_for_one_service_shows_that_service_only() {
    on_each(async |house| {
        let a = house.client("Lindehaven").await;
        let noor = house.settled("Noor Kaya", "noor@a.example").await;
        let (parking, taxes) = (Id::from_u128(1), Id::from_u128(2));
        let one = Grant { role: Role::Engineer, client: Some(a), service: Some(parking) };
        house.gives(&house.task, noor, one).await.unwrap();
        let scope = house.as_person(noor).await;
        assert!(scope.sees(a, Some(parking)) && !scope.sees(a, Some(taxes)) && !scope.sees(a, None));
        assert!(scope.may(kernel::Right::Respond, a, Some(parking)));
        assert_eq!(
            clients::client(&house.db, &scope, a).await.unwrap().name,
            "Lindehaven",
            "its client by name"
        );
        let nowhere = Grant { role: Role::Engineer, client: None, service: Some(parking) };
        assert_eq!(field(&house.gives(&house.task, noor, nowhere).await.unwrap_err()).0, "client");
        let nobody = role(Role::Reader, Some(Id::from_u128(99)));
        assert_eq!(
            field(&house.gives(&house.task, noor, nobody).await.unwrap_err()),
            ("client", "field-unknown-client")
        );
    })
    .await;
}

async fn make_token(
    house: &House,
    person: PersonId,
    places: Vec<Place>,
) -> Result<(model::Token, String), Problem> {
    let mut tx = house.db.write("test.token", &house.as_person(person).await).await.unwrap();
    let new = NewToken {
        name: "deploy".into(),
        right: TokenRight::Respond,
        places,
        expires_at: house.clock.now() + SignedDuration::from_hours(24),
    };
    let made = tokens::make(&mut tx, person, new).await?;
    tx.commit().await?;
    Ok(made)
}

#[tokio::test]
async fn a_token_works_until_it_expires_or_is_withdrawn() {
    on_each(async |house| {
        let noor = house.settled("Noor Kaya", "noor@a.example").await;
        let ben = house.settled("Ben Smit", "ben@a.example").await;
        let (token, secret) = make_token(&house, noor, Vec::new()).await.unwrap();
        let find = async |secret: &str| tokens::find(&house.db, &house.public(), secret).await.unwrap();
        let (found, person) = find(&secret).await.unwrap();
        assert_eq!((found.id, person.id, found.used_at), (token.id, noor, None));
        tokens::touch(&house.db, &house.task, &found).await.unwrap();
        assert!(find(&secret).await.unwrap().0.used_at.is_some());
        assert!(find(&secret[..40]).await.is_none());
        assert!(find(&secrets::fresh_token(&house.task)).await.is_none(), "well formed and never given out");
        let mut tx = house.db.write("test.revoke", &house.task).await.unwrap();
        assert_eq!(
            tokens::revoke(&mut tx, ben, token.id).await.unwrap_err().kind,
            Kind::NotFound,
            "not theirs"
        );
        tokens::revoke(&mut tx, noor, token.id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(find(&secret).await.is_none());
        let (_, second) = make_token(&house, noor, Vec::new()).await.unwrap();
        house.passes(SignedDuration::from_hours(24));
        assert!(find(&second).await.is_none(), "expired");
        let mut tx = house.db.write("test.token", &house.task).await.unwrap();
        let late = NewToken {
            name: " ".into(),
            right: TokenRight::See,
            places: Vec::new(),
            expires_at: house.clock.now() + SignedDuration::from_hours(24 * 4000),
        };
        let wrong = tokens::make(&mut tx, noor, late).await.unwrap_err();
        assert_eq!(wrong.fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["name", "expires"]);
    })
    .await;
}

#[tokio::test]
async fn a_contact_method_is_proved_with_a_code_and_wrong_codes_run_out() {
    on_each(async |house| {
        let noor = house.settled("Noor Kaya", "noor@a.example").await;
        let ben = house.settled("Ben Smit", "ben@a.example").await;
        let mut tx = house.db.write("test.contact", &house.task).await.unwrap();
        let push = Channel::Push { url: "https://ntfy.example/noor".into(), token: None };
        let id = contact::add(&mut tx, noor, push.clone(), None, None).await.unwrap();
        assert_eq!(
            field(&contact::add(&mut tx, noor, push, None, None).await.unwrap_err()),
            ("url", "field-taken")
        );
        let code = contact::make_code(&mut tx, noor, id).await.unwrap();
        assert_eq!(contact::type_code(&mut tx, ben, id, &code).await.unwrap_err().kind, Kind::NotFound);
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for left in (1..contact::CODE_TRIES).rev() {
            assert_eq!(
                contact::type_code(&mut tx, noor, id, wrong).await.unwrap(),
                contact::Typed::Wrong(left)
            );
        }
        assert_eq!(contact::type_code(&mut tx, noor, id, wrong).await.unwrap(), contact::Typed::Stale);
        assert_eq!(contact::type_code(&mut tx, noor, id, &code).await.unwrap(), contact::Typed::Stale);
        let code = contact::make_code(&mut tx, noor, id).await.unwrap();
        house.passes(contact::CODE_HOLDS);
        assert_eq!(contact::type_code(&mut tx, noor, id, &code).await.unwrap(), contact::Typed::Stale);
        let code = contact::make_code(&mut tx, noor, id).await.unwrap();
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        assert_eq!(contact::type_code(&mut tx, noor, id, &spaced).await.unwrap(), contact::Typed::Right);
        assert_eq!(
            contact::make_code(&mut tx, noor, id).await.unwrap_err().kind,
            Kind::NotFound,
            "proved already"
        );
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn rules_belong_to_methods_and_go_with_them() {
    on_each(async |house| {
        let noor = house.settled("Noor Kaya", "noor@a.example").await;
        let ben = house.settled("Ben Smit", "ben@a.example").await;
        let mut tx = house.db.write("test.rules", &house.task).await.unwrap();
        let sms = Channel::Sms { number: "+31 6 1234 5678".into() };
        let id = contact::add(&mut tx, noor, sms, Some(Proof::Declared), Some("people.yml:3".into()))
            .await
            .unwrap();
        let mail = contact::methods_in(&mut tx, noor).await.unwrap()[0].id;
        let minutes = SignedDuration::from_mins;
        let rules = [Rule { method: mail, after: minutes(0) }, Rule { method: id, after: minutes(3) }];
        assert!(contact::set_rules(&mut tx, noor, &rules).await.unwrap());
        assert!(!contact::set_rules(&mut tx, noor, &rules).await.unwrap(), "the same again changes nothing");
        assert_eq!(
            field(&contact::set_rules(&mut tx, ben, &rules).await.unwrap_err()),
            ("rules.0.method", "field-unknown-method")
        );
        let late = [Rule { method: mail, after: minutes(60 * 25) }];
        assert_eq!(
            contact::set_rules(&mut tx, noor, &late).await.unwrap_err().fields[0].code,
            "field-bad-wait"
        );
        let plan = reach_in(&mut tx, noor).await.unwrap().plan();
        assert_eq!(plan.len(), 1, "the mail is not proved");
        assert_eq!(plan[0].0, minutes(3));
        assert_eq!(contact::remove(&mut tx, noor, id).await.unwrap_err().code, "declared-in-file");
        contact::remove(&mut tx, noor, mail).await.unwrap();
        assert_eq!(contact::rules_in(&mut tx, noor).await.unwrap().len(), 1);
        for n in 0..MAX_METHODS {
            let chat = Channel::Chat { url: format!("https://chat.example/{n}") };
            let added = contact::add(&mut tx, noor, chat, None, None).await;
            assert_eq!(added.is_ok(), n < MAX_METHODS - 1, "{n}");
        }
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn lists_come_in_pages_and_filters_mean_what_they_say() {
    on_each(async |house| {
        for n in 0..7 {
            house.person(&format!("Person {}", n % 3), &format!("n{n}@a.example")).await;
        }
        house.person("100% Echt_Waar!", "echt@a.example").await;
        let read = async |filter: Filter, limit| {
            let (mut names, mut after, mut pages) = (Vec::new(), None, 0);
            loop {
                let paging = Paging { after, limit: Some(limit) };
                let page = people::list(&house.db, &house.task, &filter, &paging).await.unwrap();
                names.extend(page.items.into_iter().map(|person| person.mail));
                pages += 1;
                match page.next {
                    Some(next) => after = Some(next),
                    None => return (names, pages),
                }
            }
        };
        let all = read(Filter::default(), 500).await.0;
        assert_eq!(all.len(), 8);
        assert_eq!(read(Filter::default(), 3).await, (all, 3), "no row twice, none skipped");
        let q = |text: &str| Filter { q: Some(text.into()), ..Filter::default() };
        assert_eq!(read(q("PERSON 1"), 50).await.0.len(), 2);
        assert_eq!(read(q("%"), 50).await.0, ["echt@a.example"]);
        assert_eq!(read(q("t_w"), 50).await.0, ["echt@a.example"]);
        assert_eq!(read(q("r!"), 50).await.0, ["echt@a.example"]);
        assert_eq!(read(q("' or 1=1 --"), 50).await.0.len(), 0);
        let state = Filter { state: Some("active".into()), ..Filter::default() };
        assert_eq!(read(state, 50).await.0.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn teams_stand_within_the_wall() {
    on_each(async |house| {
        let (a, b) = (house.client("Lindehaven").await, house.client("Zandstad").await);
        let noor = house.settled("Noor Kaya", "noor@a.example").await;
        let ben = house.settled("Ben Smit", "ben@b.example").await;
        house.gives(&house.task, noor, role(Role::Admin, Some(a))).await.unwrap();
        let mut tx = house.db.write("test.team", &house.task).await.unwrap();
        let team = teams::add(&mut tx, a, "Permits team", None).await.unwrap();
        let other = teams::add(&mut tx, b, "permits team", None).await.expect("names repeat between clients");
        assert_eq!(
            field(&teams::add(&mut tx, a, "PERMITS team", None).await.unwrap_err()),
            ("name", "field-taken")
        );
        assert_eq!(
            teams::change(&mut tx, &team, "Permits team", &[ben, noor, ben], None).await.unwrap(),
            ["members"]
        );
        assert!(teams::change(&mut tx, &team, "Permits team", &[ben, noor], None).await.unwrap().is_empty());
        assert_eq!(
            field(
                &teams::change(&mut tx, &team, "Permits team", &[Id::from_u128(5)], None).await.unwrap_err()
            ),
            ("members", "field-unknown-person")
        );
        drop(tx);
        let mut tx = house.db.write("test.team", &house.task).await.unwrap();
        let team = teams::add(&mut tx, a, "Permits team", None).await.unwrap();
        teams::add(&mut tx, b, "Other", None).await.unwrap();
        teams::change(&mut tx, &team, "Permits team", &[ben, noor], None).await.unwrap();
        tx.commit().await.unwrap();
        let by_noor = house.as_person(noor).await;
        let members = teams::members(&house.db, &by_noor, team.id).await.unwrap();
        assert_eq!(members.iter().map(|p| p.id).collect::<Vec<_>>(), [ben, noor], "in the order given");
        assert_eq!(teams::team(&house.db, &by_noor, other.id).await.unwrap_err().kind, Kind::NotFound);
        let lines = teams::list(&house.db, &by_noor, None, None, &Paging::default()).await.unwrap().items;
        assert_eq!((lines.len(), lines[0].members), (1, 2));
        assert!(people::seen(&house.db, &by_noor, ben).await.is_ok(), "a fellow team member is seen");
    })
    .await;
}

/// A world in which the mail relay is down until told otherwise.
#[derive(Default)]
struct Post {
    up: Mutex<bool>,
    mails: Mutex<Vec<Mail>>,
}

impl World for Post {
    fn fetch<'a>(&'a self, _: &'a Fetch) -> Answer<'a, Result<Fetched, Unreached>> {
        unreachable!("nothing is fetched")
    }
    fn connect<'a>(&'a self, _: &'a Connect) -> Answer<'a, Result<Connected, Unreached>> {
        unreachable!("nothing is connected to")
    }
    fn resolve<'a>(&'a self, _: &'a Resolve) -> Answer<'a, Result<Resolved, Unreached>> {
        unreachable!("nothing is resolved")
    }
    fn ping<'a>(&'a self, _: &'a Ping) -> Answer<'a, Result<Ponged, Unreached>> {
        unreachable!("nothing is pinged")
    }
    fn send_mail<'a>(&'a self, mail: &'a Mail) -> Answer<'a, Result<Receipt, NotSent>> {
        let done = if *self.up.lock().unwrap() {
            self.mails.lock().unwrap().push(mail.clone());
            Ok(Receipt { said: "250 queued".into(), took: SignedDuration::ZERO })
        } else {
            Err(NotSent { again: true, what: "the relay refuses connections".into() })
        };
        Box::pin(std::future::ready(done))
    }
    fn call_hook<'a>(&'a self, _: &'a Hook) -> Answer<'a, Result<Receipt, NotSent>> {
        Box::pin(std::future::ready(Err(NotSent { again: false, what: "404".into() })))
    }
    fn self_test<'a>(&'a self) -> Answer<'a, Result<(), Unreached>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

#[tokio::test]
async fn a_message_goes_out_once_when_the_relay_returns_and_then_forgets_its_secret() {
    on_each(async |house| {
        let world = Arc::new(Post::default());
        let ground = Ground {
            db: house.db.clone(),
            world: world.clone(),
            lake: kernel::lake::NoLake::shared(),
            clock: house.clock.clone(),
            dice: house.task.dice(),
        };
        let task = tasks::tasks(&ground).remove(0);
        let run = async || task.run(&house.task).await.unwrap();
        let mut tx = house.db.write("test.post", &house.task).await.unwrap();
        outbox::post(&mut tx, message("noor@a.example")).await.unwrap();
        let mut broken = message("ben@a.example");
        broken.channel = Channel::Chat { url: "https://chat.example/gone".into() };
        outbox::post(&mut tx, broken).await.unwrap();
        tx.commit().await.unwrap();

        assert_eq!(run().await.note, "0 sent, 1 put off, 1 given up, 1 waiting");
        assert_eq!(run().await.done, 0, "not before its time");
        house.passes(SignedDuration::from_secs(10));
        assert_eq!(run().await.note, "0 sent, 1 put off, 0 given up, 1 waiting");
        *world.up.lock().unwrap() = true;
        house.passes(SignedDuration::from_secs(30));
        assert_eq!(run().await.note, "1 sent, 0 put off, 0 given up, 0 waiting");
        house.passes(SignedDuration::from_hours(1));
        assert_eq!(run().await.done, 0);
        let mails = world.mails.lock().unwrap().clone();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].message_id.starts_with("msg_") && mails[0].message_id.ends_with("@tend.example"));
        let count = async |state| {
            outbox::list(&house.db, &house.task, Some(state), &Paging::default()).await.unwrap().items.len()
        };
        assert_eq!((count("sent").await, count("failed").await, count("waiting").await), (1, 1, 0));
        let contents = "select count(*) from messages where content is not null";
        assert_eq!(
            house.db.one(&house.task, contents, args![], |row| row.get::<i64>(0)).await.unwrap(),
            Some(0)
        );
    })
    .await;
}

#[tokio::test]
async fn a_message_is_given_up_after_its_time() {
    on_each(async |house| {
        let ground = Ground {
            db: house.db.clone(),
            world: Arc::new(Post::default()),
            lake: kernel::lake::NoLake::shared(),
            clock: house.clock.clone(),
            dice: house.task.dice(),
        };
        let mut tx = house.db.write("test.post", &house.task).await.unwrap();
        outbox::post(&mut tx, message("noor@a.example")).await.unwrap();
        tx.commit().await.unwrap();
        let task = tasks::tasks(&ground).remove(0);
        for _ in 0..30 {
            task.run(&house.task).await.unwrap();
            house.passes(SignedDuration::from_mins(2));
        }
        let line = outbox::list(&house.db, &house.task, Some("failed"), &Paging::default())
            .await
            .unwrap()
            .items
            .remove(0);
        assert!((4..12).contains(&line.attempts), "{}", line.attempts);
        assert_eq!(line.said, "the relay refuses connections");
    })
    .await;
}

#[tokio::test]
async fn what_is_over_is_swept_away() {
    on_each(async |house| {
        let ground = Ground {
            db: house.db.clone(),
            world: Arc::new(Post::default()),
            lake: kernel::lake::NoLake::shared(),
            clock: house.clock.clone(),
            dice: house.task.dice(),
        };
        house.settled("Noor Kaya", "noor@a.example").await;
        house.signs_in("noor@a.example", GOOD).await.unwrap();
        asks_link(&house, "noor@a.example").await.unwrap();
        let sweep = tasks::tasks(&ground).remove(1);
        assert_eq!(sweep.run(&house.task).await.unwrap().done, 0);
        house.passes(SignedDuration::from_hours(24 * 60));
        let status = sweep.run(&house.task).await.unwrap();
        assert!(status.done >= 3, "{status:?}");
    })
    .await;
}

#[tokio::test]
async fn hostile_names_are_field_errors_and_never_a_fault() {
    on_each(async |house| {
        let add = async |name: &str, mail: &str| {
            let mut tx = house.db.write("test.add", &house.task).await.unwrap();
            people::add(&mut tx, new_person(name, mail)).await
        };
        assert_eq!(
            field(&add(&"a".repeat(10_000), "a@a.example").await.unwrap_err()),
            ("name", "field-too-long")
        );
        assert_eq!(
            field(&add("a\u{202e}b", "a@a.example").await.unwrap_err()),
            ("name", "field-bad-characters")
        );
        assert_eq!(
            field(&add("a", "a@a.example\nBcc: x@y.z").await.unwrap_err()),
            ("mail", "field-bad-mail")
        );
        assert!(add("<img src=x onerror=alert(1)>", "a@a.example").await.is_ok(), "escaped when shown");
        assert!(add("مريم", "b@a.example").await.is_ok());
        house.person("Noor", "noor@a.example").await;
        assert_eq!(field(&add("Other", "NOOR@a.example").await.unwrap_err()), ("mail", "field-taken"));
    })
    .await;
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_after_a_link_and_a_known_one_needs_the_old() {
    on_each(async |house| {
        let noor = house.settled("Noor Kaya", "noor@a.example").await;
        let session =
            async |secret: &str| sessions::find(&house.db, &house.task, secret).await.unwrap().unwrap();
        let by_password = cookie(house.signs_in("noor@a.example", GOOD).await.unwrap());
        let (held, person) = session(&by_password).await;
        let scope = house.as_person(noor).await;
        let change = async |session: &model::Session, old: Option<&str>, new: &str| {
            sign_in::change_password(&house.db, &scope, &person, Some(session), old, new, async |_| Ok(()))
                .await
        };
        assert_eq!(
            field(&change(&held, None, "zes rode fietsen").await.unwrap_err()),
            ("old", "field-password-wrong")
        );
        assert_eq!(
            field(&change(&held, Some(GOOD), "kort").await.unwrap_err()),
            ("new", "field-password-short")
        );
        change(&held, Some(GOOD), "zes rode fietsen").await.unwrap();

        let link = asks_link(&house, "noor@a.example").await.unwrap().unwrap();
        let by_link =
            cookie(sign_in::with_link(&house.db, &house.public(), &link, &from("192.0.2.1")).await.unwrap());
        let (fresh, _) = session(&by_link).await;
        change(&fresh, None, "zeven rode fietsen").await.unwrap();
        assert!(
            sessions::find(&house.db, &house.task, &by_password).await.unwrap().is_none(),
            "other browsers are signed out"
        );
        house.passes(SignedDuration::from_mins(20));
        let (old, _) = session(&by_link).await;
        assert_eq!(
            field(&change(&old, None, "acht rode fietsen").await.unwrap_err()).0,
            "old",
            "no longer fresh"
        );
    })
    .await;
}

use kernel::Id as _;
use store::testing::each_db;

use super::*;
use crate::store::SCHEMA;

#[derive(Deserialize)]
struct File {
    operator: Option<Spanned<OperatorPart>>,
    #[serde(default)]
    clients: Vec<Spanned<ClientPart>>,
    #[serde(default)]
    people: Vec<Spanned<PersonPart>>,
    #[serde(default)]
    teams: Vec<Spanned<TeamPart>>,
}

fn declared<T>(all: Vec<Spanned<T>>) -> Vec<Declared<T>> {
    let file = Place::new("town.yml", 1, 1);
    all.into_iter().map(|one| Declared::new(place(&file, &one), one.value)).collect()
}

fn parts(text: &str) -> Parts {
    let file: File = serde_saphyr::from_str(text).expect("the shape is right");
    Parts {
        operator: declared(file.operator.into_iter().collect()),
        clients: declared(file.clients),
        people: declared(file.people),
        teams: declared(file.teams),
    }
}

fn mistakes(text: &str) -> Vec<String> {
    let parts = parts(text);
    let mut known = Names::default();
    known.complete = true;
    names(&parts, &mut known);
    check(&parts, &known).iter().map(ToString::to_string).collect()
}

const TOWN: &str = r#"
operator: { name: Kustwerk }
clients:
  - { name: Lindehaven }
people:
  - name: Noor Kaya
    email: noor@kustwerk.example
    language: nl
    zone: Europe/Amsterdam
    roles: [{ role: engineer, client: Lindehaven }, { role: admin }]
    contact: [{ mail: noor@kustwerk.example }, { push: "https://ntfy.example/noor", token: tk_1 }, { sms: "+31 6 1234 5678" }]
    rules: [mail at once, push after 3m]
  - { name: Ben Smit, email: ben@kustwerk.example }
teams:
  - { name: Permits team, client: Lindehaven, members: [Ben Smit, Noor Kaya] }
"#;

#[test]
fn a_good_file_has_no_mistakes() {
    assert_eq!(mistakes(TOWN), Vec::<String>::new());
}

#[test]
fn every_mistake_is_said_with_its_place() {
    let text = r#"
operator: { name: "", sms: { url: "https://sms.example", body: "{text}" } }
clients: [{ name: Lindehaven }, { name: lindehaven }]
people:
  - name: Noor Kaya
    email: noor
    language: de
    zone: Europe/Lindehaven
    roles: [{ role: engineer, client: Lindehavn }, { role: reader, service: Parking }]
    contact: [{ mail: a@b.example, sms: "1" }, { sms: "061234" }, { chat: "ftp://x" }, {}, { sms: "+31612345678", token: x }]
    rules: [mail at once, pigeon after 3m, chat 2 at once]
  - { name: Noor Kaya, email: NOOR }
teams: [{ name: T, members: [Nor Kaya, Noor Kaya, Noor Kaya] }, { name: t }]
"#;
    let said = mistakes(text);
    let expected = [
        "town.yml:2:19: the name is empty",
        "{number} stands neither",
        "client \"lindehaven\" is already declared at town.yml:3:19",
        "\"noor\" is not a mail address",
        "\"de\" is neither en nor nl",
        "no time zone is called \"Europe/Lindehaven\"",
        "no client is called \"Lindehavn\"; did you mean \"Lindehaven\"?",
        "a role on a service names its client too",
        "a contact method is one of mail, chat, push and sms",
        "\"061234\" is not a telephone number",
        "\"ftp://x\" is not an address",
        "a token goes with push only",
        "\"pigeon after 3m\" is not a rule",
        "\"chat 2 at once\" speaks of a method",
        "person \"Noor Kaya\" is already declared",
        "the address \"NOOR\" is already declared",
        "no person is called \"Nor Kaya\"; did you mean \"Noor Kaya\"?",
        "the member \"Noor Kaya\" is already declared",
        "team \"t\" is already declared",
    ];
    for part in expected {
        assert!(said.iter().any(|mistake| mistake.contains(part)), "{part}\n{}", said.join("\n"));
    }
}

#[test]
fn an_unknown_key_or_role_is_not_this_shape() {
    for text in [
        "people: [{ name: A, email: a@b.example, phone: 1 }]",
        "people: [{ name: A, email: a@b.example, roles: [{ role: boss }] }]",
    ] {
        assert!(serde_saphyr::from_str::<File>(text).is_err(), "{text}");
    }
}

async fn applied(tx: &mut Tx, text: &str) -> Vec<String> {
    let parts = parts(text);
    let mut applying = Applying::default();
    apply(tx, &parts, &mut applying).await.expect("applies");
    apply_roles(tx, &parts, &mut applying).await.expect("applies");
    let mistakes = applying.mistakes.iter().map(|mistake| format!("! {mistake}"));
    applying.changes.iter().map(ToString::to_string).chain(mistakes).collect()
}

#[tokio::test]
async fn applying_twice_changes_nothing_and_applying_less_takes_away_what_files_gave() {
    each_db(&[&SCHEMA], async |db, scope| {
        let mut tx = db.write("test.apply", &scope).await.unwrap();
        assert_eq!(
            applied(&mut tx, TOWN).await,
            [
                "~ operator Kustwerk (name: Operator -> Kustwerk)",
                "+ client Lindehaven",
                "+ person Noor Kaya",
                "+ person Ben Smit",
                "+ team Permits team",
                "~ person Noor Kaya (role: + engineer, role: + admin)",
            ]
        );
        assert_eq!(applied(&mut tx, TOWN).await, Vec::<String>::new());
        tx.commit().await.unwrap();

        let noor = people::by_mail(&db, &scope, "noor@kustwerk.example").await.unwrap().unwrap();
        assert_eq!(noor.declared_in.as_deref(), Some("town.yml:6"));
        let reach = contact::reach(&db, &scope, noor.id).await.unwrap();
        let plan: Vec<(i64, &str)> =
            reach.plan().iter().map(|(after, method)| (after.as_secs(), method.channel.word())).collect();
        assert_eq!(plan, [(0, "mail"), (180, "push")], "declared methods count as proved");
        let ben = people::by_mail(&db, &scope, "ben@kustwerk.example").await.unwrap().unwrap();
        assert_eq!(contact::reach(&db, &scope, ben.id).await.unwrap().plan().len(), 1, "the address is a method too");
        assert_eq!(roles::grants_of(&db, &scope, noor.id).await.unwrap().len(), 2);

        let less = r#"
operator: { name: Kustwerk }
clients: [{ name: Lindehaven }]
people:
  - { name: Noor Kaya, email: noor@elders.example, zone: Europe/Amsterdam, roles: [{ role: reader, client: Lindehaven }] }
"#;
        let mut tx = db.write("test.apply", &scope).await.unwrap();
        assert_eq!(
            applied(&mut tx, less).await,
            [
                "~ person Noor Kaya (email: noor@kustwerk.example -> noor@elders.example, contact: + mail, contact: - mail, contact: - push, contact: - sms)",
                "~ person Ben Smit (no longer declared; it stays, kept on screen)",
                "- team Permits team",
                "~ person Noor Kaya (role: + reader, role: - engineer, role: - admin)",
            ]
        );
        tx.commit().await.unwrap();
        let ben = people::person(&db, &scope, ben.id).await.unwrap();
        assert_eq!(ben.declared_in, None);
    })
    .await;
}

#[tokio::test]
async fn a_file_cannot_take_the_last_administrator_or_use_a_taken_address() {
    each_db(&[&SCHEMA], async |db, scope| {
        let mut tx = db.write("test.apply", &scope).await.unwrap();
        applied(&mut tx, TOWN).await;
        let noor =
            people::all_in(&mut tx).await.unwrap().into_iter().find(|p| p.name == "Noor Kaya").unwrap();
        people::activate(&mut tx, noor.id).await.unwrap();
        let none = "people: [{ name: Noor Kaya, email: noor@kustwerk.example }]";
        let said = applied(&mut tx, none).await.join("\n");
        assert!(said.contains("this would leave nobody who administers the installation"), "{said}");
        let unknown =
            "people: [{ name: Cas, email: cas@x.example, roles: [{ role: reader, client: Nowhere }] }]";
        let said = applied(&mut tx, unknown).await.join("\n");
        assert!(said.contains("! town.yml:1:77: no client is called \"Nowhere\""), "{said}");
    })
    .await;
}

#[tokio::test]
async fn what_is_exported_applies_as_no_change() {
    each_db(&[&SCHEMA], async |db, scope| {
        let mut tx = db.write("test.apply", &scope).await.unwrap();
        applied(&mut tx, TOWN).await;
        tx.commit().await.unwrap();
        let out = export(&db, &scope, |_| None).await.unwrap();
        #[derive(Serialize)]
        struct Out {
            operator: Option<OperatorPart>,
            clients: Vec<ClientPart>,
            people: Vec<PersonPart>,
            teams: Vec<TeamPart>,
        }
        let text = serde_saphyr::to_string(&Out {
            operator: out.operator.map(|(_, part)| part),
            clients: out.clients.into_iter().map(|(_, part)| part).collect(),
            people: out.people.into_iter().map(|(_, part)| part).collect(),
            teams: out.teams.into_iter().map(|(_, part)| part).collect(),
        })
        .unwrap();
        let mut tx = db.write("test.apply", &scope).await.unwrap();
        assert_eq!(applied(&mut tx, &text).await, Vec::<String>::new(), "{text}");
        let again = kernel::PersonId::from_u128(1);
        assert!(people::person_in(&mut tx, again).await.is_err());
    })
    .await;
}

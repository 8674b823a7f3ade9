//! People: the list, one person, and inviting somebody.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::{ClientId, Grant, Paging, PersonId, Problem, Right, Role, RoleId, Scope, ServiceId, TokenId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Access, Asks, Done, Input, Path, Query, Refusal, Routes, Sample, Shown, Site, State, Text, View};

use super::door::sample_id;
use super::me::{PlanLine, TokenLine, plan_of, sample_person, sample_time, token_line};
use super::{Choice, administers, zones};
use crate::letters::{Change, InvitationLetter, Sending, send, tell};
use crate::model::{Channel, Held, LinkPurpose, Person, Proof, Standing};
use crate::rules;
use crate::sign_in;
use crate::store::contact::Contact;
use crate::store::people::{Filter, NewPerson, Profile};
use crate::store::{clients, contact, credentials, links, operator, people, roles, sessions, teams, tokens};

pub(super) fn routes() -> Routes {
    Routes::new("identity")
        .screen("/people", Access::See, show_people)
        .screen("/people/new", Access::Administer, show_new)
        .action("/people", Access::Administer, add_person)
        .screen("/people/{id}", Access::See, show_person)
        .action("/people/{id}/change", Access::Administer, change_person)
        .action("/people/{id}/invite", Access::Administer, invite_person)
        .action("/people/{id}/suspend", Access::Administer, suspend_person)
        .action("/people/{id}/reinstate", Access::Administer, reinstate_person)
        .action("/people/{id}/roles", Access::Administer, grant_role)
        .action("/people/{id}/roles/{role}/revoke", Access::Administer, revoke_role)
        .action("/people/{id}/totp/remove", Access::Administer, remove_totp)
        .action("/people/{id}/sessions/end", Access::Administer, end_sessions)
        .action("/people/{id}/tokens/{token}/revoke", Access::Administer, revoke_token)
}

pub(super) fn samples() -> Vec<Sample> {
    let mut all = web::samples_of::<PeopleView>();
    all.extend(web::samples_of::<NewPersonView>());
    all.extend(web::samples_of::<PersonView>());
    all
}

/// A role in words: where it holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct RoleLine {
    /// Its id.
    id: RoleId,
    /// The role.
    role: Role,
    /// The client it holds for; none means every client.
    client_id: Option<ClientId>,
    /// The client's name.
    client: Option<String>,
    /// The only service it holds for.
    service_id: Option<ServiceId>,
    /// The service's name, where it is known.
    service: Option<String>,
    /// When it was given.
    granted_at: Timestamp,
    /// The file and line that declare it.
    declared_in: Option<String>,
    /// Whether the asker may take it away.
    may_revoke: bool,
}

/// The names of clients, and of services as far as another feature tells them (a column on `service-names`).
struct Names {
    clients: HashMap<ClientId, String>,
    services: HashMap<String, (String, String)>,
}

impl Names {
    async fn read(site: &Site, scope: &Scope) -> Result<Names, Problem> {
        let clients = clients::names(&site.db, scope).await?;
        let mut services = HashMap::new();
        for column in site.columns("service-names", scope).await {
            for (id, cell) in column.cells {
                let word = |name: &str| cell.data[name].as_str().unwrap_or_default().to_owned();
                services.insert(id, (word("name"), word("client_id")));
            }
        }
        Ok(Names { clients, services })
    }

    fn line(&self, scope: &Scope, held: Held) -> RoleLine {
        let may_revoke = held.declared_in.is_none()
            && rules::may_change_role(scope, held.person_id, &held.grant()).is_ok();
        RoleLine {
            client: held.client_id.and_then(|id| self.clients.get(&id).cloned()),
            service: held
                .service_id
                .and_then(|id| self.services.get(&id.to_string()))
                .map(|(name, _)| name.clone()),
            id: held.id,
            role: held.role,
            client_id: held.client_id,
            service_id: held.service_id,
            granted_at: held.granted_at,
            declared_in: held.declared_in,
            may_revoke,
        }
    }

    /// Where the asker may give roles: `""` (everywhere), a client, or `client/service`.
    fn places(&self, scope: &Scope) -> Vec<Choice> {
        let mut out = Vec::new();
        let mut clients: Vec<(&ClientId, &String)> = self.clients.iter().collect();
        clients.sort_by(|a, b| a.1.cmp(b.1));
        for (id, name) in clients {
            if !scope.may(Right::Administer, *id, None) {
                continue;
            }
            out.push((id.to_string(), name.clone()));
            let of = id.to_string();
            let mut services: Vec<(&String, &String)> = self
                .services
                .iter()
                .filter(|(_, (_, c))| *c == of)
                .map(|(id, (name, _))| (id, name))
                .collect();
            services.sort_by(|a, b| a.1.cmp(b.1));
            out.extend(
                services
                    .into_iter()
                    .map(|(service, title)| (format!("{of}/{service}"), format!("{name} · {title}"))),
            );
        }
        out
    }
}

/// A person in the list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct PersonLine {
    /// Who.
    #[serde(flatten)]
    person: Person,
    /// The word of their standing.
    state: &'static str,
    /// What they may do, as far as the asker sees it.
    roles: Vec<RoleLine>,
    /// By which kinds of method they are reached, and whether that was proved.
    reached: Vec<(String, bool)>,
}

/// Everybody the asker may look at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct PeopleView {
    /// The people, by name.
    items: Vec<PersonLine>,
    /// Where the next page starts.
    next: Option<kernel::Cursor>,
    /// Part of a name or address that was looked for.
    q: String,
    /// The standing that was asked for.
    state: String,
    /// The client that was asked for.
    client: String,
    /// Clients to choose from.
    clients: Vec<Choice>,
    /// Whether the asker may invite somebody.
    may_add: bool,
}

impl View for PeopleView {
    const TEMPLATE: &'static str = "identity/people.html";
    const AREA: &'static str = "people";
    fn title(&self) -> Text {
        Text::key("people")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let line =
            |n: u128, name: &str, standing: Standing, roles: Vec<RoleLine>, reached: &[(&str, bool)]| {
                PersonLine {
                    state: standing.word(),
                    person: sample_person(n, name, standing),
                    roles,
                    reached: reached.iter().map(|(kind, proved)| ((*kind).to_owned(), *proved)).collect(),
                }
            };
        let view = |items, q: &str| PeopleView {
            items,
            next: None,
            q: q.into(),
            state: String::new(),
            client: String::new(),
            clients: vec![(sample_id::<ClientId>(1).to_string(), "Lindehaven".into())],
            may_add: true,
        };
        let suspended = Standing::Suspended { at: sample_time(900), reason: "left".into() };
        let every: Vec<RoleLine> =
            Role::ALL.into_iter().zip(10u128..).map(|(role, n)| sample_role(n, role)).collect();
        let many = (0..40).map(|n| {
            line(
                100 + n,
                &format!("Person {n}"),
                Standing::Active,
                vec![sample_role(1, Role::Reader)],
                &[("mail", true)],
            )
        });
        vec![
            ("nobody found", view(Vec::new(), "zzz")),
            (
                "every standing",
                view(
                    vec![
                        line(
                            1,
                            "Noor Kaya",
                            Standing::Active,
                            vec![sample_role(1, Role::Engineer), sample_role(2, Role::Admin)],
                            &[("mail", true), ("push", true)],
                        ),
                        line(2, "Ben Smit", Standing::Invited, Vec::new(), &[("mail", false)]),
                        line(3, "Cas de Vries", suspended, vec![sample_role(3, Role::ClientContact)], &[]),
                        line(
                            4,
                            "<script>alert(1)</script> مريم",
                            Standing::Active,
                            every,
                            &[("sms", true), ("chat", true)],
                        ),
                    ],
                    "",
                ),
            ),
            ("many", view(many.collect(), "")),
        ]
    }
}

pub(super) fn sample_role(n: u128, role: Role) -> RoleLine {
    let everywhere = role == Role::Admin;
    RoleLine {
        id: sample_id(n),
        role,
        client_id: (!everywhere).then(|| sample_id(1)),
        client: (!everywhere).then(|| "Lindehaven".into()),
        service_id: (role == Role::Agent).then(|| sample_id(5)),
        service: (role == Role::Agent).then(|| "Parking permits".into()),
        granted_at: sample_time(60 * 24 * 3),
        declared_in: (role == Role::Reader).then(|| "people.yml:14".into()),
        may_revoke: role != Role::Reader,
    }
}

async fn show_people(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Result<Shown<PeopleView>, Refusal> {
    let page = people::list(&site.db, &scope, &filter, &paging).await?;
    let names = Names::read(&site, &scope).await?;
    let ids: Vec<PersonId> = page.items.iter().map(|person| person.id).collect();
    let mut reached = contact::kinds_of_all(&site.db, &scope, &ids).await?;
    let mut held = roles::of_people(&site.db, &scope, &ids).await?;
    let items = page.items.into_iter().map(|person| PersonLine {
        state: person.standing.word(),
        roles: held
            .remove(&person.id)
            .unwrap_or_default()
            .into_iter()
            .map(|held| names.line(&scope, held))
            .collect(),
        reached: reached.remove(&person.id).unwrap_or_default(),
        person,
    });
    let mut choices: Vec<Choice> =
        names.clients.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    choices.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(Shown(PeopleView {
        items: items.collect(),
        next: page.next,
        q: filter.q.unwrap_or_default(),
        state: filter.state.unwrap_or_default(),
        client: filter.client.map(|id| id.to_string()).unwrap_or_default(),
        clients: choices,
        may_add: scope.may_somewhere(Right::Administer),
    }))
}

// -- a new person

/// The form for a new person.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct NewPersonView {
    /// Where the asker may give a role: the value of the choice, and its name.
    places: Vec<Choice>,
    /// Whether a role may hold everywhere.
    everywhere: bool,
    /// Roles to choose from.
    roles: Vec<&'static str>,
    /// Zones to choose from.
    zones: Vec<String>,
    /// The zone to begin with.
    zone: String,
    /// The language to begin with.
    language: String,
}

impl View for NewPersonView {
    const TEMPLATE: &'static str = "identity/new_person.html";
    const AREA: &'static str = "people";
    fn title(&self) -> Text {
        Text::key("person-new")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("people"), "/people".into())]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let view = |everywhere| NewPersonView {
            places: vec![
                (sample_id::<ClientId>(1).to_string(), "Lindehaven".into()),
                (
                    format!("{}/{}", sample_id::<ClientId>(1), sample_id::<ServiceId>(5)),
                    "Lindehaven · Parking permits".into(),
                ),
            ],
            everywhere,
            roles: Role::ALL.map(Role::word).to_vec(),
            zones: zones::choices("Europe/Amsterdam"),
            zone: "Europe/Amsterdam".into(),
            language: "nl".into(),
        };
        vec![("by an administrator", view(true)), ("by a client's administrator", view(false))]
    }
}

async fn show_new(State(site): State<Site>, Asks(scope): Asks) -> Result<Shown<NewPersonView>, Refusal> {
    let names = Names::read(&site, &scope).await?;
    let me = match scope.actor().person() {
        Some(id) => Some(people::person(&site.db, &scope, id).await?),
        None => None,
    };
    let zone = me.as_ref().map_or_else(|| "UTC".to_owned(), |person| person.zone.clone());
    Ok(Shown(NewPersonView {
        places: names.places(&scope),
        everywhere: scope.may_everywhere(Right::Administer),
        roles: Role::ALL.map(Role::word).to_vec(),
        zones: zones::choices(&zone),
        zone,
        language: me.map_or_else(|| "en".to_owned(), |person| person.language),
    }))
}

/// A role to be given.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct GiveRole {
    /// Its word; no role when not said.
    #[serde(default)]
    role: Option<Role>,
    /// Where: nothing for everywhere, a client's id, or `client/service`.
    #[serde(default)]
    place: Option<String>,
    /// The client it holds for, for programs.
    #[serde(default)]
    client: Option<ClientId>,
    /// The only service of that client it holds for, for programs.
    #[serde(default)]
    service: Option<ServiceId>,
}

impl GiveRole {
    fn grant(&self) -> Result<Option<Grant>, Problem> {
        let Some(role) = self.role else { return Ok(None) };
        let wrong = || Problem::invalid().field("place", "field-unknown-client");
        let (mut client, mut service) = (self.client, self.service);
        if let Some(place) = self.place.as_deref().filter(|place| *place != "everywhere" && !place.is_empty())
        {
            let (of, one) = place.split_once('/').map_or((place, None), |(of, one)| (of, Some(one)));
            client = Some(of.parse().map_err(|_| wrong())?);
            service = one.map(|one| one.parse().map_err(|_| wrong())).transpose()?;
        }
        Ok(Some(Grant { role, client, service }))
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct AddPerson {
    /// As they want to be called.
    #[serde(default)]
    name: String,
    /// The address they will sign in with.
    #[serde(default)]
    mail: String,
    /// `en` or `nl`.
    #[serde(default)]
    language: Option<String>,
    /// The IANA name of their time zone.
    #[serde(default)]
    zone: Option<String>,
    /// Whether an invitation goes out at once.
    #[serde(default)]
    invite: Option<String>,
    /// The first role.
    #[serde(default)]
    role: Option<Role>,
    /// Where: nothing for everywhere, a client's id, or `client/service`.
    #[serde(default)]
    place: Option<String>,
    /// The client the role holds for, for programs.
    #[serde(default)]
    client: Option<ClientId>,
    /// The only service of that client the role holds for, for programs.
    #[serde(default)]
    service: Option<ServiceId>,
}

#[derive(Serialize)]
struct Added {
    id: PersonId,
    invitation: Option<String>,
}

async fn add_person(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<AddPerson>,
) -> Result<Done, Refusal> {
    let role = GiveRole { role: form.role, place: form.place, client: form.client, service: form.service };
    let grant = role.grant()?;
    if grant.is_none() && administers(&scope).is_err() {
        // Without a role within their client, whoever administers only a client would not see the person.
        return Err(Refusal(Problem::invalid().field("role", "field-required")));
    }
    let new = NewPerson {
        name: form.name,
        mail: form.mail,
        language: form.language.unwrap_or_else(|| "en".into()),
        zone: form.zone.unwrap_or_else(|| "UTC".into()),
        declared_in: None,
    };
    let known = people::by_mail(&site.db, &scope, &new.mail).await?;
    let mut tx = site.db.write("identity.add_person", &scope).await?;
    let person = match known {
        // To whoever administers a client, somebody who is known elsewhere is simply given the role.
        Some(person) if administers(&scope).is_err() => person,
        _ => people::add(&mut tx, new).await?,
    };
    if let Some(grant) = &grant {
        roles::grant(&mut tx, person.id, grant, None).await?;
    }
    let wanted = form.invite.is_some() && person.standing == Standing::Invited;
    let invitation = match wanted {
        true => Some(post_invitation(&site, &mut tx, &person).await?),
        false => None,
    };
    tx.commit().await?;
    let invitation = invitation.filter(|_| administers(&scope).is_ok());
    let say = if wanted { "person-invited" } else { "person-added" };
    Ok(Done::to(format!("/people/{}", person.id)).say(say).value(&Added { id: person.id, invitation }))
}

/// Posts an invitation; returns its address.
async fn post_invitation(site: &Site, tx: &mut Tx, person: &Person) -> Result<String, Problem> {
    let secret = sign_in::invite(tx, person.id).await?;
    let post = site.post();
    let url = format!("{}{}", post.settings.base_url, sign_in::invitation_path(&secret));
    let life = LinkPurpose::Invite.lifetime().unwrap_or_default();
    let by = match tx.scope().actor().person() {
        Some(id) => Some(people::person_in(tx, id).await?.name),
        None => None,
    };
    let letter = InvitationLetter {
        name: person.name.clone(),
        by,
        operator: operator::prepare(tx).await?.name,
        url: url.clone(),
        days: life.as_hours() / 24,
    };
    let sending = Sending {
        purpose: "invitation",
        to: None,
        link: url.clone(),
        give_up_after: jiff::SignedDuration::from_hours(72),
    };
    send(&post, tx, person, &letter, sending).await?;
    Ok(url)
}

// -- one person

/// What the asker may do to a person.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
struct May {
    /// Change name, address and standing, end sessions, withdraw tokens.
    edit: bool,
    /// Send an invitation.
    invite: bool,
    /// Give roles somewhere.
    grant: bool,
}

/// One person.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct PersonView {
    /// Who.
    person: Person,
    /// The word of their standing.
    state: &'static str,
    /// Whether the asker is this person.
    oneself: bool,
    /// What they may do and see, as far as the asker sees it.
    roles: Vec<RoleLine>,
    /// The teams they are in, as far as the asker sees them.
    teams: Vec<crate::model::Team>,
    /// How they are reached, with addresses only for administrators and themselves.
    methods: Vec<Contact>,
    /// By which kinds of method they are reached, and whether that was proved.
    reached: Vec<(String, bool)>,
    /// What happens when they are paged now.
    plan: Vec<PlanLine>,
    /// Whether a second factor is on; only for administrators and themselves.
    totp: Option<bool>,
    /// How many browsers are signed in; only for administrators and themselves.
    sessions: Option<usize>,
    /// Their tokens; only for administrators and themselves.
    tokens: Vec<TokenLine>,
    /// Until when an invitation can be taken.
    invited_until: Option<Timestamp>,
    /// What happened, newest first.
    #[schemars(with = "Vec<serde_json::Value>")]
    timeline: Vec<Moment>,
    /// What the asker may do.
    may: May,
    /// Where the asker may give a role.
    places: Vec<Choice>,
    /// Whether the asker may give a role that holds everywhere.
    everywhere: bool,
    /// Roles to choose from.
    role_words: Vec<&'static str>,
    /// Zones to choose from.
    zones: Vec<String>,
}

/// A fact as a line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Moment {
    at: Timestamp,
    kind: &'static str,
    title: Text,
    by: Option<Text>,
}

impl View for PersonView {
    const TEMPLATE: &'static str = "identity/person.html";
    const AREA: &'static str = "people";
    fn title(&self) -> Text {
        Text::raw(self.person.name.clone())
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("people"), "/people".into())]
    }
    fn live(&self) -> Vec<String> {
        vec![self.person.id.to_string()]
    }
    fn panels(&self) -> Vec<String> {
        Vec::new()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let method = |n: u128, channel: Channel, proof: Option<Proof>| Contact {
            id: sample_id(n),
            kind: channel.kind(),
            shown: channel.shown(),
            verified_at: proof.map(|_| sample_time(60)),
            proof,
            waits_for_code: false,
            declared_in: None,
            channel,
        };
        let view = |standing: Standing, may: bool| {
            let invited = standing == Standing::Invited;
            let methods = vec![
                method(1, Channel::Mail { address: "noor@kustwerk.example".into() }, Some(Proof::Link)),
                method(2, Channel::Push { url: "https://ntfy.example/noor".into(), token: None }, None),
            ];
            PersonView {
                state: standing.word(),
                invited_until: matches!(standing, Standing::Invited).then(|| sample_time(-60 * 24 * 6)),
                person: sample_person(1, "Noor Kaya", standing),
                oneself: false,
                roles: Role::ALL.into_iter().zip(10u128..).map(|(role, n)| sample_role(n, role)).collect(),
                teams: vec![crate::model::Team {
                    id: sample_id(1),
                    client_id: sample_id(1),
                    name: "Permits team".into(),
                    added_at: sample_time(900),
                    declared_in: None,
                }],
                reached: vec![("mail".into(), true), ("push".into(), false)],
                plan: plan_of(&[], &methods),
                methods: if may { methods } else { Vec::new() },
                totp: may.then_some(true),
                sessions: may.then_some(2),
                tokens: Vec::new(),
                timeline: vec![Moment {
                    at: sample_time(12),
                    kind: "fact",
                    title: Text::raw("Noor Kaya signed in with a password"),
                    by: None,
                }],
                may: May { edit: may, invite: may && invited, grant: may },
                places: vec![(sample_id::<ClientId>(1).to_string(), "Lindehaven".into())],
                everywhere: may,
                role_words: Role::ALL.map(Role::word).to_vec(),
                zones: zones::choices("Europe/Amsterdam"),
            }
        };
        let mut declared = view(Standing::Active, true);
        declared.person.declared_in = Some("people.yml:12".into());
        let mut bare = view(Standing::Active, false);
        (bare.roles, bare.teams, bare.reached, bare.plan, bare.timeline) = Default::default();
        vec![
            ("as an administrator", view(Standing::Active, true)),
            ("as a reader", view(Standing::Active, false)),
            ("invited", view(Standing::Invited, true)),
            (
                "suspended",
                view(Standing::Suspended { at: sample_time(30), reason: "Left on 1 March".into() }, true),
            ),
            ("declared", declared),
            ("nothing known", bare),
        ]
    }
}

async fn timeline(site: &Site, scope: &Scope, id: PersonId) -> Result<Vec<Moment>, Problem> {
    let paging = Paging { after: None, limit: Some(20) };
    let page = site.db.timeline(scope, &id.to_string(), &paging).await?;
    let names = people::names(&site.db, scope, web::facts::people_in(&page.items)).await?;
    Ok(page
        .items
        .iter()
        .map(|recorded| Moment {
            at: recorded.at,
            kind: "fact",
            title: web::facts::fact_text(&recorded.fact, &names),
            by: Some(web::facts::actor_text(recorded, &names)),
        })
        .collect())
}

/// Whether the asker may let somebody set a password: whoever administers everything the person may do. An
/// invitation would otherwise be a way to more than the asker holds.
fn may_invite(scope: &Scope, held: &[Grant]) -> bool {
    scope.may_everywhere(Right::Administer)
        || held.iter().all(|grant| {
            grant.client.is_some_and(|client| scope.may(Right::Administer, client, grant.service))
        }) && !held.is_empty()
}

async fn show_person(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<PersonId>,
) -> Result<Shown<PersonView>, Refusal> {
    let person = people::seen(&site.db, &scope, id).await?;
    let db = &site.db;
    let names = Names::read(&site, &scope).await?;
    let oneself = scope.actor().person() == Some(id);
    let edit = scope.may_everywhere(Right::Administer);
    let close = edit || oneself;
    let methods = contact::methods(db, &scope, id).await?;
    let held_rules = contact::rules(db, &scope, id).await?;
    let kinds = contact::kinds_of_all(db, &scope, &[id]).await?.remove(&id).unwrap_or_default();
    let held = roles::of_person(db, &scope, id).await?;
    let all_grants = roles::grants_of(db, &scope, id).await?;
    let invited = person.standing == Standing::Invited;
    let places = names.places(&scope);
    let grant = !oneself && (edit || !places.is_empty());
    let tokens = match close {
        true => {
            let page = tokens::of_person(db, &scope, id, &Paging { after: None, limit: Some(50) }).await?;
            page.items.into_iter().map(|token| token_line(token, scope.now(), &names.clients)).collect()
        }
        false => Vec::new(),
    };
    Ok(Shown(PersonView {
        state: person.standing.word(),
        oneself,
        teams: teams::of_person(db, &scope, id).await?,
        reached: kinds,
        plan: if close { plan_of(&held_rules, &methods) } else { Vec::new() },
        methods: if close { methods } else { Vec::new() },
        totp: if close { Some(credentials::of(db, &scope, id).await?.totp.is_some()) } else { None },
        sessions: if close { Some(sessions::of_person(db, &scope, id).await?.len()) } else { None },
        tokens,
        invited_until: if invited { links::invited_until(db, &scope, id).await? } else { None },
        // Who signed in when is for administrators and the person; the wall holds the rest of the facts.
        timeline: if close { timeline(&site, &scope, id).await? } else { Vec::new() },
        may: May { edit, invite: invited && may_invite(&scope, &all_grants), grant },
        roles: held.into_iter().map(|held| names.line(&scope, held)).collect(),
        everywhere: edit,
        places,
        role_words: Role::ALL.map(Role::word).to_vec(),
        zones: zones::choices(&person.zone),
        person,
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ChangePerson {
    #[serde(default)]
    name: String,
    #[serde(default)]
    mail: String,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    zone: Option<String>,
}

/// The person if the asker may change them, which those who administer only a client may not: people are shared.
async fn editable(site: &Site, scope: &Scope, id: PersonId) -> Result<Person, Problem> {
    let person = people::seen(&site.db, scope, id).await?;
    administers(scope)?;
    Ok(person)
}

fn back(id: PersonId) -> String {
    format!("/people/{id}")
}

async fn change_person(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<PersonId>,
    Input(form): Input<ChangePerson>,
) -> Result<Done, Refusal> {
    let before = editable(&site, &scope, id).await?;
    if before.declared_in.is_some() {
        return Err(Refusal(Problem::conflict("declared-in-file")));
    }
    let profile = Profile {
        name: form.name,
        mail: form.mail,
        language: form.language.unwrap_or_else(|| before.language.clone()),
        zone: form.zone.unwrap_or_else(|| before.zone.clone()),
        theme: before.theme,
        declared_in: None,
    };
    let mut tx = site.db.write("identity.change_person", &scope).await?;
    people::change(&mut tx, &before, profile).await?;
    tx.commit().await?;
    Ok(Done::to(back(id)).say("saved"))
}

async fn invite_person(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<PersonId>,
) -> Result<Done, Refusal> {
    let person = people::seen(&site.db, &scope, id).await?;
    let held = roles::grants_of(&site.db, &scope, id).await?;
    if !may_invite(&scope, &held) {
        return Err(Refusal(Problem::forbidden()));
    }
    let mut tx = site.db.write("identity.invite", &scope).await?;
    let url = post_invitation(&site, &mut tx, &person).await?;
    tx.commit().await?;
    let invitation = Some(url).filter(|_| administers(&scope).is_ok());
    Ok(Done::to(back(id)).say("person-invited").value(&Added { id, invitation }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Suspend {
    /// Why.
    #[serde(default)]
    reason: String,
}

async fn suspend_person(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<PersonId>,
    Input(form): Input<Suspend>,
) -> Result<Done, Refusal> {
    editable(&site, &scope, id).await?;
    let mut tx = site.db.write("identity.suspend", &scope).await?;
    people::suspend(&mut tx, id, &form.reason).await?;
    tx.commit().await?;
    Ok(Done::to(back(id)).say("person-is-suspended"))
}

async fn reinstate_person(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<PersonId>,
) -> Result<Done, Refusal> {
    editable(&site, &scope, id).await?;
    let mut tx = site.db.write("identity.reinstate", &scope).await?;
    people::reinstate(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Done::to(back(id)).say("person-is-reinstated"))
}

async fn grant_role(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<PersonId>,
    Input(form): Input<GiveRole>,
) -> Result<Done, Refusal> {
    people::seen(&site.db, &scope, id).await?;
    let grant = form.grant()?.ok_or_else(|| Problem::invalid().field("role", "field-required"))?;
    let mut tx = site.db.write("identity.grant_role", &scope).await?;
    let held = roles::grant(&mut tx, id, &grant, None).await?;
    tx.commit().await?;
    Ok(Done::to(back(id)).say("role-granted").value(&held))
}

async fn revoke_role(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path((id, role)): Path<(PersonId, RoleId)>,
) -> Result<Done, Refusal> {
    people::seen(&site.db, &scope, id).await?;
    let mut tx = site.db.write("identity.revoke_role", &scope).await?;
    let held = roles::revoke(&mut tx, role).await?;
    if held.person_id != id {
        return Err(Refusal(Problem::not_found("role")));
    }
    tx.commit().await?;
    Ok(Done::to(back(id)).say("role-revoked"))
}

async fn remove_totp(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<PersonId>,
) -> Result<Done, Refusal> {
    editable(&site, &scope, id).await?;
    if scope.actor().person() == Some(id) {
        // One's own goes with a code, under one's own security.
        return Err(Refusal(Problem::forbidden()));
    }
    let mut tx = site.db.write("identity.remove_totp", &scope).await?;
    if credentials::remove_totp(&mut tx, id).await? {
        let person = people::person_in(&mut tx, id).await?;
        tell(&site.post(), &mut tx, &person, Change::TotpOff, None).await?;
    }
    tx.commit().await?;
    Ok(Done::to(back(id)).say("totp-removed"))
}

async fn end_sessions(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(id): Path<PersonId>,
) -> Result<Done, Refusal> {
    editable(&site, &scope, id).await?;
    let mut tx = site.db.write("identity.end_sessions", &scope).await?;
    let ended = sessions::end_others(&mut tx, id, None).await?;
    tx.commit().await?;
    Ok(Done::to(back(id)).say("sessions-ended").with("n", ended))
}

async fn revoke_token(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path((id, token)): Path<(PersonId, TokenId)>,
) -> Result<Done, Refusal> {
    editable(&site, &scope, id).await?;
    let mut tx = site.db.write("identity.revoke_token", &scope).await?;
    tokens::revoke(&mut tx, id, token).await?;
    tx.commit().await?;
    Ok(Done::to(back(id)).say("token-revoked"))
}

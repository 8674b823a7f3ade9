//! One's own screens: profile, sign-in, tokens, and how one is reached.

use jiff::{SignedDuration, Timestamp};
use kernel::units::{parse_span, show_span};
use kernel::{ClientId, ContactMethodId, Paging, PersonId, Problem, ServiceId, SessionId, TokenId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{
    Access, Asks, Done, Input, Path, Query, Refusal, Routes, Sample, Shown, Site, State, Text, Ticket, View,
    Who,
};

use super::door::{sample_id, theme_cookie};
use super::{Choice, oneself, zones};
use crate::letters::{Change, CodeLetter, Sending, TestLetter, send, tell};
use crate::model::{
    Channel, ChannelKind, Person, Place, Proof, Rule, Session, Standing, Theme, Token, TokenRight,
};
use crate::rules::{self, PER_MAILBOX};
use crate::store::contact::{self, Contact, Typed};
use crate::store::tries::{self, What};
use crate::store::{clients, credentials, operator, people, sessions, shown, tokens};
use crate::{secrets, sign_in};

pub(super) fn routes() -> Routes {
    Routes::new("identity")
        .screen("/me", Access::SignedIn, show_me)
        .action("/me/profile", Access::SignedIn, change_profile)
        .screen("/me/security", Access::SignedIn, show_security)
        .action("/me/password", Access::SignedIn, change_password)
        .action("/me/totp/begin", Access::SignedIn, begin_totp)
        .screen("/me/totp", Access::SignedIn, show_totp)
        .action("/me/totp", Access::SignedIn, confirm_totp)
        .action("/me/totp/remove", Access::SignedIn, remove_totp)
        .action("/me/recovery", Access::SignedIn, renew_recovery)
        .screen("/me/shown/{key}", Access::SignedIn, show_once)
        .action("/me/sessions/{id}/end", Access::SignedIn, end_session)
        .action("/me/sessions/end-others", Access::SignedIn, end_other_sessions)
        .screen("/me/tokens", Access::SignedIn, show_tokens)
        .action("/me/tokens", Access::SignedIn, make_token)
        .action("/me/tokens/{id}/revoke", Access::SignedIn, revoke_token)
        .screen("/me/contact", Access::SignedIn, show_contact)
        .action("/me/contact", Access::SignedIn, add_method)
        .action("/me/contact/rules", Access::SignedIn, set_rules)
        .action("/me/contact/{id}/code", Access::SignedIn, send_code)
        .action("/me/contact/{id}/verify", Access::SignedIn, verify)
        .action("/me/contact/{id}/test", Access::SignedIn, send_test)
        .action("/me/contact/{id}/remove", Access::SignedIn, remove_method)
}

pub(super) fn samples() -> Vec<Sample> {
    let mut all = web::samples_of::<MeView>();
    all.extend(web::samples_of::<SecurityView>());
    all.extend(web::samples_of::<TotpView>());
    all.extend(web::samples_of::<ShownView>());
    all.extend(web::samples_of::<TokensView>());
    all.extend(web::samples_of::<ContactView>());
    all
}

pub(super) fn sample_time(minutes_ago: i64) -> Timestamp {
    Timestamp::from_second(1_772_334_000 - minutes_ago * 60).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(super) fn sample_person(n: u128, name: &str, standing: Standing) -> Person {
    Person {
        id: sample_id(n),
        name: name.into(),
        mail: format!("{}@kustwerk.example", name.split(' ').next().unwrap_or("x").to_lowercase()),
        language: "nl".into(),
        zone: "Europe/Amsterdam".into(),
        theme: Theme::System,
        standing,
        added_at: sample_time(60 * 24 * 40),
        seen_at: Some(sample_time(12)),
        declared_in: None,
    }
}

// -- profile

/// One's own profile.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct MeView {
    /// Who it is.
    person: Person,
    /// Zones to choose from.
    zones: Vec<String>,
}

impl View for MeView {
    const TEMPLATE: &'static str = "identity/me.html";
    const AREA: &'static str = "me";
    fn title(&self) -> Text {
        Text::key("me-profile")
    }
    fn live(&self) -> Vec<String> {
        vec![self.person.id.to_string()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let mut declared = sample_person(1, "Noor Kaya", Standing::Active);
        declared.declared_in = Some("people.yml:12".into());
        let view = |person| MeView { person, zones: zones::choices("Europe/Amsterdam") };
        vec![
            ("on screen", view(sample_person(1, "Noor Kaya", Standing::Active))),
            ("declared", view(declared)),
        ]
    }
}

async fn show_me(State(site): State<Site>, Asks(scope): Asks) -> Result<Shown<MeView>, Refusal> {
    let id = scope.actor().person().ok_or_else(Problem::unauthenticated)?;
    let person = people::person(&site.db, &scope, id).await?;
    Ok(Shown(MeView { zones: zones::choices(&person.zone), person }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ChangeProfile {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    zone: Option<String>,
    #[serde(default)]
    theme: Option<String>,
}

async fn change_profile(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<ChangeProfile>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let before = people::person(&site.db, &scope, id).await?;
    let declared = before.declared_in.is_some();
    let theme = form.theme.map_or(before.theme, |word| Theme::from_word(&word));
    // What a file declares stays as the file says; a taste of colours is nobody's declaration.
    let own = |new: Option<String>, held: &str| match new {
        Some(new) if !declared => new,
        _ => held.to_owned(),
    };
    let profile = people::Profile {
        name: own(form.name, &before.name),
        mail: before.mail.clone(),
        language: own(form.language, &before.language),
        zone: own(form.zone, &before.zone),
        theme,
        declared_in: before.declared_in.clone(),
    };
    let mut tx = site.db.write("identity.change_profile", &scope).await?;
    people::change(&mut tx, &before, profile).await?;
    tx.commit().await?;
    Ok(Done::to("/me").say("saved").cookie(theme_cookie(&site, theme)))
}

// -- sign-in

/// A session in the list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct SessionLine {
    /// The session.
    #[serde(flatten)]
    session: Session,
    /// What its browser is, in words.
    browser: String,
    /// Whether it is the one that asks.
    here: bool,
}

/// How one signs in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct SecurityView {
    /// Since when there is this password; none without one.
    password_at: Option<Timestamp>,
    /// Whether a new password may be set without the old one, after signing in by a link.
    without_old: bool,
    /// Since when a code is asked for.
    totp_at: Option<Timestamp>,
    /// Codes to recover that are left.
    recovery_left: u64,
    /// Browsers that are signed in.
    sessions: Vec<SessionLine>,
    /// The address, for password managers.
    mail: String,
}

impl View for SecurityView {
    const TEMPLATE: &'static str = "identity/security.html";
    const AREA: &'static str = "me";
    fn title(&self) -> Text {
        Text::key("me-security")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let session = |n: u128, here, with: &str, agent: &str| SessionLine {
            session: Session {
                id: sample_id(n),
                person_id: sample_id(1),
                made_at: sample_time(600),
                seen_at: sample_time(4),
                agent: agent.into(),
                address: "192.0.2.17".into(),
                with: with.into(),
            },
            browser: rules::browser(agent),
            here,
        };
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let phone = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
        let all = ["password", "totp", "recovery", "link", "invitation", "first"];
        let view = |totp: bool, without_old: bool, sessions| SecurityView {
            password_at: (!without_old).then(|| sample_time(60 * 24 * 20)),
            without_old,
            totp_at: totp.then(|| sample_time(60 * 24 * 10)),
            recovery_left: if totp { 2 } else { 0 },
            sessions,
            mail: "noor@kustwerk.example".into(),
        };
        vec![
            ("plain", view(false, false, vec![session(2, true, "password", firefox)])),
            (
                "with a second factor",
                view(true, false, vec![session(2, true, "totp", firefox), session(3, false, "link", phone)]),
            ),
            (
                "every way in",
                view(
                    false,
                    true,
                    all.iter().zip(2u128..).map(|(with, n)| session(n, n == 5, with, firefox)).collect(),
                ),
            ),
        ]
    }
}

async fn here(site: &Site, scope: &kernel::Scope, who: &Who) -> Result<Option<Session>, Problem> {
    match &who.ticket {
        Ticket::Cookie(secret) => {
            Ok(sessions::find(&site.db, scope, secret).await?.map(|(session, _)| session))
        }
        Ticket::Bearer(_) => Ok(None),
    }
}

async fn show_security(
    State(site): State<Site>,
    Asks(scope): Asks,
    who: Who,
) -> Result<Shown<SecurityView>, Refusal> {
    let id = oneself(&scope)?;
    let kept = credentials::of(&site.db, &scope, id).await?;
    let here = here(&site, &scope, &who).await?;
    let fresh = here.as_ref().is_some_and(|session| sign_in::by_fresh_link(session, &scope));
    let sessions = sessions::of_person(&site.db, &scope, id).await?;
    Ok(Shown(SecurityView {
        password_at: kept.password_at,
        without_old: kept.password.is_none() || fresh,
        totp_at: kept.totp_at,
        recovery_left: credentials::recovery_left(&site.db, &scope, id).await?,
        sessions: sessions
            .into_iter()
            .map(|session| SessionLine {
                browser: rules::browser(&session.agent),
                here: here.as_ref().is_some_and(|h| h.id == session.id),
                session,
            })
            .collect(),
        mail: people::person(&site.db, &scope, id).await?.mail,
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ChangePassword {
    #[serde(default)]
    old: Option<String>,
    #[serde(default)]
    new: String,
}

async fn change_password(
    State(site): State<Site>,
    Asks(scope): Asks,
    who: Who,
    Input(form): Input<ChangePassword>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let person = people::person(&site.db, &scope, id).await?;
    let session = here(&site, &scope, &who).await?;
    let post = site.post();
    let (old, new) = (form.old.as_deref(), form.new.as_str());
    sign_in::change_password(&site.db, &scope, &person, session.as_ref(), old, new, async |tx| {
        tell(&post, tx, &person, Change::Password, None).await
    })
    .await?;
    Ok(Done::to("/me/security").say("password-set"))
}

/// Setting up an authenticator app.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct TotpView {
    /// The picture for the phone's camera.
    #[schemars(skip)]
    svg: String,
    /// The same to type over, in groups of four.
    secret: String,
    /// The same as an address that opens an app on this device.
    url: String,
}

impl View for TotpView {
    const TEMPLATE: &'static str = "identity/totp.html";
    const AREA: &'static str = "me";
    fn title(&self) -> Text {
        Text::key("totp-title")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("me-security"), "/me/security".into())]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let url = "otpauth://totp/Kustwerk:noor%40kustwerk.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kustwerk";
        let svg = secrets::qr_svg(url).unwrap_or_default();
        let secret = grouped("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        vec![("one", TotpView { svg, secret, url: url.into() })]
    }
}

fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Proves once more who is there before how they sign in is changed: the password, or a code.
#[derive(Debug, Deserialize, JsonSchema)]
struct Confirm {
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    code: Option<String>,
}

async fn begin_totp(State(site): State<Site>, Asks(scope): Asks) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let kept = credentials::of(&site.db, &scope, id).await?;
    if kept.totp.is_some() {
        return Err(Refusal(Problem::conflict("totp-on")));
    }
    let mut tx = site.db.write("identity.propose_totp", &scope).await?;
    let secret = secrets::fresh_totp(&scope);
    credentials::propose_totp(&mut tx, id, &secret).await?;
    tx.commit().await?;
    Ok(Done::to("/me/totp"))
}

/// The secret that was shown and not yet confirmed.
fn pending_totp(site: &Site, id: PersonId, kept: &credentials::Credentials) -> Result<String, Problem> {
    let pending = kept.totp_pending.as_deref().ok_or_else(|| Problem::not_found("address"))?;
    credentials::open_totp(&site.db, id, pending)
}

async fn show_totp(State(site): State<Site>, Asks(scope): Asks) -> Result<Shown<TotpView>, Refusal> {
    let id = oneself(&scope)?;
    let kept = credentials::of(&site.db, &scope, id).await?;
    let secret = pending_totp(&site, id, &kept)?;
    let person = people::person(&site.db, &scope, id).await?;
    let operator = operator::operator(&site.db, &scope).await?;
    let issuer = operator.map_or_else(|| "Tend".to_owned(), |operator| format!("Tend {}", operator.name));
    let url = secrets::totp_url(&secret, &issuer, &person.mail)?;
    Ok(Shown(TotpView { svg: secrets::qr_svg(&url)?, secret: grouped(&secret), url }))
}

/// What is shown once, as a program gets it.
#[derive(Serialize)]
struct OnceValue<'a> {
    recovery_codes: &'a [String],
}

async fn show_codes(tx: &mut Tx, id: PersonId, codes: &[String]) -> Result<String, Problem> {
    let key = shown::put(tx, id, &format!("recovery\n{}", codes.join("\n"))).await?;
    Ok(format!("/me/shown/{key}"))
}

async fn confirm_totp(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<Confirm>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let kept = credentials::of(&site.db, &scope, id).await?;
    let secret = pending_totp(&site, id, &kept)?;
    let step = secrets::totp_step(&secret, form.code.as_deref().unwrap_or_default(), scope.now())
        .ok_or_else(|| Problem::invalid().field("code", "field-code-refused"))?;
    let person = people::person(&site.db, &scope, id).await?;
    let mut tx = site.db.write("identity.set_totp", &scope).await?;
    let codes = credentials::set_totp(&mut tx, id, &secret, step).await?;
    tell(&site.post(), &mut tx, &person, Change::TotpOn, None).await?;
    let to = show_codes(&mut tx, id, &codes).await?;
    tx.commit().await?;
    Ok(Done::to(to).say("totp-set").value(&OnceValue { recovery_codes: &codes }))
}

/// Checks a password or a code before something weighty, counting the tries.
async fn confirm(
    site: &Site,
    scope: &kernel::Scope,
    id: PersonId,
    form: &Confirm,
) -> Result<Person, Problem> {
    let person = people::person(&site.db, scope, id).await?;
    let clerk = scope.on_behalf("identity.confirm");
    tries::count(&site.db, &clerk, &[(What::Account(&person.mail), rules::PER_ACCOUNT)]).await?;
    let mut tx = site.db.write("identity.confirm", scope).await?;
    let right = match (&form.code, &form.password) {
        (Some(code), _) => sign_in::use_code(&mut tx, id, code).await?.is_some(),
        (None, Some(password)) => {
            let kept = credentials::of_in(&mut tx, id).await?;
            drop(tx);
            let right =
                secrets::verify_password(scope, password, kept.password).await? != secrets::Verdict::Wrong;
            tx = site.db.write("identity.confirm", scope).await?;
            right
        }
        (None, None) => false,
    };
    if !right {
        return Err(Problem::invalid().field("code", "field-code-refused"));
    }
    tries::forgive(&mut tx, &person.mail, "").await?;
    tx.commit().await?;
    Ok(person)
}

async fn remove_totp(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<Confirm>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let person = confirm(&site, &scope, id, &form).await?;
    let mut tx = site.db.write("identity.remove_totp", &scope).await?;
    if credentials::remove_totp(&mut tx, id).await? {
        tell(&site.post(), &mut tx, &person, Change::TotpOff, None).await?;
    }
    tx.commit().await?;
    Ok(Done::to("/me/security").say("totp-removed"))
}

async fn renew_recovery(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<Confirm>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let person = confirm(&site, &scope, id, &form).await?;
    let mut tx = site.db.write("identity.renew_recovery", &scope).await?;
    let codes = credentials::renew_recovery(&mut tx, id).await?;
    tell(&site.post(), &mut tx, &person, Change::Recovery, None).await?;
    let to = show_codes(&mut tx, id, &codes).await?;
    tx.commit().await?;
    Ok(Done::to(to).value(&OnceValue { recovery_codes: &codes }))
}

/// Something that is shown once.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ShownView {
    /// `token` or `recovery`.
    kind: String,
    /// The lines of the secret.
    lines: Vec<String>,
}

impl View for ShownView {
    const TEMPLATE: &'static str = "identity/shown.html";
    const AREA: &'static str = "me";
    fn title(&self) -> Text {
        Text::key(if self.kind == "token" { "shown-token" } else { "shown-recovery" })
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let codes = ["2k7fq-0x3mz", "9d1ha-77qce", "tt4wz-b6n5r", "0m8ks-y2v1p"];
        let token = "tend_2k7fq0x3mz9d1ha77qcett4wzb6n5r0m8ksy2v1p4c5e6f7g8h9j0k1m2n3";
        vec![
            ("token", ShownView { kind: "token".into(), lines: vec![token.into()] }),
            ("recovery", ShownView { kind: "recovery".into(), lines: codes.map(str::to_owned).to_vec() }),
        ]
    }
}

async fn show_once(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(key): Path<String>,
) -> Result<Shown<ShownView>, Refusal> {
    let id = oneself(&scope)?;
    let text = shown::get(&site.db, &scope, id, &key).await?;
    let mut lines = text.lines().map(str::to_owned);
    let kind = lines.next().unwrap_or_default();
    Ok(Shown(ShownView { kind, lines: lines.collect() }))
}

async fn end_session(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(session): Path<SessionId>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let mut tx = site.db.write("identity.end_session", &scope).await?;
    sessions::end(&mut tx, id, session).await?;
    tx.commit().await?;
    Ok(Done::to("/me/security").say("session-ended"))
}

async fn end_other_sessions(State(site): State<Site>, Asks(scope): Asks, who: Who) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let here = here(&site, &scope, &who).await?;
    let mut tx = site.db.write("identity.end_other_sessions", &scope).await?;
    let ended = sessions::end_others(&mut tx, id, here.map(|session| session.id)).await?;
    tx.commit().await?;
    Ok(Done::to("/me/security").say("sessions-ended").with("n", ended))
}

// -- tokens

/// A token in the list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct TokenLine {
    /// The token.
    #[serde(flatten)]
    token: Token,
    /// `active`, `expired` or `revoked`.
    state: &'static str,
    /// Where it is limited to, by name; empty means wherever its person may.
    limits: Vec<String>,
}

pub(super) fn token_line(
    token: Token,
    now: Timestamp,
    names: &std::collections::HashMap<ClientId, String>,
) -> TokenLine {
    let state = match (token.revoked_at, token.expires_at <= now) {
        (Some(_), _) => "revoked",
        (None, true) => "expired",
        (None, false) => "active",
    };
    let limits = token
        .places
        .iter()
        .map(|place| {
            let client = names.get(&place.client).cloned().unwrap_or_else(|| place.client.to_string());
            place.service.map_or(client.clone(), |service| format!("{client} · {service}"))
        })
        .collect();
    TokenLine { token, state, limits }
}

/// One's own tokens.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct TokensView {
    /// The tokens, newest first.
    items: Vec<TokenLine>,
    /// Where the next page starts.
    next: Option<kernel::Cursor>,
    /// Clients to limit a token to.
    clients: Vec<Choice>,
    /// Rights that a token can have.
    rights: Vec<&'static str>,
}

impl View for TokensView {
    const TEMPLATE: &'static str = "identity/tokens.html";
    const AREA: &'static str = "me";
    fn title(&self) -> Text {
        Text::key("me-tokens")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let token = |n: u128, name: &str, right, state, limits: &[&str]| TokenLine {
            token: Token {
                id: sample_id(n),
                person_id: sample_id(1),
                name: name.into(),
                right,
                places: Vec::new(),
                made_at: sample_time(60 * 24 * 30),
                expires_at: sample_time(-60 * 24 * 60),
                used_at: (state == "active").then(|| sample_time(3)),
                revoked_at: (state == "revoked").then(|| sample_time(60)),
            },
            state,
            limits: limits.iter().map(|limit| (*limit).to_owned()).collect(),
        };
        let view = |items| TokensView {
            items,
            next: None,
            clients: vec![(sample_id::<ClientId>(1).to_string(), "Lindehaven".into())],
            rights: TokenRight::ALL.map(TokenRight::word).to_vec(),
        };
        vec![
            ("empty", view(Vec::new())),
            (
                "every state and right",
                view(vec![
                    token(4, "deploy pipeline", TokenRight::Respond, "active", &["Lindehaven"]),
                    token(3, "wallboard", TokenRight::See, "expired", &[]),
                    token(2, "tend apply", TokenRight::Manage, "revoked", &["Lindehaven", "Zandstad"]),
                ]),
            ),
        ]
    }
}

async fn show_tokens(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(paging): Query<Paging>,
) -> Result<Shown<TokensView>, Refusal> {
    let id = oneself(&scope)?;
    let page = tokens::of_person(&site.db, &scope, id, &paging).await?;
    let names = clients::names(&site.db, &scope).await?;
    let mut choices: Vec<Choice> = names.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    choices.sort_by(|a, b| a.1.cmp(&b.1));
    let now = scope.now();
    Ok(Shown(TokensView {
        items: page.items.into_iter().map(|token| token_line(token, now, &names)).collect(),
        next: page.next,
        clients: choices,
        rights: TokenRight::ALL.map(TokenRight::word).to_vec(),
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct MakeToken {
    /// What it is for.
    #[serde(default)]
    name: String,
    /// `see`, `respond` or `manage`.
    right: TokenRight,
    /// The client it is limited to.
    #[serde(default)]
    client: Option<ClientId>,
    /// The only service of that client it is limited to.
    #[serde(default)]
    service: Option<ServiceId>,
    /// More clients and services it is limited to.
    #[serde(default)]
    places: Vec<Place>,
    /// After how many days it stops working.
    days: u32,
}

#[derive(Serialize)]
struct MadeToken<'a> {
    token: &'a Token,
    secret: &'a str,
}

async fn make_token(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<MakeToken>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let mut places = form.places;
    if let Some(client) = form.client {
        places.push(Place { client, service: form.service });
    }
    if places.iter().any(|place| !scope.sees(place.client, place.service)) {
        return Err(Refusal(Problem::invalid().field("client", "field-unknown-client")));
    }
    let new = tokens::NewToken {
        name: form.name,
        right: form.right,
        places,
        expires_at: scope.now() + SignedDuration::from_hours(i64::from(form.days.min(10_000)) * 24),
    };
    let mut tx = site.db.write("identity.make_token", &scope).await?;
    let (token, secret) = tokens::make(&mut tx, id, new).await.map_err(|mut problem| {
        for wrong in &mut problem.fields {
            if wrong.field == "expires" {
                wrong.field = "days".into();
            }
        }
        problem
    })?;
    let key = shown::put(&mut tx, id, &format!("token\n{secret}")).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/me/shown/{key}")).value(&MadeToken { token: &token, secret: &secret }))
}

async fn revoke_token(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(token): Path<TokenId>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let mut tx = site.db.write("identity.revoke_token", &scope).await?;
    tokens::revoke(&mut tx, id, token).await?;
    tx.commit().await?;
    Ok(Done::to("/me/tokens").say("token-revoked"))
}

// -- contact

/// A rule as it is shown and set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
struct RuleLine {
    /// Which method.
    method: String,
    /// How long after the summons, as people write it: `0s`, `3m`.
    after: String,
}

/// A step of the plan that follows from the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct PlanLine {
    /// Seconds after the summons.
    after: i64,
    /// `mail`, `chat`, `push` or `sms`.
    kind: ChannelKind,
    /// Where it goes.
    shown: String,
    /// Whether it was proved to work.
    proved: bool,
}

pub(super) fn plan_of(rules: &[Rule], methods: &[Contact]) -> Vec<PlanLine> {
    let methods: Vec<_> = methods.iter().map(Contact::method).collect();
    rules::plan(rules, &methods)
        .into_iter()
        .map(|(after, method)| PlanLine {
            after: after.as_secs(),
            kind: method.channel.kind(),
            shown: method.channel.shown(),
            proved: method.verified_at.is_some(),
        })
        .collect()
}

/// How one is reached.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ContactView {
    /// Methods, in the order in which they were added.
    methods: Vec<Contact>,
    /// The rules, in their order.
    rules: Vec<RuleLine>,
    /// What happens when one is paged now.
    plan: Vec<PlanLine>,
    /// Whether text messages can be sent.
    sms: bool,
    /// Whether a file sets the rules.
    declared: bool,
    /// Rules that can be set at once on this screen.
    rows: usize,
}

impl View for ContactView {
    const TEMPLATE: &'static str = "identity/contact.html";
    const AREA: &'static str = "me";
    fn title(&self) -> Text {
        Text::key("me-contact")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let method = |n: u128, channel: Channel, proof: Option<Proof>, waits, declared: bool| Contact {
            id: sample_id(n),
            kind: channel.kind(),
            shown: channel.shown(),
            verified_at: proof.map(|_| sample_time(60 * 24)),
            proof,
            waits_for_code: waits,
            declared_in: declared.then(|| "people.yml:12".into()),
            channel,
        };
        let mail =
            |proof| method(1, Channel::Mail { address: "noor@kustwerk.example".into() }, proof, false, false);
        let push = |proof, waits| {
            method(
                2,
                Channel::Push { url: "https://ntfy.example/noor".into(), token: None },
                proof,
                waits,
                false,
            )
        };
        let chat = method(
            3,
            Channel::Chat { url: "https://chat.example/hooks/x1".into() },
            Some(Proof::Declared),
            false,
            true,
        );
        let sms = method(4, Channel::Sms { number: "+31612345678".into() }, None, false, false);
        let view = |methods: Vec<Contact>, rules: Vec<Rule>, sms| {
            let plan = plan_of(&rules, &methods);
            ContactView {
                rules: rule_lines(&rules),
                rows: rule_rows(rules.len()),
                methods,
                plan,
                sms,
                declared: false,
            }
        };
        let rule =
            |n: u128, minutes| Rule { method: sample_id(n), after: SignedDuration::from_mins(minutes) };
        vec![
            ("nothing", view(Vec::new(), Vec::new(), false)),
            ("unproved mail", view(vec![mail(None)], Vec::new(), false)),
            ("waits for a code", view(vec![mail(Some(Proof::Link)), push(None, true)], Vec::new(), true)),
            (
                "everything",
                view(
                    vec![mail(Some(Proof::Link)), push(Some(Proof::Code), false), chat, sms],
                    vec![rule(1, 0), rule(2, 3), rule(3, 10)],
                    true,
                ),
            ),
        ]
    }
}

fn rule_lines(rules: &[Rule]) -> Vec<RuleLine> {
    rules
        .iter()
        .map(|rule| RuleLine { method: rule.method.to_string(), after: show_span(rule.after) })
        .collect()
}

/// Two empty rows after those that are filled, as far as rules may go.
fn rule_rows(filled: usize) -> usize {
    (filled + 2).min(crate::model::MAX_RULES)
}

async fn show_contact(State(site): State<Site>, Asks(scope): Asks) -> Result<Shown<ContactView>, Refusal> {
    let id = scope.actor().person().ok_or_else(Problem::unauthenticated)?;
    let methods = contact::methods(&site.db, &scope, id).await?;
    let held = contact::rules(&site.db, &scope, id).await?;
    Ok(Shown(ContactView {
        rules: rule_lines(&held),
        rows: rule_rows(held.len()),
        plan: plan_of(&held, &methods),
        methods,
        sms: operator::sms_gateway(&site.db, &scope).await?.is_some(),
        declared: people::person(&site.db, &scope, id).await?.declared_in.is_some(),
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct AddMethod {
    /// `mail`, `chat`, `push` or `sms`.
    kind: ChannelKind,
    /// The address, number or topic.
    #[serde(default)]
    address: String,
    /// The token that goes with push.
    #[serde(default)]
    token: Option<String>,
}

fn address_field(mut problem: Problem) -> Problem {
    for wrong in &mut problem.fields {
        if matches!(wrong.field.as_str(), "url" | "number") {
            wrong.field = "address".into();
        }
    }
    problem
}

async fn add_method(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<AddMethod>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let address = form.address;
    let channel = match form.kind {
        ChannelKind::Mail => Channel::Mail { address },
        ChannelKind::Chat => Channel::Chat { url: address },
        ChannelKind::Push => Channel::Push { url: address, token: form.token },
        ChannelKind::Sms => Channel::Sms { number: address },
    };
    if form.kind == ChannelKind::Sms && operator::sms_gateway(&site.db, &scope).await?.is_none() {
        return Err(Refusal(Problem::invalid().field("kind", "field-no-sms")));
    }
    let person = people::person(&site.db, &scope, id).await?;
    limit_codes(&site, &scope, id).await?;
    let mut tx = site.db.write("identity.add_contact_method", &scope).await?;
    let method = contact::add(&mut tx, id, channel, None, None).await.map_err(address_field)?;
    let way = post_code(&site, &mut tx, &person, method).await?;
    tell(&site.post(), &mut tx, &person, Change::Contact, Some(way)).await?;
    tx.commit().await?;
    Ok(Done::to("/me/contact").say("code-sent").value(&serde_json::json!({ "id": method })))
}

/// Codes and tests cost the receiver's attention, and somebody money: a person may ask for a few an hour.
async fn limit_codes(site: &Site, scope: &kernel::Scope, id: PersonId) -> Result<(), Problem> {
    let key = format!("codes {id}");
    let patience = rules::Patience { free: 10, ..PER_MAILBOX };
    tries::count(&site.db, &scope.on_behalf("identity.code"), &[(What::Mailbox(&key), patience)]).await
}

/// Sends a code to a method, and gives the method as it is shown.
async fn post_code(
    site: &Site,
    tx: &mut Tx,
    person: &Person,
    id: ContactMethodId,
) -> Result<String, Problem> {
    let code = contact::make_code(tx, person.id, id).await?;
    let held = contact::methods_in(tx, person.id).await?;
    let method = held
        .into_iter()
        .find(|method| method.id == id)
        .ok_or_else(|| Problem::not_found("contact-method"))?;
    let post = site.post();
    let url = format!("{}/me/contact", post.settings.base_url);
    let letter = CodeLetter {
        name: person.name.clone(),
        code,
        url: url.clone(),
        minutes: contact::CODE_HOLDS.as_secs() / 60,
    };
    let sending =
        Sending { purpose: "code", to: Some(method.channel), link: url, give_up_after: contact::CODE_HOLDS };
    send(&post, tx, person, &letter, sending).await?;
    Ok(method.shown)
}

async fn send_code(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(method): Path<ContactMethodId>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let person = people::person(&site.db, &scope, id).await?;
    limit_codes(&site, &scope, id).await?;
    let mut tx = site.db.write("identity.send_code", &scope).await?;
    post_code(&site, &mut tx, &person, method).await?;
    tx.commit().await?;
    Ok(Done::to("/me/contact").say("code-sent"))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct TypedCode {
    #[serde(default)]
    code: String,
}

async fn verify(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(method): Path<ContactMethodId>,
    Input(form): Input<TypedCode>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let mut tx = site.db.write("identity.verify_contact_method", &scope).await?;
    let typed = contact::type_code(&mut tx, id, method, &form.code).await?;
    tx.commit().await?;
    match typed {
        Typed::Right => Ok(Done::to("/me/contact").say("contact-proved-now")),
        Typed::Wrong(left) => {
            Err(Refusal(Problem::invalid().field("code", "field-code-wrong").field_with("left", left)))
        }
        Typed::Stale => Err(Refusal(Problem::invalid().field("code", "field-code-stale"))),
    }
}

async fn send_test(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(method): Path<ContactMethodId>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let person = people::person(&site.db, &scope, id).await?;
    let held = contact::methods(&site.db, &scope, id).await?;
    // An address that nobody proved gets codes only.
    let found = held.into_iter().find(|held| held.id == method && held.verified_at.is_some());
    let found = found.ok_or_else(|| Problem::not_found("contact-method"))?;
    limit_codes(&site, &scope, id).await?;
    let post = site.post();
    let url = format!("{}/me/contact", post.settings.base_url);
    let letter = TestLetter { name: person.name.clone(), url: url.clone() };
    let mut tx = site.db.write("identity.send_test", &scope).await?;
    let sending = Sending {
        purpose: "test",
        to: Some(found.channel),
        link: url,
        give_up_after: SignedDuration::from_mins(15),
    };
    send(&post, &mut tx, &person, &letter, sending).await?;
    tx.commit().await?;
    Ok(Done::to("/me/contact").say("test-sent"))
}

async fn remove_method(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(method): Path<ContactMethodId>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let mut tx = site.db.write("identity.remove_contact_method", &scope).await?;
    contact::remove(&mut tx, id, method).await?;
    tx.commit().await?;
    Ok(Done::to("/me/contact").say("contact-removed"))
}

/// A row of the form of rules; one without a method is left out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct SetRule {
    /// Which method.
    #[serde(default)]
    method: Option<ContactMethodId>,
    /// How long after the summons, as people write it: `3m`; at once when not said.
    #[serde(default)]
    after: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SetRules {
    /// The rules, in their order; none for the usual way.
    #[serde(default)]
    rules: Vec<SetRule>,
}

async fn set_rules(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<SetRules>,
) -> Result<Done, Refusal> {
    let id = oneself(&scope)?;
    let mut problem = Problem::invalid();
    let mut rules = Vec::new();
    for (at, line) in form.rules.iter().enumerate() {
        let Some(method) = line.method else { continue };
        match wait(line.after.as_deref()) {
            Some(after) => rules.push(Rule { method, after }),
            None => problem = problem.field(format!("rules.{at}.after"), "field-bad-wait"),
        }
    }
    problem.or(())?;
    let mut tx = site.db.write("identity.set_contact_rules", &scope).await?;
    contact::set_rules(&mut tx, id, &rules).await?;
    tx.commit().await?;
    Ok(Done::to("/me/contact").say("saved"))
}

/// A wait as people type it: nothing, `0`, `3` (minutes), `3m`, `90s`.
fn wait(text: Option<&str>) -> Option<SignedDuration> {
    let text = text.unwrap_or_default().trim().to_lowercase();
    let span = match text.as_str() {
        "" | "0" => SignedDuration::ZERO,
        number if number.bytes().all(|b| b.is_ascii_digit()) => parse_span(&format!("{number}m")).ok()?,
        span => parse_span(&span.replace(' ', "")).ok()?,
    };
    (span <= rules::MAX_RULE_WAIT).then_some(span)
}

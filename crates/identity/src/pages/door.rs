//! At the door: sign-in, links, invitations, the first administrator.

use jiff::SignedDuration;
use kernel::{PersonId, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{
    Access, Asks, Done, HeaderMap, Input, Path, Query, Reading, Refusal, Routes, Sample, Shown, Site, State,
    Text, View,
};

use super::zones;
use crate::first;
use crate::letters::{Sending, SignInLetter, send};
use crate::model::LinkPurpose;
use crate::rules::{SESSION_MOST, safe_next};
use crate::sign_in::{self, Step, Welcome};
use crate::store::sessions::Origin;
use crate::store::{operator, people, roles, sessions};

pub(super) fn routes() -> Routes {
    Routes::new("identity")
        .screen("/sign-in", Access::Public, show_sign_in)
        .action("/sign-in", Access::Public, do_sign_in)
        .screen("/sign-in/code", Access::Public, show_code)
        .action("/sign-in/code", Access::Public, do_code)
        .screen("/sign-in/link", Access::Public, show_ask)
        .action("/sign-in/link", Access::Public, do_ask)
        .screen("/sign-in/sent", Access::Public, show_sent)
        .screen("/sign-in/link/{secret}", Access::Public, show_link)
        .action("/sign-in/link/{secret}", Access::Public, do_link)
        .screen("/invite/{secret}", Access::Public, show_invite)
        .action("/invite/{secret}", Access::Public, do_invite)
        .screen("/first/{secret}", Access::Public, show_first)
        .action("/first/{secret}", Access::Public, do_first)
        .action("/sign-out", Access::Public, sign_out)
}

pub(super) fn samples() -> Vec<Sample> {
    let mut all = web::samples_of::<SignInView>();
    all.extend(web::samples_of::<CodeView>());
    all.extend(web::samples_of::<AskView>());
    all.extend(web::samples_of::<SentView>());
    all.extend(web::samples_of::<LinkView>());
    all.extend(web::samples_of::<InviteView>());
    all.extend(web::samples_of::<FirstView>());
    all
}

/// Where to go after sign-in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct Next {
    /// A path of this installation.
    #[serde(default)]
    next: Option<String>,
}

fn origin(headers: &HeaderMap, from: web::From) -> Origin {
    let agent = headers.get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
    Origin { agent: agent.to_owned(), address: from.0.map(|address| address.to_string()).unwrap_or_default() }
}

/// What a program gets that signs in.
#[derive(Serialize)]
struct SignedIn {
    person: PersonId,
}

/// Goes on after a step: into Tend with a new session, or to the code.
async fn go_on(site: &Site, step: Step, next: Option<&str>) -> Result<Done, Problem> {
    let next = safe_next(next);
    match step {
        Step::Code { secret } => {
            // The path is percent-encoded where it matters: it came through `safe_next` and stands last.
            Ok(Done::to(format!("/sign-in/code?attempt={secret}&next={}", encode(&next))))
        }
        Step::In { person, secret } => {
            let scope = kernel::Scope::task("identity.sign_in", site.clock.clone(), site.dice.clone());
            let theme = people::person(&site.db, &scope, person).await?.theme;
            Ok(Done::to(next)
                .cookie(site.settings.session_cookie(&secret, SESSION_MOST))
                .cookie(theme_cookie(site, theme))
                .value(&SignedIn { person }))
        }
    }
}

/// The theme goes with the person to whichever browser they sign in with; `web` keeps it in this cookie.
pub(super) fn theme_cookie(site: &Site, theme: crate::model::Theme) -> String {
    let word = match theme {
        crate::model::Theme::System => "auto",
        crate::model::Theme::Light => "light",
        crate::model::Theme::Dark => "dark",
    };
    let secure = if site.settings.secure() { "; Secure" } else { "" };
    let year = SignedDuration::from_hours(365 * 24).as_secs();
    format!("tend-theme={word}; Path=/; Max-Age={year}; SameSite=Lax{secure}")
}

fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

// -- password

/// The sign-in screen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct SignInView {
    /// Where to go afterwards.
    next: String,
    /// Who is signed in already.
    signed_in_as: Option<String>,
    /// Whether there is an administrator; before that there is nobody to sign in.
    ready: bool,
}

impl View for SignInView {
    const TEMPLATE: &'static str = "identity/sign_in.html";
    const AREA: &'static str = "sign-in";
    fn title(&self) -> Text {
        Text::key("sign-in")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let view = |as_: Option<&str>, ready| SignInView {
            next: "/services".into(),
            signed_in_as: as_.map(str::to_owned),
            ready,
        };
        vec![
            ("form", view(None, true)),
            ("already in", view(Some("Noor Kaya"), true)),
            ("nobody yet", view(None, false)),
        ]
    }
}

async fn show_sign_in(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(next): Query<Next>,
) -> Result<Shown<SignInView>, Refusal> {
    let signed_in_as = match scope.actor().person() {
        Some(id) => Some(people::person(&site.db, &scope, id).await?.name),
        None => None,
    };
    let ready = roles::has_administrator(&site.db, &scope).await?;
    Ok(Shown(SignInView { next: safe_next(next.next.as_deref()), signed_in_as, ready }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SignIn {
    /// The address.
    mail: String,
    /// The password.
    #[serde(default)]
    password: String,
    /// A path of this installation.
    #[serde(default)]
    next: Option<String>,
}

async fn do_sign_in(
    State(site): State<Site>,
    Asks(scope): Asks,
    from: web::From,
    headers: HeaderMap,
    Input(form): Input<SignIn>,
) -> Result<Done, Refusal> {
    let from = origin(&headers, from);
    let step = sign_in::with_password(&site.db, &scope, &form.mail, &form.password, &from).await?;
    Ok(go_on(&site, step, form.next.as_deref()).await?)
}

async fn sign_out(State(site): State<Site>, Asks(scope): Asks, who: web::Who) -> Result<Done, Refusal> {
    if let web::Ticket::Cookie(secret) = &who.ticket {
        let mut tx = site.db.write("identity.sign_out", &scope).await?;
        sessions::end_secret(&mut tx, secret).await?;
        tx.commit().await?;
    }
    Ok(Done::to("/sign-in").say("signed-out").cookie(site.settings.end_session_cookie()))
}

// -- second step

/// The second step: the code.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CodeView {
    /// The attempt it belongs to.
    attempt: String,
    /// Where to go afterwards.
    next: String,
}

impl View for CodeView {
    const TEMPLATE: &'static str = "identity/sign_in_code.html";
    const AREA: &'static str = "sign-in";
    fn title(&self) -> Text {
        Text::key("sign-in-code")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("form", CodeView { attempt: "2k7fq0".into(), next: "/".into() })]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Attempt {
    /// The attempt to sign in.
    attempt: String,
    /// A path of this installation.
    #[serde(default)]
    next: Option<String>,
}

async fn show_code(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(attempt): Query<Attempt>,
) -> Result<Shown<CodeView>, Refusal> {
    sign_in::whose_link(&site.db, &scope, LinkPurpose::SecondStep, &attempt.attempt).await?;
    let next = safe_next(attempt.next.as_deref());
    Ok(Shown(CodeView { attempt: attempt.attempt, next }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Code {
    /// The attempt to sign in.
    attempt: String,
    /// A code from the app, or one to recover with.
    code: String,
    /// A path of this installation.
    #[serde(default)]
    next: Option<String>,
}

async fn do_code(
    State(site): State<Site>,
    Asks(scope): Asks,
    from: web::From,
    headers: HeaderMap,
    Input(form): Input<Code>,
) -> Result<Done, Refusal> {
    let from = origin(&headers, from);
    let step = sign_in::with_code(&site.db, &scope, &form.attempt, &form.code, &from).await?;
    Ok(go_on(&site, step, form.next.as_deref()).await?)
}

// -- links

/// Asks for the address that a link goes to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct AskView {
    /// Where to go afterwards.
    next: String,
}

impl View for AskView {
    const TEMPLATE: &'static str = "identity/sign_in_ask.html";
    const AREA: &'static str = "sign-in";
    fn title(&self) -> Text {
        Text::key("sign-in-ask")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("form", AskView { next: "/".into() })]
    }
}

async fn show_ask(Query(next): Query<Next>) -> Result<Shown<AskView>, Refusal> {
    Ok(Shown(AskView { next: safe_next(next.next.as_deref()) }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Ask {
    /// The address.
    mail: String,
    /// A path of this installation.
    #[serde(default)]
    next: Option<String>,
}

async fn do_ask(
    State(site): State<Site>,
    Asks(scope): Asks,
    from: web::From,
    headers: HeaderMap,
    Input(form): Input<Ask>,
) -> Result<Done, Refusal> {
    let next = safe_next(form.next.as_deref());
    let post = site.post();
    let life = LinkPurpose::SignIn.lifetime().unwrap_or_default();
    sign_in::ask_link(&site.db, &scope, &form.mail, &origin(&headers, from), async |tx, person, secret| {
        let onward = if next == "/" { String::new() } else { format!("?next={}", encode(&next)) };
        let url = format!("{}/sign-in/link/{secret}{onward}", post.settings.base_url);
        let letter =
            SignInLetter { name: person.name.clone(), url: url.clone(), minutes: life.as_secs() / 60 };
        let sending = Sending { purpose: "sign_in_link", to: None, link: url, give_up_after: life };
        send(&post, tx, person, &letter, sending).await
    })
    .await?;
    Ok(Done::to("/sign-in/sent"))
}

/// Says that a link is on its way, if the address is known.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct SentView {
    /// How long the link works.
    minutes: i64,
}

impl View for SentView {
    const TEMPLATE: &'static str = "identity/sign_in_sent.html";
    const AREA: &'static str = "sign-in";
    fn title(&self) -> Text {
        Text::key("sign-in-sent")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("sent", SentView { minutes: 15 })]
    }
}

async fn show_sent() -> Result<Shown<SentView>, Refusal> {
    let minutes = LinkPurpose::SignIn.lifetime().unwrap_or_default().as_secs() / 60;
    Ok(Shown(SentView { minutes }))
}

/// What a link leads to: a button. Mail scanners open links, and must not use them up.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct LinkView {
    /// The secret of the link.
    secret: String,
    /// Who signs in.
    name: String,
    /// Where to go afterwards.
    next: String,
}

impl View for LinkView {
    const TEMPLATE: &'static str = "identity/sign_in_link.html";
    const AREA: &'static str = "sign-in";
    fn title(&self) -> Text {
        Text::key("sign-in")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("one", LinkView { secret: "2k7fq0".into(), name: "Noor Kaya".into(), next: "/".into() })]
    }
}

async fn show_link(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(secret): Path<String>,
    Query(next): Query<Next>,
) -> Result<Shown<LinkView>, Refusal> {
    let person = sign_in::whose_link(&site.db, &scope, LinkPurpose::SignIn, &secret).await?;
    Ok(Shown(LinkView { secret, name: person.name, next: safe_next(next.next.as_deref()) }))
}

async fn do_link(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(secret): Path<String>,
    from: web::From,
    headers: HeaderMap,
    Input(next): Input<Next>,
) -> Result<Done, Refusal> {
    let step = sign_in::with_link(&site.db, &scope, &secret, &origin(&headers, from)).await?;
    Ok(go_on(&site, step, next.next.as_deref()).await?)
}

// -- invitations

/// The screen of an invitation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct InviteView {
    /// The secret of the link.
    secret: String,
    /// Who is invited.
    name: String,
    /// The address they will sign in with.
    mail: String,
    /// `en` or `nl`.
    language: String,
    /// The time zone they live in.
    zone: String,
    /// Zones to choose from.
    zones: Vec<String>,
    /// Whether a file says who they are.
    declared: bool,
    /// The organisation that runs the installation.
    operator: String,
}

impl View for InviteView {
    const TEMPLATE: &'static str = "identity/invite.html";
    const AREA: &'static str = "sign-in";
    fn title(&self) -> Text {
        Text::key("invite-title").with("operator", self.operator.as_str())
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let view = |declared| InviteView {
            secret: "2k7fq0".into(),
            name: "Noor Kaya".into(),
            mail: "noor@kustwerk.example".into(),
            language: "nl".into(),
            zone: "Europe/Amsterdam".into(),
            zones: zones::choices("Europe/Amsterdam"),
            declared,
            operator: "Kustwerk".into(),
        };
        vec![("on screen", view(false)), ("declared", view(true))]
    }
}

async fn operator_name(site: &Site, scope: &kernel::Scope) -> Result<String, Problem> {
    let found = operator::operator(&site.db, scope).await?;
    Ok(found.map_or_else(|| site.settings.operator.clone(), |operator| operator.name))
}

async fn show_invite(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(secret): Path<String>,
) -> Result<Shown<InviteView>, Refusal> {
    let person = sign_in::whose_link(&site.db, &scope, LinkPurpose::Invite, &secret).await?;
    Ok(Shown(InviteView {
        secret,
        zones: zones::choices(&person.zone),
        operator: operator_name(&site, &scope).await?,
        name: person.name,
        mail: person.mail,
        language: person.language,
        zone: person.zone,
        declared: person.declared_in.is_some(),
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct TakeInvite {
    /// As they want to be called.
    #[serde(default)]
    name: Option<String>,
    /// The password they choose.
    #[serde(default)]
    password: String,
    /// `en` or `nl`.
    #[serde(default)]
    language: Option<String>,
    /// The IANA name of their time zone.
    #[serde(default)]
    zone: Option<String>,
}

async fn do_invite(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(secret): Path<String>,
    from: web::From,
    headers: HeaderMap,
    Input(form): Input<TakeInvite>,
) -> Result<Done, Refusal> {
    let person = sign_in::whose_link(&site.db, &scope, LinkPurpose::Invite, &secret).await?;
    let welcome = Welcome {
        name: form.name.unwrap_or(person.name),
        password: form.password,
        language: form.language.unwrap_or(person.language),
        zone: form.zone.unwrap_or(person.zone),
    };
    let step = sign_in::with_invitation(&site.db, &scope, &secret, welcome, &origin(&headers, from)).await?;
    Ok(go_on(&site, step, Some("/me/contact")).await?.say("invite-taken"))
}

// -- the first administrator

/// The screen of the very first start.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct FirstView {
    /// The secret of the link.
    secret: String,
    /// The organisation's name so far.
    organisation: String,
    /// Whether a file names the organisation.
    declared: bool,
    /// The reader's language.
    language: String,
    /// The zone to begin with.
    zone: String,
    /// Zones to choose from.
    zones: Vec<String>,
}

impl View for FirstView {
    const TEMPLATE: &'static str = "identity/first.html";
    const AREA: &'static str = "sign-in";
    fn title(&self) -> Text {
        Text::key("first-title")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let view = |organisation: &str, declared| FirstView {
            secret: "2k7fq0".into(),
            organisation: organisation.into(),
            declared,
            language: "nl".into(),
            zone: "Europe/Amsterdam".into(),
            zones: zones::choices("Europe/Amsterdam"),
        };
        vec![("fresh", view("", false)), ("named in a file", view("Kustwerk", true))]
    }
}

async fn show_first(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(secret): Path<String>,
    Reading(reader): Reading,
) -> Result<Shown<FirstView>, Refusal> {
    first::look(&site.db, &scope, &secret).await?;
    let found = operator::operator(&site.db, &scope).await?;
    let declared = found.as_ref().is_some_and(|operator| operator.declared_in.is_some());
    let organisation = found.map(|operator| operator.name).filter(|name| name != operator::UNNAMED);
    let zone = if reader.language == web::Language::Nl { "Europe/Amsterdam" } else { "UTC" };
    Ok(Shown(FirstView {
        secret,
        organisation: organisation.unwrap_or_default(),
        declared,
        language: reader.language.tag().to_owned(),
        zone: zone.to_owned(),
        zones: zones::choices(zone),
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct TakeFirst {
    /// The name of the organisation that runs the installation.
    #[serde(default)]
    organisation: Option<String>,
    /// As they want to be called.
    #[serde(default)]
    name: String,
    /// The address they will sign in with.
    #[serde(default)]
    mail: String,
    /// The password they choose.
    #[serde(default)]
    password: String,
    /// `en` or `nl`.
    #[serde(default)]
    language: Option<String>,
    /// The IANA name of their time zone.
    #[serde(default)]
    zone: Option<String>,
}

async fn do_first(
    State(site): State<Site>,
    Asks(scope): Asks,
    Path(secret): Path<String>,
    from: web::From,
    headers: HeaderMap,
    Input(form): Input<TakeFirst>,
) -> Result<Done, Refusal> {
    let welcome = Welcome {
        name: form.name,
        password: form.password,
        language: form.language.unwrap_or_else(|| "en".into()),
        zone: form.zone.unwrap_or_else(|| "UTC".into()),
    };
    let from = origin(&headers, from);
    let organisation = form.organisation.as_deref();
    let step = first::take(&site.db, &scope, &secret, organisation, &form.mail, welcome, &from).await?;
    Ok(go_on(&site, step, Some("/")).await?.say("first-taken"))
}

/// A made-up id for samples.
pub(super) fn sample_id<T: kernel::Id>(n: u128) -> T {
    T::from_u128((0x0195_5000_0000_u128 << 80) | n)
}

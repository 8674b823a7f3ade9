//! The operator's settings: its name, the gateway for text messages, and the messages that went out.

use kernel::{Paging, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Access, Asks, Done, Input, Query, Refusal, Routes, Sample, Shown, Site, State, Text, View};

use super::administers;
use super::door::sample_id;
use super::me::sample_time;
use crate::deliver::SmsGateway;
use crate::store::operator;
use crate::store::outbox::{self, Line, State as MessageState};

pub(super) fn routes() -> Routes {
    Routes::new("identity")
        .screen("/operator", Access::Administer, show_operator)
        .action("/operator/name", Access::Administer, rename)
        .action("/operator/sms", Access::Administer, set_sms)
        .action("/operator/sms/remove", Access::Administer, remove_sms)
        .screen("/operator/messages", Access::Administer, show_messages)
}

pub(super) fn samples() -> Vec<Sample> {
    let mut all = web::samples_of::<OperatorView>();
    all.extend(web::samples_of::<MessagesView>());
    all
}

/// A gateway as it is shown: values of headers are secrets, so only their names are.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct GatewayView {
    /// The address.
    url: String,
    /// `POST`, `PUT` or `GET`.
    method: String,
    /// The names of the headers.
    header_names: Vec<String>,
    /// The body.
    body: String,
}

/// The operator's settings.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct OperatorView {
    /// Its name.
    name: String,
    /// The file and line that declare it.
    declared_in: Option<String>,
    /// The gateway for text messages.
    sms: Option<GatewayView>,
}

impl View for OperatorView {
    const TEMPLATE: &'static str = "identity/operator.html";
    const AREA: &'static str = "system";
    fn title(&self) -> Text {
        Text::key("operator-title")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("nav-system"), "/system".into())]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let gateway = GatewayView {
            url: "https://sms.example/v1/messages".into(),
            method: "POST".into(),
            header_names: vec!["Authorization".into(), "Content-Type".into()],
            body: r#"{"to": "{number}", "text": "{text}"}"#.into(),
        };
        let view = |declared: bool, sms| OperatorView {
            name: "Kustwerk".into(),
            declared_in: declared.then(|| "town.yml:1".into()),
            sms,
        };
        vec![
            ("without a gateway", view(false, None)),
            ("with a gateway", view(false, Some(gateway.clone()))),
            ("declared", view(true, Some(gateway))),
        ]
    }
}

async fn show_operator(State(site): State<Site>, Asks(scope): Asks) -> Result<Shown<OperatorView>, Refusal> {
    administers(&scope)?;
    let found = operator::operator(&site.db, &scope).await?;
    let found = found.ok_or_else(|| Problem::not_found("address"))?;
    Ok(Shown(OperatorView {
        name: found.name,
        declared_in: found.declared_in,
        sms: found.sms.map(|gateway| GatewayView {
            url: gateway.url,
            method: gateway.method,
            header_names: gateway.headers.into_iter().map(|(name, _)| name).collect(),
            body: gateway.body,
        }),
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Named {
    /// The name.
    #[serde(default)]
    name: String,
}

async fn rename(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<Named>,
) -> Result<Done, Refusal> {
    administers(&scope)?;
    let held = operator::operator(&site.db, &scope).await?;
    if held.is_some_and(|operator| operator.declared_in.is_some()) {
        return Err(Refusal(Problem::conflict("declared-in-file")));
    }
    let mut tx = site.db.write("identity.rename_operator", &scope).await?;
    operator::rename(&mut tx, &form.name, None).await?;
    tx.commit().await?;
    Ok(Done::to("/operator").say("saved"))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SetSms {
    /// The address, with `{number}` and `{text}` if the gateway wants them there.
    #[serde(default)]
    url: String,
    /// `POST`, `PUT` or `GET`.
    #[serde(default)]
    method: Option<String>,
    /// A header a line: `Name: value`.
    #[serde(default)]
    headers: Option<String>,
    /// The body, with `{number}` and `{text}`.
    #[serde(default)]
    body: Option<String>,
}

fn read_headers(text: &str) -> Result<Vec<(String, String)>, Problem> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| match line.split_once(':') {
            Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
            None => Err(Problem::invalid().field("headers", "field-bad-header")),
        })
        .collect()
}

async fn set_sms(
    State(site): State<Site>,
    Asks(scope): Asks,
    Input(form): Input<SetSms>,
) -> Result<Done, Refusal> {
    administers(&scope)?;
    let held = operator::sms_gateway(&site.db, &scope).await?;
    // Values are not shown, so an empty field means the headers that are there.
    let headers = match form.headers.as_deref().filter(|text| !text.trim().is_empty()) {
        Some(text) => read_headers(text)?,
        None => held.map(|gateway| gateway.headers).unwrap_or_default(),
    };
    let gateway = SmsGateway {
        url: form.url.trim().to_owned(),
        method: form.method.unwrap_or_else(|| "POST".into()),
        headers,
        body: form.body.unwrap_or_default(),
    };
    let mut tx = site.db.write("identity.set_sms", &scope).await?;
    operator::set_sms(&mut tx, Some(&gateway)).await?;
    tx.commit().await?;
    Ok(Done::to("/operator").say("saved"))
}

async fn remove_sms(State(site): State<Site>, Asks(scope): Asks) -> Result<Done, Refusal> {
    administers(&scope)?;
    let mut tx = site.db.write("identity.remove_sms", &scope).await?;
    operator::set_sms(&mut tx, None).await?;
    tx.commit().await?;
    Ok(Done::to("/operator").say("saved"))
}

/// Messages of this feature: links, invitations, codes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct MessagesView {
    /// The messages, newest first.
    items: Vec<Line>,
    /// Where the next page starts.
    next: Option<kernel::Cursor>,
    /// The state that was asked for.
    state: String,
}

impl View for MessagesView {
    const TEMPLATE: &'static str = "identity/messages.html";
    const AREA: &'static str = "system";
    fn title(&self) -> Text {
        Text::key("messages-title")
    }
    fn crumbs(&self) -> Vec<(Text, String)> {
        vec![(Text::key("nav-system"), "/system".into()), (Text::key("operator-title"), "/operator".into())]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let line = |n: u128, purpose: &str, state: MessageState, said: &str| Line {
            id: sample_id(n),
            purpose: purpose.into(),
            shown: "noor@kustwerk.example".into(),
            state,
            attempts: 2,
            said: said.into(),
            made_at: sample_time(5),
            next_at: (state == MessageState::Waiting).then(|| sample_time(-1)),
            done_at: (state != MessageState::Waiting).then(|| sample_time(4)),
        };
        let every = vec![
            line(4, "sign_in_link", MessageState::Waiting, "the relay refuses connections"),
            line(3, "invitation", MessageState::Sent, "250 2.0.0 queued as 4F2A"),
            line(2, "code", MessageState::Failed, "550 no such mailbox"),
            line(1, "test", MessageState::Sent, ""),
        ];
        let view = |items| MessagesView { items, next: None, state: String::new() };
        vec![("empty", view(Vec::new())), ("every state", view(every))]
    }
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
struct Filter {
    /// `waiting`, `sent` or `failed`.
    #[serde(default)]
    state: Option<String>,
}

async fn show_messages(
    State(site): State<Site>,
    Asks(scope): Asks,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Result<Shown<MessagesView>, Refusal> {
    administers(&scope)?;
    let page = outbox::list(&site.db, &scope, filter.state.as_deref(), &paging).await?;
    Ok(Shown(MessagesView { items: page.items, next: page.next, state: filter.state.unwrap_or_default() }))
}

use kernel::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;
use crate::answer::{Shown, View};
use crate::asks::Asks;
use crate::input::{Input, Path, Query};
use crate::pages::Part;
use crate::site::Settings;
use crate::testing::{Got, Stage};
use crate::text::{Text, Texts};

const PAGES: Part = Part {
    name: "demo",
    templates: &[
        (
            "demo/thing.html",
            r#"{% extends "frame.html" %}{% import "components.html" as c %}{% block body %}<p>name: {{ name }}</p>{{ panels }}
            {% call c.form("/things/" ~ id) %}{{ c.field("name", t("demo-name"), value=name) }}{{ c.field("age", t("demo-name")) }}{% endcall %}
            {{ c.action("/things/" ~ id ~ "/break", t("demo-name")) }}{% endblock %}"#,
        ),
        (
            "demo/panel.html",
            r#"{% extends "panel.html" %}{% block body %}<b>panel of {{ name }}</b>{% endblock %}"#,
        ),
        ("demo/still.html", r#"{% extends "public.html" %}{% block body %}<h1>fine</h1>{% endblock %}"#),
    ],
    texts: Texts {
        en: "demo-name = Name\ndemo-done = Saved { $what }",
        nl: "demo-name = Naam\ndemo-done = { $what } bewaard",
    },
};

#[derive(Debug, Serialize, JsonSchema)]
struct Thing {
    id: u32,
    name: String,
}

impl View for Thing {
    const TEMPLATE: &'static str = "demo/thing.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::raw(&*self.name)
    }
    fn panels(&self) -> Vec<String> {
        vec![format!("/things/{}/panel", self.id), "/things/secret/panel".into(), "/things/0/panel".into()]
    }
    fn samples() -> Vec<(&'static str, Self)> {
        Vec::new()
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct Panel {
    name: String,
}

impl View for Panel {
    const TEMPLATE: &'static str = "demo/panel.html";
    const AREA: &'static str = "services";
    fn title(&self) -> Text {
        Text::key("demo-name")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        Vec::new()
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct Still {}

impl View for Still {
    const TEMPLATE: &'static str = "demo/still.html";
    const AREA: &'static str = "";
    fn title(&self) -> Text {
        Text::key("demo-name")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        Vec::new()
    }
}

#[derive(Deserialize, JsonSchema)]
struct Rename {
    name: String,
    age: u8,
}

async fn thing(Path(id): Path<u32>) -> Result<Shown<Thing>, Refusal> {
    if id == 9 {
        return Err(Refusal(Problem::not_found("address")));
    }
    Ok(Shown(Thing { id, name: "<Ada>".into() }))
}

async fn panel(Path(id): Path<u32>) -> Result<Shown<Panel>, Refusal> {
    if id == 0 {
        return Err(Refusal(Problem::fault("no such luck")));
    }
    Ok(Shown(Panel { name: format!("thing {id}") }))
}

async fn still() -> Result<Shown<Still>, Refusal> {
    Ok(Shown(Still {}))
}

async fn rename(Path(id): Path<u32>, Input(form): Input<Rename>) -> Result<Done, Refusal> {
    if form.name == "taken" {
        return Err(Refusal(Problem::invalid().field("name", "field-taken")));
    }
    let done = Done::to(format!("/things/{id}")).say("demo-done").with("what", &form.name);
    Ok(done.value(&serde_json::json!({ "age": form.age })))
}

async fn breaks() -> Result<Done, Refusal> {
    Err(Refusal(Problem::conflict("still-used")))
}

async fn panics() -> Result<Done, Refusal> {
    panic!("oh no")
}

async fn never() -> Result<Shown<Still>, Refusal> {
    std::future::pending().await
}

#[derive(Deserialize, JsonSchema)]
struct Filter {
    state: Option<String>,
}

async fn list(Query(filter): Query<Filter>, Query(paging): Query<kernel::Paging>) -> Response {
    format!("{:?} {}", filter.state, paging.limit()).into_response()
}

async fn whoami(Asks(scope): Asks, from: From) -> Response {
    format!("{} {:?}", scope.actor(), from.0).into_response()
}

fn routes() -> Routes {
    Routes::new("demo")
        .screen("/things/{id}", Access::See, thing)
        .panel("/things/{id}/panel", Access::See, panel)
        .panel("/things/secret/panel", Access::Administer, async || panel(Path(1)).await)
        .action("/things/{id}", Access::Respond, rename)
        .action("/things/{id}/break", Access::Respond, breaks)
        .action("/panic", Access::Public, panics)
        .screen("/still", Access::Public, still)
        .screen("/never", Access::Public, never)
        .screen("/services", Access::See, still)
        .screen("/people", Access::Administer, still)
        .raw(Method::GET, "/list", Access::Public, list)
        .raw(Method::POST, "/whoami", Access::Public, whoami)
        .raw(Method::GET, "/whoami", Access::Public, whoami)
}

async fn stage() -> Stage {
    Stage::new(routes(), &[PAGES], &[]).await
}

fn status(got: &Got) -> u16 {
    got.status.as_u16()
}

#[tokio::test]
async fn a_screen_is_a_page_and_json_of_the_same_value() {
    let stage = stage().await;
    let page = stage.person(Role::Reader).get("/things/3").await;
    assert_eq!(status(&page), 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.body.contains("name: &lt;Ada&gt;"), "{}", page.body);
    assert_eq!(page.header("cache-control"), "no-store");
    let json = stage.program(Role::Reader).get("/api/v1/things/3").await;
    assert_eq!((status(&json), json.json()["name"].as_str()), (200, Some("<Ada>")));
    let accepted = stage.person(Role::Reader).with("accept", "application/json").get("/things/3").await;
    assert_eq!(accepted.json()["id"], 3);
}

#[tokio::test]
async fn panels_come_with_the_screen_each_through_its_own_door() {
    let stage = stage().await;
    let page = stage.person(Role::Reader).get("/things/3").await;
    assert!(page.body.contains("panel of thing 3"));
    assert!(!page.body.contains("panel of thing 1"), "the administrators' panel");
    assert!(page.body.contains("could not be loaded"), "a panel that failed says so in its place");
    let own = stage.person(Role::Reader).get("/things/3/panel").await;
    assert!(own.body.trim_start().starts_with("<section"), "a fragment has no frame");
}

#[tokio::test]
async fn the_sidebar_shows_what_exists_and_what_you_may_see() {
    let stage = stage().await;
    let reader = stage.person(Role::Reader).get("/things/3").await.body;
    assert!(reader.contains(r#"<a href="/services" aria-current="page""#));
    assert!(!reader.contains(r#"href="/people""#) && !reader.contains(r#"href="/incidents""#));
    assert!(stage.person(Role::Admin).get("/things/3").await.body.contains(r#"<a href="/people""#));
}

#[tokio::test]
async fn strangers_are_sent_away_as_they_came() {
    let stage = stage().await;
    let page = stage.stranger().get("/things/3").await;
    assert_eq!((status(&page), page.body.contains("Sign in first")), (401, true));
    let json = stage.stranger().with("accept", "application/json").get("/api/v1/things/3").await;
    assert_eq!((status(&json), json.header("content-type")), (401, "application/problem+json"));
    assert_eq!(json.json()["code"], "unauthenticated");
    let forged = stage.stranger().with("authorization", "Bearer nobody").get("/still").await;
    assert_eq!(status(&forged), 401, "a bad token is not the public");
    let ended = stage.stranger().with("cookie", "tend=ended").get("/still").await;
    assert_eq!(status(&ended), 200);
    assert!(ended.header("set-cookie").starts_with("tend=; Path=/; Max-Age=0"));
}

#[tokio::test]
async fn a_right_that_is_held_nowhere_is_forbidden() {
    let stage = stage().await;
    let got = stage.person(Role::Reader).fills_in("/things/3", "/things/3", "name=a&age=1").await;
    assert_eq!(status(&got), 403);
    assert!(got.body.contains("You may not do this"));
}

#[tokio::test]
async fn an_action_sends_a_browser_on_with_a_word_and_gives_a_program_the_value() {
    let stage = stage().await;
    let done = stage.person(Role::Engineer).fills_in("/things/3", "/things/3", "name=Ben&age=4").await;
    assert_eq!((status(&done), done.header("location")), (303, "/things/3"));
    let next = stage.person(Role::Engineer).with("cookie", &done.cookies()).get("/things/3").await;
    assert!(next.body.contains("Saved Ben"), "{}", next.body);
    assert!(next.header("set-cookie").contains("tend-say=; Path=/; Max-Age=0"), "shown once");
    let body = serde_json::json!({ "name": "Ben", "age": 4 });
    let json = stage.program(Role::Engineer).post_json("/api/v1/things/3", &body).await;
    assert_eq!((status(&json), json.json()["age"].as_u64()), (200, Some(4)));
}

#[tokio::test]
async fn a_refused_form_comes_back_with_its_input_and_its_mistakes() {
    let stage = stage().await;
    let got = stage.person(Role::Engineer).fills_in("/things/3", "/things/3", "name=taken&age=41").await;
    assert_eq!(status(&got), 422);
    assert!(
        got.body.contains("This is already taken.") && got.body.contains(r#"value="41""#),
        "{}",
        got.body
    );
    assert!(got.body.contains(r##"href="#f1-name""##), "the summary links to the field");
    let missing = stage.person(Role::Engineer).fills_in("/things/3", "/things/3", "name=&age=x").await;
    assert!(missing.body.contains("Fill this in."));
    let json = stage
        .program(Role::Engineer)
        .post_json("/api/v1/things/3", &serde_json::json!({ "name": "taken", "age": 1 }))
        .await;
    assert_eq!(json.json()["errors"][0]["field"], "name");
    let button = stage.person(Role::Engineer).fills_in("/things/3", "/things/3/break", "").await;
    assert_eq!(status(&button), 409);
    assert!(button.body.contains("It is still in use") && button.body.contains("name: "), "{}", button.body);
}

#[tokio::test]
async fn a_form_needs_its_seal() {
    let stage = stage().await;
    let engineer = || stage.person(Role::Engineer);
    let page = engineer().get("/things/3").await;
    let bare = engineer().post_form("/things/3", "name=a&age=1").await;
    assert_eq!((status(&bare), bare.body.contains("This form is too old")), (403, true));
    let forged = engineer().post_form("/things/3", "csrf=AAAA&name=a&age=1").await;
    assert_eq!(status(&forged), 403);
    let fields = format!("csrf={}&name=a&age=1", page.seal());
    let elsewhere = engineer().with("sec-fetch-site", "cross-site").post_form("/things/3", &fields).await;
    assert_eq!(status(&elsewhere), 403);
    let other = stage.stranger().post_form("/panic", &format!("csrf={}", page.seal())).await;
    assert_eq!(status(&other), 403, "the seal of a session is worth nothing without it");
    assert_eq!(status(&engineer().post_form("/things/3", &fields).await), 303);
    let header = engineer().with("x-csrf-token", &page.seal());
    let json = header.post_json("/api/v1/things/3", &serde_json::json!({ "name": "b", "age": 1 })).await;
    assert_eq!(status(&json), 200);
    let raw = engineer().post_form("/whoami", "").await;
    assert_eq!(status(&raw), 403, "a raw door with a session needs the seal too");
    assert_eq!(status(&stage.stranger().post_form("/whoami", "").await), 200);
}

#[tokio::test]
async fn a_page_without_a_form_sets_no_cookie() {
    let stage = stage().await;
    assert_eq!(stage.stranger().get("/still").await.header("set-cookie"), "");
}

#[tokio::test]
async fn nothing_inline_and_nothing_foreign_may_run() {
    let stage = stage().await;
    let page = stage.person(Role::Reader).get("/things/3").await;
    let policy = page.header("content-security-policy");
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(rule), "{rule}");
    }
    assert!(!policy.contains("unsafe"));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert!(!page.body.contains(" style=") && !page.body.contains(" onclick="));
    assert_eq!(page.header("strict-transport-security"), "", "not without https");
    let settings = Settings { base_url: "https://tend.example".into(), ..Settings::default() };
    let secure = Stage::with(routes(), &[PAGES], &[], settings).await;
    assert!(secure.stranger().get("/still").await.header("strict-transport-security").starts_with("max-age"));
    assert!(
        secure
            .site
            .settings
            .end_session_cookie()
            .starts_with("__Host-tend=; Path=/; Max-Age=0; SameSite=Lax; Secure")
    );
}

#[tokio::test]
async fn bad_input_is_named() {
    let stage = stage().await;
    assert_eq!(status(&stage.stranger().get("/%ff").await), 400);
    assert_eq!(status(&stage.stranger().get("/list?q=%ff").await), 400);
    assert_eq!(status(&stage.stranger().get(&format!("/{}", "a".repeat(9_000))).await), 413);
    assert_eq!(status(&stage.stranger().get("/nothing").await), 404);
    assert_eq!(status(&stage.person(Role::Reader).get("/things/x").await), 404);
    assert_eq!(status(&stage.stranger().ask("DELETE", "/still", None, Vec::new()).await), 405);
    let program = || stage.program(Role::Engineer);
    let big = program()
        .ask("POST", "/api/v1/things/3", Some("application/json"), vec![b' '; 1024 * 1024 + 1])
        .await;
    assert_eq!(
        (status(&big), big.json()["code"].as_str().map(str::to_owned)),
        (413, Some("too-large".into()))
    );
    let kind = program().ask("POST", "/api/v1/things/3", Some("image/png"), vec![1]).await;
    assert_eq!(status(&kind), 415);
    let text = program()
        .ask("POST", "/api/v1/things/3", Some("application/x-www-form-urlencoded"), b"name=%ff".to_vec())
        .await;
    assert_eq!(status(&text), 400);
    let broken = program().ask("POST", "/api/v1/things/3", Some("application/json"), b"{".to_vec()).await;
    assert_eq!(broken.json()["code"], "malformed-json");
    let limit = stage.stranger().get("/list?state=&limit=x").await;
    assert_eq!(status(&limit), 422);
    assert_eq!(stage.stranger().get("/list?state=&limit=7").await.body, "None 7");
}

#[tokio::test]
async fn a_panic_is_a_problem_without_its_cause() {
    let stage = stage().await;
    let page = stage.stranger().get("/look").await;
    assert_eq!(status(&page), 405);
    let got = stage.program(Role::Reader).post_json("/api/v1/panic", &serde_json::json!({})).await;
    assert_eq!((status(&got), got.json()["code"].as_str().map(str::to_owned)), (500, Some("fault".into())));
    assert!(!got.body.contains("oh no"), "{}", got.body);
    assert!(got.json()["request"].as_str().is_some_and(|id| id.starts_with("req_")));
}

#[tokio::test]
async fn a_handler_that_never_ends_is_given_up() {
    let settings = Settings { request_time: jiff::SignedDuration::from_millis(20), ..Settings::default() };
    let stage = Stage::with(routes(), &[PAGES], &[], settings).await;
    let got = stage.stranger().get("/never").await;
    assert_eq!(status(&got), 504);
    assert!(got.body.contains("It may still have been done."));
}

#[tokio::test]
async fn more_requests_than_can_be_answered_are_told_so_at_once() {
    let settings = Settings { max_requests: 1, ..Settings::default() };
    let stage = Stage::with(routes(), &[PAGES], &[], settings).await;
    let slow = stage.stranger();
    let waiting = slow.get("/never");
    tokio::pin!(waiting);
    assert!(futures::poll!(&mut waiting).is_pending());
    let got = stage.stranger().get("/still").await;
    assert_eq!((status(&got), got.header("retry-after")), (503, "2"));
    assert!(got.body.contains("Tend is busy"));
}

#[tokio::test]
async fn the_language_comes_from_the_cookie_then_the_browser() {
    let stage = stage().await;
    let dutch = stage.stranger().with("accept-language", "fr, nl-BE;q=0.8, en;q=0.5").get("/nothing").await;
    assert!(
        dutch.body.contains(r#"lang="nl""#) && dutch.body.contains("Dit bestaat niet: adres"),
        "{}",
        dutch.body
    );
    let chosen = stage
        .stranger()
        .with("accept-language", "nl")
        .with("cookie", "tend-language=en")
        .get("/nothing")
        .await;
    assert!(chosen.body.contains("There is no such address"));
}

#[tokio::test]
async fn the_look_is_kept_in_cookies_and_comes_back_to_the_screen() {
    let stage = stage().await;
    let got =
        stage.person(Role::Reader).fills_in("/things/3", "/look", "theme=dark&back=%2Fthings%2F3").await;
    assert_eq!((status(&got), got.header("location")), (303, "/things/3"));
    let next = stage.person(Role::Reader).with("cookie", &got.cookies()).get("/things/3").await;
    assert!(next.body.contains(r#"data-theme="dark""#));
    let away = stage.person(Role::Reader).fills_in("/things/3", "/look", "back=%2F%2Fevil.example").await;
    assert_eq!(away.header("location"), "/");
}

#[test]
fn only_paths_within_tend_are_gone_on_to() {
    for fine in ["/", "/a?b=c#d"] {
        assert!(local(fine), "{fine}");
    }
    for bad in ["", "a", "//evil", "/\\evil", "https://evil", "/a\nb", "/é"] {
        assert!(!local(bad), "{bad}");
    }
}

#[tokio::test]
async fn only_a_trusted_proxy_is_believed_about_addresses() {
    let settings = Settings { trusted_proxies: vec!["10.0.0.1".parse().unwrap()], ..Settings::default() };
    let stage = Stage::with(routes(), &[PAGES], &[], settings).await;
    for (peer, told, seen) in [
        ("10.0.0.1", "1.1.1.1, 203.0.113.9", "Some(203.0.113.9)"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.1", "Some(203.0.113.9)"),
        ("198.51.100.7", "203.0.113.9", "Some(198.51.100.7)"),
        ("10.0.0.1", "", "Some(10.0.0.1)"),
    ] {
        let mut request =
            Request::builder().uri("/whoami").header("x-forwarded-for", told).body(Body::empty()).unwrap();
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        let response = tower::ServiceExt::oneshot(stage.app.clone(), request).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(body, format!("public {seen}"));
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_come_compressed() {
    let stage = stage().await;
    let address = crate::assets::address("style.css").unwrap();
    let plain = stage.stranger().get(&address).await;
    assert!(plain.header("cache-control").contains("immutable") && plain.body.contains("--accent"));
    let gzip = stage.stranger().with("accept-encoding", "gzip").get(&address).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    let again = stage.stranger().with("if-none-match", plain.header("etag")).get(&address).await;
    assert_eq!((status(&again), again.body.len()), (304, 0));
    assert_eq!(status(&stage.stranger().get("/assets/other.css").await), 404);
}

#[test]
fn logs_hold_no_secret_of_a_link() {
    assert_eq!(
        super::without_secrets("/first/ah76kanfw1fy8w40hqrt9k5yt9pn8zv6spfpekbbztkq0m6e7kzg"),
        "/first/ah76…"
    );
    let id = "/incidents/inc_01m804g7mj47mdrevh8vrsbfej/resolve";
    assert_eq!(super::without_secrets(id), id);
}

#[tokio::test]
async fn the_type_of_a_problem_leads_to_words_about_it() {
    let stage = stage().await;
    let stranger = stage.stranger();
    let refused = stranger.get("/api/v1/things/1").await;
    let kind = refused.json()["type"].as_str().unwrap().to_owned();
    let (page, anchor) = kind.split_once('#').unwrap();
    let page = page.strip_prefix(&stage.site.settings.base_url).unwrap();
    let told = stranger.get(page).await;
    assert_eq!((status(&told), anchor), (200, "unauthenticated"));
    assert!(
        told.body.contains("id=\"unauthenticated\"") && told.body.contains("Sign in first"),
        "{}",
        told.body
    );
    assert!(
        told.body.contains("There is no such …"),
        "what only the moment knows is left open: {}",
        told.body
    );
    let items = stranger.get("/api/v1/api/problems").await.json()["items"].as_array().unwrap().len();
    assert!(items > 25, "{items}");
}

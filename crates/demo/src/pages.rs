//! Templates, texts and the headers every page carries.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior};

use crate::language::Language;

/// Nothing from elsewhere, nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// The same, with the tracker's script and where it tells.
fn policy(tracker: &str) -> String {
    POLICY
        .replace("script-src 'self'", &format!("script-src 'self' {tracker}"))
        .replace("connect-src 'self'", &format!("connect-src 'self' {tracker}"))
}

const TEMPLATES: &[(&str, &str)] = &[
    ("permit/frame.html", include_str!("../templates/permit/frame.html")),
    ("permit/start.html", include_str!("../templates/permit/start.html")),
    ("permit/form.html", include_str!("../templates/permit/form.html")),
    ("permit/payment.html", include_str!("../templates/permit/payment.html")),
    ("permit/ways.html", include_str!("../templates/permit/ways.html")),
    ("permit/done.html", include_str!("../templates/permit/done.html")),
    ("permit/about.html", include_str!("../templates/permit/about.html")),
    ("permit/trouble.html", include_str!("../templates/permit/trouble.html")),
    ("waste.html", include_str!("../templates/waste.html")),
    ("controls.html", include_str!("../templates/controls.html")),
    ("mailbox.html", include_str!("../templates/mailbox.html")),
];

/// All templates in all languages. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Pages {
    environment: Arc<Environment<'static>>,
    policy: HeaderValue,
}

type Bundle = FluentBundle<FluentResource>;

impl Pages {
    /// Reads what is compiled in.
    pub(crate) fn new() -> Pages {
        Self::tracked(None)
    }

    /// The same; pages for the public load the tracker from this address, with the key of their source.
    pub(crate) fn tracked(tracker: Option<(&str, &'static str)>) -> Pages {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in TEMPLATES {
            environment.add_template(name, source).expect("a compiled-in template parses");
        }
        let texts = Arc::new([
            bundle(Language::En, include_str!("../texts/en.ftl")),
            bundle(Language::Nl, include_str!("../texts/nl.ftl")),
        ]);
        environment.add_filter("links", links);
        environment.add_function("t", move |state: &State<'_, '_>, key: &str, args: Kwargs| {
            text(&texts, state, key, &args)
        });
        let (address, key) = tracker.unwrap_or_default();
        environment.add_global("tracker", address.to_owned());
        environment.add_global("tracker_key", key);
        environment.add_global("release", crate::users::RELEASE);
        let policy = HeaderValue::from_str(&policy(address)).unwrap_or(HeaderValue::from_static(POLICY));
        Pages { environment: Arc::new(environment), policy }
    }

    /// Renders a page. `view` is a map; its `back` is where the language switch returns to.
    pub(crate) fn show(&self, status: StatusCode, name: &str, language: Language, view: Value) -> Response {
        let view = minijinja::context! { lang => language.tag(), ..view };
        match self.environment.get_template(name).and_then(|template| template.render(view)) {
            Ok(html) => {
                let policy = [(header::CONTENT_SECURITY_POLICY, self.policy.clone())];
                (status, headers("text/html; charset=utf-8"), policy, html).into_response()
            }
            Err(error) => {
                tracing::error!(template = name, error = ?error, "a demo page did not render");
                (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be shown.\n").into_response()
            }
        }
    }
}

/// Anything that can be written down, as a template sees it.
pub(crate) fn value(from: impl serde::Serialize) -> Value {
    Value::from(minijinja::value::Serde(from))
}

/// The headers of an answer of this kind.
pub(crate) fn headers(kind: &'static str) -> [(HeaderName, HeaderValue); 5] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // A form from a page without a referrer would send `Origin: null`, which the guard refuses.
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}

/// Plain text with its web addresses made links; everything else is escaped.
fn links(text: &str) -> Value {
    let mut html = String::with_capacity(text.len() + 64);
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let url = word.trim_matches(['<', '>', '(', ')', ',', '.']);
        let linked =
            (url.starts_with("http://") || url.starts_with("https://")).then(|| word.split_once(url));
        match linked.flatten() {
            Some((before, after)) => {
                html.push_str(&escape(before));
                html.push_str(&format!(
                    "<a href=\"{0}\" target=\"_blank\" rel=\"noreferrer\">{0}</a>",
                    escape(url)
                ));
                html.push_str(&escape(after));
                html.push_str(&piece[word.len()..]);
            }
            None => html.push_str(&escape(piece)),
        }
    }
    Value::from_safe_string(html)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn bundle(language: Language, source: &str) -> Bundle {
    let resource =
        FluentResource::try_new(source.to_owned()).expect("the compiled-in texts follow Fluent's grammar");
    let tag = language.tag().parse().expect("our own tags are language tags");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).expect("no text is defined twice");
    bundle
}

fn text(texts: &[Bundle; 2], state: &State<'_, '_>, key: &str, args: &Kwargs) -> Result<String, Error> {
    let dutch = state.lookup("lang").is_some_and(|lang| lang.as_str() == Some("nl"));
    let bundle = if dutch { &texts[1] } else { &texts[0] };
    let missing = || Error::new(ErrorKind::UndefinedError, format!("no text {key:?}"));
    let pattern = bundle.get_message(key).and_then(|message| message.value()).ok_or_else(missing)?;
    let mut values = FluentArgs::new();
    for name in args.args() {
        let value: Value = args.get(name)?;
        match i64::try_from(value.clone()) {
            Ok(number) if value.is_number() => values.set(name, FluentValue::from(number)),
            _ => values.set(name, FluentValue::from(value.to_string())),
        }
    }
    let mut faults = Vec::new();
    let written = bundle.format_pattern(pattern, Some(&values), &mut faults).into_owned();
    match faults.first() {
        None => Ok(written),
        Some(fault) => Err(Error::new(ErrorKind::InvalidOperation, format!("text {key:?}: {fault}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn addresses_in_text_become_links_and_nothing_else_becomes_markup() {
        let html = super::links("See <http://a.example/x?a=1&b=2>.\n<b>\"no\"</b> javascript:alert(1)");
        assert_eq!(
            html.to_string(),
            "See &lt;<a href=\"http://a.example/x?a=1&amp;b=2\" target=\"_blank\" rel=\"noreferrer\">\
             http://a.example/x?a=1&amp;b=2</a>&gt;.\n&lt;b&gt;&quot;no&quot;&lt;/b&gt; javascript:alert(1)"
        );
    }

    fn keys(source: &str) -> BTreeSet<&str> {
        source
            .lines()
            .filter(|line| line.starts_with(|letter: char| letter.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key)
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        let en = keys(include_str!("../texts/en.ftl"));
        let nl = keys(include_str!("../texts/nl.ftl"));
        assert_eq!(en, nl);
        assert!(en.len() > 80);
    }
}

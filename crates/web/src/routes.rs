//! The doors of a feature: each with who may come to it, and what it takes and gives.

use std::collections::HashMap;
use std::future::Future;

use axum::Router;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::answer::{Done, Refusal, Shown, View};
use crate::asks::{Access, Asking, Asks, Who};
use crate::input::{Input, Path, Query};
use crate::nav::Nav;
use crate::site::Site;

/// Where the JSON twins live.
pub const API: &str = "/api/v1";

/// Makes the schema of a type.
pub type MakeSchema = fn(&mut SchemaGenerator) -> Schema;

/// What a handler takes and gives, for the OpenAPI document.
#[derive(Clone, Copy, Default)]
pub struct Described {
    /// Parameters of the path.
    pub path: Option<MakeSchema>,
    /// Parameters of the query; several handlers' worth are merged.
    pub query: [Option<MakeSchema>; 3],
    /// The body.
    pub body: Option<MakeSchema>,
    /// The answer.
    pub answer: Option<MakeSchema>,
}

/// What kind of door it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A whole screen, with a JSON twin.
    Screen,
    /// A fragment for other screens, with a JSON twin.
    Panel,
    /// Something done by a form, with a JSON twin.
    Action,
    /// Anything else: the handler answers by itself.
    Raw,
}

/// One door.
#[derive(Clone)]
pub struct Row {
    /// The feature that opened it.
    pub feature: &'static str,
    /// The method.
    pub method: Method,
    /// The path with its `{parameters}`.
    pub path: String,
    /// Who may come.
    pub access: Access,
    /// What kind it is.
    pub shape: Shape,
    /// What it takes and gives.
    pub described: Described,
}

/// The doors of one feature or of all.
#[derive(Default)]
pub struct Routes {
    feature: &'static str,
    pub(crate) rows: Vec<Row>,
    pub(crate) router: Router<Site>,
    pub(crate) nav: Vec<Nav>,
    pub(crate) signals: HashMap<String, usize>,
}

impl Routes {
    /// No doors yet.
    #[must_use]
    pub fn new(feature: &'static str) -> Self {
        Routes { feature, ..Routes::default() }
    }

    /// A screen: `GET path` as a page in the frame, and `GET /api/v1{path}` as JSON.
    #[must_use]
    pub fn screen<T: 'static>(self, path: &str, access: Access, handler: impl Serves<T>) -> Self {
        self.twin(Method::GET, path, access, Shape::Screen, handler)
    }

    /// A panel: `GET path` as a fragment, and `GET /api/v1{path}` as JSON.
    #[must_use]
    pub fn panel<T: 'static>(self, path: &str, access: Access, handler: impl Serves<T>) -> Self {
        self.twin(Method::GET, path, access, Shape::Panel, handler)
    }

    /// An action: `POST path` from a form, and `POST /api/v1{path}` with JSON.
    #[must_use]
    pub fn action<T: 'static>(self, path: &str, access: Access, handler: impl Serves<T>) -> Self {
        self.twin(Method::POST, path, access, Shape::Action, handler)
    }

    /// Anything else; the handler answers a response by itself.
    #[must_use]
    pub fn raw<T: 'static>(
        mut self,
        method: Method,
        path: &str,
        access: Access,
        handler: impl Handler<T, Site>,
    ) -> Self {
        let filter = MethodFilter::try_from(method.clone()).expect("a route names one of the HTTP methods");
        let door = guarded(on(filter, handler), access, Shape::Raw);
        self.push(method, path, access, Shape::Raw, Described::default());
        self.router = self.router.route(path, door);
        self
    }

    /// A door for signals of programs: like [`Routes::raw`] and open to anybody. What was sent is all that tells who
    /// sends, so nobody is recognised (an `Authorization` header is the handler's to read), a body may have up
    /// to `max_body` bytes, and requests are not logged one by one. The path has no parameters.
    #[must_use]
    pub fn signal<T: 'static>(
        mut self,
        method: Method,
        path: &str,
        max_body: usize,
        handler: impl Handler<T, Site>,
    ) -> Self {
        self.signals.insert(path.to_owned(), max_body);
        self.raw(method, path, Access::Public, handler)
    }

    /// An entry of the sidebar.
    #[must_use]
    pub fn nav(mut self, nav: Nav) -> Self {
        self.nav.push(nav);
        self
    }

    /// The doors of both.
    #[must_use]
    pub fn merge(mut self, other: Routes) -> Self {
        self.rows.extend(other.rows);
        self.nav.extend(other.nav);
        self.signals.extend(other.signals);
        self.router = self.router.merge(other.router);
        self
    }

    /// Every door, for the test that walks them all and for the OpenAPI document. JSON twins are not
    /// listed apart: they are [`API`] and the same path.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The paths of the doors for signals, in order.
    #[must_use]
    pub fn signals(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.signals.keys().cloned().collect();
        paths.sort_unstable();
        paths
    }

    fn twin<T: 'static, H: Serves<T>>(
        mut self,
        method: Method,
        path: &str,
        access: Access,
        shape: Shape,
        handler: H,
    ) -> Self {
        let filter = MethodFilter::try_from(method.clone()).expect("a route names one of the HTTP methods");
        let twin = if path == "/" { API.to_owned() } else { format!("{API}{path}") };
        let html = guarded(on(filter, handler.clone()), access, shape);
        let json = guarded(on(filter, handler), access, shape);
        self.push(method, path, access, shape, H::describe());
        self.router = self.router.route(path, html).route(&twin, json);
        self
    }

    fn push(&mut self, method: Method, path: &str, access: Access, shape: Shape, described: Described) {
        self.rows.push(Row {
            feature: self.feature,
            method,
            path: path.to_owned(),
            access,
            shape,
            described,
        });
    }
}

/// The access check before the handler, and the shape noted on the answer.
fn guarded(door: MethodRouter<Site>, access: Access, shape: Shape) -> MethodRouter<Site> {
    door.layer(from_fn(move |request: Request, next: Next| async move {
        let checked = request.extensions().get::<Asking>().map(|asking| access.check(&asking.scope));
        let mut response = match checked {
            Some(Ok(())) => match meant_by(&request, shape) {
                Ok(()) => next.run(request).await,
                Err(problem) => Refusal(problem).into_response(),
            },
            Some(Err(problem)) => Refusal(problem).into_response(),
            None => Refusal(kernel::Problem::unauthenticated()).into_response(),
        };
        response.extensions_mut().insert(Through { shape, access });
        response
    }))
}

/// Whether an action was meant; the site comes with the request, because doors are built before it is.
fn meant_by(request: &Request, shape: Shape) -> Result<(), kernel::Problem> {
    match request.extensions().get::<Site>() {
        Some(site) => crate::app::meant(site, request, shape),
        None => Err(kernel::Problem::fault("a door was opened outside web::app")),
    }
}

/// Through which door an answer came.
#[derive(Clone, Copy)]
pub(crate) struct Through {
    pub shape: Shape,
    pub access: Access,
}

/// A handler whose parameters and answer can be described. Every async function of up to seven extractors
/// ([`crate::State`], [`Asks`], [`Path`], [`Query`], [`Input`], ..) that gives `Result<Shown<_>, Refusal>` or
/// `Result<Done, Refusal>` is one.
pub trait Serves<T>: Handler<T, Site> {
    /// What it takes and gives.
    fn describe() -> Described;
}

/// Something a handler takes.
pub trait Takes {
    /// Adds what it takes to the description.
    fn describe(_: &mut Described) {}
}

impl Takes for axum::extract::State<Site> {}
impl Takes for Asks {}
impl Takes for Who {}
impl Takes for crate::asks::Reading {}
impl Takes for crate::app::From {}
impl Takes for http::HeaderMap {}
impl Takes for http::Uri {}
impl<T: Takes> Takes for Option<T> {}

impl<T: JsonSchema> Takes for Path<T> {
    fn describe(described: &mut Described) {
        described.path = Some(schema_of::<T>);
    }
}
impl<T: JsonSchema> Takes for axum::extract::Path<T> {
    fn describe(described: &mut Described) {
        described.path = Some(schema_of::<T>);
    }
}
impl<T: JsonSchema> Takes for Query<T> {
    fn describe(described: &mut Described) {
        if let Some(free) = described.query.iter_mut().find(|held| held.is_none()) {
            *free = Some(schema_of::<T>);
        }
    }
}
impl<T: JsonSchema> Takes for axum::extract::Query<T> {
    fn describe(described: &mut Described) {
        Query::<T>::describe(described);
    }
}
impl<T: JsonSchema> Takes for Input<T> {
    fn describe(described: &mut Described) {
        described.body = Some(schema_of::<T>);
    }
}

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Something a handler gives.
pub trait Gives: IntoResponse {
    /// Adds what it gives to the description.
    fn describe(described: &mut Described);
}

impl<V: View> Gives for Result<Shown<V>, Refusal> {
    fn describe(described: &mut Described) {
        described.answer = Some(schema_of::<V>);
    }
}
impl Gives for Result<Done, Refusal> {
    fn describe(_: &mut Described) {}
}
impl Gives for Result<Response, Refusal> {
    fn describe(_: &mut Described) {}
}

impl<F, Fut, Res> Serves<((),)> for F
where
    F: FnOnce() -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Res> + Send,
    Res: Gives,
{
    fn describe() -> Described {
        let mut described = Described::default();
        Res::describe(&mut described);
        described
    }
}

macro_rules! serves {
    ([$($part:ident),*], $last:ident) => {
        impl<F, Fut, Res, M, $($part,)* $last> Serves<(M, $($part,)* $last,)> for F
        where
            F: FnOnce($($part,)* $last,) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Res> + Send,
            Res: Gives,
            $($part: FromRequestParts<Site> + Takes + Send,)*
            $last: FromRequest<Site, M> + Takes + Send,
        {
            fn describe() -> Described {
                let mut described = Described::default();
                $($part::describe(&mut described);)*
                $last::describe(&mut described);
                Res::describe(&mut described);
                described
            }
        }
    };
}
serves!([], A);
serves!([A], B);
serves!([A, B], C);
serves!([A, B, C], D);
serves!([A, B, C, D], E);
serves!([A, B, C, D, E], G);
serves!([A, B, C, D, E, G], H);

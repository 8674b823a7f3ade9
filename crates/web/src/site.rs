//! What every handler can reach.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::SignedDuration;
use kernel::task::Answer;
use kernel::{Clock, Dice, Problem, Scope};
use serde::{Deserialize, Serialize};

use crate::asks::Doorman;
use crate::nav::Nav;
use crate::pages::Pages;
use crate::search::SearchSource;
use crate::signer::Signer;
use crate::text::Text;

/// The settings of the screen.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach Tend, without a slash at the end; links in letters begin with it. Whether it is
    /// https decides whether cookies are secure.
    pub base_url: String,
    /// The name of the operator, shown until the installation's own is known.
    pub operator: String,
    /// Where Tend listens.
    pub listen: String,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The largest body in bytes.
    pub max_body: usize,
    /// Requests that are worked on at once; more get 503 at once rather than all getting slow.
    pub max_requests: usize,
    /// Connections that are open at once.
    pub max_connections: usize,
    /// A request is answered within this time or gets 504.
    pub request_time: SignedDuration,
    /// The head of a request arrives within this time or the connection is closed.
    pub header_time: SignedDuration,
    /// The body of a request arrives within this time or gets 408's cousin, 504.
    pub body_time: SignedDuration,
    /// At the end, requests in hand get this long to finish.
    pub drain_time: SignedDuration,
    /// How long everything must work again before an incident closes by itself.
    pub quiet_for: SignedDuration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            base_url: "http://127.0.0.1:8080".into(),
            operator: "Tend".into(),
            listen: "127.0.0.1:8080".into(),
            trusted_proxies: Vec::new(),
            max_body: 1024 * 1024,
            max_requests: 512,
            max_connections: 4096,
            request_time: SignedDuration::from_secs(30),
            header_time: SignedDuration::from_secs(10),
            body_time: SignedDuration::from_secs(15),
            drain_time: SignedDuration::from_secs(20),
            quiet_for: SignedDuration::from_mins(2),
        }
    }
}

impl Settings {
    /// Whether people come by https.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// The scheme and host of the base address, as browsers send it in `Origin`.
    #[must_use]
    pub fn origin(&self) -> &str {
        let after = self.base_url.find("://").map_or(0, |at| at + 3);
        let end = self.base_url[after..].find('/').map_or(self.base_url.len(), |at| after + at);
        &self.base_url[..end]
    }

    /// The name of the session cookie: bound to the host where cookies are secure.
    #[must_use]
    pub fn session_cookie_name(&self) -> &'static str {
        if self.secure() { "__Host-tend" } else { "tend" }
    }

    /// The `Set-Cookie` line of a session; a browser forgets it after `max_age`.
    #[must_use]
    pub fn session_cookie(&self, value: &str, max_age: SignedDuration) -> String {
        crate::cookie::line(self, self.session_cookie_name(), value, max_age, true)
    }

    /// The `Set-Cookie` line that ends a session.
    #[must_use]
    pub fn end_session_cookie(&self) -> String {
        self.session_cookie("", SignedDuration::ZERO)
    }
}

/// What letters need, for tasks: see [`Site::post`].
#[derive(Clone)]
pub struct Post {
    /// Renders them.
    pub pages: Pages,
    /// Seals the links in them.
    pub signer: Signer,
    /// Knows where links begin.
    pub settings: Arc<Settings>,
}

/// A panel of one feature on the screens of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelSpec {
    /// The kind of screen: `service`, `system`, ..
    pub on: &'static str,
    /// Its address, with `{names}` that the screen fills in.
    pub url: &'static str,
    /// Its place; smaller is earlier.
    pub order: u16,
}

/// A column of one feature in the list of another.
#[derive(Clone)]
pub struct Column {
    /// The list: `services`, ..
    pub on: &'static str,
    /// Its name in addresses (`?sort=KEY`) and in JSON.
    pub key: &'static str,
    /// Its place; smaller is further left.
    pub order: u16,
    /// Where its cells come from.
    pub source: Arc<dyn ColumnSource>,
}

/// Makes the cells of a column: one query for all rows.
pub trait ColumnSource: Send + Sync {
    /// The heading.
    fn title(&self) -> Text;
    /// The cells by row id, as its text. A row without one shows "–".
    fn cells<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
    ) -> Answer<'a, Result<HashMap<String, Cell>, Problem>>;
}

/// One cell: data with the template that shows it, so that it appears in the reader's language and the
/// JSON twin has the data. In a template: `{{ cell|cell }}`.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cell {
    /// The template; its names are the fields of `data`.
    pub template: String,
    /// The data.
    pub data: serde_json::Value,
    /// Sorts rows by this column, most first; also says how much the row needs a person.
    pub sort_weight: i64,
}

impl Cell {
    /// A cell.
    #[must_use]
    pub fn new(template: &'static str, data: &impl Serialize, sort_weight: i64) -> Self {
        let data = serde_json::to_value(data).unwrap_or_default();
        Cell { template: template.to_owned(), data, sort_weight }
    }
}

/// A column with its cells.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct ShownColumn {
    /// Its name in addresses and JSON.
    pub key: String,
    /// The heading.
    pub title: Text,
    /// The cells by row id.
    pub cells: HashMap<String, Cell>,
}

/// What every handler can reach; the router's state. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    /// The only door to the state database.
    pub db: store::Db,
    /// The only door outward.
    pub world: Arc<dyn kernel::world::World>,
    /// Where events are kept.
    pub lake: Arc<dyn kernel::lake::Lake>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The dice.
    pub dice: Arc<dyn Dice>,
    /// The settings.
    pub settings: Arc<Settings>,
    /// Templates and texts.
    pub pages: Pages,
    /// Seals links.
    pub signer: Signer,
    /// Recognises people.
    pub doorman: Arc<dyn Doorman>,
    pub(crate) joined: Arc<Joined>,
}

/// What the features registered.
pub(crate) struct Joined {
    pub columns: Vec<Column>,
    pub panels: Vec<PanelSpec>,
    pub search: Vec<Arc<dyn SearchSource>>,
    pub nav: OnceLock<Vec<Nav>>,
    pub rows: OnceLock<Vec<crate::routes::Row>>,
    pub inner: OnceLock<axum::Router>,
    pub signals: OnceLock<HashMap<String, usize>>,
    pub shared: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    pub live: crate::live::Seats,
    pub slots: Arc<tokio::sync::Semaphore>,
}

/// What a [`Site`] is made of.
pub struct Parts {
    /// The database.
    pub db: store::Db,
    /// The door outward.
    pub world: Arc<dyn kernel::world::World>,
    /// Where events are kept.
    pub lake: Arc<dyn kernel::lake::Lake>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The dice.
    pub dice: Arc<dyn Dice>,
    /// The settings.
    pub settings: Settings,
    /// Templates and texts, see [`Pages::new`].
    pub pages: Pages,
    /// Recognises people.
    pub doorman: Arc<dyn Doorman>,
    /// Panels of all features.
    pub panels: Vec<PanelSpec>,
    /// Columns of all features.
    pub columns: Vec<Column>,
    /// Search sources of all features.
    pub search: Vec<Arc<dyn SearchSource>>,
}

impl Site {
    /// A site of these parts; reads the installation's key for signed links from the database.
    pub async fn open(mut parts: Parts) -> Result<Site, Problem> {
        let scope = Scope::task("web.open", Arc::clone(&parts.clock), Arc::clone(&parts.dice));
        let key = parts.db.key(&scope, "signer").await?;
        let settings = Arc::new(parts.settings.clone());
        parts.panels.sort_by_key(|panel| (panel.order, panel.url));
        parts.columns.sort_by_key(|column| (column.order, column.key));
        Ok(Site {
            db: parts.db,
            world: parts.world,
            lake: parts.lake,
            clock: parts.clock,
            dice: parts.dice,
            settings: Arc::clone(&settings),
            pages: parts.pages,
            signer: Signer::new(key),
            doorman: parts.doorman,
            joined: Arc::new(Joined {
                columns: parts.columns,
                panels: parts.panels,
                search: parts.search,
                nav: OnceLock::new(),
                rows: OnceLock::new(),
                inner: OnceLock::new(),
                signals: OnceLock::new(),
                shared: Mutex::default(),
                live: crate::live::Seats::default(),
                slots: Arc::new(tokio::sync::Semaphore::new(settings.max_requests)),
            }),
        })
    }

    /// What a feature keeps in memory for this site, one value of each type, made when first asked for.
    pub fn shared<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let mut held = self.joined.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let value = held.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(make()));
        Arc::clone(value).downcast().expect("a value is kept under its own type")
    }

    /// What letters need.
    #[must_use]
    pub fn post(&self) -> Post {
        Post { pages: self.pages.clone(), signer: self.signer.clone(), settings: Arc::clone(&self.settings) }
    }

    /// The addresses of the panels for a kind of screen, in order, with `{names}` filled in.
    #[must_use]
    pub fn panels(&self, on: &str, fill: &[(&str, String)]) -> Vec<String> {
        let fitting = self.joined.panels.iter().filter(|panel| panel.on == on);
        fitting
            .map(|panel| {
                fill.iter().fold(panel.url.to_owned(), |url, (name, value)| {
                    url.replace(&format!("{{{name}}}"), &crate::show::address(value))
                })
            })
            .collect()
    }

    /// The columns of other features for a list, in order, each read with one query. A column that cannot
    /// be read is logged and left out: a list must not vanish because one column cannot be counted.
    pub async fn columns(&self, on: &str, scope: &Scope) -> Vec<ShownColumn> {
        let fitting = self.joined.columns.iter().filter(|column| column.on == on);
        let read = fitting.map(async |column| match column.source.cells(self, scope).await {
            Ok(cells) => Some(ShownColumn { key: column.key.into(), title: column.source.title(), cells }),
            Err(problem) => {
                tracing::error!(column = column.key, %problem, "column {} cannot be read", column.key);
                None
            }
        });
        futures::future::join_all(read).await.into_iter().flatten().collect()
    }
}

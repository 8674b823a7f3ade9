//! The real program, in this process: all features joined, on a database of its own. The only things that
//! differ from production are the clock, the dice and what is outside.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use kernel::{Scope, Timestamp};
use store::testing::{Fuse, SeededDice, TestClock};
use store::{Db, Ground, Options};

use crate::outside::Outside;
use crate::town::{BASE, Database};

/// How long a dead process may take to let go of its file; far longer than closing ever takes.
const LETS_GO: Duration = Duration::from_secs(10);

/// Counts starts, so that no two of them name files alike.
static STARTS: AtomicU64 = AtomicU64::new(1_000);

/// The schema of every feature and of the lake.
fn schemas() -> Vec<&'static store::Schema> {
    let mut all = server::schemas();
    all.push(&lake::SCHEMA);
    all
}

/// SQL, where the test kit was built with it.
#[cfg(feature = "sql")]
fn sql(lake: &lake::Lake) -> Option<Arc<dyn kernel::lake::Sql>> {
    let engine = lake_sql::Engine::open(Arc::new(lake.clone()), lake_sql::Settings::default());
    Some(Arc::new(engine.expect("the engine has threads")))
}

#[cfg(not(feature = "sql"))]
fn sql(_: &lake::Lake) -> Option<Arc<dyn kernel::lake::Sql>> {
    None
}

/// The program, running.
pub struct Tend {
    app: server::App,
    db: Db,
    lake: lake::Lake,
    ground: Ground,
}

impl Tend {
    pub(crate) async fn start(
        database: &Database,
        fuse: Option<Arc<Fuse>>,
        outside: Arc<Outside>,
        clock: Arc<TestClock>,
        dice: Arc<SeededDice>,
    ) -> Tend {
        let options = Options { max_pages: database.max_pages, fuse: None, ..Options::new(&database.url) };
        // The schema is brought up before the fuse burns: crashes of an upgrade are a story of the store.
        let db = Db::open(&options).await.expect("the database opens");
        db.migrate(&Scope::operator(clock.clone(), dice.clone()), &schemas())
            .await
            .expect("the schema applies");
        let db = match fuse {
            None => db,
            Some(fuse) => {
                db.close().await;
                let burning = Options { fuse: Some(fuse), ..options };
                let db = Db::open(&burning).await.expect("the database opens");
                let scope = Scope::operator(clock.clone(), dice.clone());
                db.migrate(&scope, &schemas()).await.expect("the schema is there");
                db
            }
        };
        let lake = lake::Lake::open(
            lake::Options { faults: database.faults.clone(), ..lake::Options::new(&database.lake) },
            db.clone(),
            clock.clone(),
            // Of its own: what the lake rolls must not change when probes are due.
            Arc::new(SeededDice::new(STARTS.fetch_add(1, Ordering::Relaxed))),
        )
        .await
        .expect("the lake opens");
        let ground = Ground { db: db.clone(), world: outside, lake: lake.shared(), clock, dice };
        let settings =
            web::Settings { base_url: BASE.into(), operator: "Kustwerk".into(), ..Default::default() };
        let app = server::App::open_with(ground.clone(), settings, sql(&lake)).await;
        let app = app.expect("the features join");
        Tend { app, db, lake, ground }
    }

    /// The router, for browsers.
    pub fn router(&self) -> Router {
        self.app.router()
    }

    /// Where events are kept.
    #[must_use]
    pub fn lake(&self) -> &lake::Lake {
        &self.lake
    }

    /// All features joined.
    #[must_use]
    pub fn app(&self) -> &server::App {
        &self.app
    }

    /// Runs what is due until all is quiet; says when something is due next.
    pub(crate) async fn rests(&self) -> Option<Timestamp> {
        self.app.round().until_quiet().await;
        let sure = self.app.round().report().into_iter().filter_map(|task| task.status?.next_at);
        sure.min()
    }

    /// What the operator types at the command line.
    #[must_use]
    pub fn operator(&self) -> Scope {
        Scope::operator(self.ground.clock.clone(), self.ground.dice.clone())
    }

    pub(crate) async fn applies(&self, folder: &Path) {
        let scope = self.operator();
        let names = server::code::stored_names(&self.db, &scope).await.expect("the database answers");
        let checked = server::code::check_folder(folder, Some(&names));
        assert!(checked.mistakes.is_empty(), "{}", checked.report());
        let outcome = server::code::apply(&self.db, &scope, &checked.folder).await;
        let outcome = outcome.unwrap_or_else(|refused| panic!("the declarations were refused: {refused:?}"));
        assert!(outcome.mistakes.is_empty(), "{:#?}", outcome.mistakes);
    }

    /// The path of the link that makes the first administrator.
    ///
    /// # Panics
    /// When there is none any more.
    pub async fn first_link(&self) -> String {
        let link = self.app.first_link().await.expect("the database answers");
        link.expect("there is no administrator yet")
    }

    /// Invites somebody who is declared, and gives the path of the link.
    pub(crate) async fn invites(&self, address: &str) -> String {
        let scope = self.operator();
        let known = identity::people::by_mail(&self.db, &scope, address).await.expect("the database answers");
        let person = known.unwrap_or_else(|| panic!("nobody has the address {address}"));
        let mut tx = self.db.write("tend.person_invite", &scope).await.expect("the database takes a write");
        let secret = identity::sign_in::invite(&mut tx, person.id).await.expect("they can be invited");
        tx.commit().await.expect("the database takes a write");
        identity::sign_in::invitation_path(&secret)
    }

    /// Makes a token for somebody, with as much as tokens may.
    pub(crate) async fn makes_token(&self, address: &str) -> String {
        let scope = self.operator();
        let known = identity::people::by_mail(&self.db, &scope, address).await.expect("the database answers");
        let person = known.unwrap_or_else(|| panic!("nobody has the address {address}"));
        let new = identity::tokens::NewToken {
            name: "story".into(),
            right: identity::TokenRight::Manage,
            places: Vec::new(),
            expires_at: scope.now() + kernel::SignedDuration::from_hours(24),
        };
        let mut tx = self.db.write("tend.token_make", &scope).await.expect("the database takes a write");
        let (_, secret) = identity::tokens::make(&mut tx, person.id, new).await.expect("a token can be made");
        tx.commit().await.expect("the database takes a write");
        secret
    }

    /// Every door of the program.
    #[must_use]
    pub fn doors(&self) -> Vec<web::Row> {
        server::routes(&server::system::Later::default()).rows().to_vec()
    }

    pub(crate) async fn audit_is_whole(&self) {
        let verified = self.db.verify_audit(&self.operator()).await.expect("the audit reads");
        assert!(verified.broken.is_none(), "the audit chain is broken: {verified:?}");
    }

    pub(crate) async fn has_nothing_left_to_do(&self) {
        self.app.round().until_quiet().await;
        for task in self.app.round().report() {
            let left = task.status.as_ref().map_or(0, |status| status.left);
            assert!(left == 0 && task.error.is_none() && !task.running, "a task is not at rest: {task:?}");
        }
        let waiting = "select count(*) from deliveries where {wall} and state in ('planned', 'sending')";
        let waiting = self.db.one(&self.operator(), waiting, store::args![], |row| row.get::<i64>(0)).await;
        assert_eq!(waiting.expect("the table is there"), Some(0), "deliveries wait to be sent");
    }

    /// Graceful: what is in hand is finished.
    pub(crate) async fn stops(self) {
        self.lake.close().await;
        self.db.close().await;
    }

    /// `kill -9`: nothing is finished. Whoever still waited for the database was dropped before.
    pub(crate) async fn dies(self) {
        let Tend { app, db, lake, ground } = self;
        drop((app, ground));
        // The folder can be opened again when the thread of the log has let go of it.
        lake.close().await;
        let _ = tokio::time::timeout(LETS_GO, db.close()).await;
    }
}

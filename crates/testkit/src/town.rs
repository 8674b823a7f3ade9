//! The town: the real program on a database of its own, the model of everything outside, and a clock that
//! moves when told.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use kernel::{Clock, SignedDuration, Timestamp};
use store::testing::{Folder, Fuse, SeededDice, TestClock};

use crate::browser::Browser;
use crate::logs::Logs;
use crate::outside::{Behaves, Outside};
use crate::persona::Persona;
use crate::tend::Tend;

/// Where people reach the program.
pub const BASE: &str = "https://tend.example";
/// Every story begins in this night: a Tuesday in winter, 03:00 in Amsterdam.
pub const NIGHT: &str = "2026-01-13T02:00:00Z";
/// The round is looked at at least this often while time passes: what production's timer would do.
const STRIDE: SignedDuration = SignedDuration::from_secs(15);

/// So many minutes.
#[must_use]
pub fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// So many seconds.
#[must_use]
pub fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

/// So many hours.
#[must_use]
pub fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) url: String,
    pub(crate) server: Option<String>,
    pub(crate) max_pages: Option<u32>,
    /// The folder of the lake.
    pub(crate) lake: PathBuf,
    /// What the lake's disk does.
    pub(crate) faults: Option<Arc<lake::Faults>>,
}

/// The model town.
pub struct Town {
    /// Everything outside of the program.
    pub outside: Arc<Outside>,
    /// What the program called an error.
    pub logs: Logs,
    clock: Arc<TestClock>,
    dice: Arc<SeededDice>,
    database: Database,
    folder: Folder,
    running: Option<Tend>,
    router: Arc<Mutex<Router>>,
    fuse: Option<Arc<Fuse>>,
    browsers: Mutex<BTreeMap<String, Browser>>,
    ended: bool,
    forgiving: bool,
    _ear: tracing::subscriber::DefaultGuard,
}

impl Town {
    /// Tells a story in a town with these declarations: on SQLite, and again on PostgreSQL when
    /// `TEND_TEST_POSTGRES` names a server. At the end everything must be in order, see [`Town::ends`].
    pub async fn tells(declared: &str, story: impl AsyncFn(&mut Town)) {
        let mut town = Town::founded(declared, None).await;
        story(&mut town).await;
        town.ends().await;
        if let Some(server) = store::testing::postgres() {
            let mut town = Town::founded(declared, Some(server)).await;
            story(&mut town).await;
            town.ends().await;
        }
    }

    /// A town whose program has just started and has these declarations applied.
    pub async fn founded(declared: &str, server: Option<String>) -> Town {
        let clock = Arc::new(TestClock::at(NIGHT));
        let folder = Folder::new();
        let url = match &server {
            Some(server) => store::testing::fresh_postgres(server).await,
            None => folder.path().join("tend.db").display().to_string(),
        };
        let logs = Logs::default();
        let mut town = Town {
            outside: Outside::new(clock.clone() as Arc<dyn Clock>),
            dice: Arc::new(SeededDice::new(7)),
            database: Database {
                url,
                server,
                max_pages: None,
                lake: folder.path().join("lake"),
                faults: Some(lake::Faults::none()),
            },
            running: None,
            router: Arc::default(),
            fuse: None,
            browsers: Mutex::default(),
            ended: false,
            forgiving: false,
            _ear: logs.listen(),
            logs,
            clock,
            folder,
        };
        town.starts().await;
        town.declares("town.yml", declared).await;
        town
    }

    /// The time in town.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sets the clock back, as a bad time server does.
    pub fn clock_is_set_back(&self, by: SignedDuration) {
        self.clock.moves(-by);
    }

    /// The program.
    ///
    /// # Panics
    /// When it is not running.
    #[must_use]
    pub fn tend(&self) -> &Tend {
        self.running.as_ref().expect("the program runs")
    }

    /// Starts the program on its database, whatever was left there.
    pub async fn starts(&mut self) {
        let tend = Tend::start(
            &self.database,
            self.fuse.clone(),
            self.outside.clone(),
            self.clock.clone(),
            self.dice.clone(),
        )
        .await;
        *self.router.lock().unwrap_or_else(PoisonError::into_inner) = tend.router();
        self.running = Some(tend);
    }

    /// Stops the program as `kill -9` does: whatever it was doing is dropped where it stands.
    pub async fn is_killed(&mut self) {
        *self.router.lock().unwrap_or_else(PoisonError::into_inner) = Router::new();
        if let Some(tend) = self.running.take() {
            tend.dies().await;
        }
    }

    /// Stops it and starts it again.
    pub async fn restarts(&mut self) {
        self.is_killed().await;
        self.starts().await;
    }

    /// Stops the program, lets time pass without it, and starts it again.
    pub async fn is_off_for(&mut self, span: SignedDuration) {
        self.is_killed().await;
        self.clock.moves(span);
        self.starts().await;
    }

    /// From its next start on the program dies after so many durable steps; none ends that.
    pub async fn burns(&mut self, fuse: Option<Arc<Fuse>>) {
        self.outside.burns(fuse.clone());
        self.fuse = fuse;
        self.restarts().await;
    }

    /// The disk holds no more than so many pages of the database from now on; none frees it.
    pub async fn disk_holds(&mut self, pages: Option<u32>) {
        self.database.max_pages = pages;
        self.restarts().await;
    }

    /// Applies a file of declarations, as `tend apply` does.
    ///
    /// # Panics
    /// When the file has mistakes.
    pub async fn declares(&self, name: &str, yaml: &str) {
        let folder = self.declarations();
        std::fs::create_dir_all(&folder).expect("the temporary folder takes a folder");
        std::fs::write(folder.join(name), yaml).expect("the temporary folder takes a file");
        for host in hosts(yaml) {
            self.outside.site(&host, Behaves::Well);
        }
        self.tend().applies(&folder).await;
    }

    fn declarations(&self) -> PathBuf {
        self.folder.path().join("declared")
    }

    /// Time passes: the clock moves from one due instant to the next, and at each the program does what is
    /// due until all is quiet.
    pub async fn passes(&mut self, span: SignedDuration) {
        let end = self.now() + span;
        while self.passes_to_next(end).await {}
    }

    /// One instant. False when the end is reached. When the fuse blows, the program is killed on the spot and
    /// started again without one.
    async fn passes_to_next(&mut self, end: Timestamp) -> bool {
        let next = match self.fuse.clone() {
            None => self.tend().rests().await,
            Some(fuse) => tokio::select! {
                next = self.tend().rests() => next,
                () = fuse.blown() => {
                    self.burns(None).await;
                    return true;
                }
            },
        };
        let now = self.now();
        if now >= end {
            return false;
        }
        let due = next.filter(|next| *next > now).unwrap_or(end);
        self.clock.set(due.min(now + STRIDE).min(end));
        true
    }

    /// Runs what is due now, without moving the clock.
    pub async fn settles(&mut self) {
        self.passes(SignedDuration::ZERO).await;
    }

    /// The site of a service behaves like this from now on.
    pub fn behaves(&self, service: &str, behaves: Behaves) {
        self.outside.site(&host_of(service), behaves);
    }

    /// The site of a service goes down.
    pub fn breaks(&self, service: &str) {
        self.behaves(service, Behaves::Down);
    }

    /// The site of a service works again.
    pub fn heals(&self, service: &str) {
        self.behaves(service, Behaves::Well);
    }

    /// Somebody of the town, with a browser of their own.
    pub fn person(&self, name: &str) -> Persona {
        let fresh = || Browser::new(Arc::clone(&self.router), BASE);
        let mut browsers = self.browsers.lock().unwrap_or_else(PoisonError::into_inner);
        let browser = browsers.entry(name.to_owned()).or_insert_with(fresh).clone();
        Persona::new(name, browser, Arc::clone(&self.outside))
    }

    /// Somebody of the town who has a password and is signed in: invited from the command line, as
    /// `tend person invite` does.
    pub async fn signed_in(&self, name: &str) -> Persona {
        let person = self.person(name);
        let link = self.tend().invites(&person.address).await;
        person.takes_the_invitation(&link).await;
        person
    }

    /// A program that shows the API token of somebody, made at the command line as `tend token make` does.
    pub async fn with_token(&self, name: &str) -> Browser {
        let token = self.tend().makes_token(&self.person(name).address).await;
        self.passer_by().with_token(&token)
    }

    /// How many incidents are open, as the administrator's list counts them.
    pub async fn open_incidents(&self) -> u64 {
        let list = self.with_token("Olga").await.reads("/incidents").await.json();
        list["open"].as_u64().unwrap_or_else(|| panic!("the list counts nothing: {list:#}"))
    }

    /// A browser of nobody.
    #[must_use]
    pub fn passer_by(&self) -> Browser {
        Browser::new(Arc::clone(&self.router), BASE)
    }

    /// A story that ends in the middle: letters may stay unread and work undone.
    pub fn is_left_as_it_is(&mut self) {
        self.forgiving = true;
    }

    /// An error in the log that the story provoked.
    ///
    /// # Panics
    /// When there was none.
    pub fn logged(&self, text: &str) {
        let taken = self.logs.takes(text);
        assert!(taken > 0, "no error about {text:?} was logged, but {:?}", self.logs.left());
    }

    /// The end is strict: no letter and no call unread, no mail sent twice, no unexpected error in the log, no
    /// work left, and the audit chain whole.
    ///
    /// # Panics
    /// When something is not in order.
    pub async fn ends(mut self) {
        self.ended = true;
        let errors = self.logs.left();
        assert!(errors.is_empty(), "the program logged errors: {errors:#?}");
        self.tend().audit_is_whole().await;
        if !self.forgiving {
            let letters = self.outside.letters();
            let unread: Vec<_> =
                letters.iter().filter(|one| !one.read).map(|one| (&one.mail.to, &one.mail.subject)).collect();
            assert!(unread.is_empty(), "letters stayed unread: {unread:#?}");
            let calls = self.outside.calls();
            let unread: Vec<_> = calls.iter().filter(|one| !one.read).map(|one| &one.hook.url).collect();
            assert!(unread.is_empty(), "calls stayed unread: {unread:#?}");
            let mut ids: Vec<_> = letters.iter().map(|one| &one.mail.message_id).collect();
            ids.sort_unstable();
            assert!(ids.windows(2).all(|two| two[0] != two[1]), "a mail was sent twice: {ids:?}");
            self.tend().has_nothing_left_to_do().await;
        }
        if let Some(tend) = self.running.take() {
            tend.stops().await;
        }
        if let Some(server) = &self.database.server {
            store::testing::drop_database(server, &self.database.url).await;
        }
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        assert!(self.ended || std::thread::panicking(), "a story must end with `town.ends()`");
    }
}

/// The host of a service's site: `Parking permits` lives at `parking-permits.example`.
pub(crate) fn host_of(service: &str) -> String {
    format!("{}.example", service.to_lowercase().replace(' ', "-"))
}

/// The hosts that a declaration watches, so that the town has them.
fn hosts(yaml: &str) -> Vec<String> {
    let words = yaml.split(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ',' | '}'));
    let hosts = words.filter_map(|word| url::Url::parse(word).ok()?.host_str().map(str::to_owned));
    hosts.filter(|host| host.ends_with(".example")).collect()
}

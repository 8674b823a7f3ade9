//! All features joined: one site, one router, one round.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use axum::Router;
use kernel::lake::Sql;
use kernel::task::Task;
use kernel::{Problem, Scope};
use store::{Ground, Schema};
use tokio::net::TcpListener;
use tokio::sync::watch;
use web::{Column, Pages, PanelSpec, Part, Parts, Routes, Sample, SearchSource, Site, Texts};

use crate::code::Outcome;
use crate::explore;
use crate::round::Round;
use crate::system::{self, Inside, Later};

/// The schema of every feature, from the bottom up.
#[must_use]
pub fn schemas() -> Vec<&'static Schema> {
    vec![&identity::SCHEMA, &estate::SCHEMA, &::watch::SCHEMA, &journeys::SCHEMA, &respond::SCHEMA]
}

/// The templates and texts of every feature.
fn parts() -> Vec<Part> {
    const SYSTEM: &[(&str, &str)] = &[
        ("system/overview.html", include_str!("../templates/system/overview.html")),
        ("system/tasks.html", include_str!("../templates/system/tasks.html")),
        ("system/audit.html", include_str!("../templates/system/audit.html")),
    ];
    const EXPLORE: &[(&str, &str)] = &[("explore/sql.html", include_str!("../templates/explore/sql.html"))];
    const EXPLORE_TEXTS: Texts =
        Texts { en: include_str!("../texts/explore.en.ftl"), nl: include_str!("../texts/explore.nl.ftl") };
    const TEXTS: Texts = Texts { en: include_str!("../texts/en.ftl"), nl: include_str!("../texts/nl.ftl") };
    let mut parts = vec![
        Part { name: "server", templates: SYSTEM, texts: TEXTS },
        Part { name: "explore", templates: EXPLORE, texts: EXPLORE_TEXTS },
        Part { name: "identity", templates: identity::TEMPLATES, texts: identity::TEXTS },
        Part { name: "estate", templates: estate::TEMPLATES, texts: estate::TEXTS },
        Part { name: "watch", templates: ::watch::TEMPLATES, texts: ::watch::TEXTS },
        Part { name: "respond", templates: respond::TEMPLATES, texts: respond::TEXTS },
    ];
    parts.extend(journeys::parts());
    parts
}

/// Templates and texts of all features.
pub fn pages() -> Result<Pages, Problem> {
    Pages::new(&parts()).map_err(Problem::fault)
}

/// The examples of every screen and letter.
#[must_use]
pub fn samples() -> Vec<Sample> {
    [
        web::own_samples(),
        system::samples(),
        explore::samples(),
        identity::samples(),
        estate::samples(),
        ::watch::samples(),
        journeys::samples(),
        respond::samples(),
        respond::letters(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The doors of every feature.
#[must_use]
pub fn routes(inside: &Later) -> Routes {
    system::routes(inside)
        .merge(explore::routes(inside))
        .merge(identity::routes())
        .merge(estate::routes())
        .merge(::watch::routes())
        .merge(journeys::routes())
        .merge(respond::routes())
}

fn panels() -> Vec<PanelSpec> {
    [::watch::panels(), journeys::panels(), respond::panels()].concat()
}

fn columns() -> Vec<Column> {
    [::watch::columns(), journeys::columns(), respond::columns()].concat()
}

fn search() -> Vec<Arc<dyn SearchSource>> {
    [estate::search(), ::watch::search(), journeys::search(), identity::search()].concat()
}

fn tasks(ground: &Ground, site: &Site, sms: Option<identity::SmsGateway>) -> Vec<Arc<dyn Task>> {
    let settings = respond::Settings { sms };
    let responding = respond::tasks(ground, &site.post(), &settings);
    let keeping: Vec<Arc<dyn Task>> = vec![Arc::new(crate::keep::Keep(Arc::clone(&ground.lake)))];
    [identity::tasks(ground), ::watch::tasks(ground), journeys::tasks(ground, site), responding, keeping]
        .concat()
}

/// Resolves when a flag becomes, or its sender is gone.
async fn becomes(mut flag: watch::Receiver<bool>, wanted: bool) {
    // The sender lives as long as the process does its work; when it is gone, so is the work.
    let _ = flag.wait_for(|now| *now == wanted).await;
}

/// Makes the checks while this node runs the round: of several nodes, one asks the world.
async fn checks(ground: Ground, ours: watch::Receiver<bool>, stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            () = becomes(ours.clone(), true) => {}
            () = becomes(stop.clone(), true) => return,
        }
        let (tell, told) = watch::channel(false);
        let engine = ::watch::engine(ground.clone(), told);
        let until = async {
            tokio::select! {
                () = becomes(ours.clone(), false) => {}
                () = becomes(stop.clone(), true) => {}
            }
            let _ = tell.send(true);
        };
        tokio::join!(engine, until);
    }
}

/// Why a folder could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum Misapplied {
    /// What is wrong in it, with the lines.
    #[error("{0}")]
    Mistakes(String),
    /// The database said no.
    #[error(transparent)]
    Problem(#[from] Problem),
}

/// Tend, open.
pub struct App {
    ground: Ground,
    site: Site,
    round: Round,
    router: Router,
}

impl App {
    /// Joins the features over a database whose schema is up to date.
    pub async fn open(ground: Ground, settings: web::Settings) -> Result<App, Problem> {
        App::open_with(ground, settings, None).await
    }

    /// The same with an engine for SQL, where the program was built with one.
    pub async fn open_with(
        ground: Ground,
        settings: web::Settings,
        sql: Option<Arc<dyn Sql>>,
    ) -> Result<App, Problem> {
        let site = Site::open(Parts {
            db: ground.db.clone(),
            world: Arc::clone(&ground.world),
            lake: Arc::clone(&ground.lake),
            clock: Arc::clone(&ground.clock),
            dice: Arc::clone(&ground.dice),
            settings,
            pages: pages()?,
            doorman: Arc::new(identity::Door::new(ground.db.clone())),
            panels: panels(),
            columns: columns(),
            search: search(),
        })
        .await?;
        let inside: Later = Arc::new(OnceLock::new());
        let router = web::app(&site, routes(&inside));
        let sms = identity::sms_gateway(&ground.db, &ground.scope("server.open")).await?;
        let round = Round::new(ground.clone(), tasks(&ground, &site, sms));
        let watching: system::MoreMetrics = Arc::new(::watch::metrics_text);
        let started_at = ground.clock.now();
        let _ = inside.set(Inside { round: round.clone(), started_at, metrics: vec![watching], sql });
        Ok(App { ground, site, round, router })
    }

    /// The router, to be called in process.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The round.
    #[must_use]
    pub fn round(&self) -> &Round {
        &self.round
    }

    /// What every handler reaches.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The path of the link that makes the first administrator, while there is none.
    pub async fn first_link(&self) -> Result<Option<String>, Problem> {
        identity::first::link(&self.ground.db, &self.ground.scope("identity.first")).await
    }

    /// Makes a folder of declarations so. The error is what is wrong in it, in words.
    pub async fn apply_folder(&self, scope: &Scope, folder: &Path) -> Result<Outcome, Misapplied> {
        let db = &self.ground.db;
        let stored = crate::code::stored_names(db, scope).await?;
        let checked = crate::code::check_folder(folder, Some(&stored));
        if !checked.mistakes.is_empty() {
            return Err(Misapplied::Mistakes(checked.report()));
        }
        let outcome = crate::code::apply(db, scope, &checked.folder).await?;
        if outcome.mistakes.is_empty() {
            Ok(outcome)
        } else {
            Err(Misapplied::Mistakes(crate::code::report(&outcome.mistakes, &checked.sources)))
        }
    }

    /// The path of a link that signs a person in once, for the demo.
    pub async fn sign_in_link(&self, scope: &Scope, name: &str) -> Result<String, Problem> {
        let db = &self.ground.db;
        let people = identity::people::by_name(db, scope, name).await?;
        let person = people.first().ok_or_else(|| Problem::not_found("person"))?;
        let mut tx = db.write("identity.sign_in_link", scope).await?;
        let secret =
            identity::links::make(&mut tx, identity::model::LinkPurpose::SignIn, Some(person.id)).await?;
        tx.commit().await?;
        Ok(format!("/sign-in/link/{secret}"))
    }

    /// Serves and runs the round until told to stop; then finishes what is in hand and closes the database.
    pub async fn serve(self, listener: TcpListener, stop: watch::Receiver<bool>) -> Result<(), Problem> {
        let round = tokio::spawn(self.round.clone().run(stop.clone()));
        let checks = tokio::spawn(checks(self.ground.clone(), self.round.ours(), stop.clone()));
        let site = self.site.clone();
        let stopping = async move {
            becomes(stop, true).await;
            // Open streams would hold the stop for the whole time to finish.
            site.end_live();
        };
        let cut = web::serve(listener, self.router, &self.site.settings, stopping).await;
        if cut > 0 {
            tracing::warn!(cut, "{cut} connections were cut at the end of the time to finish");
        }
        let _ = checks.await;
        let _ = round.await;
        self.ground.db.close().await;
        Ok(())
    }
}

/// One file of `tend pages`.
pub struct PageFile {
    /// Its path within the folder.
    pub file: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// Every screen and letter with every sample in every language, as files that look as the real thing does,
/// and an index of them. Strict: a text or name that is missing is a problem.
pub fn render_samples(now: kernel::Timestamp) -> Result<Vec<PageFile>, Problem> {
    let pages = pages()?;
    let mut files: Vec<PageFile> = web::assets()
        .into_iter()
        .map(|(file, bytes)| PageFile {
            // Where the pages ask for it.
            file: format!("assets/{}", file.trim_start_matches('/')),
            bytes: bytes.to_vec(),
        })
        .collect();
    let mut index = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Samples</title><main><h1>Samples</h1><ul>\n",
    );
    for language in web::Language::ALL {
        let reader = web::Reader { language, ..web::Reader::default() };
        for sample in samples() {
            let example = pages.example(&sample, &reader, now)?;
            let file = format!("{}.html", example.name);
            index.push_str(&format!("<li><a href=\"{file}\">{}</a></li>\n", example.name));
            if let Some(text) = example.text {
                files.push(PageFile { file: format!("{}.txt", example.name), bytes: text.into_bytes() });
            }
            files.push(PageFile { file, bytes: example.html.into_bytes() });
        }
    }
    index.push_str("</ul></main></html>\n");
    files.push(PageFile { file: "index.html".into(), bytes: index.into_bytes() });
    Ok(files)
}

#[cfg(test)]
mod tests;

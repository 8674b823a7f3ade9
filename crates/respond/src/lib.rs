//! RESPOND: alerts in hand, incidents, on-call, escalation, paging, the public status page.
//!
//! Who lives here: [`model::Incident`] (people at work on a degraded service), [`model::Rota`] (who is on call over
//! time), [`model::Policy`] (the steps by which a page climbs), the durable outbox of pages ([`store::delivery`]), and the
//! public page of a service. What comes in: `AlertRaised` and `AlertCleared`, people's clicks, declarations. What goes
//! out: pages through `identity`'s channels, and facts (`IncidentOpened`, `EscalationClimbed`, `PageSent`, ..).
//!
//! Promised: one incident per cause. Nobody is paged twice for one thing, nobody is not paged: every page ends
//! acknowledged, escalated or exhausted, and is shown as such. A process killed between any two steps loses no page
//! and repeats at most one. Old data is never shown as a current status.

pub mod acts;
pub mod below;
pub mod code;
pub mod letters;
pub mod model;
mod pages;
pub mod rules;
pub mod store;
pub mod tasks;
pub mod watched;

use std::sync::Arc;

use ::store::{Db, Ground};
use identity::SmsGateway;
use kernel::task::Task;
use kernel::{Problem, Scope, ServiceId};
use web::Post;

pub use self::store::SCHEMA;
pub use letters::letters;
pub use pages::{TEMPLATES, TEXTS, columns, panels, routes, samples};

/// What may differ between installations.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The operator's gateway for text messages.
    pub sms: Option<SmsGateway>,
}

/// What happens by itself.
#[must_use]
pub fn tasks(ground: &Ground, post: &Post, settings: &Settings) -> Vec<Arc<dyn Task>> {
    let below = Arc::new(below::Real { db: ground.db.clone() });
    let mail_domain = mail_domain(&post.settings.base_url);
    vec![
        Arc::new(tasks::Alerts {
            db: ground.db.clone(),
            below: below.clone(),
            quiet_for: post.settings.quiet_for,
            mail_domain: mail_domain.clone(),
        }),
        Arc::new(tasks::Escalate {
            db: ground.db.clone(),
            below: below.clone(),
            mail_domain: mail_domain.clone(),
        }),
        Arc::new(tasks::Deliver {
            db: ground.db.clone(),
            world: ground.world.clone(),
            below,
            writes: Arc::new(letters::Writer { post: post.clone() }),
            sms: settings.sms.clone(),
            mail_domain,
        }),
    ]
}

/// The incidents of a service that are not resolved, worst and oldest first.
pub async fn open_incidents(
    db: &Db,
    scope: &Scope,
    service: ServiceId,
) -> Result<Vec<model::Incident>, Problem> {
    self::store::incident::open_of(db, scope, service).await
}

/// The domain of `Message-ID`s: the host of the address at which people reach Tend.
#[must_use]
pub fn mail_domain(base_url: &str) -> String {
    let after = base_url.split_once("://").map_or(base_url, |(_, after)| after);
    let host = after.split(['/', ':', '?', '#']).next().unwrap_or_default();
    if host.is_empty() { "tend.invalid".to_owned() } else { host.to_owned() }
}

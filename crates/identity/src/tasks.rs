//! What happens by itself: messages go out, and what is over is swept away.

use std::sync::Arc;

use jiff::SignedDuration;
use kernel::task::{Answer, Status, Task};
use kernel::world::NotSent;
use kernel::{Problem, Scope, Stage};
use store::Ground;

use crate::store::{credentials, links, operator, outbox, sessions, shown, tries};

/// Messages taken in one run.
const BATCH: u32 = 40;
/// Messages handed over at the same time: a relay that answers slowly must not hold up the rest.
const AT_ONCE: usize = 8;

/// The tasks of this feature.
#[must_use]
pub fn tasks(ground: &Ground) -> Vec<Arc<dyn Task>> {
    vec![Arc::new(Messages(ground.clone())), Arc::new(Sweep(ground.clone()))]
}

/// `identity.messages`: hands messages that are due to the world.
///
/// A message is taken (its attempt counted, the next one put off) before it is handed over, and settled
/// after. A crash in between costs one wait; the message then goes out with the same message id.
pub struct Messages(Ground);

impl Task for Messages {
    fn name(&self) -> &'static str {
        "identity.messages"
    }
    fn stage(&self) -> Stage {
        Stage::Act
    }
    fn every(&self) -> SignedDuration {
        SignedDuration::from_secs(5)
    }
    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(send_due(&self.0, scope))
    }
}

async fn send_due(ground: &Ground, scope: &Scope) -> Result<Status, Problem> {
    let due = outbox::due(&ground.db, scope, BATCH).await?;
    let sms =
        if due.is_empty() { None } else { operator::sms_gateway(&ground.db, scope).await?.map(Arc::new) };
    let (mut sent, mut put_off, mut given_up) = (0u64, 0u64, 0u64);
    for some in due.chunks(AT_ONCE) {
        let mut under_way = tokio::task::JoinSet::new();
        for message in some {
            let mut tx = ground.db.write_unaudited("identity.message_take", scope).await?;
            if !outbox::take(&mut tx, message).await? {
                continue;
            }
            tx.commit().await?;
            let (world, sms, message) = (Arc::clone(&ground.world), sms.clone(), message.clone());
            under_way.spawn(async move {
                let done = message.channel.deliver(&*world, sms.as_deref(), &message.content).await;
                (message, done)
            });
        }
        while let Some(joined) = under_way.join_next().await {
            let (message, done) = joined.map_err(Problem::fault)?;
            let outcome = match &done {
                Ok(receipt) => Ok(receipt.said.as_str()),
                Err(NotSent { again, what }) => Err((what.as_str(), *again)),
            };
            let mut tx = ground.db.write_unaudited("identity.message_settle", scope).await?;
            match outbox::settle(&mut tx, &message, outcome).await? {
                outbox::State::Sent => sent += 1,
                outbox::State::Waiting => put_off += 1,
                outbox::State::Failed => given_up += 1,
            }
            tx.commit().await?;
        }
    }
    let (next_at, waiting) = outbox::next_due(&ground.db, scope).await?;
    let note = format!("{sent} sent, {put_off} put off, {given_up} given up, {waiting} waiting");
    let left = if due.len() == BATCH as usize { waiting } else { 0 };
    Ok(Status::done(sent + given_up, note).next_at(next_at).left(left))
}

/// `identity.sweep`: removes sessions, links, tries and messages that are over, and seals secrets from before there
/// was a key.
pub struct Sweep(Ground);

impl Task for Sweep {
    fn name(&self) -> &'static str {
        "identity.sweep"
    }
    fn stage(&self) -> Stage {
        Stage::Report
    }
    fn every(&self) -> SignedDuration {
        SignedDuration::from_hours(1)
    }
    fn run<'a>(&'a self, scope: &'a Scope) -> Answer<'a, Result<Status, Problem>> {
        Box::pin(async move {
            let mut tx = self.0.db.write_unaudited("identity.sweep", scope).await?;
            let swept = sessions::sweep(&mut tx).await?
                + links::sweep(&mut tx).await?
                + tries::sweep(&mut tx).await?
                + shown::sweep(&mut tx).await?
                + outbox::sweep(&mut tx).await?;
            let sealed = credentials::seal_old(&mut tx).await?;
            tx.commit().await?;
            let note = match sealed {
                0 => format!("{swept} rows that were over are gone"),
                _ => format!("{swept} rows that were over are gone, {sealed} secrets sealed"),
            };
            Ok(Status::done(swept + sealed, note))
        })
    }
}

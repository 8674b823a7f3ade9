//! The only door to the state database.
//!
//! Who lives here: [`Db`], one value over SQLite or PostgreSQL; [`Tx`], the named write transaction, which is
//! the only way to write; the wall between clients, held in [`sql`]; facts with their audit chain and the
//! subscribers' cursors ([`facts`], [`audit`]); leases, secrets, schema steps ([`Schema`]), backup and restore.
//!
//! Promised: one SQL text serves both databases. What was committed survives a power cut. A statement that
//! names a walled table without saying `{wall}` is refused, so no feature can forget it. Writes are one
//! line: the single writer of SQLite, and a transaction-long lock on PostgreSQL, so that the audit chain and
//! the order of facts are the order of commits. Every error is a [`kernel::Problem`].

pub mod audit;
pub mod backup;
mod db;
pub mod doctor;
mod error;
pub mod facts;
mod schema;
pub mod seal;
pub mod sql;
pub mod testing;
mod tx;
mod value;

pub use db::{Db, Engine, Lease, Options};
pub use facts::Feed;
pub use schema::{Schema, Step, Table};
pub use seal::Keys;
pub use tx::Tx;
pub use value::{Args, FromCell, IntoValue, Row, Value};

/// What every task needs: the database, the way out, the time and chance.
#[derive(Clone)]
pub struct Ground {
    /// The state database.
    pub db: Db,
    /// The outside world.
    pub world: std::sync::Arc<dyn kernel::world::World>,
    /// Where events are kept.
    pub lake: std::sync::Arc<dyn kernel::lake::Lake>,
    /// The time.
    pub clock: std::sync::Arc<dyn kernel::Clock>,
    /// Chance.
    pub dice: std::sync::Arc<dyn kernel::Dice>,
}

impl Ground {
    /// The scope of a task.
    #[must_use]
    pub fn scope(&self, task: &'static str) -> kernel::Scope {
        kernel::Scope::task(task, self.clock.clone(), self.dice.clone())
    }
}

/// The arguments of a statement, in the order of `$1`, `$2`, ..
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::IntoValue::into_value($value)),*] };
}

#[cfg(test)]
mod tests;

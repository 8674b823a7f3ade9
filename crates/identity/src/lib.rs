//! Who people are, what they may see and do, and how they are reached.
//!
//! Who lives here: the operator, [`clients`] (the wall), [`people`], [`teams`] and [`roles`]; signing in with a
//! password, a second factor, a link or a token ([`sign_in`]); how to reach a person ([`Channel`], [`reach`]) and
//! when to use which way ([`rules::plan`]); messages on their way out ([`outbox`]).

pub mod code;
pub mod deliver;
mod door;
pub mod first;
pub mod letters;
pub mod model;
mod pages;
pub mod rules;
mod search;
pub mod secrets;
pub mod sign_in;

mod store;
pub mod tasks;

pub use self::store::contact::{reach, reach_in};
pub use self::store::operator::sms_gateway;
pub use self::store::roles::grants_of;
pub use self::store::{
    SCHEMA, clients, contact, credentials, links, operator, outbox, people, roles, sessions, teams, tokens,
    tries,
};
pub use deliver::{Content, SmsGateway};
pub use door::Door;
pub use model::{
    Channel, ChannelKind, Client, Held, Method, Person, Place, Proof, Reachable, Rule, Standing, Team,
    TokenRight,
};
pub use pages::{TEMPLATES, TEXTS, letters, routes, samples};
pub use search::search;
pub use tasks::tasks;

#[cfg(test)]
mod tests;

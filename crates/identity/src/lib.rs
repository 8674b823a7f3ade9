//! Who people are, what they may see and do, and how they are reached.
//!
//! Who lives here: the operator, clients (the wall), people, teams and roles ([`model`]); signing in with a
//! password, a second factor, a link or a token; how to reach a person ([`model::Channel`], [`deliver`]) and
//! when to use which way ([`rules::plan`]).

pub mod deliver;
pub mod model;
pub mod rules;

pub use deliver::{Content, SmsGateway};
pub use model::{
    Channel, ChannelKind, Client, Held, Method, Person, Place, Proof, Reachable, Rule, Standing, Team,
    TokenRight,
};

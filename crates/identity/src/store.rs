//! The SQL on this feature's own tables, one file per noun.

pub mod clients;
pub mod contact;
pub mod credentials;
pub mod links;
pub mod operator;
pub mod outbox;
pub mod people;
pub mod roles;
pub mod sessions;
pub mod shown;
pub mod teams;
pub mod tokens;
pub mod tries;

use store::{Schema, Step, Table};

/// What this feature keeps.
pub const SCHEMA: Schema = Schema {
    feature: "identity",
    steps: &[
        Step::new("0001_identity", include_str!("../schema/0001_identity.sql"))
            .sample(include_str!("../schema/0001_identity.sample.sql")),
        Step::new("0002_shown_once", include_str!("../schema/0002_shown_once.sql")),
    ],
    tables: &[
        Table::open("operator", "one row about the installation as a whole"),
        Table::walled("clients"),
        Table::open("people", "people are operator-wide; who may look at whom is in people::seen"),
        Table::open("credentials", "belong to a person; read only to sign in"),
        Table::open("recovery_codes", "belong to a person; read only to sign in"),
        Table::open("roles", "a role may hold for every client; read before it is known who asks"),
        Table::walled("teams"),
        Table::walled("team_members"),
        Table::open("sessions", "belong to a person; read before it is known who asks"),
        Table::open("tokens", "belong to a person; read before it is known who asks"),
        Table::open("links", "belong to a person; read before it is known who asks"),
        Table::open("contact_methods", "belong to a person, who may be paged for any client"),
        Table::open("contact_rules", "belong to a person, who may be paged for any client"),
        Table::open("tries", "about people who are not known yet"),
        Table::open("shown_once", "belong to a person; read only by them"),
        Table::open("messages", "to people; read only by the operator's administrators"),
    ],
};

//! The model town, its people, and the stories they play.
//!
//! Who lives here: [`Town`], the real program between a model of everything outside and a clock that moves
//! when told; [`Persona`], people with verbs, who act through a [`Browser`] and their mailbox alone;
//! [`Outside`], a world of sites, mailboxes and phones behind the same face as the real one; [`Logs`], which
//! hears what the program calls an error.
//!
//! Promised: a story has no back door. Whatever a persona does goes through the router; whatever the program
//! does to the world goes through the model of it. The end is strict, see [`Town::ends`].

pub mod browser;
pub mod logs;
pub mod outside;
pub mod persona;
pub mod tend;
pub mod town;

pub use browser::{Browser, Form, Seen, links};
pub use logs::Logs;
pub use outside::{Behaves, Called, Letter, Outside};
pub use persona::{Persona, acknowledge_link, find};
pub use tend::Tend;
pub use town::{Town, hours, minutes, seconds};

//! The model town, its people, and the stories they play.
//!
//! Who lives here: [`Outside`], a world of sites, mailboxes and phones behind the same face as the real
//! one; [`Browser`], through which people act; [`Logs`], which hears what the program calls an error.

pub mod browser;
pub mod logs;
pub mod outside;

pub use browser::{Browser, Form, Seen, links};
pub use logs::Logs;
pub use outside::{Behaves, Called, Letter, Outside};

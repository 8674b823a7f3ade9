//! Search: one box over what every feature knows.

use kernel::task::Answer;
use kernel::{Problem, Scope};
use schemars::JsonSchema;
use serde::Serialize;

use crate::site::Site;
use crate::text::Text;

/// Finds things of one feature by words.
pub trait SearchSource: Send + Sync {
    /// The heading of its group.
    fn title(&self) -> Text;
    /// The best matches, at most `limit`, best first. Only what the scope may see.
    fn find<'a>(
        &'a self,
        site: &'a Site,
        scope: &'a Scope,
        words: &'a str,
        limit: u32,
    ) -> Answer<'a, Result<Vec<Found>, Problem>>;
}

/// One thing found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Found {
    /// What it is called.
    pub title: String,
    /// What tells it from others of that name: its client, its service.
    pub hint: String,
    /// Its address.
    pub href: String,
    /// Its state word, if it has one (`up`, `down`, ..).
    pub state: Option<String>,
}

//! Every component on one screen, to look at.

use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{Refusal, Shown, View};
use crate::text::Text;

/// Every component.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Kitchen {}

impl View for Kitchen {
    const TEMPLATE: &'static str = "kitchen.html";
    const AREA: &'static str = "system";
    fn title(&self) -> Text {
        Text::key("kitchen-title")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("all", Kitchen {})]
    }
}

/// `GET /system/components`.
pub(crate) async fn kitchen() -> Result<Shown<Kitchen>, Refusal> {
    Ok(Shown(Kitchen {}))
}

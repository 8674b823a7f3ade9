//! The nouns of this feature. A state carries its data; a step from one state to the next consumes the old one.

pub mod escalation;
pub mod incident;
pub mod rota;

pub use escalation::{Policy, PolicyRow, Rung, Target};
pub use incident::{Alert, Climb, Incident, Paging, Severity, Stage, State};
pub use rota::{Day, Layer, Override, Rota, Rotation, Shift, Source, Window};

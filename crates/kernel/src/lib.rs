//! The words of Tend: what every other crate speaks in.
//!
//! Who lives here: ids from one register ([`id`]), who asks and what time it is ([`Scope`]), everything
//! that can happen ([`Fact`]), every way of saying no ([`Problem`]), pages of lists ([`Paging`]), counts
//! that stay counts ([`Ratio`]), and the faces through which features see the doors they may not link:
//! the outside world ([`world`]) and what happens by itself ([`task`]).
//!
//! Promised: no input or output, no clock, no random source, no executor. Time and chance come in through
//! [`Clock`] and [`Dice`]; a face names a future but nothing here runs one.

pub mod budget;
pub mod code;
pub mod fact;
pub mod id;
pub mod lake;
pub mod paging;
pub mod problem;
pub mod scope;
pub mod task;
pub mod units;
pub mod world;

pub use fact::{About, Fact, Recorded, Stage};
pub use id::{
    AlertId, CapacityId, CheckId, ClientId, ComponentId, ContactMethodId, DeliveryId, DependencyId,
    EnvironmentId, EscalationId, FactId, Id, IncidentId, InviteId, JourneyId, MaintenanceId, MessageId,
    NoteId, ObjectiveId, OverrideId, PageId, PersonId, ProbeId, RequestId, RoleId, RotaId, ServiceId,
    SessionId, SourceId, StatusPageId, TeamId, TokenId,
};
pub use jiff::{SignedDuration, Timestamp};
pub use paging::{Cursor, Page, Paging};
pub use problem::{FieldProblem, Kind, Problem};
pub use scope::{Actor, Clock, Dice, Grant, Right, Role, Scope, Wall};
pub use units::Ratio;

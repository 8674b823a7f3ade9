//! The promises of Tend, one file per promise, told as stories of the model town.

mod acknowledging;
mod crashes;
mod declared;
mod escalating;
mod full_disk;
mod journey_burns;
mod known_answers;
mod mail_is_down;
mod own_fault;
mod process;
mod signals;
#[cfg(feature = "sql")]
mod sql;
mod status_page;
mod town;
mod walls;
mod woken_at_night;

//! One file per command.

pub mod audit;
pub mod backup;
pub mod code;
pub mod completions;
pub mod demo;
pub mod doctor;
pub mod import;
pub mod pages;
pub mod person;
pub mod query;
pub mod seed;
pub mod serve;
pub mod token;

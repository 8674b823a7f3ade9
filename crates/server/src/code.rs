//! Service as code: a folder of YAML files becomes what it declares.

pub mod read;
pub mod yaml;

//! SQL for people over the lake.

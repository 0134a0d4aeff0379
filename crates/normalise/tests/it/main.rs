//! The normaliser on real records: every IDS file, both Windows files, and hostile shapes.
#![allow(clippy::disallowed_methods, reason = "tests read the environment, the clock, and spawn")]
mod hostile;
mod ids;
mod json;
mod support;
mod windows;

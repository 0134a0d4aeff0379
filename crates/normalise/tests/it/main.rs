//! The normaliser on real records: every IDS file, both Windows files, and hostile shapes.
mod hostile;
mod ids;
mod json;
mod support;
mod windows;

//! The questions that the lake answers, one per file.
pub mod count;
pub mod fields;
pub mod get;
pub mod histogram;
pub mod oldest;
pub mod page;
pub mod scan;
pub mod top;
pub mod work;

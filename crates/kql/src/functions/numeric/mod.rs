//! Functions of this theme.
use super::Function;

pub(super) static GROUPS: &[&[Function]] = &[];

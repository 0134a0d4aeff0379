//! Datetimes and timespans.
pub(super) mod calendar;
pub(super) mod format;
pub(super) mod make;
pub(super) mod parts;
pub(super) mod zones;

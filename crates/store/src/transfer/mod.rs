//! The whole content of both databases, table by table: for moving it into another database, and into files and back.
//!
//! Invariants
//! * Tables and columns are read from the migrations' texts, so that a new table is carried without further ado; a test compares
//!   them with what both databases really have.
//! * A [`Snapshot`] is one moment of both databases together: every block up to `detected_through` has its alerts in it, and no
//!   later block has any.
//! * Text, JSON, bytes and nulls arrive as they were, byte for byte. Ids that count up go on where they were, also past rows that
//!   are gone.
//! * A [`Loader`] takes empty tables only. Dropped without `commit` it leaves nothing behind.
mod cell;
mod copy;
mod line;
mod load;
mod snapshot;
mod tables;
mod tally;

pub use cell::{Cell, Row};
pub use copy::{Counted, copy, count};
pub use line::{from_line, to_line};
pub use load::Loader;
pub use snapshot::Snapshot;
pub use tables::{Column, Kind, Table, tables};
pub use tally::Tally;

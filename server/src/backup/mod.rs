//! Backups, putting one back, and moving an installation from one database to another.
//!
//! All three are one mechanism: the tables of one moment (`store::transfer`), and the lake's parts, which never change and are linked or
//! copied. A backup is a folder:
//!
//! ```text
//! manifest.json                what is in it, with checksums; written last: without it the folder is no backup
//! tables/<name>.ndjson.zst     the names of the columns, then one row a line
//! lake/tenant=…/….parquet      the parts, as they lie in the data folder
//! ```
//!
//! Invariants
//! * Whatever was acknowledged before a backup began is in it: in the journal's rows or in a part.
//! * A backup needs no stopping: the server goes on, and nothing of its data is changed.
//! * Restoring and moving take an empty target only, and compare what arrived with what was sent.
mod checks;
mod files;
mod manifest;
mod moving;
mod parts;
mod restore;
mod table_file;
mod take;

pub use moving::{Move, Moved, MovedTable, Place, move_store};
pub use restore::{Restored, restore};
pub use take::{Taken, take};

//! What all the tables share: two databases behind one face, values in, rows out, errors, migrations.
pub(crate) mod bell;
pub(crate) mod db;
pub(crate) mod error;
pub(crate) mod filter;
pub(crate) mod migrate;
pub(crate) mod open;
pub(crate) mod page;
pub(crate) mod reserve;
pub(crate) mod row;
pub(crate) mod sql;
pub(crate) mod tx;
pub(crate) mod val;

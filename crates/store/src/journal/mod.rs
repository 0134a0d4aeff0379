//! The journal: blocks of events between their acknowledgement and their part of the lake.
//!
//! A block is one row. `seq` counts blocks, event ids count events; both only grow and are given out in commit order, because
//! the counters' rows are held from the start of an append to its commit: a reader that has seen block 7 has seen all before it.
pub mod append;
mod batches;
pub mod claim;
pub mod replay;

//! All places and planted bugs by name. A test in `chaos` compares these lists with the calls in the source.

/// Places on the road of an event, in the order in which an event meets them, and a few beside it.
pub const POINTS: &[&str] = &[
    // the journal: store::journal::append
    "journal.before_insert",
    "journal.after_insert",
    "journal.before_commit",
    "journal.after_commit",
    // `fail`: the commit happened and its answer was lost
    "journal.answer",
    // the answers: pipeline::writer
    "writer.before_ack",
    "writer.after_ack",
    // the head and the rules: pipeline::worker
    "worker.before_index",
    "worker.after_index",
    "alerts.before_commit",
    "alerts.after_commit",
    "worker.notified",
    // a part's file: lake::storage
    "part.before_write",
    "part.before_sync",
    "part.before_rename",
    "part.after_rename",
    "part.after_folder_sync",
    // the list of parts and the release of the journal: store::lake_parts
    "manifest.before_commit",
    "manifest.after_release",
    "manifest.after_commit",
    // `fail`: the commit happened and its answer was lost
    "manifest.answer",
    "manifest.before_forget",
    // what readers see: lake::flush
    "lake.before_exchange",
    // merges: lake::compact, lake::part
    "merge.before_commit",
    "merge.before_exchange",
    "merge.after_exchange",
    "merge.before_delete",
    // beside the road
    "search.snapshot",
    "request.search",
];

/// Bugs that others have had. Each must be found by a scenario of `chaos`.
pub const PLANTS: &[&str] = &[
    // the journal is not synced before its senders are answered
    "plant.ack_before_sync",
    // the journal's blocks are released before the parts that hold their events are written
    "plant.release_early",
    // the files of merged parts go while somebody still reads them
    "plant.delete_under_readers",
    // the folder is not synced after a part got its name
    "plant.no_folder_sync",
    // a part is listed before its bytes are on the disk
    "plant.no_file_sync",
    // ids begin anew at each start
    "plant.reuse_ids",
    // a block counts as detected before its alerts are stored
    "plant.cursor_first",
    // the answer to a batch is not kept, so a repeat is stored again
    "plant.forget_key",
];

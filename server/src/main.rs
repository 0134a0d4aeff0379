//! `eventsec`: see `server::cli` for what it can do.
use std::process::ExitCode;

/// The system's allocator halves the throughput of engines that allocate on many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}

"""Stores that run inside the client's process: one writer, one insert for each batch, the record as sent kept beside columns."""
import os
import resource
import shutil
import tempfile
import time

import shared

BODY = 5_000_000


def used():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def fresh(name):
    folder = shared.WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def measure(stream, folder, insert, settle, questions):
    """`insert` takes a file of lines; `settle` brings the rest to disk. Both stores answer an insert when it can be read."""
    # a file in memory is the fastest way in that both have
    shelf = "/dev/shm" if os.path.isdir("/dev/shm") else None
    path = os.path.join(tempfile.mkdtemp(dir=shelf, prefix="peers-"), "batch.jsonl")
    own, took = 0.0, []
    before, start = used(), time.perf_counter()
    try:
        batches = stream.by_bytes(BODY)
        while True:
            # making the batch is the client's work: it is not counted as the store's
            mine, begun = time.thread_time(), time.perf_counter()
            if (batch := next(batches, None)) is None:
                break
            with open(path, "wb") as f:
                f.writelines(batch)
            own += time.thread_time() - mine
            insert(path)
            took.append((time.perf_counter() - begun) * 1000)
    finally:
        shutil.rmtree(os.path.dirname(path))
    seconds = time.perf_counter() - start
    cpu = used() - before - own
    settle()
    disk = shared.quiet(lambda: shared.room(folder))
    settled = used() - before - own
    return shared.fed(stream, seconds, seconds, took) | {
        "cpu_s": cpu,
        "cpu_s_settled": settled,
        "disk_bytes": disk,
        "queries": shared.ask(questions, stream.truth()),
        "peak_rss_mb": peak_mb(),
    }

"""EventSec in one process: the release program as it is shipped, its rules on, everything through its HTTP API."""
import shutil

import api
import shared

PROMISES = {
    "durable": "each batch synced before its answer (journal, group commit)",
    "dedup": "a batch sent twice is stored once (by content, or the sender's key)",
    "text": "words and phrases in every field; the record as sent is read through",
    "raw": "byte for byte",
    "more": "normalised to ECS, matched against rules, alerts",
}
# The tail of a load becomes parts after this time and not after five minutes; under load the head's size decides long before.
HEAD_AGE = 30


def measure(stream):
    data = shared.WORK / "eventsec"
    shutil.rmtree(data, ignore_errors=True)
    server = api.Server(data, env={"EVENTSEC_LIMITS_HEAD_AGE": f"{HEAD_AGE}s"})
    try:
        person = api.Api(server.url)
        rules = person.rules_on()
        before = shared.cpu(server.pid)
        figures = api.feed(person, person, stream)
        searchable = shared.cpu(server.pid) - before
        disk = shared.quiet(lambda: shared.room(data), at_least=HEAD_AGE + shared.QUIET)
        settled = shared.cpu(server.pid) - before
        return figures | {
            "cpu_s": searchable,
            "cpu_s_settled": settled,
            "disk_bytes": disk,
            "queries": shared.ask(person.questions(stream), stream.truth()),
            "peak_rss_mb": shared.peak_mb(server.pid),
            "note": f"{api.CLIENTS} clients, batches of {api.BATCH}, {rules} rules on, SQLite, head_age {HEAD_AGE} s",
        }
    finally:
        server.stop()

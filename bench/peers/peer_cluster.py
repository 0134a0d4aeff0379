"""EventSec in front of OpenSearch: a process for each role, PostgreSQL, and an OpenSearch node on a port of its own."""
import secrets
import shutil
import tempfile

import api
import shared
from node import Node

PORT = 19882
PG = ["--port", "55439", "--data", f"{tempfile.gettempdir()}/eventsec-peers-postgres"]
ROLES = ("web", "worker", "ingest")
PROMISES = {
    "durable": "each batch synced before its answer (journal in PostgreSQL), then OpenSearch",
    "dedup": "a batch sent twice is stored once; documents have ids that follow from the event",
    "text": "as OpenSearch's mapping has it",
    "raw": "kept",
    "more": "normalised to ECS, matched against rules, alerts; several processes",
}


def measure(stream):
    data = shared.WORK / "cluster"
    shutil.rmtree(data, ignore_errors=True)
    shared.script("services", "postgres", "destroy", *PG)
    servers, node = [], None
    try:
        # synced commits: a journal that is not durable would be another promise
        database = shared.script("services", "postgres", "start", "--durable", *PG).splitlines()[-1]
        with open(f"{PG[3]}/db/postmaster.pid") as f:
            postmaster = int(f.readline())
        node = Node(PORT)
        env = {"EVENTSEC_DATABASE_URL": database, "EVENTSEC_SEARCH_URL": node.url, "EVENTSEC_JWT_SECRET": secrets.token_hex(32)}
        for role in ROLES:
            servers.append(api.Server(data / role, ["--role", role], env))
        web, _, ingest = servers
        person = api.Api(web.url)
        rules = person.rules_on()
        pids = [server.pid for server in servers]
        empty = shared.room(PG[3])

        def spent():
            return {"eventsec": shared.cpu(*pids), "postgres": shared.cpu_tree(postmaster), "opensearch": shared.cpu(node.pid)}

        since = lambda before: {k: v - before[k] for k, v in spent().items()}
        before = spent()
        figures = api.feed(api.Api(ingest.url, person.token), person, stream)
        searchable = since(before)
        disk = node.settle() + shared.room(data) + shared.room(PG[3]) - empty
        settled = since(before)
        return figures | {
            "cpu_s": sum(searchable.values()),
            "cpu_s_settled": sum(settled.values()),
            "cpu_s_of": {k: round(v, 1) for k, v in searchable.items()},
            "disk_bytes": disk,
            "queries": shared.ask(person.questions(stream), stream.truth()),
            # PostgreSQL's processes share most of what they hold: adding theirs up would count it many times
            "peak_rss_mb": shared.peak_mb(*pids, node.pid),
            "version": f"OpenSearch {node.version()}",
            "note": f"{api.CLIENTS} clients, batches of {api.BATCH}, {rules} rules on, roles {', '.join(ROLES)}; memory without PostgreSQL; heap {node.heap()}",
        }
    finally:
        for server in reversed(servers):
            server.stop()
        if node:
            node.stop()
        shared.script("services", "postgres", "destroy", *PG)

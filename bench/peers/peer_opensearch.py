"""OpenSearch written to directly: what a collector gets that needs nothing else."""
import time
from itertools import islice

import shared
import stream as s
from node import Node
from shared import Connection

PORT = 19880
CLIENTS = 2
BODY = 5_000_000
# Bodies that warm the JVM before the clock starts, as on a node that has run for a while. The index is made with the fields that were
# seen then: learning fields one by one while the load runs would be measured otherwise.
WARM = 8
PROMISES = {
    "durable": "each request synced before its answer (translog.durability=request)",
    "dedup": "an id is created once in one index",
    "text": "inverted index on the message; all other texts as keywords",
    "raw": "`_source`",
    "more": "nothing: no normalising, no rules",
}
KEYWORD = {"type": "keyword", "ignore_above": 8191}
SETTINGS = {
    "number_of_shards": 1,
    "number_of_replicas": 0,
    "refresh_interval": "1s",
    "translog.durability": "request",
    "mapping.total_fields.limit": 2000,
}
MAPPINGS = {
    "date_detection": False,
    "dynamic_templates": [{"all": {"match_mapping_type": "*", "mapping": KEYWORD}}],
    "properties": {"@timestamp": {"type": "date"}, "Message": {"type": "text"}},
}


def sender(url, index):
    connection = Connection(url)

    def send(lines):
        body = b"".join(b'{"create":{"_id":"%s"}}\n%s' % (line[s.UID], line) for line in lines)
        answer = connection.ask("POST", f"/{index}/_bulk?filter_path=errors,items.*.error", body, "application/x-ndjson")[2]
        if b'"errors":false' not in answer:
            raise RuntimeError(answer[:500].decode(errors="replace"))

    return send


def questions(node, stream):
    def search(query, size=0, **more):
        body = {"size": size, "track_total_hits": size == 0, "query": query, **more}
        return node.ask("POST", "/events/_search?request_cache=false", body)

    count = lambda query: search(query)["hits"]["total"]["value"]
    buckets = lambda how: search({"match_all": {}}, aggs={"a": how})["aggregations"]["a"]["buckets"]
    uids = lambda query, size, **more: [h["_source"]["EventUid"] for h in search(query, size, **more)["hits"]["hits"]]
    every = {"date_histogram": {"field": "@timestamp", "fixed_interval": "10s", "min_doc_count": 1}}
    return {
        "term": lambda: count({"term": {"EventID": "4688"}}),
        "phrase": lambda: count({"match_phrase": {"Message": s.PHRASE}}),
        "prefix": lambda: count({"prefix": {"Image": s.PREFIX}}),
        "by_host": lambda: {b["key"]: b["doc_count"] for b in buckets({"terms": {"field": "Computer", "size": s.HOSTS}})},
        "histogram": lambda: {b["key"]: b["doc_count"] for b in buckets(every)},
        "newest100": lambda: uids({"term": {"Channel": s.SYSMON}}, s.NEWEST, sort=[{"@timestamp": "desc"}]),
        "one_value": lambda: uids({"term": {"EventUid": stream.one()}}, 10),
    }


def measure(stream):
    node = Node(PORT)
    try:
        node.ask("PUT", "/warm", {"settings": SETTINGS, "mappings": MAPPINGS})
        warm = sender(node.url, "warm")
        for batch in islice(stream.by_bytes(BODY), WARM):
            warm(batch)
        mappings = node.ask("GET", "/warm/_mapping")["warm"]["mappings"]
        node.ask("DELETE", "/warm")
        node.ask("PUT", "/events", {"settings": SETTINGS, "mappings": mappings})

        before, start = shared.cpu(node.pid), time.perf_counter()
        durable, took, waits = shared.feed(stream.by_bytes(BODY), lambda: sender(node.url, "events"), CLIENTS)
        count = lambda: node.ask("GET", "/events/_count")["count"]
        shared.until("every event to be searchable", lambda: (n := count()) == stream.n or n)
        figures = shared.fed(stream, durable, time.perf_counter() - start, took, waits)
        searchable = shared.cpu(node.pid) - before
        disk = node.settle()
        settled = shared.cpu(node.pid) - before
        return figures | {
            "cpu_s": searchable,
            "cpu_s_settled": settled,
            "disk_bytes": disk,
            "queries": shared.ask(questions(node, stream), stream.truth()),
            "peak_rss_mb": shared.peak_mb(node.pid),
            "version": node.version(),
            "note": f"{CLIENTS} connections, bodies of {BODY // 1_000_000} MB, 1 shard, 0 replicas, refresh 1 s, heap {node.heap()}, warmed, request cache off",
        }
    finally:
        node.stop()

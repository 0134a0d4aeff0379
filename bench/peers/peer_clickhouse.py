"""ClickHouse inside the client's process (chdb)."""
import json
from importlib.metadata import version

from chdb import session

import embedded
import shared
import stream as s

PROMISES = {
    "durable": "each insert synced (fsync_after_insert; off by default)",
    "dedup": "none",
    "text": "none: `LIKE` reads the column",
    "raw": "a column of text, zstd",
    "more": "six columns and the record; one writer, in the client's process",
}
# parts that were merged away are deleted at once, so that they do not count as room on disk
TABLE = """create table d.events (uid String, ts DateTime64(3, 'UTC'), host LowCardinality(String), channel LowCardinality(String), event_id UInt32,
    image LowCardinality(String), message String, raw String codec(ZSTD(1))) engine = MergeTree order by ts
    settings fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 1"""
INSERT = """insert into d.events select JSONExtractString(json, 'EventUid'), parseDateTime64BestEffort(JSONExtractString(json, '@timestamp'), 3, 'UTC'),
    JSONExtractString(json, 'Computer'), JSONExtractString(json, 'Channel'), JSONExtractUInt(json, 'EventID'), JSONExtractString(json, 'Image'),
    JSONExtractString(json, 'Message'), json from file('{}', 'JSONAsString', 'json String')"""


def measure(stream):
    folder = embedded.fresh("clickhouse")
    db = session.Session(str(folder))

    def rows(sql):
        return [list(json.loads(line).values()) for line in str(db.query(sql, "JSONEachRow")).splitlines()]

    def pairs(sql, key=str):
        # 64-bit numbers may come as text
        return {key(k): int(n) for k, n in rows(sql)}

    def settle():
        merges = lambda: int(rows("select count() as n from system.merges")[0][0])
        shared.until("merges to end", lambda: (n := merges()) == 0 or n, step=0.5)

    rows("create database if not exists d engine = Atomic")
    rows(TABLE)
    count = lambda where: int(rows(f"select count() as n from d.events where {where}")[0][0])
    uids = lambda rest: [r[0] for r in rows(f"select uid, raw from d.events where {rest}")]
    top = f"select host, count() as n from d.events group by host order by n desc, host limit {s.HOSTS}"
    slices = f"select intDiv(toUnixTimestamp64Milli(ts), {s.SLICE_MS}) * {s.SLICE_MS} as at, count() as n from d.events group by at"
    prefix = s.PREFIX.replace("\\", "\\\\")
    figures = embedded.measure(stream, folder, lambda path: rows(INSERT.format(path)), settle, {
        "term": lambda: count("event_id = 4688"),
        "phrase": lambda: count(f"message like '%{s.PHRASE}%'"),
        "prefix": lambda: count(f"startsWith(image, '{prefix}')"),
        "by_host": lambda: pairs(top),
        "histogram": lambda: pairs(slices, int),
        "newest100": lambda: uids(f"channel = '{s.SYSMON}' order by ts desc limit {s.NEWEST}"),
        "one_value": lambda: uids(f"uid = '{stream.one()}'"),
    })
    return figures | {"version": f"chdb {version('chdb')}", "note": f"one writer, an insert for each {embedded.BODY // 1_000_000} MB"}

"""DuckDB inside the client's process."""
import duckdb

import embedded
import stream as s

PROMISES = {
    "durable": "each insert committed to its log",
    "dedup": "none",
    "text": "none: `LIKE` reads the column",
    "raw": "a column of text",
    "more": "six columns and the record; one writer, in the client's process",
}
TABLE = """create table events (uid varchar, ts timestamp, host varchar, channel varchar, event_id bigint, image varchar, message varchar,
    raw varchar)"""
INSERT = """insert into events select json->>'$.EventUid', (json->>'$."@timestamp"')::timestamp, json->>'$.Computer', json->>'$.Channel',
    (json->>'$.EventID')::bigint, json->>'$.Image', json->>'$.Message', json from read_json_objects('{}', format = 'newline_delimited')"""


def measure(stream):
    folder = embedded.fresh("duckdb")
    folder.mkdir(parents=True)
    db = duckdb.connect(str(folder / "events.db"))
    rows = lambda sql: db.execute(sql).fetchall()
    rows("set timezone = 'UTC'")
    rows(TABLE)
    count = lambda where: rows(f"select count(*) from events where {where}")[0][0]
    uids = lambda rest: [r[0] for r in rows(f"select uid, raw from events where {rest}")]
    top = f"select host, count(*) as n from events group by host order by n desc, host limit {s.HOSTS}"
    slices = f"select epoch_ms(ts) // {s.SLICE_MS} * {s.SLICE_MS}, count(*) from events group by 1"
    figures = embedded.measure(stream, folder, lambda path: rows(INSERT.format(path)), lambda: rows("checkpoint"), {
        "term": lambda: count("event_id = 4688"),
        "phrase": lambda: count(f"message like '%{s.PHRASE}%'"),
        "prefix": lambda: count(f"starts_with(image, '{s.PREFIX}')"),
        "by_host": lambda: dict(rows(top)),
        "histogram": lambda: dict(rows(slices)),
        "newest100": lambda: uids(f"channel = '{s.SYSMON}' order by ts desc limit {s.NEWEST}"),
        "one_value": lambda: uids(f"uid = '{stream.one()}'"),
    })
    return figures | {"version": duckdb.__version__, "note": f"one writer, an insert for each {embedded.BODY // 1_000_000} MB, checkpoint at the end"}

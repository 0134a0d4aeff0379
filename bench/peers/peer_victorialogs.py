"""VictoriaLogs, where VICTORIALOGS_BIN names its binary: no registry that is used here has one."""
import json
import os
import shutil
import subprocess
import time
from datetime import datetime
from urllib.parse import urlencode

import shared
import stream as s
from shared import Connection, Refused

PORT = 19881
CLIENTS = 2
BODY = 5_000_000
PROMISES = {
    "durable": "answers from memory, writes to disk every 5 s",
    "dedup": "none",
    "text": "words of every field",
    "raw": "fields only, not the record",
    "more": "nothing: no normalising, no rules",
}
LINES = "/insert/jsonline?" + urlencode({"_stream_fields": "Computer,Channel", "_time_field": "@timestamp", "_msg_field": "Message"})


def ready(url):
    try:
        Connection(url).ask("GET", "/health")
        return True
    except (OSError, Refused) as e:
        return str(e)


def questions(connection, stream):
    def query(text, **more):
        body = urlencode({"query": text, **more})
        answer = connection.ask("POST", "/select/logsql/query", body, "application/x-www-form-urlencoded")[2]
        return [json.loads(line) for line in answer.splitlines()]

    count = lambda text: int(query(f"{text} | stats count() n")[0]["n"])
    when = lambda text: round(datetime.fromisoformat(text).timestamp() * 1000)
    # the argument `limit` takes the newest, in no order; the pipe `sort` reads everything
    newest = lambda: sorted((r["EventUid"] for r in query(f'Channel:="{s.SYSMON}"', limit=s.NEWEST)), reverse=True)
    prefix = s.PREFIX.replace("\\", "\\\\")
    top = f"* | stats by (Computer) count() n | sort by (n desc) limit {s.HOSTS}"
    return {
        "term": lambda: count("EventID:=4688"),
        "phrase": lambda: count(f'"{s.PHRASE}"'),
        "prefix": lambda: count(f'Image:="{prefix}"*'),
        "by_host": lambda: {r["Computer"]: int(r["n"]) for r in query(top)},
        "histogram": lambda: {when(r["_time"]): int(r["n"]) for r in query("* | stats by (_time:10s) count() n")},
        "newest100": newest,
        "one_value": lambda: [r["EventUid"] for r in query(f"EventUid:={stream.one()}")],
    }


def measure(stream):
    binary = os.environ.get("VICTORIALOGS_BIN")
    if not binary:
        raise shared.Skip("VICTORIALOGS_BIN names no victoria-logs binary")
    data, url = shared.WORK / "victorialogs", f"http://127.0.0.1:{PORT}"
    shutil.rmtree(data, ignore_errors=True)
    # the stream's times are fixed: any day must be taken
    bounds = ["-retentionPeriod=100y", "-futureRetention=100y", "-search.maxQueryDuration=60s"]
    with open(f"{data}.log", "wb") as log:
        process = subprocess.Popen([binary, f"-storageDataPath={data}", f"-httpListenAddr=127.0.0.1:{PORT}", *bounds], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        shared.until("VictoriaLogs to listen", lambda: ready(url) if process.poll() is None else True)
        if process.poll() is not None:
            raise RuntimeError(f"it ended with {process.returncode}; see {data}.log")
        connection = Connection(url)

        def sender():
            own = Connection(url)
            return lambda lines: own.ask("POST", LINES, b"".join(lines), "application/stream+json") and 0

        asked = questions(connection, stream)
        before, start = shared.cpu(process.pid), time.perf_counter()
        durable, took, waits = shared.feed(stream.by_bytes(BODY), sender, CLIENTS)
        count = lambda: int(json.loads(connection.ask("GET", "/select/logsql/query?" + urlencode({"query": "* | stats count() n"}))[2])["n"])
        shared.until("every event to be searchable", lambda: (n := count()) == stream.n or n)
        figures = shared.fed(stream, durable, time.perf_counter() - start, took, waits)
        searchable = shared.cpu(process.pid) - before
        disk = shared.quiet(lambda: shared.room(data))
        settled = shared.cpu(process.pid) - before
        return figures | {
            "cpu_s": searchable,
            "cpu_s_settled": settled,
            "disk_bytes": disk,
            "queries": shared.ask(asked, stream.truth()),
            "peak_rss_mb": shared.peak_mb(process.pid),
            "note": f"{CLIENTS} connections, bodies of {BODY // 1_000_000} MB; acknowledged before it is on disk",
        }
    finally:
        process.terminate()
        process.wait(60)

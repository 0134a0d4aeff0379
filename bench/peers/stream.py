"""The stream: the same real Windows events again and again, each copy with an id and a time of its own, one millisecond apart.

What is asked of the stream is answered here too, by counting while it is made, so that no peer's answer is the measure of another's.
"""
import gzip
import json
import os
import time
from collections import Counter
from itertools import cycle, islice

from shared import ROOT

# The first instant, in ms since 1970; a multiple of the histogram's slice, so that the slices are the same everywhere.
T0 = 1_790_000_000_000
SLICE_MS = 10_000
SYSMON = "Microsoft-Windows-Sysmon/Operational"
PHRASE = "Network connection detected"
# A folder whose spelling never varies in the data, and under which only `Image` points: peers differ in how they treat case,
# and EventSec keeps several of Windows' names for a process in one field.
PREFIX = "C:\\Users\\sbeavers\\AppData\\Local\\Microsoft\\Teams\\"
HOSTS = 30
NEWEST = 100
# `{"EventUid":"` comes first in every line: the id is cut out of a line without reading it.
UID = slice(13, 23)
# Older exports name the same thing otherwise; with one name each, one question is one column everywhere.
RENAMED = {"message": "Message", "computer_name": "Computer"}
OWN_TIMES = ("@timestamp", "TimeCreated", "UtcTime")


def source():
    folder = os.environ.get("EVENTSEC_DATA") or ROOT.parent / "shared/data"
    path = os.path.join(folder, "sigma/bench20k.jsonl.gz")
    if not os.path.exists(path):
        raise SystemExit(f"peers: there is no {path} (EVENTSEC_DATA names the folder of the real data)")
    return path


def corpus():
    with gzip.open(source(), "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def head(record):
    """Format of a line's beginning: id, and every name under which the record tells its time."""
    text = b'{"EventUid":"e%(i)09d","@timestamp":"%(t)s%(ms)03dZ",'
    if "TimeCreated" in record:
        text += b'"TimeCreated":"%(t)s%(ms)03dZ",'
    if "UtcTime" in record:
        text += b'"UtcTime":"%(u)s%(ms)03d",'
    return text


class Stream:
    def __init__(self, n):
        self.n = n
        self.lines = []  # format of the head, the rest of the line
        self.facts = []  # of each record: what the questions ask
        for record in corpus():
            start = head(record)
            rest = {RENAMED.get(k, k): v for k, v in record.items() if k not in OWN_TIMES}
            body = json.dumps(rest, ensure_ascii=False, separators=(",", ":"))[1:] + "\n"
            self.lines.append((start, body.encode()))
            image = rest.get("Image")
            self.facts.append((
                rest["EventID"] == 4688,
                PHRASE in (rest.get("Message") or ""),
                isinstance(image, str) and image.startswith(PREFIX),
                rest["Computer"],
                rest["Channel"] == SYSMON,
            ))
        sizes = [len(start % self.moment(0)) + len(rest) for start, rest in self.lines]
        whole, over = divmod(n, len(self.lines))
        self.bytes = whole * sum(sizes) + sum(sizes[:over])

    @staticmethod
    def moment(i):
        second, ms = divmod(T0 + i, 1000)
        text = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second)).encode()
        return {b"i": i, b"t": text, b"u": text.replace(b"T", b" "), b"ms": ms}

    def each(self):
        """All lines. The text of a second is made once for its thousand events: making the stream must not cost what is measured."""
        lines, now, values = cycle(self.lines), -1, {}
        for i in range(self.n):
            start, rest = next(lines)
            if (T0 + i) // 1000 != now:
                now = (T0 + i) // 1000
                values = self.moment(i)
            values[b"i"], values[b"ms"] = i, (T0 + i) % 1000
            yield start % values + rest

    def by_events(self, count):
        lines = self.each()
        while batch := list(islice(lines, count)):
            yield batch

    def by_bytes(self, most):
        batch, size = [], 0
        for line in self.each():
            batch.append(line)
            size += len(line)
            if size >= most:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def truth(self):
        """The right answers, by the name of the question."""
        whole, over = divmod(self.n, len(self.lines))
        times = [whole + (k < over) for k in range(len(self.lines))]
        weigh = lambda at: sum(t for t, fact in zip(times, self.facts) if fact[at])
        hosts = Counter()
        for t, fact in zip(times, self.facts):
            hosts[fact[3]] += t
        first = sorted(((h, n) for h, n in hosts.items() if n), key=lambda x: (-x[1], x[0]))[:HOSTS]
        slices = {T0 + at: min(SLICE_MS, self.n - at) for at in range(0, self.n, SLICE_MS)}
        newest = (uid(i) for i in range(self.n - 1, -1, -1) if self.facts[i % len(self.facts)][4])
        return {
            "term": weigh(0),
            "phrase": weigh(1),
            "prefix": weigh(2),
            "by_host": dict(first),
            "histogram": slices,
            "newest100": list(islice(newest, NEWEST)),
            "one_value": [self.one()],
        }

    def one(self):
        """The id that is looked for among all."""
        return uid(self.n // 2)


def uid(i):
    return f"e{i:09d}"

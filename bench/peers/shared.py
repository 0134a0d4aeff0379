"""What every peer is measured with: clients, clocks, processes, disk, questions."""
import http.client
import os
import pathlib
import statistics
import subprocess
import threading
import time

import psutil

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
WORK = TARGET / "peers"
REPEATS = 10
# Longest time that anything may take that must come.
PATIENCE = 900
# The disk counts as settled when it has not changed for so long.
QUIET = 10

# Name of the question in the results, and what it is.
QUESTIONS = {
    "term": "count of EventID 4688",
    "phrase": "phrase in the message",
    "prefix": "path prefix",
    "by_host": "by host, top 30",
    "histogram": "10 s histogram",
    "newest100": "newest 100 Sysmon, in full",
    "one_value": "one id among all",
}


class Skip(Exception):
    """The peer cannot be measured here; the text says why."""


class Refused(Exception):
    """A peer answered with an error."""


class Connection:
    """One kept connection. A server may close it while nothing is sent; then reading asks once more."""

    def __init__(self, url, headers=None):
        self.address, self.headers = url.split("://")[1].rstrip("/"), headers or {}
        self.open()

    def open(self):
        self.http = http.client.HTTPConnection(self.address, timeout=PATIENCE)

    def ask(self, method, path, body=None, kind="application/json", allowed=(200, 201)):
        """Status, headers and body."""
        headers = {"Content-Type": kind, **self.headers} if body is not None else self.headers
        for last in (method != "GET", True):
            try:
                self.http.request(method, path, body, headers)
                answer = self.http.getresponse()
                data = answer.read()
                break
            except (ConnectionError, http.client.RemoteDisconnected):
                self.http.close()
                self.open()
                if last:
                    raise
        if answer.status not in allowed:
            raise Refused(f"{method} {path.split('?')[0]}: {answer.status} {data[:400].decode(errors='replace')}")
        return answer.status, answer.headers, data


def feed(batches, connect, clients):
    """Posts all batches over `clients` connections at once; `connect` makes a function that sends one batch and answers how often it was
    asked to wait. Answers seconds, milliseconds of each batch, and the number of waits."""
    lock, took, waits, faults = threading.Lock(), [], [], []

    def client():
        try:
            send = connect()
            while not faults:
                with lock:
                    batch = next(batches, None)
                if batch is None:
                    return
                start = time.perf_counter()
                waits.append(send(batch) or 0)
                took.append((time.perf_counter() - start) * 1000)
        except Exception as e:  # a thread's exception would be lost
            faults.append(e)

    start = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if faults:
        raise faults[0]
    return time.perf_counter() - start, took, sum(waits)


def until(what, condition, step=0.02):
    """Asks until the answer is true; the last one is told when it never is."""
    end = time.monotonic() + PATIENCE
    while True:
        seen = condition()
        if seen is True:
            return
        if time.monotonic() > end:
            raise TimeoutError(f"waited {PATIENCE} s for {what}; last seen: {seen!r}")
        time.sleep(step)


def quiet(read, at_least=0):
    """Waits until `read` has answered the same for `QUIET` seconds and `at_least` seconds are over; answers it."""
    start = since = time.monotonic()
    value = read()
    while True:
        time.sleep(0.5)
        now, seen = time.monotonic(), read()
        if seen != value:
            value, since = seen, now
        if now - since >= QUIET and now - start >= at_least:
            return value
        if now - start > PATIENCE:
            raise TimeoutError(f"not settled after {PATIENCE} s: {value!r}")


def cpu(*pids):
    """CPU seconds so far, all threads, user and system."""
    times = [psutil.Process(pid).cpu_times() for pid in pids]
    return sum(t.user + t.system for t in times)


def cpu_tree(pid):
    """The same of a process, its children, and the children that have ended."""
    parent = psutil.Process(pid)
    total = 0.0
    for p in [parent, *parent.children(recursive=True)]:
        try:
            t = p.cpu_times()
            total += t.user + t.system + t.children_user + t.children_system
        except psutil.NoSuchProcess:
            pass  # it ended meanwhile; its parent has its time
    return total


def peak_mb(*pids):
    """The highest resident memory since the start."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status") as f:
            total += next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
    return total * 1024 / 1e6


def room(*folders):
    """Bytes on disk as `du` counts them. A file that vanishes meanwhile counts nothing."""
    total = 0
    for folder in folders:
        for base, _, names in os.walk(folder):
            for name in [base, *(os.path.join(base, n) for n in names)]:
                try:
                    total += os.lstat(name).st_blocks * 512
                except FileNotFoundError:
                    pass
    return total


def ask(questions, truth):
    """Each question the first time, then the median of `REPEATS` more. Every single answer is compared with the right one."""
    out = {}
    for name in QUESTIONS:
        took, wrong = [], None
        try:
            for _ in range(REPEATS + 1):
                start = time.perf_counter()
                answer = questions[name]()
                took.append((time.perf_counter() - start) * 1000)
                if answer != truth[name]:
                    wrong = {"expected": short(truth[name]), "answered": short(answer)}
        except Exception as e:
            out[name] = {"failed": f"{type(e).__name__}: {e}"[:500]}
            continue
        out[name] = {"first_ms": round(took[0], 1), "median_ms": round(statistics.median(took[1:]), 1), "right": wrong is None, "hits": size(truth[name])}
        if wrong:
            out[name]["wrong"] = wrong
    return out


def size(answer):
    return answer if isinstance(answer, int) else len(answer)


def short(answer):
    return str(answer)[:200]


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * share // 100) - 1))]


def fed(stream, durable, searchable, took, waits=0):
    """Figures of the feed. `searchable` is counted from the first request, too."""
    return {
        "seconds_durable": round(durable, 2),
        "seconds_searchable": round(searchable, 2),
        "events_per_s": round(stream.n / durable),
        "events_per_s_searchable": round(stream.n / searchable),
        "mb_per_s": round(stream.bytes / 1e6 / durable, 1),
        "batch_p50_ms": round(percentile(took, 50), 1),
        "batch_p99_ms": round(percentile(took, 99), 1),
        "batch_max_ms": round(max(took), 1),
        "asked_to_wait": waits,
    }


def script(*words, env=None):
    """Runs one of the project's scripts; answers what it prints."""
    done = subprocess.run([str(ROOT / "scripts" / words[0]), *map(str, words[1:])], env={**os.environ, **(env or {})}, capture_output=True, text=True)
    if done.returncode:
        tail = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise RuntimeError(f"{' '.join(map(str, words))}: {' / '.join(tail)}")
    return done.stdout.strip()

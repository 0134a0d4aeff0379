"""Runs the peers one after another, each in a process of its own, and writes what was measured. Started by `run`."""
import argparse
import importlib
import json
import os
import pathlib
import subprocess
import sys
import time

import report
import shared
import stream as s

ALL = ["eventsec", "opensearch", "clickhouse", "duckdb", "victorialogs"]
BASE = 400_000


def chosen():
    p = argparse.ArgumentParser(prog="bench/peers/run", description="See the beginning of the script.")
    p.add_argument("peers", nargs="*", metavar="PEER", help=" ".join(ALL))
    p.add_argument("--cluster", action="store_true", help="EventSec in front of OpenSearch, too")
    p.add_argument("--one", metavar="PEER", help=argparse.SUPPRESS)
    p.add_argument("--out", help=argparse.SUPPRESS)
    a = p.parse_args()
    peers = a.peers or os.environ.get("PEERS", "").split() or ALL
    if unknown := set(peers) - {*ALL, "cluster"}:
        p.error(f"unknown: {' '.join(sorted(unknown))}")
    if a.cluster:
        # its cost is told beside the store that it stands in front of
        peers = [*peers, *(p for p in ("opensearch", "cluster") if p not in peers)]
    a.peers = peers
    return a


def one(name, events):
    """Measures one peer, here."""
    try:
        return importlib.import_module(f"peer_{name}").measure(s.Stream(events))
    except shared.Skip as e:
        return {"skipped": str(e)}
    except Exception as e:
        return {"failed": f"{type(e).__name__}: {e}"[:1000]}


def apart(name, events):
    """Measures one peer in a process of its own: two stores in one process would share memory and threads."""
    out = shared.WORK / f"{name}.json"
    out.unlink(missing_ok=True)
    print(f"peers: {name}, {events:,} events", file=sys.stderr, flush=True)
    before = os.getloadavg()[0]
    command = [sys.executable, __file__, "--one", name, "--out", str(out)]
    child = subprocess.run(command, env={**os.environ, "EVENTS": str(events)})
    figures = json.loads(out.read_text()) if out.exists() else {"failed": f"its process ended with {child.returncode}"}
    figures |= {"peer": name, "events": events, "load_before": round(before, 2), "load_after": round(os.getloadavg()[0], 2)}
    for word in ("skipped", "failed"):
        if word in figures:
            print(f"peers: {name} {word}: {figures[word]}", file=sys.stderr, flush=True)
    return figures


def kept(events):
    """What was measured at this length, by peer; the newest of each."""
    path = shared.WORK / f"results-{events}.json"
    return path, json.loads(path.read_text()) if path.exists() else {}


def measure(names, events):
    """Measures, and keeps what succeeded for later comparison of lengths."""
    path, known = kept(events)
    out = {}
    for name in names:
        out[name] = apart(name, events)
        if "queries" in out[name]:
            known[name] = out[name]
            path.write_text(json.dumps(known, indent=1))
    return out


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    names = [line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{os.cpu_count()} × {names[0] if names else 'unknown processor'}, {memory / 2**30:.0f} GiB"


def commit():
    done = subprocess.run(["git", "-C", str(shared.ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def main():
    a = chosen()
    events = int(os.environ.get("EVENTS") or BASE)
    if a.one:
        pathlib.Path(a.out).write_text(json.dumps(one(a.one, events)))
        return
    s.source()  # before anything is started
    shared.WORK.mkdir(parents=True, exist_ok=True)
    results = {"date": time.strftime("%Y-%m-%d"), "machine": machine(), "commit": commit(), "events": events}
    if events > BASE:
        known = kept(BASE)[1]
        known |= measure([name for name in a.peers if name not in known], BASE)
        results["base"] = {name: known[name] for name in a.peers if name in known}
    results["peers"] = measure(a.peers, events)
    if cost := report.cost(results["peers"]):
        results["cluster_cost"] = cost
    if "base" in results:
        results["growth"] = report.growth(results["peers"], results["base"])
    text = report.text(results)
    (shared.WORK / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (shared.WORK / "table.md").write_text(text)
    print(text)
    wrong = [name for name, r in results["peers"].items() if "failed" in r or not report.agrees(r)]
    if wrong:
        sys.exit(f"peers: failed, or gave an answer that is not right: {' '.join(wrong)}")


if __name__ == "__main__":
    main()

"""The tables."""
import ast
import pathlib

from shared import QUESTIONS

HERE = pathlib.Path(__file__).resolve().parent
TITLES = {
    "eventsec": "EventSec",
    "opensearch": "OpenSearch",
    "clickhouse": "ClickHouse (chdb)",
    "duckdb": "DuckDB",
    "victorialogs": "VictoriaLogs",
    "cluster": "EventSec + OpenSearch",
}
# Figures that are compared between two lengths, and how to find them.
GROWING = {
    "events/s": lambda r: r["events_per_s"],
    "events/s searchable": lambda r: r["events_per_s_searchable"],
    "CPU s per event": lambda r: r["cpu_s"] / r["events"],
    "peak RSS": lambda r: r["peak_rss_mb"],
    "disk per event": lambda r: r["disk_bytes"] / r["events"],
    "batch p99": lambda r: r["batch_p99_ms"],
} | {q: (lambda r, q=q: r["queries"][q]["median_ms"]) for q in QUESTIONS}


def agrees(r):
    """Whether every question was answered, and rightly. A peer that was skipped was asked none."""
    return all(q.get("right", False) for q in r.get("queries", {}).values())


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def number(x, digits=0):
    return f"{x:,.{digits}f}"


def query(q):
    if "failed" in q:
        return "– (failed)"
    return f"{q['first_ms']} / {q['median_ms']}{'' if q['right'] else ' **wrong**'}"


def feeds(peers):
    rows = []
    for name, r in peers.items():
        if "queries" not in r:
            continue
        rows.append([
            TITLES[name],
            number(r["events_per_s"]),
            number(r["events_per_s_searchable"]),
            number(r["mb_per_s"], 1),
            f"{r['batch_p50_ms']} / {r['batch_p99_ms']} / {r['batch_max_ms']}",
            f"{r['cpu_s']:.1f} / {r['cpu_s_settled']:.1f}",
            number(r["events"] / r["cpu_s"]) if r["cpu_s"] else "–",
            number(r["peak_rss_mb"]),
            number(r["disk_bytes"] / r["events"]),
            f"{r['load_before']} / {r['load_after']}",
        ])
    heads = ["peer", "events/s acknowledged", "until searchable", "MB/s", "batch p50 / p99 / max ms", "CPU s until searchable / settled", "events per CPU s",
             "peak RSS MB", "disk B/event", "load before / after"]
    return table(heads, rows)


def searches(peers):
    rows = [[TITLES[name], *(query(r["queries"][q]) for q in QUESTIONS)] for name, r in peers.items() if "queries" in r]
    first = next((r for r in peers.values() if "queries" in r), None)
    if first:
        hits = [str(first["queries"][q].get("hits", "–")) for q in QUESTIONS]
        rows.append(["*hits*", *hits])
    return table(["first / median ms", *QUESTIONS.values()], rows)


def promises(name):
    """Read from the peer's file as text: what a peer promises is told although its library is not installed."""
    tree = ast.parse((HERE / f"peer_{name}.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PROMISES":
            return ast.literal_eval(node.value)
    return {}


def promised(names):
    keys = {"durable": "durable when answered", "dedup": "sent twice", "text": "full text", "raw": "record as sent", "more": "further"}
    rows = [[TITLES[n], *(promises(n).get(k, "–") for k in keys)] for n in names]
    return table(["peer", *keys.values()], rows)


def cost(peers):
    """What EventSec adds to the store that it stands in front of; `None` without both."""
    plain, ours = peers.get("opensearch", {}), peers.get("cluster", {})
    if "queries" not in plain or "queries" not in ours:
        return None
    of = ours["cpu_s_of"]
    return {
        "events_per_s_ratio": round(ours["events_per_s_searchable"] / plain["events_per_s_searchable"], 2),
        "cpu_ratio": round(ours["cpu_s"] / plain["cpu_s"], 2),
        "cpu_s_of": of,
        "opensearch_cpu_ratio": round(of["opensearch"] / plain["cpu_s"], 2),
        "added_cpu_us_per_event": round((of["eventsec"] + of["postgres"]) * 1e6 / ours["events"], 1),
    }


def cost_text(c):
    of = ", ".join(f"{k} {v}" for k, v in c["cpu_s_of"].items())
    return (
        f"EventSec in front of OpenSearch, against OpenSearch alone: {c['events_per_s_ratio']} × the events/s (until searchable), {c['cpu_ratio']} × the CPU seconds "
        f"(by part: {of}). OpenSearch itself used {c['opensearch_cpu_ratio']} × as much; EventSec and PostgreSQL added {c['added_cpu_us_per_event']} µs per event.\n"
    )


def growth(peers, base):
    """Each figure as a multiple of what it was at the shorter length."""
    out = {}
    for name, r in peers.items():
        if "queries" not in r or "queries" not in base.get(name, {}):
            continue
        out[name] = {}
        for figure, of in GROWING.items():
            try:
                out[name][figure] = round(of(r) / of(base[name]), 2)
            except (KeyError, ZeroDivisionError):
                out[name][figure] = None
    return out


def growth_text(results):
    rows = [[TITLES[n], *("–" if v is None else f"{v} ×" for v in figures.values())] for n, figures in results["growth"].items()]
    base = next(iter(results["base"].values()), {}).get("events", 0)
    heads = ["peer", *(QUESTIONS.get(g, g) for g in GROWING)]
    return f"{results['events']:,} events against {base:,} (queries by their medians):\n\n" + table(heads, rows)


def text(results):
    peers = results["peers"]
    parts = [
        f"{results['events']:,} events, {results['machine']}, {results['date']}, EventSec {results['commit']}.\n",
        feeds(peers),
        searches(peers),
        promised(peers),
    ]
    if "cluster_cost" in results:
        parts.append(cost_text(results["cluster_cost"]))
    if results.get("growth"):
        parts.append(growth_text(results))
    notes = []
    for name, r in peers.items():
        said = [f"{word}: {r[word]}" for word in ("skipped", "failed") if word in r]
        said += [x for x in (r.get("version"), r.get("note")) if x]
        said += [f"{QUESTIONS[q]} failed: {a['failed']}" for q, a in r.get("queries", {}).items() if "failed" in a]
        said += [f"{QUESTIONS[q]} is wrong: {a['wrong']}" for q, a in r.get("queries", {}).items() if "wrong" in a]
        notes.append(f"- {TITLES[name]}: {'; '.join(said)}\n")
    parts.append("".join(notes))
    return "\n".join(parts)

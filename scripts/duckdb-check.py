#!/usr/bin/env python3
"""Reads a lake's parts with DuckDB and compares counts and top values with what the lake said.

usage: duckdb-check.py LAKE_DIR QUESTIONS.json
QUESTIONS: {"top": [{"field", "present", "distinct", "values": [[value, count]]}], "counts": [{"where", "count"}]}
Development only; needs the Python package duckdb. Exit 1 names what differs.
"""
import json
import sys

import duckdb

lake, asked = sys.argv[1], json.load(open(sys.argv[2]))
db = duckdb.connect()
db.execute("set timezone = 'UTC'")
parts = f"read_parquet('{lake}/tenant=*/dataset=*/day=*/*.parquet', union_by_name = true, hive_partitioning = false)"
wrong, total = [], 0


def compare(what, theirs, ours):
    global total
    total += 1
    if theirs != ours:
        wrong.append(f"{what}: DuckDB {theirs!r}, the lake {ours!r}")


for q in asked["counts"]:
    found = db.execute(f"select count(*) from {parts} where {q['where']}").fetchone()[0]
    compare(q["where"], found, q["count"])
for q in asked["top"]:
    rows = db.execute(
        f'select "{q["field"]}" as v, count(*) from {parts} where v is not null group by v'
    ).fetchall()
    found = sorted(([v, n] for v, n in rows), key=lambda r: (-r[1], r[0].encode()))
    compare(q["field"], [len(rows), found[:1000]], [q["distinct"], q["values"]])
print(f"{total - len(wrong)} of {total} answers agree")
for line in wrong:
    print(line[:2000])
sys.exit(bool(wrong))

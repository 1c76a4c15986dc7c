#!/usr/bin/env python3
"""Shows how the cost of a request grows with rows, with collections and with the depth of expand, on PocketBase and pbr.

    benches/growth.py                                            pocketbase and target/release/pbr
    benches/growth.py --server pocketbase=pocketbase --server pbr=target/release/pbr
    benches/growth.py --series rows --rows 1000,10000 --rounds 1

One connection asks at a time, so the numbers are the latency of a request and not the length of a queue. Every number is the median
of a round of wrk (p50); of the rounds the fastest counts, as other work on the machine only ever adds. A cell shows it relative to the
smallest size of its line, and in milliseconds. The servers read copies of one directory, which is made by `--prepare` (by default the
first server), filled with sqlite3 and removed before the next size. In the series of collections each request goes to a random one.
At the end stand the lines of the other servers that grow faster than the first server's. The defaults take about four minutes.
Needs python3 and wrk, listens and connects on 127.0.0.1 only, and prints a Markdown report on stdout.
"""

import argparse
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True  # no __pycache__ beside the scripts
from compare import Server, ask, bounded, load, markdown, new_directory, note, parse_servers, require_wrk, write_values

DEPTH = 4  # links in the chain of relations
SCATTER = 7919  # a prime: the order of ids is not the order of rows
TOLERANCE = 1.1  # growth beyond the first server's that is not put down to chance
FILLING = """
INSERT INTO {table} (id, title, body, status, views{more}, created, updated)
WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < :rows - 1)
SELECT printf('%015d', i * {scatter} % :rows), 'Post number ' || i, substr(:text, 1, 100 + i * 37 % 150),
       CASE i % 4 WHEN 0 THEN 'draft' WHEN 1 THEN 'review' ELSE 'published' END, i * 31 % 10000{value}, at, at
FROM (SELECT i, strftime('%Y-%m-%d %H:%M:%fZ', 1700000000 + i * 60, 'unixepoch') AS at FROM numbers)
"""
TEXT = "A row is read by its id, in the order of an index, or one after the other; what it costs should not depend on its neighbours. " * 2


def collection(name, following=None):
    fields = [
        {"name": "title", "type": "text", "required": True, "max": 200},
        {"name": "body", "type": "text", "max": 20000},
        {"name": "status", "type": "select", "values": ["draft", "review", "published"], "maxSelect": 1},
        {"name": "views", "type": "number", "onlyInt": True, "min": 0},
        {"name": "created", "type": "autodate", "onCreate": True},
        {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
    ]
    if following:
        fields.append({"name": "next", "type": "relation", "collectionId": f"pbc_{following}", "maxSelect": 1})
    index = f"CREATE INDEX `idx_{name}_status_created` ON `{name}` (`status`, `created`)"
    return {"id": f"pbc_{name}", "name": name, "type": "base", "listRule": "", "viewRule": "", "fields": fields, "indexes": [index]}


def all_collections():
    chain = [collection(f"link{DEPTH}")] + [collection(f"link{at}", f"link{at + 1}") for at in reversed(range(DEPTH))]
    return [collection("posts"), *chain]


def prepare(server):
    """Makes a directory with empty collections."""
    try:
        superuser = new_directory(server)
        for each in all_collections():
            ask(server, "POST", "/api/collections", each, superuser)
    finally:
        server.stop()


def fill(database, table, rows, related=False):
    """Writes rows whose ids are the numbers below `rows`; where they are related, to some row of the next table."""
    more, value = (", next", ", printf('%015d', i * 31 % :rows)") if related else ("", "")
    sql = FILLING.format(table=table, more=more, value=value, scatter=SCATTER)
    database.execute(sql, {"rows": rows, "text": TEXT})


def clone(database, name):
    """Adds a collection like `posts` under another name."""
    row = dict(database.execute("SELECT * FROM _collections WHERE name = 'posts'").fetchone())
    row |= {"id": f"pbc_{name}", "name": name, "indexes": row["indexes"].replace("posts", name)}
    database.execute(f"INSERT INTO _collections ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    statements = database.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'posts' AND sql IS NOT NULL ORDER BY type DESC")
    for (sql,) in statements.fetchall():  # the table first, then its indexes
        database.execute(sql.replace("posts", name))


def record_path(collection, id):
    return f"/api/collections/{collection}/records/{id:015d}"


def list_path(collection, query="", total=0):
    return f"/api/collections/{collection}/records?perPage=30&skipTotal={1 - total}{query}"


def rows_cases(database, rows):
    """Fills `posts` and returns the lines of the report, each with the paths it asks for."""
    fill(database, "posts", rows)
    chosen = random.Random(rows).sample(range(rows), min(rows, 20_000))
    newest = [f"&sort=-created&filter=(status%3D%22{status}%22)" for status in ("draft", "review", "published")]
    return {
        "view by id": [record_path("posts", id) for id in chosen],
        "list 30": [list_path("posts")],
        "list 30 with total": [list_path("posts", total=1)],
        "indexed filter": [list_path("posts", query) for query in newest],
    }


def collections_cases(database, number, rows=200):
    names = ["posts"] + [f"more{at}" for at in range(1, number)]
    for name in names[1:]:
        clone(database, name)
    for name in names:
        fill(database, name, rows)
    return {
        "view by id": [record_path(name, id) for name in names for id in range(0, rows, 10)],
        "list 30": [list_path(name) for name in names],
    }


def depth_cases(database, depth, rows=10_000):
    for at in range(DEPTH + 1):
        fill(database, f"link{at}", rows, related=at < DEPTH)
    return {"list 30 with expand": [list_path("link0", "&expand=" + ".".join(["next"] * depth))]}


SERIES = {"rows": rows_cases, "collections": collections_cases, "depth": depth_cases}


def measure(servers, cases, options, work):
    """The fastest p50 in ms, by line and server; the rounds of a line lie apart, so that no disturbance meets them all."""
    values = {title: work / ".values" / title.replace(" ", "_") for title in cases}
    for title, paths in cases.items():
        write_values(values[title], {"paths": paths})
    found = {}
    for _ in range(options.rounds):
        for title in cases:
            for server in servers:
                p50 = load(server, "paths", options.seconds, 1, 1, values[title])["p50"]
                found[title, server.name] = min(p50, found.get((title, server.name), p50))
    return found


def measure_size(series, size, template, options, work):
    """Fills a copy of the template, starts each server on a copy of that, measures, and removes all of them."""
    home = work / f"{series}-{size}"
    note(f"{series}: {size:,}")
    servers = [Server(name, program, home / name) for name, program in options.server]
    try:
        filled = home / ".filled"
        shutil.copytree(template, filled)
        database = sqlite3.connect(filled / "data.db")
        database.row_factory = sqlite3.Row
        with database:
            cases = SERIES[series](database, size)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        for server in servers:
            shutil.copytree(filled, server.data)
            server.start()
        return measure(servers, cases, options, home)
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(home, ignore_errors=True)


def table(series, sizes, found, names):
    """One line for each case and server: the smallest size in ms, the others relative to it and in ms."""
    rows = []
    for title in dict.fromkeys(title for title, _ in found[sizes[0]]):
        for name in names:
            first, *later = [found[size][title, name] for size in sizes]
            rows.append([f"{title}, {name}", f"{first:.3f} ms"] + [f"{p50 / first:.2f} × ({p50:.3f} ms)" for p50 in later])
    return markdown([series, *(f"{size:,}" for size in sizes)], rows)


def steeper(series, sizes, found, names):
    """A sentence for each line that grows faster than the first server's, at the size where it differs most."""
    base = names[0]
    for title, name in found[sizes[0]]:
        if name == base:
            continue
        growth = lambda size, who: found[size][title, who] / found[sizes[0]][title, who]
        size = max(sizes, key=lambda size: growth(size, name) / growth(size, base))
        if growth(size, name) > TOLERANCE * growth(size, base):
            more = lambda who: found[size][title, who] - found[sizes[0]][title, who]
            yield (f"{series}, {title}: from {sizes[0]:,} to {size:,}, {name} grows {growth(size, name):.2f} × ({more(name):+.3f} ms) "
                   f"and {base} {growth(size, base):.2f} × ({more(base):+.3f} ms)")


def ascending(low, high):
    def parse(text):
        return sorted({bounded(low, high)(part) for part in text.split(",")})

    return parse


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", action="append", metavar="NAME=PROGRAM", help="a server to measure; repeat it, the first is the base")
    parser.add_argument("--prepare", metavar="PROGRAM", help="the program that makes the data directory (default: the first server's)")
    parser.add_argument("--series", default=",".join(SERIES), help="which series, in a comma list (default: all)")
    parser.add_argument("--seconds", type=bounded(1, 3), default=1, help="length of a round")
    parser.add_argument("--rounds", type=bounded(1, 3), default=3, help="rounds per line, size and server")
    parser.add_argument("--rows", type=ascending(100, 1_000_000), default="1000,10000,100000,1000000", help="rows of the one table")
    parser.add_argument("--collections", type=ascending(1, 500), default="5,50,500", help="collections of 200 rows each, besides a few empty ones")
    parser.add_argument("--depth", type=ascending(1, DEPTH), default="1,2,3,4", help="relations that are expanded")
    options = parser.parse_args()
    options.server = parse_servers(parser, options.server)
    asked = options.series.split(",")
    if not set(asked) <= set(SERIES):
        parser.error(f"unknown series in --series {options.series}; there are {', '.join(SERIES)}")
    options.series = [series for series in SERIES if series in asked]
    require_wrk()
    return options


def main():
    options = arguments()
    names = [name for name, _ in options.server]
    faster = []
    print(f"Latency of one request at a time, best p50 of {options.rounds} × {options.seconds} s, {os.cpu_count()} cores.\n")
    with tempfile.TemporaryDirectory(prefix="pbr-growth-") as directory:
        work = Path(directory)
        origin = Server("prepare", options.prepare or options.server[0][1], work / ".prepare")
        prepare(origin)
        for series in options.series:
            steps = getattr(options, series)
            found = {size: measure_size(series, size, origin.data, options, work) for size in steps}
            print(table(series, steps, found, names) + "\n", flush=True)
            faster += steeper(series, steps, found, names)
    print(f"Lines that grow more than {TOLERANCE - 1:.0%} faster than {names[0]}'s:" + ("" if faster else " none."))
    for line in faster:
        print(f"- {line}")


if __name__ == "__main__":
    main()

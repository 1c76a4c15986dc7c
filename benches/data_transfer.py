#!/usr/bin/env python3
"""Measures `pbr data import` and `export` beside SQLite's own way of doing the same.

    benches/data_transfer.py                      200,000 rows
    benches/data_transfer.py --rows 1000000 --pbr target/release/pbr

Needs `cargo build --release` first. SQLite's way is `.import --csv` and `.mode csv` of the sqlite3 program where it is on the PATH, else
Python's csv and sqlite3: no id is made there, no row validated, and all rows are one transaction. Prints a Markdown table on stdout.
"""

import argparse
import csv
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCHEMA = """\
version: 1
collection: items
fields:
  sku: { type: text, required: true, max: 20 }
  name: { type: text, max: 200 }
  site: url
  price: number
  sold: date
  created: { type: autodate, onCreate: true }
"""
HEADER = ["sku", "name", "site", "price", "sold"]


def write_rows(path, rows):
    words = "alpha beta gamma delta epsilon zeta eta theta iota kappa".split()
    chance = random.Random(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for n in range(rows):
            name = " ".join(chance.choices(words, k=8))
            day = f"2024-{chance.randint(1, 12):02}-{chance.randint(1, 28):02} 10:00:00.000Z"
            writer.writerow([f"sku{n}", name, f"https://example.com/{n}", chance.randint(1, 100_000) / 100, day])


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def with_pbr(pbr, work, file):
    def run(*arguments):
        done = subprocess.run([pbr, *arguments], cwd=work, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"error: pbr {' '.join(map(str, arguments))}\n{done.stderr}")

    run("init", "--template", "blank", "--yes")
    (work / "schema/items.yaml").write_text(SCHEMA)
    run("migrate", "diff", "items")
    run("migrate")
    imported = timed(lambda: run("data", "import", "items", file))
    validated = timed(lambda: run("data", "import", "items", file, "--mode", "insert", "--dry-run"))
    exported = timed(lambda: run("data", "export", "items", "--out", "out.csv"))
    return imported, validated, exported


def with_sqlite(work, file):
    columns = ", ".join(f"{name} TEXT" for name in HEADER)
    out = work / "sqlite.csv"
    program = shutil.which("sqlite3")
    if program:
        database = work / "sqlite.db"
        prepare = f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE items ({columns});"
        subprocess.run([program, database, prepare], check=True, capture_output=True)
        imported = timed(lambda: subprocess.run([program, database, f".import --csv --skip 1 {file} items"], check=True))
        script = [program, "-csv", "-header", database, "SELECT * FROM items"]
        with out.open("w") as target:
            exported = timed(lambda: subprocess.run(script, check=True, stdout=target))
        return "sqlite3 .import", imported, exported
    database = sqlite3.connect(work / "sqlite.db")
    database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE items ({columns});")

    def fill():
        with file.open(newline="") as source, database:
            rows = csv.reader(source)
            next(rows)
            database.executemany(f"INSERT INTO items VALUES ({', '.join('?' * len(HEADER))})", rows)

    def read():
        with out.open("w", newline="") as target:
            csv.writer(target).writerows(database.execute("SELECT * FROM items"))

    return "Python sqlite3", timed(fill), timed(read)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--pbr", type=Path, default=Path(__file__).parent.parent / "target/release/pbr")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        file = work / "items.csv"
        write_rows(file, options.rows)
        imported, validated, exported = with_pbr(options.pbr.resolve(), work, file)
        name, base_in, base_out = with_sqlite(work, file)
    rate = lambda seconds: f"{options.rows / seconds:,.0f}"
    print("| | rows/s | against SQLite |\n| --- | --- | --- |")
    print(f"| pbr data import | {rate(imported)} | {imported / base_in:.1f} × the time |")
    print(f"| pbr data import --dry-run | {rate(validated)} | {validated / base_in:.1f} × the time |")
    print(f"| {name} | {rate(base_in)} | |")
    print(f"| pbr data export | {rate(exported)} | {exported / base_out:.1f} × the time |")
    print(f"| {name}, out | {rate(base_out)} | |")


if __name__ == "__main__":
    main()

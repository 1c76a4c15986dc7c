#!/usr/bin/env python3
"""How long commands take: help, validation of many collections, a difference over many migrations, and seeds.

    cargo build --release
    benches/commands.py [--pbr target/release/pbr] [--collections 200] [--migrations 500] [--rows 100000]

Prints the median of several runs in milliseconds, and rows a second for generated seeds. Times are the whole process,
from start to end.
"""

import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(pbr, folder, arguments, exit_code=0):
    started = time.perf_counter()
    result = subprocess.run([pbr, *arguments], cwd=folder, capture_output=True, text=True)
    elapsed = (time.perf_counter() - started) * 1000
    if result.returncode != exit_code:
        raise SystemExit(f"pbr {' '.join(arguments)}: exit {result.returncode}\n{result.stderr}")
    return elapsed


def median(pbr, folder, arguments, exit_code=0, runs=9):
    run(pbr, folder, arguments, exit_code)
    return statistics.median(run(pbr, folder, arguments, exit_code) for _ in range(runs))


def collection(name, target=None):
    relation = f"  parent: {{ type: relation, collection: {target}, maxSelect: 1 }}\n" if target else ""
    return (
        f"version: 1\ncollection: {name}\nfields:\n  title: {{ type: text, required: true, max: 200 }}\n  body: editor\n"
        f"  state: {{ type: select, values: [draft, done], maxSelect: 1 }}\n  count: {{ type: number, onlyInt: true }}\n{relation}"
        f"  created: {{ type: autodate, onCreate: true }}\nindexes:\n  - fields: [state, created desc]\n"
        f"rules:\n  list: state = \"done\" || @request.auth.id != \"\"\n  view: public\n  create: '@request.auth.id != \"\"'\n"
    )


def project(pbr, folder):
    subprocess.run([pbr, "init", "--yes"], cwd=folder, check=True, capture_output=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pbr", default=str(ROOT / "target/release/pbr"))
    parser.add_argument("--collections", type=int, default=200)
    parser.add_argument("--migrations", type=int, default=500)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    pbr = str(pathlib.Path(options.pbr).resolve())

    with tempfile.TemporaryDirectory() as folder:
        print(f"pbr --help: {median(pbr, folder, ['--help']):.1f} ms")

    with tempfile.TemporaryDirectory() as folder:
        project(pbr, folder)
        for number in range(options.collections):
            target = f"c{number - 1:04}" if number else None
            pathlib.Path(folder, "schema", f"c{number:04}.yaml").write_text(collection(f"c{number:04}", target))
        print(f"schema validate, {options.collections} collections: {median(pbr, folder, ['schema', 'validate']):.1f} ms")

    with tempfile.TemporaryDirectory() as folder:
        project(pbr, folder)
        schema = pathlib.Path(folder, "schema", "notes.yaml")
        fields = ["version: 1", "collection: notes", "fields:"]
        for number in range(options.migrations):
            # A field more, or another limit of one, so that the schema stays small.
            if number < 40:
                fields.append(f"  f{number}: {{ type: text, max: 100 }}")
            else:
                at = 3 + number % 40
                fields[at] = f"  f{number % 40}: {{ type: text, max: {100 + number} }}"
            schema.write_text("\n".join(fields) + "\n")
            run(pbr, folder, ["migrate", "diff", f"step_{number}"])
        print(f"migrate diff, {options.migrations} migrations: {median(pbr, folder, ['migrate', 'diff']):.1f} ms")
        print(f"migrate check, {options.migrations} migrations: {median(pbr, folder, ['migrate', 'check']):.1f} ms")

    with tempfile.TemporaryDirectory() as folder:
        project(pbr, folder)
        pathlib.Path(folder, "schema", "notes.yaml").write_text(collection("notes"))
        pathlib.Path(folder, "seeds", "20_notes.yaml").write_text(
            "collection: notes\ngenerate:\n"
            f"  - count: {options.rows}\n    with:\n      title: {{ fake: lorem.sentence }}\n      body: {{ fake: lorem.paragraph }}\n"
            "      state: { weighted: { draft: 1, done: 3 } }\n      count: { fake: int, max: 1000 }\n"
        )
        run(pbr, folder, ["migrate", "diff", "notes"])
        run(pbr, folder, ["migrate"])
        elapsed = run(pbr, folder, ["seed"])
        print(f"seed, {options.rows:,} generated rows: {elapsed / 1000:.2f} s, {options.rows / elapsed * 1000:,.0f} rows/s")


if __name__ == "__main__":
    main()

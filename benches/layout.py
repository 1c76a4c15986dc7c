#!/usr/bin/env python3
"""Finds the functions that run when a server starts and when it is used, for build/layout.txt.

Runs a release build under valgrind: once on an empty directory until it is idle, once with a few seconds of every case of
compare.py. What is written are prefixes of the names that linkers see, as short as they can be without naming many
functions that do not run. First come those of the start, so that an idle server keeps nothing else in memory.

Needs valgrind, wrk, nm and the program `pocketbase`, which prepares the data.

usage: benches/layout.py [--pbr target/release/pbr] [--output build/layout.txt]
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import compare

USED = 0.9  # a prefix names functions of which so much runs, in bytes


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--pbr", default="target/release/pbr")
    parser.add_argument("--output", default="build/layout.txt", type=Path)
    options = parser.parse_args()
    program = shutil.which(options.pbr) or sys.exit(f"error: no program {options.pbr!r}; cargo build --release makes it")
    for tool in ["valgrind", "wrk", "nm"]:
        shutil.which(tool) or sys.exit(f"error: {tool} is missing")
    sizes = functions(Path(program).absolute())
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        start, used = measure(Path(program).absolute(), work)
    start, later = start & sizes.keys(), (used - start) & sizes.keys()
    groups = [prefixes(sizes, start), prefixes(sizes, later)]
    options.output.write_text("".join("\n".join(group) + "\n" for group in groups))
    for name, wanted in [("start", start), ("use", later)]:
        print(f"{name}: {len(wanted)} functions of {sum(sizes[function] for function in wanted) / 1e6:.1f} MB")
    print(f"{options.output}: {sum(map(len, groups))} prefixes")


def functions(program):
    """Bytes of every function by name, the suffixes of the optimiser left out."""
    sizes = {}
    listed = subprocess.run(["nm", "-S", "--defined-only", program], capture_output=True, text=True, check=True).stdout
    for fields in map(str.split, listed.splitlines()):
        if len(fields) == 4 and fields[2] in "tTwW":
            name = plain(fields[3])
            sizes[name] = sizes.get(name, 0) + int(fields[1], 16)
    return sizes or sys.exit(f"error: {program} has no symbols")


def plain(name):
    return re.sub(r"\.llvm\.\d+$", "", name.split("'")[0])


def measure(program, work):
    """Functions that run until a server is idle, and those that run in the cases of the comparison."""
    watched = work / "watched"
    watched.write_text(
        f'#!/bin/sh\nexec valgrind -q --tool=callgrind --demangle=no --callgrind-out-file="{work}/$LAYOUT_RUN" "{program}" "$@"\n'
    )
    watched.chmod(0o755)
    os.environ["LAYOUT_RUN"] = "start.out"
    empty = compare.Server("start", str(watched), work / "empty")
    empty.home.mkdir()
    empty.start()
    time.sleep(10)
    empty.stop()
    os.environ["LAYOUT_RUN"] = "use.out"
    origin = compare.Server("prepare", "pocketbase", work / "prepare")
    values = work / "values"
    compare.write_values(values, compare.prepare(origin, 10_000))
    origin.stop()
    server = compare.Server("pbr", str(watched), work / "pbr")
    shutil.copytree(origin.data, server.data)
    server.start()
    for case in compare.CASES:
        compare.note(case)
        compare.wrk(server, case, 3, 4, 1, values)
    server.stop()
    return ran(work / "start.out"), ran(work / "use.out")


def ran(output):
    """Names of the functions in what callgrind wrote."""
    for _ in range(60):  # the tool writes when the program has ended
        if output.exists() and output.stat().st_size:
            break
        time.sleep(1)
    found = re.findall(r"^c?fn=\(\d+\) (.+)$", output.read_text(), re.MULTILINE)
    return {plain(name) for name in found}


def prefixes(sizes, wanted):
    """The shortest prefixes that together name the wanted functions and little else."""
    names = sorted(sizes)
    found = []

    def split(low, high, length):
        """Names from `low` to `high` have so many characters in common."""
        total = sum(sizes[name] for name in names[low:high])
        used = sum(sizes[name] for name in names[low:high] if name in wanted)
        if not used:
            return
        if used >= USED * total and length > 0:
            found.append(names[low][:length])
            return
        while low < high:
            name = names[low]
            if len(name) == length:  # a whole name, which others go on from
                found.extend([name] if name in wanted else [])
                low += 1
                continue
            end = low + 1
            while end < high and names[end][length] == name[length]:
                end += 1
            split(low, end, length + 1)
            low = end

    sys.setrecursionlimit(10_000)
    split(0, len(names), 0)
    return found


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Measures how fast one change reaches many realtime clients, on PocketBase and pbr.

    benches/fanout.py                                      1,000 clients on both, 10,000 on pbr
    benches/fanout.py --clients 500 --events 50

Needs `cargo build --release --bins --example fanout` first, and as many open files as there are clients. The clients share the
machine with the server, so the times hold their work as well. Prints a Markdown table on stdout; listens on 127.0.0.1 only.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
from compare import Server, ask, markdown, new_directory, note, parse_servers

FANOUT = Path(__file__).parent.parent / "target/release/examples/fanout"


def measure(name, program, work, clients, events, pause):
    server = Server(name, program, work / f"{name}-{clients}")
    try:
        superuser = new_directory(server)
        rules = {f"{action}Rule": "" for action in ("list", "view", "create", "update", "delete")}
        fields = [{"name": "title", "type": "text"}]
        ask(server, "POST", "/api/collections", {"name": "posts", "type": "base", **rules, "fields": fields}, superuser)
        idle = server.memory()[0]
        command = [str(FANOUT), f"127.0.0.1:{server.port}", str(clients), str(events), str(pause)]
        client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        highest = idle
        while client.poll() is None:
            highest = max(highest, server.memory()[0])
            time.sleep(0.1)
        if client.returncode:
            sys.exit(f"error: the clients of {name} failed")
        result = json.loads(client.stdout.read())
        result["kb_per_client"] = (highest - idle) * 1024 / clients
        note(f"{name} {result}")
        return result
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", action="append", metavar="NAME=PROGRAM", help="a server to measure; repeat it, the first is the base")
    parser.add_argument("--clients", type=int, default=1000, help="clients of each server")
    parser.add_argument("--many", type=int, default=10_000, help="clients of the last server alone; 0 leaves it out")
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--pause", type=int, default=200, help="milliseconds between two events of --many; the others come as fast as they can")
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    servers = parse_servers(parser, options.server)
    rows = []
    with tempfile.TemporaryDirectory(prefix="pbr-bench-") as directory:
        work = Path(directory)
        runs = [(name, program, options.clients, 0) for name, program in servers]
        if options.many:
            runs.append((*servers[-1], options.many, options.pause))
        for name, program, clients, pause in runs:
            r = measure(name, program, work, clients, options.events, pause)
            paced = f", an event each {pause} ms" if pause else ""
            rows.append([f"{name}, {clients:,} clients{paced}", f"{r['messages_per_s']:,}", f"{r['p50_ms']:.0f} ms", f"{r['p99_ms']:.0f} ms", f"{r['lost']}", f"{r['kb_per_client']:.0f} KB"])
    print(markdown([f"{options.events} events", "messages/s", "p50", "p99", "lost", "memory per client"], rows))


if __name__ == "__main__":
    main()

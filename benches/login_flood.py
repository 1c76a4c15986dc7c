#!/usr/bin/env python3
"""Whether a flood of logins keeps readers waiting: the latency of a view alone, and beside it while wrong passwords pour in.

    benches/login_flood.py                                  target/release/pbr
    benches/login_flood.py --server pocketbase --seconds 5
    benches/login_flood.py --hash argon2id

Needs python3 and wrk; listens and connects on 127.0.0.1 only. Prints one Markdown row a round, and the ratio of the medians.
"""

import argparse
import http.client
import json
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOST = "127.0.0.1"
SUPERUSER = ("bench@example.com", "bench-password")
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def call(port, method, path, body=None, token=""):
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    headers = {"Content-Type": "application/json", "Authorization": token}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    response = connection.getresponse()
    text = response.read()
    if response.status >= 300:
        sys.exit(f"{method} {path}: {response.status} {text[:300]!r}")
    return json.loads(text) if text else None


def wait_until_healthy(port):
    for _ in range(300):
        try:
            return call(port, "GET", "/api/health")
        except OSError:
            time.sleep(0.05)
    sys.exit("the server did not start")


def wrk(arguments):
    return subprocess.Popen(["wrk", *arguments], stdout=subprocess.PIPE, text=True)


def view(port, seconds):
    """Requests per second, and the 50th and 99th percentile in milliseconds."""
    url = f"http://{HOST}:{port}/api/collections/notes/records/note00000000001"
    text = wrk(["-t1", "-c8", f"-d{seconds}s", "--latency", url]).communicate()[0]
    percentile = lambda n: next(
        float(value) * UNITS[unit] for value, unit in re.findall(rf"\s{n}%\s+([\d.]+)(us|ms|s)", text)
    )
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), percentile(50), percentile(99)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--server", default="target/release/pbr")
    options.add_argument("--hash", default="bcrypt", help="of pbr: bcrypt or argon2id")
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--connections", type=int, default=64, help="of the flood")
    options = options.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        data = str(Path(folder) / "pb_data")
        subprocess.run(
            [options.server, "superuser", "upsert", *SUPERUSER, "--dir", data], check=True, stdout=subprocess.DEVNULL
        )
        port = free_port()
        extra = [] if "pocketbase" in Path(options.server).name else ["--password-hash", options.hash]
        server = subprocess.Popen(
            [options.server, "serve", "--http", f"{HOST}:{port}", "--dir", data, *extra],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            measure(options, port, folder)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def measure(options, port, folder):
    wait_until_healthy(port)
    login = {"identity": SUPERUSER[0], "password": SUPERUSER[1]}
    token = call(port, "POST", "/api/collections/_superusers/auth-with-password", login)["token"]
    fields = [{"name": "title", "type": "text"}]
    call(port, "POST", "/api/collections", {"name": "notes", "type": "base", "viewRule": "", "fields": fields}, token)
    note = {"id": "note00000000001", "title": "a note"}
    call(port, "POST", "/api/collections/notes/records", note, token)
    user = {"email": "user@example.com", "password": "12345678", "passwordConfirm": "12345678"}
    call(port, "POST", "/api/collections/users/records", user, token)

    script = Path(folder) / "flood.lua"
    script.write_text(
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
        'wrk.body = \'{"identity":"user@example.com","password":"wrong"}\'\n'
    )
    print("| | view/s | p50 | p99 | logins/s |\n| --- | ---: | ---: | ---: | ---: |")
    alone, beside = [], []
    view(port, 1)
    for _ in range(options.rounds):
        rate, p50, p99 = view(port, options.seconds)
        alone.append(p99)
        print(f"| alone | {rate:,.0f} | {p50:.2f} ms | {p99:.2f} ms | |", flush=True)
        url = f"http://{HOST}:{port}/api/collections/users/auth-with-password"
        flood = wrk(["-t1", f"-c{options.connections}", f"-d{options.seconds + 2}s", "--timeout", "60s", "-s", str(script), url])
        time.sleep(1)
        rate, p50, p99 = view(port, options.seconds)
        beside.append(p99)
        logins = re.search(r"Requests/sec:\s+([\d.]+)", flood.communicate()[0])[1]
        print(f"| beside logins | {rate:,.0f} | {p50:.2f} ms | {p99:.2f} ms | {logins} |", flush=True)
    print(f"\np99 beside logins: {statistics.median(beside) / statistics.median(alone):.1f} × alone")


if __name__ == "__main__":
    main()

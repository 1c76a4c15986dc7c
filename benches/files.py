#!/usr/bin/env python3
"""Measures files beside PocketBase: downloads, thumbs that must be made first, and thumbs that are there already.

    benches/files.py
    benches/files.py --server pocketbase=pocketbase --server pbr=target/release/pbr --images 40

Needs python3 and wrk; listens and connects on 127.0.0.1 only. The images are PNGs of 1600 × 1200 that are made here. Prints a Markdown
table on stdout; a ratio is how much faster than the first server.
"""

import argparse
import http.client
import json
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
from compare import HOST, Server, ask, markdown, new_directory, note, parse_servers, require_wrk

WIDTH, HEIGHT = 1600, 1200
THUMB = "300x200"


def png(seed):
    """An image with some detail, so that neither decoding nor scaling is trivial."""
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)
        rows += bytes(value for x in range(WIDTH) for value in ((x ^ y) & 255, (x * 3 + seed * 40) & 255, (y * 5 + seed) & 255))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows), 3)) + chunk(b"IEND", b"")


def upload(server, name, content):
    """Creates a record with a file and returns the path of the file."""
    mark = "bench-boundary"
    body = (f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n").encode() + content + f"\r\n--{mark}--\r\n".encode()
    connection = http.client.HTTPConnection(HOST, server.port, timeout=60)
    connection.request("POST", "/api/collections/pictures/records", body, {"Content-Type": f"multipart/form-data; boundary={mark}"})
    response = connection.getresponse()
    text = response.read()
    if response.status != 200:
        sys.exit(f"error: {server.name} answered an upload with {response.status}: {text[:300]!r}")
    record = json.loads(text)
    return f"/api/files/pictures/{record['id']}/{record['file']}"


def get(server, path):
    status, body = server.request("GET", path)
    if status != 200 or not body:
        sys.exit(f"error: {server.name} answered {path} with {status}")
    return body


def rate(server, path, seconds):
    """Requests per second, with wrk."""
    command = ["wrk", "-c16", "-t2", f"-d{seconds}s", f"http://{HOST}:{server.port}{path}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text:
        sys.exit(f"error: {server.name} refused {path}")
    return float(text.split("Requests/sec:")[1].split()[0])


def first_thumbs(server, paths):
    """Thumbs per second, of images that have none yet, asked for by four clients."""
    began = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda path: get(server, f"{path}?thumb={THUMB}"), paths))
    return len(paths) / (time.perf_counter() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", action="append", metavar="NAME=PROGRAM", help="a server to measure; repeat it, the first is the base")
    parser.add_argument("--images", type=int, default=24, help="images whose first thumb is asked for, in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2, help="of each load")
    options = parser.parse_args()
    require_wrk()
    servers = parse_servers(parser, options.server)
    note("making images")
    images = [png(seed) for seed in range(4)]
    results = {}
    with tempfile.TemporaryDirectory(prefix="pbr-bench-") as directory:
        work = Path(directory)
        running = [Server(name, program, work / name) for name, program in servers]
        try:
            for server in running:
                superuser = new_directory(server)
                rules = {f"{action}Rule": "" for action in ("list", "view", "create")}
                field = {"name": "file", "type": "file", "maxSelect": 1, "maxSize": 20_000_000, "thumbs": [THUMB]}
                ask(server, "POST", "/api/collections", {"name": "pictures", "type": "base", **rules, "fields": [field]}, superuser)
            small = {server.name: upload(server, "small.bin", b"\x01\x02\x03\x04" * 4096) for server in running}
            large = {server.name: upload(server, "large.bin", b"\x01\x02\x03\x04" * 1_000_000) for server in running}
            for turn in range(options.rounds):
                for server in running[turn % len(running):] + running[: turn % len(running)]:
                    paths = [upload(server, "image.png", images[at % len(images)]) for at in range(options.images)]
                    row = {
                        "download of 16 KB": rate(server, small[server.name], options.seconds),
                        "download of 4 MB": rate(server, large[server.name], options.seconds),
                        "first thumb": first_thumbs(server, paths),
                        "cached thumb": rate(server, f"{paths[0]}?thumb={THUMB}", options.seconds),
                    }
                    for case, value in row.items():
                        results.setdefault(case, {}).setdefault(server.name, []).append(value)
                        note(f"{case:18} round {turn + 1}  {server.name:12} {value:10,.1f}/s")
        finally:
            for server in running:
                server.stop()
    rows = []
    for case, by_server in results.items():
        base, *others = [statistics.median(by_server[name]) for name, _ in servers]
        rows.append([case, f"{base:,.0f}/s", *(f"{other / base:.1f} ×" for other in others)])
    print(markdown(["", *(name for name, _ in servers)], rows))


if __name__ == "__main__":
    main()

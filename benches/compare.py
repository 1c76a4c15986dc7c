#!/usr/bin/env python3
"""Compares servers that speak PocketBase's API: the same rows, the same requests, short rounds in turn.

    benches/compare.py                                           pocketbase and target/release/pbr
    benches/compare.py --server pocketbase=pocketbase --server pbr=target/release/pbr --server floor=target/release/examples/floor
    benches/compare.py --cases view,create --seconds 2 --rounds 1

Each server is a program that understands `serve --http ADDRESS --dir DIRECTORY`; the first one is the base of the ratios. The data
directory is made once (by `--prepare`, by default the first server) and copied for each, so all of them start from the same bytes,
secrets included: one user's token works on every server. Before a case is measured it runs for a second untimed; a server whose first
answer then is 400, 404 or lacks what the case asks for does not know the case and gets a dash (where the base gets one, the others show
requests/s). Needs python3 and wrk, listens and connects on 127.0.0.1 only, and prints a Markdown report on stdout.
"""

import argparse
import http.client
import json
import os
import platform
import random
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

HOST = "127.0.0.1"
HERE = Path(__file__).resolve().parent
CASES = {  # reads first: the creates leave tables of different sizes
    "view": "view by id",
    "list": "list 30",
    "list_total": "list 30 with total",
    "filter": "filter + sort",
    "relation": "filter through relations + expand",
    "auth_list": "list 30 by auth rule",
    "auth_refresh": "auth refresh",
    "update": "update",
    "mixed": "90 % view, 10 % update",
    "create": "create",
    "rule_create": "create by auth rule",
    "batch": "batch of 50 creates",
}
SUPERUSER = ("bench@example.com", "bench-password")
USER = ("user@example.com", "user-password")
USERS = 500
NOTES = 20  # of each user
REST = 20  # seconds from the end of the load to a look at what memory is kept
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
WORDS = (
    "a backend small enough to read keeps its rows in one file and its schema in git the index answers quickly "
    "while every write waits for the disk and nobody notices until the power fails then the log is replayed"
).split()


def note(text):
    print(text, file=sys.stderr, flush=True)


def bounded(low, high):
    def parse(text):
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be between {low} and {high}")
        return value

    return parse


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Server:
    """One program and its own copy of the data directory."""

    def __init__(self, name, program, home):
        found = shutil.which(program)
        if not found:
            sys.exit(f"error: no program {program!r} for the server {name!r}; build it or name another with --server {name}=PATH")
        self.name = name
        self.program = str(Path(found).absolute())
        self.data = home / "pb_data"
        self.home = home
        self.port = free_port()
        self.process = None

    def run(self, *arguments):
        subprocess.run([self.program, *arguments, "--dir", str(self.data)], cwd=self.home, check=True, stdout=subprocess.DEVNULL)

    def version(self):
        result = subprocess.run([self.program, "--version"], cwd=self.home, capture_output=True, text=True)
        return (result.stdout.strip() or "no version").splitlines()[0]

    def start(self):
        """Starts the program and returns the seconds until it is healthy."""
        log = open(self.home / "server.log", "ab")
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [self.program, "serve", "--http", f"{HOST}:{self.port}", "--dir", str(self.data)],
            cwd=self.home, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )
        log.close()
        while time.perf_counter() - began < 30:
            if self.process.poll() is not None:
                break
            try:
                if self.request("GET", "/api/health")[0] == 200:
                    return time.perf_counter() - began
            except OSError:
                pass
            time.sleep(0.0005)
        self.stop()
        tail = (self.home / "server.log").read_text(errors="replace")[-2000:]
        sys.exit(f"error: {self.name} did not become healthy within 30 s; the end of its log:\n{tail}")

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def resolve(self):
        """Replaces a wrapper script of the same name by what it executes, so that its own start is not measured."""
        executable = os.readlink(f"/proc/{self.process.pid}/exe")
        if Path(executable).name == Path(self.program).name:
            self.program = executable

    def request(self, method, path, body=None, token=None):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            if token:
                headers["Authorization"] = token
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def memory(self):
        """Resident memory and its highest value so far, in MB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        values = dict(line.split(":", 1) for line in lines)
        return tuple(int(values[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))


def collections(users):
    stamps = [
        {"name": "created", "type": "autodate", "onCreate": True},
        {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
    ]
    public = {f"{action}Rule": "" for action in ("list", "view", "create", "update", "delete")}
    named = [
        {"id": f"pbc_{name}", "name": name, "type": "base", **public, "fields": [{"name": "name", "type": "text", "required": True}]}
        for name in ("authors", "tags")
    ]
    posts = {
        "id": "pbc_posts",
        "name": "posts",
        "type": "base",
        **public,
        "fields": [
            {"name": "title", "type": "text", "required": True, "max": 200},
            {"name": "body", "type": "text", "max": 20000},
            {"name": "status", "type": "select", "values": ["draft", "review", "published"], "required": True, "maxSelect": 1},
            {"name": "views", "type": "number", "onlyInt": True, "min": 0},
            {"name": "author", "type": "relation", "collectionId": "pbc_authors", "required": True, "maxSelect": 1},
            {"name": "tags", "type": "relation", "collectionId": "pbc_tags", "maxSelect": 10},
            *stamps,
        ],
        "indexes": ["CREATE INDEX `idx_posts_status_created` ON `posts` (`status`, `created`)"],
    }
    notes = {
        "id": "pbc_notes",
        "name": "notes",
        "type": "base",
        "listRule": "owner = @request.auth.id",
        "viewRule": "owner = @request.auth.id",
        "createRule": '@request.auth.id != "" && owner = @request.auth.id && text != ""',
        "fields": [
            {"name": "text", "type": "text", "max": 2000},
            {"name": "owner", "type": "relation", "collectionId": users, "required": True, "maxSelect": 1},
            *stamps,
        ],
        "indexes": ["CREATE INDEX `idx_notes_owner` ON `notes` (`owner`)"],
    }
    return [*named, posts, notes]


def ask(server, method, path, body=None, token=None):
    status, answer = server.request(method, path, body, token)
    if status != 200:
        sys.exit(f"error: {server.name} refused {method} {path} with {status}: {answer.decode(errors='replace')}")
    return json.loads(answer)


def log_in(server, collection, identity, password):
    body = {"identity": identity, "password": password}
    return ask(server, "POST", f"/api/collections/{collection}/auth-with-password", body)["token"]


def new_directory(server):
    """Makes a data directory, starts the server on it and returns a superuser's token."""
    server.home.mkdir(parents=True)
    server.run("superuser", "upsert", *SUPERUSER)
    server.start()
    return log_in(server, "_superusers", *SUPERUSER)


def prepare(server, rows):
    """Makes a data directory with collections and a user, fills it while the server is stopped, and returns what requests are made of."""
    superuser = new_directory(server)
    ask(server, "PATCH", "/api/settings", {"batch": {"enabled": True, "maxRequests": 50, "timeout": 30}}, superuser)
    for collection in collections(ask(server, "GET", "/api/collections/users", token=superuser)["id"]):
        ask(server, "POST", "/api/collections", collection, superuser)
    account = {"email": USER[0], "password": USER[1], "passwordConfirm": USER[1], "verified": True}
    user = ask(server, "POST", "/api/collections/users/records", account, superuser)["id"]
    token = log_in(server, "users", *USER)
    server.stop()

    source = random.Random(1)
    database = sqlite3.connect(server.data / "data.db")
    with database:
        values = fill_posts(database, source, rows)
        fill_notes(database, source, user)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return {**values, "user": [user], "token": [token]}


def new_id(source):
    return "".join(source.choices(ALPHABET, k=15))


def sentence(source, low, high):
    return " ".join(source.choices(WORDS, k=source.randint(low, high))).capitalize()


def moment(number):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_700_000_000 + number * 600)) + f".{number % 1000:03}Z"


def fill_posts(database, source, rows):
    ids = {name: [new_id(source) for _ in range(count)] for name, count in (("authors", 100), ("tags", 50), ("posts", rows))}
    names = {table: [sentence(source, 1, 3) for _ in ids[table]] for table in ("authors", "tags")}
    for table in names:
        database.executemany(f"INSERT INTO {table} (id, name) VALUES (?, ?)", zip(ids[table], names[table]))
    for number, id in enumerate(ids["posts"]):
        at = moment(number)
        database.execute(
            "INSERT INTO posts (id, title, body, status, views, author, tags, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                id,
                sentence(source, 4, 9),
                ". ".join(sentence(source, 8, 14) for _ in range(source.randint(3, 8))),
                source.choices(["draft", "review", "published"], [2, 1, 7])[0],
                source.randint(0, 10000),
                source.choice(ids["authors"]),
                json.dumps(source.sample(ids["tags"], source.randint(0, 4)), separators=(",", ":")),
                at,
                at,
            ),
        )
    return {**ids, "author_words": [name.split()[0] for name in names["authors"]], "tag_names": [quote(name) for name in names["tags"]]}


def fill_notes(database, source, user):
    """Copies the user, password and all, until there are enough users, and gives each their notes."""
    database.row_factory = sqlite3.Row
    account = dict(database.execute("SELECT * FROM users WHERE id = ?", [user]).fetchone())
    insert = f"INSERT INTO users ({', '.join(account)}) VALUES ({', '.join('?' * len(account))})"
    owners = [user] + [new_id(source) for _ in range(USERS - 1)]
    for number, id in enumerate(owners[1:]):
        own = {"id": id, "email": f"user{number}@example.com", "tokenKey": "".join(source.choices(ALPHABET, k=50))}
        database.execute(insert, list({**account, **own}.values()))
    for number in range(USERS * NOTES):
        note = (new_id(source), sentence(source, 5, 30), owners[number % USERS], moment(number), moment(number))
        database.execute("INSERT INTO notes (id, text, owner, created, updated) VALUES (?, ?, ?, ?, ?)", note)


def write_values(directory, values):
    """Writes what posts.lua makes requests of: a file for each name, with one value per line."""
    directory.mkdir(parents=True)
    for name, lines in values.items():
        (directory / name).write_text("\n".join(lines) + "\n")


def wrk(server, case, seconds, connections, threads, values, probe=False):
    command = [
        "wrk", f"-c{connections}", f"-t{threads}", f"-d{seconds}s", "--latency", "--timeout", "10s",
        "-s", str(HERE / "posts.lua"), f"http://{HOST}:{server.port}", "--", case, str(values), *(["probe"] if probe else []),
    ]
    output = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    lines = [line for line in output.stdout.splitlines() if line.startswith("RESULT ")]
    if not lines:
        sys.exit(f"error: wrk failed on {server.name}, case {case}:\n{output.stdout}{output.stderr}")
    return json.loads(lines[0].removeprefix("RESULT "))


def load(server, case, seconds, connections, threads, values):
    result = wrk(server, case, seconds, connections, threads, values)
    if result["refused"] or result["broken"]:
        sys.exit(f"error: {server.name} answered {result['refused']} requests of the case {case} with an error status, {result['broken']} broke")
    return {"rate": result["requests"] / (result["micros"] / 1e6), "p99": result["p99"] / 1000, "p50": result["p50"] / 1000}


def knows(server, case, options, values):
    """Warms the server up for the case, and tells whether it answers the case at all."""
    result = wrk(server, case, 1, options.connections, options.threads, values, probe=True)
    if result["fits"] and result["first"] == 200 or not result["first"]:  # whoever takes longer than a second is at work on it
        return True
    if result["first"] not in (200, 400, 404):
        sys.exit(f"error: {server.name} answered the first request of the case {case} with {result['first']}")
    note(f"{case:12} skipped  {server.name:12} answered {result['first']}" + (" without what was asked for" if result["first"] == 200 else ""))
    return False


def median(rounds, key):
    return statistics.median(result[key] for result in rounds)


def markdown(header, rows):
    lines = ["| " + " | ".join(header) + " |", "| --- |" + " ---: |" * (len(header) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def cells(rounds, base):
    """Rate and p99 of a server in a case; the rate as a ratio where there is a base."""
    if not rounds:
        return ["–", "–"]
    rate = median(rounds, "rate")
    return [f"{rate / base:.2f} ×" if base else f"{rate:,.0f}", f"{median(rounds, 'p99'):.1f} ms"]


def report(servers, results, starts, memories, options):
    base = servers[0].name
    others = [server.name for server in servers[1:]]
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
        platform.machine(),
    )
    print(f"{options.rows:,} posts, {USERS} users with {NOTES} notes each, {options.connections} connections, {options.threads} wrk threads, "
          f"{options.rounds} × {options.seconds} s per server and case, {os.cpu_count()} cores ({model}), {platform.system()} {platform.release()}.\n")
    for server in servers:
        print(f"- {server.name}: {server.version()}")
    print()

    header = ["requests/s, median", base, "p99"] + [cell for name in others for cell in (name, "p99")]
    rows = []
    for case, title in CASES.items():
        if case not in results:
            continue
        own = results[case]
        rate = median(own[base], "rate") if own[base] else None
        row = [title]
        for name in (base, *others):
            row += cells(own[name], None if name == base else rate)
        rows.append(row)
    if rows:
        print(markdown(header, rows) + "\n")

    names = [server.name for server in servers]
    rows = [[f"start to healthy, median of {options.starts}"] + [f"{statistics.median(starts[name]) * 1000:.0f} ms" for name in names]]
    moments = (
        ("memory idle", "idle", 0),
        ("memory after load", "loaded", 0),
        (f"memory {REST} s later", "rested", 0),
        ("memory at its highest", "loaded", 1),
    )
    for title, moment, at in moments:
        rows.append([title] + [f"{memories[name][moment][at]:.0f} MB" for name in names])
    print(markdown(["", *names], rows))


def parse_servers(parser, texts):
    servers = [text.partition("=")[::2] for text in texts or ["pocketbase=pocketbase", "pbr=target/release/pbr"]]
    names = [name for name, _ in servers]
    if len(set(names)) != len(names) or not all(name.isidentifier() and program for name, program in servers):
        parser.error("each --server is NAME=PROGRAM with a name of its own, in letters, digits and underscores")
    return servers


def require_wrk():
    if not shutil.which("wrk"):
        sys.exit("error: wrk is not installed")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", action="append", metavar="NAME=PROGRAM", help="a server to measure; repeat it, the first is the base")
    parser.add_argument("--prepare", metavar="PROGRAM", help="the program that makes the data directory (default: the first server's)")
    parser.add_argument("--cases", default=",".join(CASES), help="which cases, in a comma list (default: all)")
    parser.add_argument("--seconds", type=bounded(1, 60), default=5, help="length of a round")
    parser.add_argument("--rounds", type=bounded(1, 20), default=3, help="rounds per server and case")
    parser.add_argument("--connections", type=bounded(1, 256), default=32)
    parser.add_argument("--threads", type=bounded(1, 16), default=2, help="threads of wrk")
    parser.add_argument("--rows", type=bounded(100, 200_000), default=10_000, help="posts in the table")
    parser.add_argument("--starts", type=bounded(1, 50), default=10, help="how often the start is timed")
    parser.add_argument("--json", metavar="FILE", help="also write every round to this file")
    options = parser.parse_args()
    options.server = parse_servers(parser, options.server)
    asked = options.cases.split(",")
    if not set(asked) <= set(CASES):
        parser.error(f"unknown case in --cases {options.cases}; there are {', '.join(CASES)}")
    options.cases = [case for case in CASES if case in asked]
    require_wrk()
    return options


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="pbr-bench-") as directory:
        work = Path(directory)
        servers = [Server(name, program, work / name) for name, program in options.server]
        try:
            measure(servers, options, work)
        finally:
            for server in servers:
                server.stop()


def measure(servers, options, work):
    origin = Server("prepare", options.prepare or servers[0].program, work / ".prepare")
    note(f"preparing {options.rows} posts with {origin.program}")
    try:
        values = work / ".values"
        write_values(values, prepare(origin, options.rows))
    finally:
        origin.stop()
    for server in servers:
        shutil.copytree(origin.data, server.data)

    for server in servers:  # once untimed: a first start may migrate, and a wrapper script may stand for the program
        server.start()
        server.resolve()
        server.stop()
    starts = {server.name: [] for server in servers}
    for turn in range(options.starts):
        for server in servers:
            starts[server.name].append(server.start())
            server.stop()
    for server in servers:
        server.start()
    time.sleep(2)
    memories = {server.name: {"idle": server.memory()} for server in servers}

    results = {}
    for case in options.cases:
        results[case] = {server.name: [] for server in servers}
        able = [server for server in servers if knows(server, case, options, values)]
        for turn in range(options.rounds):
            # Each round begins with another server, so that none is always the first after a pause.
            for server in able[turn % len(able):] + able[: turn % len(able)] if able else []:
                result = load(server, case, options.seconds, options.connections, options.threads, values)
                results[case][server.name].append(result)
                note(f"{case:12} round {turn + 1}  {server.name:12} {result['rate']:10,.0f}/s  p99 {result['p99']:.1f} ms")
    for server in servers:
        memories[server.name]["loaded"] = server.memory()
    time.sleep(REST)
    for server in servers:
        memories[server.name]["rested"] = server.memory()

    report(servers, results, starts, memories, options)
    if options.json:
        Path(options.json).write_text(json.dumps({"results": results, "starts": starts, "memory": memories}, indent=1) + "\n")


if __name__ == "__main__":
    main()

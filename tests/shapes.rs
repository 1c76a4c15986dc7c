//! What `--json` prints: the output of every command against its JSON Schema in `docs/json`, and its shape as reviewed.

use crate::support::{Client, Project, Run, S3Server, root, runnable};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Schemas that are not of one command.
const SHARED: [&str; 2] = ["error", "event"];

fn schema(name: &str) -> Json {
    let path = root().join("docs/json").join(format!("{}.schema.json", name.replace(' ', "-")));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[track_caller]
fn validate(name: &str, value: &Json) {
    let validator = jsonschema::draft202012::new(&schema(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name}: {}\n{value}", errors.join("\n"));
}

/// Successful outputs by command.
#[derive(Default)]
struct Outputs(BTreeMap<String, Vec<Json>>);

impl Outputs {
    /// Runs a command line with `--json`; the command is what begins it.
    #[track_caller]
    fn run(&mut self, project: &Project, line: &str) -> Json {
        self.take(line, project.pbr(&format!("{line} --json")).succeeds().json())
    }

    #[track_caller]
    fn take(&mut self, line: &str, output: Json) -> Json {
        let name = command_of(line);
        validate(&name, &output);
        self.0.entry(name).or_default().push(output.clone());
        output
    }
}

/// The longest beginning that has a schema.
#[track_caller]
fn command_of(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let names = names();
    let found = (1..=words.len().min(3)).rev().map(|count| words[..count].join(" ")).find(|name| names.contains(name));
    found.unwrap_or_else(|| panic!("no schema for `{line}`"))
}

/// The commands that have a schema.
fn names() -> BTreeSet<String> {
    let files = std::fs::read_dir(root().join("docs/json")).expect("docs/json");
    let names = files.filter_map(|file| {
        let name = file.expect("a file").file_name().to_string_lossy().into_owned();
        Some(name.strip_suffix(".schema.json")?.replace('-', " ").replace("json schema", "json-schema"))
    });
    names.filter(|name| !SHARED.contains(&name.as_str())).collect()
}

/// Keys and types, without values: `{collections: [string], ok: boolean}`.
fn shape(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(_) => "boolean".to_owned(),
        Json::Number(number) if number.is_f64() => "number".to_owned(),
        Json::Number(_) => "integer".to_owned(),
        Json::String(_) => "string".to_owned(),
        Json::Array(items) => {
            let shapes: BTreeSet<String> = items.iter().map(shape).collect();
            format!("[{}]", Vec::from_iter(shapes).join(" | "))
        }
        // Records, collections and schemas have the keys of others.
        Json::Object(object)
            if ["id", "collectionName", "fields", "$schema"].iter().any(|key| is_foreign(object, key)) =>
        {
            "object".to_owned()
        }
        Json::Object(object) => {
            let members: BTreeMap<&String, String> = object.iter().map(|(key, value)| (key, shape(value))).collect();
            let members: Vec<String> = members.iter().map(|(key, shape)| format!("{key}: {shape}")).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn is_foreign(object: &serde_json::Map<String, Json>, key: &str) -> bool {
    object.contains_key(key) && !object.contains_key("ok") && !object.contains_key("expression")
}

#[test]
fn every_command_prints_what_its_schema_says() {
    let mut outputs = Outputs::default();
    project_commands(&mut outputs);
    schema_commands(&mut outputs);
    migration_commands(&mut outputs);
    data_commands(&mut outputs);
    key_commands(&mut outputs);
    files_command(&mut outputs);
    running_commands(&mut outputs);

    let tried: BTreeSet<String> = outputs.0.keys().cloned().collect();
    let commands: BTreeSet<String> = runnable().into_iter().collect();
    assert_eq!(names(), commands, "each command has a schema in docs/json, and each schema a command");
    assert_eq!(tried, commands, "each command is tried here");
    let mut text = String::new();
    for (command, outputs) in &outputs.0 {
        let shapes: BTreeSet<String> = outputs.iter().map(shape).collect();
        text.push_str(&format!("pbr {command}\n"));
        text.extend(shapes.iter().map(|shape| format!("  {shape}\n")));
    }
    insta::assert_snapshot!(text);
}

fn project_commands(outputs: &mut Outputs) {
    let project = Project::empty();
    outputs.run(&project, "init blog --template blog --yes");
    outputs.run(&project, "config list");
    outputs.run(&project, "config get server.http");
    outputs.run(&project, "explain");
    outputs.run(&project, "explain PBR-SCHEMA-0007");
    outputs.run(&project, "completions fish");
    outputs.run(&project, "man");
    outputs.run(&project, "man --out pages");
}

fn schema_commands(outputs: &mut Outputs) {
    let project = Project::from_template("blog");
    for line in
        ["validate", "fmt", "show", "graph", "json-schema", "export", "export --out all.json", "import all.json"]
    {
        outputs.run(&project, &format!("schema {line}"));
    }
    project.replace("schema/tags.yaml", "name:", "more: { type: text }\n  name:");
    outputs.run(&project, "schema fmt");
    let empty = Project::from_template("blank");
    empty.write("all.json", &project.read("all.json"));
    outputs.run(&empty, "schema import all.json");
}

fn migration_commands(outputs: &mut Outputs) {
    let project = Project::from_template("blank");
    for arguments in [
        "init --quiet --initial-branch main",
        "config user.email dev@example.com",
        "config user.name dev",
        "add --all",
        "commit --quiet -m start",
    ] {
        let git = Command::new("git").current_dir(project.path()).args(arguments.split(' ')).status().expect("git");
        assert!(git.success(), "git {arguments}");
    }
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields:\n  title: text\n  body: text\n");
    outputs.run(&project, "migrate diff notes --down");
    outputs.run(&project, "migrate diff");
    outputs.run(&project, "migrate rebase --onto main");
    outputs.run(&project, "migrate lint --all");
    outputs.run(&project, "migrate check");
    outputs.run(&project, "migrate up --dry-run");
    outputs.run(&project, "migrate up");
    outputs.run(&project, "migrate");
    let status = outputs.run(&project, "migrate status");
    let version = status["current"].as_i64().expect("a version");
    outputs.run(&project, "doctor");
    outputs.run(&project, "migrate drift");
    outputs.run(&project, "migrate drift --fix");
    outputs.run(&project, "migrate pull");
    outputs.run(&project, "migrate down --dry-run");
    outputs.run(&project, &format!("migrate repair {version} --as reverted"));
    outputs.run(&project, &format!("migrate repair {version} --as applied"));
    outputs.run(&project, "migrate new by_hand --down");
    outputs.run(&project, "migrate hash");
    outputs.run(&project, "migrate up");

    // Rules that were changed in the database: taken back by a migration, or taken over.
    project.database().execute("UPDATE _collections SET listRule = '' WHERE name = 'notes'", []).expect("a rule");
    let (fixed, pulled) = (project.duplicate(), project.duplicate());
    assert!(outputs.run(&fixed, "migrate drift --fix")["file"].is_string());
    assert!(outputs.run(&pulled, "migrate pull")["migration"].is_string());

    // A warning that is no error.
    project.replace("schema/notes.yaml", "  body: text\n", "  content: text\n");
    project.pbr("migrate diff content --rename notes.body=notes.content").succeeds();
    outputs.run(&project, "migrate lint");

    let fresh = Project::from_template("blank");
    fresh.pbr("migrate").succeeds();
    fresh.database().execute_batch("DROP TABLE refinery_schema_history").expect("no history");
    let version = fresh.list("migrations").into_iter().find(|name| name.ends_with("__init.sql")).expect("a migration");
    outputs.run(&fresh, &format!("migrate baseline {version}"));
}

fn data_commands(outputs: &mut Outputs) {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    outputs.run(&project, "seed --group test");
    outputs.run(&project, "seed");
    outputs.run(&project, "seed export --collection posts");
    outputs.run(&project, "seed export --collection posts --out posts.yaml");
    let made = outputs.run(&project, "records create tags name=New slug=new");
    let id = made["record"]["id"].as_str().expect("an id").to_owned();
    outputs.run(&project, &format!("records get tags {id}"));
    outputs.run(&project, &format!("records update tags {id} name=Newer"));
    outputs.run(&project, "records list tags --per-page 2");
    outputs.run(&project, &format!("records delete tags {id}"));
    outputs.run(&project, "data export tags");
    outputs.run(&project, "data export tags --out tags.ndjson");
    outputs.run(&project, "data import tags tags.ndjson");
    outputs.run(&project, "data query SELECT(1)a");
    outputs.run(&project, "data query --write SELECT(1)");
    outputs.run(&project, "backup create a.zip");
    outputs.run(&project, "backup list");
    outputs.run(&project, "backup verify a.zip");
    outputs.run(&project, "backup restore a.zip --yes");
    outputs.run(&project, "backup delete a.zip --yes");
    outputs.run(&project, "cron list");
    outputs.run(&project, "cron run __pbLogsCleanup__");
}

fn key_commands(outputs: &mut Outputs) {
    let project = Project::empty();
    let account = "root@example.com secret12345";
    outputs.run(&project, &format!("superuser create {account}"));
    outputs.run(&project, &format!("superuser update {account}"));
    outputs.run(&project, &format!("superuser upsert {account}"));
    outputs.run(&project, "superuser list");
    let token = outputs.run(&project, "token issue root@example.com")["token"].as_str().expect("a token").to_owned();
    outputs.run(&project, &format!("token inspect {token}"));
    outputs.run(&project, "token revoke root@example.com");
    project.serve().root().patch("/api/collections/_superusers", json!({ "otp": { "enabled": true } })).ok();
    outputs.run(&project, "superuser otp root@example.com");
    outputs.run(&project, "superuser delete nobody@example.com");
    outputs.run(&project, "superuser ips 127.0.0.1");
    outputs.run(&project, "superuser ips");
}

fn files_command(outputs: &mut Outputs) {
    let bucket = S3Server::start();
    let (project, _server, root) = bucket_of(&bucket);
    outputs.run(&project, "files migrate --to s3 --dry-run");
    outputs.run(&project, "files migrate --to s3 --switch");
    drop(root);
}

/// A record with a file, and a bucket in the settings that is not used yet.
fn bucket_of(bucket: &S3Server) -> (Project, crate::support::Server, Client) {
    let (project, server, root) = Project::bare();
    let mut settings = bucket.settings();
    settings["enabled"] = false.into();
    root.patch("/api/settings", json!({ "s3": settings })).ok();
    let docs = json!({ "name": "docs", "type": "base", "fields": [{ "name": "f", "type": "file", "maxSelect": 1 }] });
    root.post("/api/collections", docs).ok();
    project.write("a.txt", "hello");
    project.pbr("records create docs f@a.txt").succeeds();
    (project, server, root)
}

/// `serve`, `dev` and `logs`: the lines until the server has started.
fn running_commands(outputs: &mut Outputs) {
    let project = Project::from_template("blog");
    for line in lines_until_started(project.command("dev --json --http 127.0.0.1:0")) {
        let of = if line["event"] == "started" { "serve" } else { "dev" };
        outputs.take(of, line);
    }
    for line in lines_until_started(project.command("serve --json --http 127.0.0.1:0")) {
        outputs.take("serve", line);
    }
    let logs = rusqlite::Connection::open(project.file("pb_data/auxiliary.db")).expect("the log");
    let row = "INSERT INTO _logs (id, level, message, data, created) \
               VALUES ('x', 0, 'm', '{\"a\":1}', '2026-01-01 00:00:00.000Z')";
    logs.execute(row, []).expect("a row");
    for line in project.pbr("logs --json").succeeds().stdout().lines() {
        outputs.take("logs", serde_json::from_str(line).expect("JSON"));
    }
}

fn lines_until_started(mut command: Command) -> Vec<Json> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("pbr");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut lines: Vec<Json> = Vec::new();
    while lines.last().is_none_or(|line| line["event"] != "started") {
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        lines.push(serde_json::from_str(&line).expect("JSON"));
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    let status = child.wait().expect("an end");
    assert!(status.success(), "{status}");
    lines
}

#[test]
fn failures_of_every_command_have_one_shape() {
    let project = Project::empty();
    for command in runnable() {
        let run = project.pbr(&format!("{command} --json --no-such-flag")).exits(2);
        validate("error", &run.json());
    }
}

#[test]
fn failures_with_places_questions_and_losses_have_it_too() {
    let project = Project::from_template("blank");
    let fails = |arguments: &str, code: i32| {
        let error = project.pbr(&format!("{arguments} --json")).exits(code).json();
        validate("error", &error);
        error
    };
    fails("migrate status --check", 4);
    fails("data import users nowhere.csv", 2);
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields:\n  title: text\n");
    fails("migrate", 4);
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate").succeeds();
    project.replace("schema/notes.yaml", "title: text", "headline: text");
    fails("migrate diff", 5);
    project.database().execute("INSERT INTO notes (id, title) VALUES ('a', 'b')", []).expect("a row");
    project.pbr("migrate diff --drop notes.title").succeeds();
    fails("migrate lint", 4);
    fails("migrate up", 5);
    project.write("schema/notes.yaml", "collection: notes\nfields: 7\n");
    let invalid = fails("schema validate", 9);
    assert!(invalid["error"]["where"]["line"].is_number(), "{invalid}");
    fails("doctor", 4);
}

#[test]
fn schemas_leave_no_key_unsaid_and_are_in_the_binary() {
    for name in names().iter().map(String::as_str).chain(SHARED) {
        let schema = schema(name);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        closed(name, &schema);
        let published = Project::empty().pbr(&format!("help json {name}")).succeeds();
        assert_eq!(published.json(), schema, "{name}");
    }
    let overview = Project::empty().pbr("help json").succeeds().stdout();
    assert!(names().iter().all(|name| overview.contains(&format!("\n  {name}\n"))), "{overview}");
    Project::empty().pbr("help json migrate stats").exits(2).stderr_contains("pbr help json migrate status");
}

/// Objects whose keys are listed have no others.
fn closed(name: &str, schema: &Json) {
    match schema {
        Json::Object(object) => {
            if object.contains_key("properties") {
                assert_eq!(object.get("additionalProperties"), Some(&false.into()), "{name}: {schema}");
            }
            object.values().for_each(|value| closed(name, value));
        }
        Json::Array(items) => items.iter().for_each(|item| closed(name, item)),
        _ => {}
    }
}

/// The events of a run, and the result; each has its schema.
#[track_caller]
fn lines(command: &str, run: &Run) -> (Vec<Json>, Json) {
    let parse = |line: &str| serde_json::from_str::<Json>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let mut lines: Vec<Json> = run.stdout().lines().map(parse).collect();
    let result = lines.pop().expect("a result");
    lines.iter().for_each(|line| validate("event", line));
    validate(command, &result);
    (lines, result)
}

#[test]
fn long_commands_tell_of_their_progress_line_by_line() {
    let project = Project::from_template("blog");
    let bucket = S3Server::start();
    let (files, _server, _root) = bucket_of(&bucket);
    let last = |project: &Project, line: &str| -> Json {
        let run = project.pbr(&format!("{line} --json=lines")).succeeds();
        let (events, _) = lines(&command_of(line), &run);
        let progress = events.iter().rfind(|event| event["event"] == "progress");
        progress.unwrap_or_else(|| panic!("{line}: no progress in {}", run.stdout())).clone()
    };
    let applied = last(&project, "migrate up");
    assert_eq!((&applied["unit"], &applied["done"], &applied["total"]), (&json!("files"), &json!(1), &json!(1)));
    let seeded = last(&project, "seed");
    assert_eq!((&seeded["unit"], &seeded["done"]), (&json!("rows"), &seeded["total"]));
    assert_eq!(last(&project, "backup create a.zip")["done"], 1);
    assert_eq!(last(&project, "backup restore a.zip --yes")["done"], 2);
    let exported = last(&project, "data export tags --out tags.ndjson");
    let imported = last(&project, "data import tags tags.ndjson");
    assert_eq!(
        (&exported["what"], &exported["done"], &imported["rows"]),
        (&json!("tags"), &imported["rows"], &imported["rows"])
    );
    assert_eq!(imported["done"], imported["total"]);
    let copied = last(&files, "files migrate --to s3");
    assert_eq!((&copied["unit"], &copied["done"]), (&json!("bytes"), &copied["total"]));
    let taken_over = last(&project, "init taken --from pb_data");
    assert_eq!(taken_over["what"], "copying files");
    assert_eq!((&taken_over["unit"], &taken_over["done"]), (&json!("bytes"), &taken_over["total"]));
    assert!(taken_over["total"].as_u64() > Some(0), "{taken_over}");
}

#[test]
fn lines_end_with_the_result_or_the_error_and_an_object_is_alone() {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    let (events, result) = lines("seed", &project.pbr("seed --json=lines").succeeds());
    assert!(events.iter().any(|event| event["event"] == "note"), "{events:?}");
    assert!(events.iter().all(|event| event.get("ok").is_none()) && result["ok"] == true);
    assert_eq!(project.pbr("seed --json").succeeds().stdout().lines().count(), 1);
    assert_eq!(project.pbr("seed --json=object").succeeds().stdout().lines().count(), 1);
    // The data itself is the output: nothing comes between.
    assert_eq!(project.pbr("data export tags --json=lines").succeeds().stdout().lines().count(), 1);
    project.write("tags.csv", "name,slug\nA,NOT A SLUG\n");
    let (_, failed) = lines("error", &project.pbr("data import tags tags.csv --json=lines").exits(2));
    assert_eq!(failed["ok"], false);
    lines("error", &project.pbr("seed --json=lines --no-such-flag").exits(2));
    project.pbr("seed --json=line").exits(2).stdout_contains("possible values: object, lines");
}

#[test]
fn work_goes_on_when_nobody_reads_the_events() {
    let project = Project::from_template("blog");
    let mut child = project.command("migrate up --json=lines").stdout(Stdio::piped()).spawn().expect("pbr");
    drop(child.stdout.take());
    assert!(child.wait().expect("an end").success());
    assert_eq!(project.pbr("migrate status --json").succeeds().json()["pending"], 0);
}

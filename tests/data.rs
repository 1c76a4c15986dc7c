//! `pbr data`.

use crate::support::{Project, eventually};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use std::process::Command;

const THINGS: &str = "\
version: 1
collection: things
type: auth
fields:
  slug: { type: text, required: true }
  title: text
  count: number
  open: bool
  contact: email
  site: url
  body: editor
  due: date
  kind: { type: select, values: [plain, ' spaced'], maxSelect: 1 }
  tags: { type: select, values: [a, b, 'c|d'], maxSelect: 3 }
  extra: { type: json }
  cover: { type: file, maxSelect: 1 }
  papers: { type: file, maxSelect: 3 }
  parent: { type: relation, collection: things, maxSelect: 1 }
  friends: { type: relation, collection: things, maxSelect: 5 }
  pin: password
  place: geoPoint
  created: { type: autodate, onCreate: true }
  updated: { type: autodate, onCreate: true, onUpdate: true }
indexes:
  - unique: [slug]
";

const ITEMS: &str = "\
version: 1
collection: items
fields:
  sku: { type: text, required: true, max: 20 }
  name: text
  price: number
  sold: date
  thing: { type: relation, collection: things, maxSelect: 1 }
  updated: { type: autodate, onCreate: true, onUpdate: true }
indexes:
  - unique: [sku]
";

/// A project with a collection of every field type and one of few.
fn shelf() -> Project {
    let project = Project::from_template("blank");
    project.write("schema/things.yaml", THINGS).write("schema/items.yaml", ITEMS);
    project.pbr("migrate diff shelf").succeeds();
    project.pbr("migrate").succeeds();
    project
}

fn records(project: &Project, collection: &str) -> Vec<Json> {
    let run = project.pbr(&format!("data export {collection} --sort id --with-secrets")).succeeds();
    run.stdout().lines().map(|line| serde_json::from_str(line).expect("a record a line")).collect()
}

#[test]
fn rows_of_csv_become_records_and_once_more_change_nothing() {
    let project = shelf();
    // With a byte order mark, Windows line ends, a quoted line break and columns in any order.
    let csv = "\u{feff}name,sku,price,sold\r\n\"A, \"\"b\"\"\nc\",a1,1.5,2024-02-03\r\n,a2,,\r\n";
    project.write("items.csv", csv);
    let first = project.pbr("data import items items.csv --key sku --json").succeeds().json();
    assert_eq!((&first["ok"], &first["created"], &first["rows"]), (&json!(true), &json!(2), &json!(2)), "{first}");
    let stored = records(&project, "items");
    let of = |sku: &str| stored.iter().find(|item| item["sku"] == sku).expect("the item").clone();
    assert_eq!(of("a1")["name"], "A, \"b\"\nc");
    assert_eq!((&of("a1")["price"], &of("a1")["sold"]), (&json!(1.5), &json!("2024-02-03 00:00:00.000Z")));
    assert_eq!((&of("a2")["price"], &of("a2")["sold"]), (&json!(0), &json!("")));
    let again = project.pbr("data import items items.csv --key sku --json").succeeds().json();
    assert_eq!(
        (&again["created"], &again["updated"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(2)),
        "{again}"
    );
    assert_eq!(records(&project, "items"), stored, "not even a date of update moved");
}

#[test]
fn an_export_that_is_imported_gives_the_same_records_whatever_the_format() {
    let project = shelf();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let server = project.serve();
    let root = server.root();
    let part = |text: &str| reqwest::blocking::multipart::Part::text(text.to_owned()).file_name("a b.txt");
    let form = reqwest::blocking::multipart::Form::new()
        .text("id", "thing0000000001")
        .text("slug", "first")
        .text("email", "first@example.com")
        .text("password", "secret12345")
        .text("passwordConfirm", "secret12345")
        .text("pin", "1234")
        .part("cover", part("cover"))
        .part("papers", part("one"))
        .part("papers", part("two"));
    root.send(root.request("POST", "/api/collections/things/records").multipart(form)).ok();
    root.patch(
        "/api/collections/things/records/thing0000000001",
        json!({
            "title": "Ä \"quoted\", with\nlines\r\nand\ttabs ", "count": -1234.5e-7, "open": true,
            "contact": "a@example.com", "site": "https://example.com/?a=b,c", "body": "<p>x</p>\n", "due": "2024-02-29 10:11:12.131Z",
            "kind": " spaced", "tags": ["c|d", "a"], "extra": { "b": [1, null, "x|y"], "a": "\u{1f980}" },
            "place": { "lon": 13.4, "lat": -52.5 }, "verified": true, "emailVisibility": true,
        }),
    )
    .ok();
    let second = json!({
        "id": "thing0000000002", "slug": "second", "password": "secret12345", "passwordConfirm": "secret12345",
        "email": "second@example.com", "extra": "\"12\"", "parent": "thing0000000001", "friends": ["thing0000000001"],
    });
    root.post("/api/collections/things/records", second).ok();
    let third = json!({ "id": "thing0000000003", "slug": "third", "password": "secret12345",
        "passwordConfirm": "secret12345", "email": "third@example.com", "extra": [], "pin": "" });
    root.post("/api/collections/things/records", third).ok();
    drop(server);

    let before = records(&project, "things");
    assert_eq!(before.len(), 3);
    assert_eq!(before[0]["tags"], json!(["c|d", "a"]));
    assert!(before[0]["password"].as_str().expect("a hash").starts_with("$argon2id$"), "{}", before[0]["password"]);
    for format in ["csv", "tsv", "json", "ndjson"] {
        let file = format!("things.{format}");
        project.pbr(&format!("data export things --with-secrets --out {file}")).succeeds();
        let same = project.pbr(&format!("data import things {file} --hashed --json")).succeeds().json();
        assert_eq!(same["unchanged"], 3, "{format}: {same}");

        // Files stay where they are: the rows go and come back without them.
        let database = project.database();
        database.execute("UPDATE things SET title = 'x', count = 1, open = 0, contact = '', site = '', body = '', due = '', \
             kind = '', tags = '[]', extra = NULL, parent = '', friends = '[]', pin = '', place = '{\"lon\":0,\"lat\":0}', \
             created = '', updated = '', password = 'x', verified = 0", []).expect("an update");
        let back = project.pbr(&format!("data import things {file} --hashed --json")).succeeds().json();
        assert_eq!(back["updated"], 3, "{format}: {back}");
        assert_eq!(records(&project, "things"), before, "{format}");

        database.execute("UPDATE things SET cover = '', papers = '[]'", []).expect("an update");
        database.execute("DELETE FROM things WHERE id <> 'thing0000000001'", []).expect("a delete");
        let run = project.pbr(&format!("data import things {file} --hashed --json --on-error skip")).exits(4).json();
        assert_eq!(
            (&run["error"]["meta"]["created"], &run["error"]["meta"]["refused"]),
            (&json!(2), &json!(1)),
            "{run}"
        );
        let message = run["error"]["meta"]["errors"][0]["message"].as_str().expect("a message").to_owned();
        assert!(message.contains("`cover`") && message.contains("`papers`"), "files are not in the file: {message}");
        let (cover, papers) = (before[0]["cover"].as_str().expect("a name"), before[0]["papers"].to_string());
        database
            .execute("UPDATE things SET cover = ?1, papers = ?2 WHERE id = 'thing0000000001'", [cover, &papers])
            .expect("an update");
        assert_eq!(records(&project, "things"), before, "{format}");
    }
}

#[test]
fn secrets_stay_inside_unless_they_are_asked_for() {
    let project = shelf();
    project.write("t.ndjson", "{\"slug\":\"a\",\"email\":\"a@example.com\",\"password\":\"secret12345\"}\n");
    project.pbr("data import things t.ndjson").succeeds();
    let shown = project.pbr("data export things --format csv").succeeds().stdout();
    assert!(!shown.contains("password") && !shown.contains("tokenKey") && !shown.contains("pin"), "{shown}");
    project.pbr("data export things --fields id,tokenKey").exits(2).stderr_contains("--with-secrets");
    project.pbr("data export things --fields id,tokenKey --with-secrets").succeeds().stdout_contains("tokenKey");
    let server = project.serve();
    server.client().login("things", "a@example.com", "secret12345");
}

#[test]
fn passwords_are_hashed_and_one_that_is_right_already_is_no_change() {
    let project = shelf();
    let rows: String = (0..20).fold(String::new(), |mut rows, n| {
        let _ = writeln!(rows, "t{n},t{n}@example.com,secret12345");
        rows
    });
    project.write("things.csv", &format!("slug,email,password\n{rows}"));
    project.pbr("data import things things.csv --key slug").succeeds();
    let before = records(&project, "things");
    let hash = &before[0]["password"];
    assert!(before.iter().all(|thing| thing["password"] == *hash), "one hash for one password");
    let again = project.pbr("data import things things.csv --key slug --json").succeeds().json();
    assert_eq!(again["unchanged"], 20, "{again}");
    project.write("things.csv", "slug,password\nt3,another12345\n");
    project.pbr("data import things things.csv --key slug").succeeds();
    let changed = records(&project, "things").into_iter().find(|thing| thing["slug"] == "t3").expect("the thing");
    let old = before.iter().find(|thing| thing["slug"] == "t3").expect("the thing");
    assert_ne!(changed["tokenKey"], old["tokenKey"], "a new password ends the sessions");
    let left = |table: &str| -> i64 {
        project.database().query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    let tables = ["_otps", "_mfas", "_authOrigins"];
    let fill = || {
        for table in tables {
            let column = match table {
                "_otps" => "password, sentTo",
                "_mfas" => "method",
                _ => "fingerprint",
            };
            let values = if table == "_otps" { "'x', ''" } else { "'x'" };
            let owner = "SELECT lower(hex(randomblob(7))) || 'x', c.id, t.id";
            let from = "FROM things t, _collections c WHERE c.name = 'things' AND t.slug = 't5'";
            let sql = format!("INSERT INTO {table} (id, collectionRef, recordRef, {column}) {owner}, {values} {from}");
            project.database().execute(&sql, []).unwrap();
        }
    };
    fill();
    project.write("things.csv", "slug,password\nt5,another12345\n");
    project.pbr("data import things things.csv --key slug").succeeds();
    assert_eq!(tables.map(left), [0, 0, 0], "what a new password ends");
    fill();
    project.write("things.csv", "slug,email\nt5,new@example.com\n");
    project.pbr("data import things things.csv --key slug").succeeds();
    assert_eq!(tables.map(left), [0, 1, 1], "a new email ends the codes");
    let seed = "group: required\ncollection: things\nkey: slug\nrecords:\n  t5: { slug: t5, password: third12345 }\n";
    fill_with_seed(&project, seed);
    assert_eq!(tables.map(left), [0, 0, 0], "a seed does the same");
    project.write("things.csv", "slug,password\nt4,short\n");
    project.pbr("data import things things.csv --key slug").exits(2).stderr_contains("at least 8 character");
}

fn fill_with_seed(project: &Project, seed: &str) {
    project.write("seeds/90_things.yaml", seed);
    project.pbr("seed --group required --only things").succeeds();
}

#[test]
fn what_cannot_be_stored_is_named_with_row_line_and_reason() {
    let project = shelf();
    let csv = "sku,name,price,sold,thing\n\
        ok1,A,1,,\n\
        ,B,1,,\n\
        bad2,\"two\nlines\",x,soon,\n\
        bad3,C,1,,nothing00000000\n\
        short\n\
        ok1,D,2,,\n\
        ok2,E,,,\n";
    project.write("items.csv", csv);
    let run =
        project.pbr("data import items items.csv --mode insert --on-error skip --errors refused.csv --json").exits(4);
    let meta = &run.json()["error"]["meta"];
    assert_eq!((&meta["created"], &meta["refused"]), (&json!(2), &json!(5)), "{meta}");
    let refused = project.read("refused.csv");
    let lines: Vec<&str> = refused.lines().collect();
    assert_eq!(lines[0], "row,line,message");
    for (line, (start, part)) in lines[1..].iter().zip([
        ("2,3,", "`sku`: Cannot be blank."),
        ("3,4,", "`price`: `x` is no number; `sold`: `soon` is no date"),
        ("4,6,", "`thing`: Failed to find all relation records"),
        ("5,7,", "1 cells where the header has 5"),
        ("6,8,", "`sku`: Value must be unique."),
    ]) {
        assert!(line.starts_with(start) && line.contains(part), "{start} {part} in\n{refused}");
    }
    let run = project.pbr("data import items items.csv --key sku").exits(2);
    run.stderr_contains("row 2, line 3: `sku`: the key is empty").stderr_contains("the row before it is imported");
}

#[test]
fn the_file_that_is_read_is_never_written() {
    let project = shelf();
    let csv = "sku,price\na,1\nb,x\n";
    project.write("items.csv", csv).write("folder/.keep", "");
    let mut names = vec!["items.csv", "folder/../items.csv"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(project.file("items.csv"), project.file("link.csv")).expect("a link");
        std::fs::hard_link(project.file("items.csv"), project.file("hard.csv")).expect("a link");
        names.extend(["link.csv", "hard.csv"]);
    }
    for errors in names {
        let run = project.pbr(&format!("data import items items.csv --on-error skip --errors {errors}")).exits(2);
        run.stderr_contains("is the file that is read");
        assert_eq!(project.read("items.csv"), csv, "{errors}");
    }
    assert!(records(&project, "items").is_empty());
}

#[test]
fn a_row_that_is_refused_ends_nobodys_sessions() {
    let project = shelf();
    let row = |n: u32, password: &str| format!("thing{n:010},t{n},t{n}@example.com,{password}\n");
    let head = "id,slug,email,password\n";
    project.write("things.csv", &format!("{head}{}{}", row(1, "secret12345"), row(2, "secret12345")));
    project.pbr("data import things things.csv").succeeds();
    let origin = "INSERT INTO _authOrigins (id, collectionRef, recordRef, fingerprint) \
                  SELECT 'origin000000000', id, 'thing0000000001', 'here' FROM _collections WHERE name = 'things'";
    project.database().execute(origin, []).expect("a place");
    let origins = || -> i64 {
        let count = project.database().query_row("SELECT count(*) FROM _authOrigins", [], |row| row.get(0));
        count.expect("a count")
    };
    let taken = row(1, "another12345").replace("t1@", "t2@");
    project.write("things.csv", &format!("{head}{taken}"));
    project.pbr("data import things things.csv --on-error skip").exits(4).stderr_contains("`email`");
    assert_eq!(origins(), 1);
    project.write("things.csv", &format!("{head}{}", row(1, "another12345")));
    project.pbr("data import things things.csv").succeeds();
    assert_eq!(origins(), 0);
}

#[test]
fn an_import_that_stops_keeps_the_rows_before_it_unless_it_is_atomic_or_dry() {
    let project = shelf();
    project.write("items.csv", "sku\na\nb\n\"\"\nc\n");
    let count = || records(&project, "items").len();
    project.pbr("data import items items.csv --dry-run").exits(2).stderr_contains("nothing was written");
    project.pbr("data import items items.csv --atomic").exits(2).stderr_contains("nothing was imported");
    assert_eq!(count(), 0);
    project.pbr("data import items items.csv").exits(2).stderr_contains("the 2 rows before it are imported");
    assert_eq!(count(), 2);
    let dry = project.pbr("data import items items.csv --key sku --dry-run --on-error skip --json").exits(4).json();
    assert_eq!(dry["error"]["meta"]["created"], 1, "{dry}");
    assert_eq!(count(), 2);
    project.write("items.csv", "sku\na\nd\n");
    let skip = project.pbr("data import items items.csv --key sku --mode skip --json").succeeds().json();
    assert_eq!((&skip["created"], &skip["skipped"]), (&json!(1), &json!(1)), "{skip}");
}

#[test]
fn rows_may_refer_to_rows_that_come_later() {
    let project = shelf();
    let thing = |n: u32, parent: u32| {
        json!({ "id": format!("thing{n:010}"), "slug": format!("t{n}"), "email": format!("t{n}@example.com"),
            "password": "secret12345", "parent": format!("thing{parent:010}") })
    };
    let rows = json!([thing(1, 2), thing(2, 3), thing(3, 9), thing(4, 1)]);
    project.write("things.json", &rows.to_string());
    let run = project.pbr("data import things things.json --on-error skip --json").exits(4).json();
    assert_eq!(run["error"]["meta"]["refused"], 4, "all of them hang on one that is missing: {run}");
    let rows = json!([thing(1, 2), thing(2, 3), thing(3, 4), { "id": "thing0000000004", "slug": "t4",
        "email": "t4@example.com", "password": "secret12345" }]);
    project.write("things.json", &rows.to_string());
    project.pbr("data import things things.json").succeeds();
    assert_eq!(records(&project, "things").len(), 4);
}

#[test]
fn columns_are_mapped_set_and_left_out() {
    let project = shelf();
    project.write("items.csv", "Artikel;note;name\na;x;A\n");
    let import = "data import items items.csv --delimiter ;";
    project.pbr(&format!("{import} --map Artikel=sku")).exits(2).stderr_contains("`items` has no field `note`");
    project.pbr(&format!("{import} --map Artikel=skku")).exits(2).stderr_contains("did you mean `sku`?");
    project.pbr(&format!("{import} --map Artikel=sku --map note= --set price=x")).exits(2).stderr_contains("no number");
    project.pbr(&format!("{import} --map Artikel=sku --map note= --set price=7")).succeeds();
    let stored = records(&project, "items");
    assert_eq!((&stored[0]["sku"], &stored[0]["name"], &stored[0]["price"]), (&json!("a"), &json!("A"), &json!(7)));
    project.pbr(&format!("{import} --ignore-unknown --key name --map Artikel=sku")).succeeds();
    project.write("items.csv", "sku,sku\na,b\n");
    project.pbr("data import items items.csv").exits(2).stderr_contains("two columns are the field `sku`");
    project.pbr("data import itms items.csv").exits(2).stderr_contains("did you mean `items`?");
    project.pbr("data import items items.xls").exits(2).stderr_contains("--format csv");
    project.pbr("data import items gone.csv").exits(1).stderr_contains("gone.csv");
}

#[test]
fn input_that_is_not_what_it_should_be_ends_with_its_line() {
    let project = shelf();
    for (format, text, message) in [
        ("csv", "", "a row of column names"),
        ("csv", "sku,name\n\"x\",\"never closed\ny,z\n", "line 2: the quote that begins a cell here is never closed"),
        ("csv", "sku,\"name\nx,y\n", "line 1: the quote"),
        ("json", "{\"sku\":\"a\"}", "line 1: the file is no JSON array"),
        ("json", "[\n{\"sku\":\"a\"},\n{\"sku\":", "line 3: the array does not end"),
        ("json", "[\n{\"sku\":\"b\"}\n]\nx", "line 4: something follows the array"),
        ("json", "[{\"sku\":\"c\"} {\"sku\":\"d\"}]", "row 1, line 1: trailing characters"),
        ("ndjson", "{\"sku\":\"e\"}\n\n{\"sku\":\n", "row 2, line 3: EOF while parsing"),
        ("csv", "sku,price\r\nz,x\r\n", "row 1, line 2"),
        ("ndjson", "[1]\n", "an object with the fields of a record"),
        ("ndjson", "{\"sku\":{}}\n", "`sku`: an object where a text is expected"),
        ("ndjson", "{\"skku\":1}\n", "did you mean `sku`?"),
    ] {
        let run = project.pbr_with_input(&format!("data import items - --format {format}"), text).exits(2);
        run.stderr_contains(message);
    }
    assert_eq!(records(&project, "items").len(), 3, "what came before is stored");
    for (text, delimiter) in [("sku;price\na;1\n", "--delimiter ';'"), ("\"sku\"\tprice\n", "--delimiter tab")] {
        let run = project.pbr_with_input("data import items - --format csv", text).exits(2).stderr_contains(delimiter);
        assert!(!run.stderr().contains("--on-error"), "{}", run.stderr());
    }
    let unknown = project.pbr_with_input("data import items - --format csv", "a;b\n1;2\n").exits(2);
    let unknown = unknown.stderr_contains("no field `a;b`").stderr_contains("--map COLUMN=FIELD");
    assert!(!unknown.stderr().contains("--on-error"));
    let mapped = project.pbr_with_input("data import items - --format csv --map nothing=sku", "sku\na\n").exits(2);
    mapped.stderr_contains("the file has no column `nothing`");
    project.pbr_with_input("data import items - --format json", " [ ] \n").succeeds();
    project.pbr_with_input("data import items - --format ndjson", "").succeeds();
    let views = "version: 1\ncollection: cheap\ntype: view\nquery: SELECT id, sku FROM items\n";
    project.write("schema/cheap.yaml", views);
    project.pbr("migrate diff cheap").succeeds();
    project.pbr("migrate").succeeds();
    project.pbr_with_input("data import cheap - --format ndjson", "{}").exits(2).stderr_contains("is a view");
    project.pbr("data export cheap").succeeds().stdout_contains("\"sku\":");
}

#[test]
fn an_export_writes_into_pipes_and_through_links() {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    let expected = project.pbr("data export tags").succeeds().stdout();
    assert!(Command::new("mkfifo").arg(project.file("pipe")).status().expect("mkfifo").success());
    let pipe = project.file("pipe");
    let reader = std::thread::spawn(move || std::fs::read_to_string(pipe).expect("what is written"));
    project.pbr("data export tags --format ndjson --out pipe").succeeds();
    assert_eq!(reader.join().expect("a reader"), expected);
    project.write("real.ndjson", "old");
    std::os::unix::fs::symlink(project.file("real.ndjson"), project.file("link.ndjson")).expect("a link");
    project.pbr("data export tags --out link.ndjson").succeeds();
    assert_eq!(project.read("real.ndjson"), expected);
    assert!(project.file("link.ndjson").symlink_metadata().expect("a link").is_symlink());
}

#[test]
fn an_interrupted_export_leaves_nothing_behind() {
    let project = shelf();
    let rows =
        "INSERT INTO items (id, sku) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
        SELECT printf('item%011d', i), i FROM n";
    project.database().execute_batch(rows).expect("rows");
    let mut child = project.command("data export items --out items.csv").spawn().expect("pbr");
    let parts = || project.list(".").into_iter().filter(|name| name.ends_with(".part")).count();
    eventually(|| parts() > 0);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    assert_eq!(parts(), 0);
    assert!(!project.file("items.csv").exists());
}

#[test]
fn exports_are_filtered_sorted_and_cut_to_fields() {
    let project = shelf();
    project.write("items.csv", "sku,price\na,1\nb,2\nc,3\n");
    project.pbr("data import items items.csv").succeeds();
    let arguments = ["data", "export", "items", "--filter", "price > 1", "--sort", "-price", "--fields", "sku,price"];
    let run = project.pbr_args(&arguments).succeeds();
    assert_eq!(run.stdout(), "{\"sku\":\"c\",\"price\":3}\n{\"sku\":\"b\",\"price\":2}\n");
    let csv = project.pbr_args(&[&arguments[..], &["--format", "csv"]].concat()).succeeds();
    assert_eq!(csv.stdout(), "sku,price\nc,3\nb,2\n");
    let all = project.pbr("data export items --fields sku --json").succeeds().json();
    assert_eq!(all, json!({ "ok": true, "rows": 3, "records": [{ "sku": "a" }, { "sku": "b" }, { "sku": "c" }] }));
    project.pbr("data export items --filter nothing=1").exits(2).stderr_contains("makes no sense");
    project.pbr("data export items --fields sko").exits(2).stderr_contains("did you mean `sku`?");
    let file = project.pbr("data export items --out items.json --json").succeeds().json();
    assert_eq!((&file["rows"], &file["file"]), (&json!(3), &json!("items.json")));
    let written: Json = serde_json::from_str(&project.read("items.json")).expect("JSON");
    assert_eq!(written.as_array().expect("an array").len(), 3);
    project.pbr("data export items --out missing/items.csv").exits(1).stderr_contains("missing/items.csv");
}

#[test]
fn sql_is_asked_in_every_format_and_points_at_mistakes() {
    let project = shelf();
    project.write("items.csv", "sku,name,price\na,\"x\ty\nz\",1.5\nb,,2\n");
    project.pbr("data import items items.csv").succeeds();
    let query = |sql: &str, rest: &str| {
        let mut arguments = vec!["data", "query", sql];
        arguments.extend(rest.split_whitespace());
        project.pbr_args(&arguments)
    };
    let sql = "SELECT sku, name, price, NULL AS n FROM items ORDER BY sku";
    assert_eq!(query(sql, "").succeeds().stdout(), "a\tx\\ty\\nz\t1.5\t\nb\t\t2\t\n");
    assert_eq!(query(sql, "--format csv").succeeds().stdout(), "sku,name,price,n\na,\"x\ty\nz\",1.5,\nb,,2,\n");
    let first = json!({ "sku": "a", "name": "x\ty\nz", "price": 1.5, "n": null });
    let second = json!({ "sku": "b", "name": "", "price": 2, "n": null });
    let lines = query(sql, "--format ndjson").succeeds().stdout();
    let lines: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    assert_eq!(lines, [first.clone(), second.clone()]);
    assert_eq!(query(sql, "--format json").succeeds().json(), json!([first, second]));
    assert_eq!(query("SELECT 1 AS a WHERE 0", "--format json").succeeds().json(), json!([]));
    let whole = query("SELECT sku FROM items WHERE sku = 'a'", "--json").succeeds().json();
    assert_eq!(whole, json!({ "ok": true, "rows": [{ "sku": "a" }], "columns": ["sku"], "changed": 0 }));
    let table = query("SELECT sku, price FROM items ORDER BY sku", "--format table").succeeds().stdout();
    assert_eq!(table, "sku  price\na    1.5\nb    2\n");
    let piped = project.pbr_with_input("data query -", "SELECT 1;\nSELECT 2, 3;").succeeds().stdout();
    assert_eq!(piped, "1\n2\t3\n");

    let mistake = query("SELECT sku,\n  nmae\nFROM items", "").exits(2);
    mistake.stderr_contains("no such column: nmae").stderr_contains("  nmae\n").stderr_contains("  ^^^^");
    let refused = query("DELETE FROM items", "").exits(2);
    refused.stderr_contains("--write").stderr_contains("PBR-DATA-0004");
    query("DELETE FROM items; SELECT * FROM nothing", "--write").exits(2);
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    query(endless, "--timeout 1s").exits(1).stderr_contains("within 1 seconds");
    query("UPDATE items SET price = 7", "--write").succeeds().stderr_contains("2 rows changed");
    let left = query("DELETE FROM items RETURNING price", "--write --json").succeeds().json();
    assert_eq!((&left["changed"], &left["rows"][0]["price"]), (&json!(2), &json!(7)), "{left}");
    Project::empty().pbr_args(&["data", "query", "SELECT 1"]).exits(2).stderr_contains("no database");
}

#[cfg(target_os = "linux")]
#[test]
fn many_rows_take_little_memory_and_a_closed_pipe_is_no_error() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;
    const ROWS: usize = 200_000;
    let project = shelf();
    let mut csv = String::from("sku,name,price\n");
    for n in 0..ROWS {
        let _ = writeln!(csv, "sku{n},{},{n}", "name of the item ".repeat(20));
    }
    project.write("items.csv", &csv);
    let peak = |arguments: &str| {
        let mut command = project.command(&format!("{arguments} --verbose"));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("pbr starts");
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0;
        let code = loop {
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
            peak = peak.max(kib.unwrap_or_default());
            if let Some(code) = child.try_wait().expect("a child") {
                break code;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        };
        assert!(code.success(), "{arguments}: {code}");
        peak / 1024
    };
    let imported = peak("data import items items.csv --mode insert");
    assert!((1..150).contains(&imported), "{imported} MiB");
    let exported = peak("data export items --out items.json");
    assert!((1..150).contains(&exported), "{exported} MiB");
    project.pbr_args(&["data", "export", "items", "--filter", "price < 40000", "--out", "some.json"]).succeeds();
    let again = peak("data import items some.json");
    assert!((1..150).contains(&again), "{again} MiB");
    let rows: i64 = project.database().query_row("SELECT count(*) FROM items", [], |row| row.get(0)).expect("a count");
    assert_eq!(rows, ROWS as i64);

    let mut command = project.command("data export items");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("pbr starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let mut complaint = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut complaint).expect("stderr");
    assert_eq!((child.wait().expect("an end").code(), complaint.as_str()), (Some(0), ""));
}

const PICTURES: &str = "\
version: 1
collection: pictures
fields:
  title: { type: text, required: true }
  cover: { type: file, maxSelect: 1 }
  papers: { type: file, maxSelect: 3, maxSize: 10 }
indexes:
  - unique: [title]
rules: { list: public, view: public }
";

/// A project with a collection of files, and a folder of files beside a secret.
fn gallery() -> Project {
    let project = Project::from_template("blank");
    project.write("schema/pictures.yaml", PICTURES);
    project.pbr("migrate diff pictures").succeeds();
    project.pbr("migrate").succeeds();
    project.write("secret.txt", "secret").write("in/deep/cover.txt", "the cover");
    project.write("in/one.txt", "one").write("in/two.txt", "two").write("in/large.txt", "eleven more");
    project
}

/// Names of all stored files.
fn stored(project: &Project) -> Vec<String> {
    let mut names = Vec::new();
    for collection in project.list("pb_data/storage").iter().filter(|name| !name.starts_with('.')) {
        for record in project.list(&format!("pb_data/storage/{collection}")) {
            let of_record = project.list(&format!("pb_data/storage/{collection}/{record}"));
            names.extend(of_record.into_iter().filter(|name| !name.ends_with(".attrs")));
        }
    }
    names
}

#[test]
fn rows_bring_their_files_from_one_folder() {
    let project = gallery();
    project.write("a.csv", "title,cover,papers\nA,deep/cover.txt,one.txt|./two.txt\n");
    let run = |arguments: &str| project.pbr(&format!("data import pictures {arguments} --key title --json"));
    let dry = run("a.csv --files in --dry-run").succeeds().json();
    assert_eq!((&dry["created"], stored(&project).len()), (&json!(1), 0), "{dry}");
    assert_eq!(run("a.csv --files in").succeeds().json()["created"], 1);
    let record = records(&project, "pictures").remove(0);
    let cover = record["cover"].as_str().expect("a name").to_owned();
    assert!(cover.starts_with("cover_") && cover.ends_with(".txt") && cover.len() == "cover_0123456789.txt".len());
    assert_eq!(record["papers"].as_array().map(Vec::len), Some(2), "{record}");
    {
        let server = project.serve();
        let path = format!("/api/files/pictures/{}/{cover}", record["id"].as_str().expect("an id"));
        let reply = server.client().request("GET", &path).send().expect("an answer");
        assert_eq!(reply.text().expect("a text"), "the cover");
    }

    // The same content is no change; another one takes the place of the old; names that the record has stay.
    assert_eq!(run("a.csv --files in").succeeds().json()["unchanged"], 1);
    project.write("in/deep/cover.txt", "another cover");
    assert_eq!(run("a.csv --files in").succeeds().json()["updated"], 1);
    let changed = records(&project, "pictures").remove(0);
    assert!(changed["cover"] != record["cover"] && changed["papers"] == record["papers"], "{changed}");
    assert!(stored(&project).len() == 3 && !stored(&project).contains(&cover), "{:?}", stored(&project));
    project.pbr("data export pictures --out back.ndjson").succeeds();
    assert_eq!(run("back.ndjson --files in").succeeds().json()["unchanged"], 1);
    project.write("none.ndjson", "{\"title\":\"A\",\"cover\":\"\",\"papers\":[]}\n");
    assert_eq!(run("none.ndjson --files in").succeeds().json()["updated"], 1);
    assert_eq!(stored(&project), Vec::<String>::new());
}

#[test]
fn files_of_rows_that_are_refused_leave_nothing_behind() {
    let project = gallery();
    for (cell, message) in [
        ("../secret.txt,", "`cover`: `../secret.txt` is not below the folder of --files"),
        ("/etc/hostname,", "`cover`: `/etc/hostname` is not below the folder of --files"),
        ("nowhere.txt,", "`cover`: `nowhere.txt` cannot be read"),
        ("deep,", "`cover`: `deep` is no file"),
        ("one.txt,large.txt", "`papers`: Failed to upload large.txt - the maximum allowed file size is 10 bytes."),
    ] {
        project.write("bad.csv", &format!("title,cover,papers\nA,one.txt,two.txt\nB,{cell}\n"));
        let run = project.pbr("data import pictures bad.csv --files in --atomic").exits(2);
        run.stderr_contains("row 2, line 3").stderr_contains(message);
        assert_eq!((stored(&project), records(&project, "pictures").len()), (Vec::new(), 0), "{cell}");
    }
    // A row that another one contradicts, after its file was stored.
    project.write("twice.csv", "title,cover\nA,one.txt\nA,two.txt\n");
    project.pbr("data import pictures twice.csv --files in --on-error skip").exits(4);
    assert_eq!(stored(&project).len(), 1);
    project.pbr("data import pictures twice.csv --files nowhere").exits(2).stderr_contains("nowhere is no folder");
    project.pbr("data import pictures twice.csv --on-error skip").exits(4).stderr_contains("`cover`");
}

#[test]
fn an_export_may_follow_relations() {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    let plain = project.pbr("data export posts --sort id").succeeds().stdout();
    let export = "data export posts --sort id --expand author,comments_via_post.author";
    let expanded = project.pbr(export).succeeds().stdout();
    assert!(expanded.lines().count() == plain.lines().count() && plain.lines().count() > 2);
    let mut comments = 0;
    for (plain, expanded) in plain.lines().zip(expanded.lines()) {
        let (plain, mut expanded): (Json, Json) =
            (serde_json::from_str(plain).expect("JSON"), serde_json::from_str(expanded).expect("JSON"));
        let expand = expanded.as_object_mut().expect("a record").remove("expand").expect("the author");
        assert_eq!(plain, expanded, "nothing else differs");
        assert_eq!(expand["author"]["id"], plain["author"]);
        assert!(expand["author"]["name"].is_string() && expand["author"].get("password").is_none(), "{expand}");
        for comment in expand.get("comments_via_post").and_then(Json::as_array).into_iter().flatten() {
            assert_eq!((&comment["post"], &comment["expand"]["author"]["id"]), (&plain["id"], &comment["author"]));
            comments += 1;
        }
    }
    assert_eq!(comments, records(&project, "comments").len());

    let array: Json =
        serde_json::from_str(&project.pbr(&format!("{export} --format json")).succeeds().stdout()).expect("JSON");
    assert_eq!(array.as_array().map(Vec::len), Some(plain.lines().count()));
    let few =
        project.pbr("data export posts --fields title --expand author --filter id='nothing' --format json").succeeds();
    assert_eq!(few.json(), json!([]));
    project.write("expanded.ndjson", &expanded);
    let same = project.pbr("data import posts expanded.ndjson --json").succeeds().json();
    assert_eq!(same["unchanged"], plain.lines().count(), "{same}");

    project
        .pbr("data export posts --expand autor")
        .exits(2)
        .stderr_contains("`autor`")
        .stderr_contains("did you mean `author`?");
    project
        .pbr("data export posts --expand author.posts")
        .exits(2)
        .stderr_contains("`posts` is no relation of `users`");
    project.pbr("data export posts --expand title").exits(2).stderr_contains("`title`");
    project.pbr("data export posts --expand author --format csv").exits(2).stderr_contains("CSV has no place");
}

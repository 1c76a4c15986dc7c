//! Generated seeds: the same rows for everybody, children through relations, and flags that change how they are put in.

use crate::support::Project;
use serde_json::{Value as Json, json};

const SEEDS: &str = r#"group: dev
collection: users
records:
  alice: { email: alice@example.com, password: secret12345, name: Alice }
generate:
  - count: 3
    with:
      email: { fake: email }
      password: secret12345
      name: { fake: name }
---
collection: posts
generate:
  - count: 40
    with:
      title: { fake: lorem.sentence, words: 4..8, unique: true }
      slug: { sequence: "post-{n}" }
      author: { pick: "@users.*" }
      status: { weighted: { published: 3, draft: 1 } }
      created: { fake: time.past, days: 365 }
    each: { comments: 0..3 }
"#;

fn blog() -> Project {
    let project = Project::from_template("blog");
    for name in project.list("seeds") {
        let path = project.file(&format!("seeds/{name}"));
        if path.is_file() {
            std::fs::remove_file(path).expect("a removed file");
        }
    }
    project.write("seeds/10_all.yaml", SEEDS);
    project.pbr("migrate").succeeds();
    project
}

/// Everything of a table but the moments at which it was written.
fn rows(project: &Project, sql: &str) -> Vec<String> {
    let database = project.database();
    let mut statement = database.prepare(sql).expect("a query");
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

#[test]
fn the_same_seed_gives_the_same_rows_and_another_seed_others() {
    let (one, two, three) = (blog(), blog(), blog());
    let report = one.pbr("seed --json").succeeds().json();
    assert_eq!(report["collections"]["posts"]["created"], 40, "{report}");
    two.pbr("seed").succeeds();
    three.pbr("seed --seed 7").succeeds();
    let sql = "SELECT id || title || slug || author || status || created FROM posts ORDER BY id";
    assert_eq!(rows(&one, sql), rows(&two, sql));
    assert_ne!(rows(&one, sql), rows(&three, sql));
    let comments = "SELECT id || post || text FROM comments ORDER BY id";
    assert!(!rows(&one, comments).is_empty());
    assert_eq!(rows(&one, comments), rows(&two, comments));

    // Again changes nothing, and a field more shifts no other.
    let again = one.pbr("seed --json --force").succeeds().json();
    let unchanged = json!({ "created": 0, "updated": 0, "unchanged": 40, "skipped": 0, "pruned": 0 });
    assert_eq!(again["collections"]["posts"], unchanged);
    one.replace("seeds/10_all.yaml", "      status:", "      body: { fake: lorem.paragraph }\n      status:");
    one.pbr("seed").succeeds();
    assert_eq!(rows(&one, sql), rows(&two, sql));
}

#[test]
fn the_example_of_the_documentation_works() {
    let text = include_str!("../docs/seeds.md");
    let example = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let project = blog();
    project.write("seeds/10_all.yaml", example);
    let report = project.pbr("seed --json").succeeds().json();
    assert_eq!(report["collections"]["posts"]["created"], 201, "{report}");
    assert!(report["collections"]["comments"]["created"].as_u64() > Some(100), "{report}");
}

#[test]
fn values_are_what_was_asked_for() {
    let project = blog();
    project.pbr("seed").succeeds();
    assert_eq!(rows(&project, "SELECT DISTINCT title FROM posts").len(), 40);
    assert_eq!(rows(&project, "SELECT slug FROM posts WHERE slug IN ('post-1', 'post-40')").len(), 2);
    assert_eq!(rows(&project, "SELECT id FROM posts WHERE author IN (SELECT id FROM users)").len(), 40);
    assert_eq!(rows(&project, "SELECT DISTINCT author FROM posts").len(), 4);
    assert_eq!(rows(&project, "SELECT DISTINCT status FROM posts ORDER BY 1"), ["draft", "published"]);
    assert!(rows(&project, "SELECT post FROM comments GROUP BY post HAVING count(*) > 3").is_empty());
    let published = rows(&project, "SELECT id FROM posts WHERE status = 'published'").len();
    assert!((20..40).contains(&published), "{published}");
    let server = project.serve();
    server.client().login("users", "alice@example.com", "secret12345");
}

#[test]
fn the_number_of_rows_can_be_another_and_what_is_gone_is_pruned() {
    let project = blog();
    project.pbr("seed --count posts=5").succeeds();
    assert_eq!(rows(&project, "SELECT id FROM posts").len(), 5);
    project
        .database()
        .execute_batch("INSERT INTO tags (id, name) VALUES ('mine00000000000', 'mine')")
        .expect("a row of our own");
    project.pbr("seed").succeeds();
    project.pbr("seed --count posts=2").succeeds();
    assert_eq!(rows(&project, "SELECT id FROM posts").len(), 40, "nothing goes by itself");
    project.pbr("seed --count posts=2 --prune --dry-run").succeeds().stdout_contains("38 removed");
    assert_eq!(rows(&project, "SELECT id FROM posts").len(), 40);
    project.pbr("seed --count posts=2 --prune").succeeds().stdout_contains("38 removed");
    assert_eq!(rows(&project, "SELECT id FROM posts").len(), 2);
    assert!(rows(&project, "SELECT id FROM comments WHERE post NOT IN (SELECT id FROM posts)").is_empty());
    assert_eq!(rows(&project, "SELECT id FROM tags WHERE name = 'mine'").len(), 1);
}

#[test]
fn existing_records_are_completed_left_or_reset() {
    let project = blog();
    project.pbr("seed").succeeds();
    let name = |project: &Project| rows(project, "SELECT name FROM users WHERE email = 'alice@example.com'").remove(0);
    project
        .database()
        .execute_batch("UPDATE users SET name = 'Other' WHERE email = 'alice@example.com'")
        .expect("a change");
    project.pbr("seed --mode insert").succeeds();
    assert_eq!(name(&project), "Other");
    project.pbr("seed --force").succeeds();
    assert_eq!(name(&project), "Alice");
    project.database().execute_batch("UPDATE posts SET body = 'by hand', title = 'by hand'").expect("a change");
    project.pbr("seed --force").succeeds();
    assert_eq!(rows(&project, "SELECT DISTINCT body FROM posts"), ["by hand"]);
    project.pbr("seed --mode replace").succeeds();
    assert_eq!(rows(&project, "SELECT DISTINCT body FROM posts"), [""]);
}

#[test]
fn generators_that_mean_nothing_are_refused_at_their_place() {
    for (from, to, reason) in [
        ("fake: lorem.sentence, words: 4..8", "fake: lorem.sentenc", "did you mean `lorem.sentence`?"),
        ("words: 4..8", "word: 4", "unknown key `word`"),
        ("count: 40", "count: many", "`count` is a number or a range"),
        ("\"@users.*\"", "\"@people.*\"", "no collection `people`"),
        ("comments: 0..3", "coments: 0..3", "did you mean `comments`?"),
        ("comments: 0..3", "tags: 1", "`tags` has no relation to `posts`"),
        ("published: 3", "published: -3", "weights are not negative"),
        ("words: 4..8", "words: 900000000", "10000 words at most"),
        ("days: 365", "days: 1000000000000", "write a number of days up to 365000"),
        ("time.past, days: 365", "time.future, days: -1000000000000", "write a number of days up to 365000"),
        ("time.past, days: 365", "time.between, from: yesterday", "write a date"),
        ("time.past, days: 365", "index, start: 1e300", "write a whole number"),
        ("time.past, days: 365", "float, max: .nan", "write a number"),
        ("time.past, days: 365", "float, min: -1.7e308, max: 1.7e308", "too far apart"),
        ("time.past, days: 365", "int, curve: zpif", "write `zipf` or `normal`"),
        ("time.past, days: 365", "bool, chance: 2", "write a share from 0 to 1"),
        ("comments: 0..3", "comments: 5000000", "200000000 rows are too many for one entry"),
        ("comments: 0..3", "comments: 9223372036854775807", "rows are too many for one entry"),
    ] {
        let project = blog();
        project.replace("seeds/10_all.yaml", from, to);
        project.pbr("seed").exits(9).stderr_contains(reason).stderr_contains("seeds/10_all.yaml:");
    }
    let project = blog();
    project.replace("seeds/10_all.yaml", "group: dev\n", "group: dev\ngenerator: 2\n");
    project.pbr("seed").exits(9).stderr_contains("this pbr has generator 1");
}

#[test]
fn numbers_and_days_may_be_as_far_apart_as_they_can_be_written() {
    let project = Project::from_template("blank");
    project.write(
        "schema/things.yaml",
        "version: 1\ncollection: things\nfields: { a: number, b: number, c: number, d: date, e: date, f: number }\n",
    );
    let far = "min: -9200000000000000000, max: 9200000000000000000";
    project.write(
        "seeds/10_things.yaml",
        &format!(
            "collection: things\ngenerate:\n  - count: 50\n    with:\n      a: {{ fake: int, {far}, curve: zipf }}\n      \
             b: {{ fake: int, {far}, curve: normal }}\n      c: {{ fake: int, {far} }}\n      \
             d: {{ fake: time.past, days: 365000 }}\n      e: {{ fake: time.future, days: 365000 }}\n      \
             f: {{ fake: float, max: 1.7e308, decimals: 9 }}\n"
        ),
    );
    project.pbr("migrate diff things").succeeds();
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    let apart = "SELECT id FROM things WHERE d NOT BETWEEN '1026' AND '2026-01-02' OR e NOT BETWEEN '2026' AND '3026'";
    assert!(rows(&project, apart).is_empty());
    assert_eq!(rows(&project, "SELECT id FROM things WHERE a BETWEEN -9.3e18 AND 9.3e18 AND f >= 0").len(), 50);
    project.pbr("seed --count things=18446744073709551615").exits(9).stderr_contains("too many for one entry");
}

#[test]
fn required_fields_that_nobody_speaks_of_are_made_up() {
    let project = Project::from_template("blank");
    project.write("schema/things.yaml", "version: 1\ncollection: things\nfields:\n  label: { type: text, required: true, max: 30 }\n  amount: { type: number, required: true, min: 5, max: 9, onlyInt: true }\n  kind: { type: select, values: [a, b], required: true, maxSelect: 1 }\n  mail: { type: email, required: true }\n  site: { type: url, required: true }\n  due: { type: date, required: true }\n  place: { type: geoPoint, required: true }\n  on: { type: bool, required: true }\n  text: { type: editor, required: true }\n  optional: text\nindexes:\n  - unique: [label]\n");
    project.write("seeds/20_things.yaml", "collection: things\ngenerate: { count: 200 }\n");
    project.pbr("migrate diff things").succeeds();
    project.pbr("migrate").succeeds();
    let report: Json = project.pbr("seed --json").succeeds().json();
    assert_eq!(report["collections"]["things"]["created"], 200);
    assert_eq!(rows(&project, "SELECT DISTINCT label FROM things").len(), 200);
    assert!(rows(&project, "SELECT id FROM things WHERE amount NOT BETWEEN 5 AND 9 OR optional <> ''").is_empty());
    project.write(
        "schema/files.yaml",
        "version: 1\ncollection: files\nfields:\n  file: { type: file, required: true, maxSelect: 1 }\n",
    );
    project.write("seeds/30_files.yaml", "collection: files\ngenerate:\n  - count: 1\n");
    project.pbr("migrate diff files").succeeds();
    project.pbr("migrate").succeeds();
    project.pbr("seed").exits(9).stderr_contains("`file` is required and cannot be made up");
}

#[test]
fn a_run_with_an_error_leaves_nothing() {
    let project = blog();
    project.write(
        "seeds/05_tags.yaml",
        "collection: tags\nrecords:\n  ok: { name: fine }\n---\ncollection: posts\nrecords:\n  bad: { title: '' }\n",
    );
    project.pbr("seed").exits(9);
    assert!(rows(&project, "SELECT id FROM tags").is_empty());
    project.write("seeds/05_tags.yaml", "collection: users\nrecords:\n  a: { email: same@example.com, password: secret12345, name: A }\n  b: { email: same@example.com, password: secret12345, name: B }\n");
    project.pbr("seed").exits(9).stderr_contains("`a` has the same `email`");
}

#[test]
fn values_that_run_out_are_an_error_and_not_something_else() {
    let project = Project::from_template("blank");
    project.write("schema/things.yaml", "version: 1\ncollection: things\nfields:\n  n: number\n  all: { type: select, values: [a, b, c], maxSelect: 3 }\n");
    project.pbr("migrate diff things").succeeds();
    project.pbr("migrate").succeeds();
    project.write(
        "seeds/20_things.yaml",
        "collection: things\ngenerate: { count: 5, with: { n: { fake: int, min: 1, max: 3, unique: true } } }\n",
    );
    project.pbr("seed").exits(9).stderr_contains("there are not enough different values of `n`");
    project.write(
        "seeds/20_things.yaml",
        "collection: things\ngenerate: { count: 300, with: { all: { pick: [a, b, c], several: 3 } } }\n",
    );
    project.pbr("seed").succeeds();
    assert!(rows(&project, "SELECT id FROM things WHERE json_array_length(\"all\") <> 3").is_empty());
    for (with, reason) in [
        ("{ fake: int, min: 9, max: 3 }", "`min` is not above `max`"),
        ("{ pick: [1], several: 3000000000 }", "this is no generator"),
    ] {
        project.write(
            "seeds/20_things.yaml",
            &format!("collection: things\ngenerate: {{ count: 1, with: {{ n: {with} }} }}\n"),
        );
        project.pbr("seed").exits(9).stderr_contains(reason);
    }
    project.write("seeds/20_things.yaml", "collection: things\ngenerate: { count: 4000000000 }\n");
    project.pbr("seed").exits(9).stderr_contains("too many");
}

#[test]
fn records_that_require_each_other_are_pruned_together_and_the_last_file_too() {
    let project = blog();
    project.pbr("seed").succeeds();
    std::fs::remove_file(project.file("seeds/10_all.yaml")).expect("a removed file");
    project.pbr("seed --prune").succeeds();
    for table in ["posts", "comments", "users"] {
        assert!(rows(&project, &format!("SELECT id FROM {table}")).is_empty(), "{table}");
    }
}

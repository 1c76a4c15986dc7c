//! `pbr seed`.

use crate::support::{Project, Run};

fn blog() -> Project {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project
}

#[test]
fn seeding_twice_changes_nothing_and_an_edit_changes_one_row() {
    let project = blog();
    project.pbr("seed").succeeds();
    let again = project.pbr("seed --json --force").succeeds().json();
    for counts in again["collections"].as_object().expect("collections").values() {
        assert_eq!((&counts["created"], &counts["updated"]), (&0.into(), &0.into()), "{again}");
    }
    project.replace("seeds/20_tags.yaml", "name: Rust", "name: Rust language");
    let edited = project.pbr("seed --json").succeeds().json();
    assert_eq!(edited["collections"]["tags"]["updated"], 1, "{edited}");
    assert_eq!(edited["collections"]["posts"]["updated"], 0, "{edited}");
}

/// The sum of a count over all collections of a report.
fn sum(report: &serde_json::Value, count: &str) -> u64 {
    let collections = report["collections"].as_object().expect("collections");
    collections.values().map(|counts| counts[count].as_u64().expect("a number")).sum()
}

#[test]
fn files_that_have_not_changed_are_skipped_unless_forced() {
    let project = blog();
    let run = |arguments: &str| project.pbr(&format!("seed --json {arguments}")).succeeds().json();
    let name = || -> String {
        let found = project.database().query_row("SELECT name FROM tags WHERE slug = 'rust'", [], |row| row.get(0));
        found.expect("the tag")
    };
    let all = sum(&run(""), "created");
    assert_eq!((sum(&run(""), "skipped"), sum(&run("--dry-run"), "skipped")), (all, all));

    // What became of the records meanwhile is not looked at, unless asked.
    project.database().execute("UPDATE tags SET name = 'Mine' WHERE slug = 'rust'", []).expect("a change");
    assert_eq!((sum(&run(""), "updated"), name()), (0, "Mine".to_owned()));
    assert_eq!((sum(&run("--force"), "updated"), name()), (1, "Rust".to_owned()));

    // A file that changes and changes back is written both times; the others are not.
    for text in ["Rusty", "Rust"] {
        let old = name();
        project.replace("seeds/20_tags.yaml", &format!("name: {old}"), &format!("name: {text}"));
        let report = run("");
        assert_eq!((sum(&report, "updated"), name()), (1, text.to_owned()), "{report}");
        assert_eq!(report["collections"]["posts"]["unchanged"], 0, "{report}");
    }

    // The content of a file that a seed names counts too.
    let picture = [project.read_bytes("seeds/assets/cover.png"), vec![0]].concat();
    std::fs::write(project.file("seeds/assets/cover.png"), picture).expect("a changed file");
    let report = run("");
    assert_eq!(report["collections"]["tags"]["unchanged"], 0, "{report}");
    let posts = &report["collections"]["posts"];
    assert_eq!((&posts["updated"], &posts["skipped"]), (&1.into(), &0.into()), "{report}");
}

#[test]
fn one_collection_is_seeded_with_references_to_others_that_are_there() {
    let project = blog();
    project.pbr("seed --only posts").exits(9).stderr_contains("`author`");
    project.pbr("seed").succeeds();
    project.replace("seeds/30_posts.yaml", "title: Hello, world", "title: Again");
    let report = project.pbr("seed --only posts --json").succeeds().json();
    let collections: Vec<&String> = report["collections"].as_object().expect("an object").keys().collect();
    assert_eq!(collections, ["posts"], "{report}");
    assert!(sum(&report, "updated") > 0, "{report}");
}

#[test]
fn a_count_of_what_no_seed_generates_is_a_mistake() {
    let project = blog();
    let run = project.pbr("seed --count tags=5000").exits(2);
    run.stderr_contains("no seed file generates rows of `tags`").stderr_contains("generate:");
}

#[test]
fn a_database_that_another_process_holds_is_said_to_be_locked() {
    let project = blog();
    let holder = project.database();
    holder.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    std::thread::scope(|scope| {
        for command in ["seed", "superuser create a@example.com secret12345"] {
            let project = &project;
            scope.spawn(move || project.pbr(command).exits(8).stderr_contains("another process"));
        }
    });
}

#[test]
fn a_removal_lets_the_next_run_look_at_every_file_again() {
    let project = blog();
    project.pbr("seed").succeeds();
    project.write("seeds/40_comments.yaml", "group: dev\ncollection: comments\nrecords: {}\n");
    let pruned = project.pbr("seed --prune --json").succeeds().json();
    assert!(sum(&pruned, "pruned") > 0, "{pruned}");
    let next = project.pbr("seed --json").succeeds().json();
    assert_eq!(sum(&next, "skipped"), 0, "{next}");
    let after = project.pbr("seed --json").succeeds().json();
    assert_eq!(sum(&after, "unchanged"), 0, "{after}");
}

#[test]
fn a_record_is_recognised_by_its_natural_key_whatever_its_id() {
    let project = blog();
    let database = project.database();
    database.execute("INSERT INTO tags (id, name, slug) VALUES ('mine00000000000', 'Old', 'rust')", []).expect("a row");
    project.pbr("seed").succeeds();
    let row: (String, String) = database
        .query_row("SELECT id, name FROM tags WHERE slug = 'rust'", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("the tag");
    assert_eq!(row, ("mine00000000000".to_owned(), "Rust".to_owned()));
    let tagged: i64 = database
        .query_row("SELECT count(*) FROM posts WHERE tags LIKE '%mine00000000000%'", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(tagged, 1, "references by label lead to the record that was there");
}

#[test]
fn a_dry_run_leaves_the_database_and_the_storage_alone() {
    let project = blog();
    let planned = project.pbr("seed --dry-run --json").succeeds().json();
    assert_eq!((&planned["collections"]["posts"]["created"], &planned["dryRun"]), (&5.into(), &true.into()));
    let rows: i64 = project.database().query_row("SELECT count(*) FROM posts", [], |row| row.get(0)).expect("a count");
    assert_eq!(rows, 0);
    assert!(
        project.list("pb_data/storage").iter().all(|name| project.list(&format!("pb_data/storage/{name}")).is_empty())
    );
}

#[test]
fn mistakes_in_seeds_have_a_place_and_leave_nothing_behind() {
    let project = blog();
    let count = || -> i64 {
        let count = project.database().query_row("SELECT count(*) FROM tags", [], |row| row.get(0));
        count.expect("a count")
    };
    for (broken, message) in [
        ("group: dev\ncollection: tgas\nrecords: {}\n", "did you mean `tags`?"),
        ("group: dev\ncollection: tags\nrecords:\n  a: { nam: A, slug: a }\n", "did you mean `name`?"),
        (
            "group: dev\ncollection: posts\nrecords:\n  a: { title: A, author: \"@users.alcie\" }\n",
            "did you mean `@users.alice`?",
        ),
        ("group: devv\ncollection: tags\n", "the groups are required, dev, demo, test"),
        ("group: dev\ncollection: tags\nrecords:\n  a: { name: \"${env:PBR_TEST_UNSET}\", slug: a }\n", "is not set"),
        ("collection: tags\nrecords: [", "seeds/20_tags.yaml"),
    ] {
        project.write("seeds/20_tags.yaml", broken);
        let run = project.pbr("seed").exits(9);
        run.stderr_contains(message).stderr_contains("seeds/20_tags.yaml");
        assert_eq!(count(), 0, "{broken}");
    }
}

#[test]
fn a_record_that_does_not_validate_takes_its_whole_file_back() {
    let project = blog();
    let records =
        "group: dev\ncollection: tags\nrecords:\n  good: { name: A, slug: good }\n  bad: { slug: \"NOT A SLUG\" }\n";
    project.write("seeds/20_tags.yaml", records);
    let run = project.pbr("seed --only tags").exits(9);
    run.stderr_contains("seeds/20_tags.yaml:5:").stderr_contains("`name` of `tags.bad`: Cannot be blank.");
    let rows: i64 = project.database().query_row("SELECT count(*) FROM tags", [], |row| row.get(0)).expect("a count");
    assert_eq!(rows, 0);
}

#[test]
fn files_of_seeds_lie_below_the_seeds_folder() {
    let project = blog();
    project.replace("seeds/30_posts.yaml", "!file assets/cover.png", "!file ../pbr.yaml");
    project.pbr("seed").exits(1).stderr_contains("below the seeds folder");
}

/// The stored files of all records, by name.
fn stored_files(project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    for collection in project.list("pb_data/storage").into_iter().filter(|name| !name.starts_with('.')) {
        for record in project.list(&format!("pb_data/storage/{collection}")) {
            let names = project.list(&format!("pb_data/storage/{collection}/{record}"));
            found.extend(names.into_iter().filter(|name| !name.ends_with(".attrs") && !name.starts_with("thumbs_")));
        }
    }
    found
}

#[test]
fn a_file_that_no_row_names_any_more_is_removed_once_that_is_committed() {
    let project = blog();
    project.pbr("seed").succeeds();
    let first = stored_files(&project);
    assert_eq!(first.len(), 1);
    let mut content = project.read_bytes("seeds/assets/cover.png");
    content.push(0);
    std::fs::write(project.file("seeds/assets/cover.png"), content).expect("another picture");
    project.pbr("seed --dry-run").succeeds();
    assert_eq!(stored_files(&project), first);
    project.pbr("seed").succeeds();
    let second = stored_files(&project);
    assert!(second.len() == 1 && second != first, "{second:?}");
    let named: String = project
        .database()
        .query_row("SELECT cover FROM posts WHERE slug = 'hello-world'", [], |row| row.get(0))
        .expect("a name");
    assert_eq!(second, [named]);

    project.replace("seeds/30_posts.yaml", "    cover: \"!file assets/cover.png\"\n", "");
    project.pbr("seed").succeeds();
    assert_eq!(stored_files(&project), second, "a field that the seed does not name stays");
    project.pbr("seed --mode replace").succeeds();
    assert!(stored_files(&project).is_empty());
}

#[test]
fn production_takes_only_what_is_required_without_consent() {
    let project = blog();
    project.replace("pbr.yaml", "environment: development", "environment: production");
    let name = project.path().file_name().expect("a name").to_string_lossy().into_owned();
    let plain = project.pbr("seed").succeeds().stdout_contains("0 records");
    plain.stderr_contains(&format!("left out in production: the group `dev`; pbr seed --confirm {name}"));
    assert_eq!(project.pbr("seed --json").succeeds().json()["leftOut"], serde_json::json!(["dev"]));
    project.pbr("seed --group required").succeeds().stdout_contains("0 records");
    project.pbr("seed --group dev").exits(5).stderr_contains("--confirm");
    for group in ["", " --group required", " --group dev"] {
        let wrong = project.pbr(&format!("seed{group} --confirm wrong")).exits(5);
        wrong.stderr_contains("--confirm wrong is not the name").stderr_contains(&format!("--confirm {name}"));
    }
    project.pbr(&format!("seed --group dev --dry-run --confirm {name}")).succeeds().stdout_contains("14 records");
    let all = project.pbr(&format!("seed --confirm {name}")).succeeds().stdout_contains("14 records");
    assert!(!all.stderr().contains("left out"));
    project.replace("pbr.yaml", &format!("\nname: \"{name}\""), "\nname: app one");
    project.pbr("seed").succeeds().stderr_contains("pbr seed --confirm 'app one' seeds it too");
    project.pbr("seed --group dev").exits(5).stderr_contains("next: pbr seed --group dev --confirm 'app one'\n");
    project.replace("pbr.yaml", "environment: production", "environment: development");
    project.pbr("seed --confirm wrong").exits(5);
}

#[test]
fn production_gives_no_account_that_exists_the_default_of_a_password() {
    let project = blog();
    project.pbr("seed").succeeds();
    project.replace("pbr.yaml", "environment: development", "environment: production");
    let name = project.path().file_name().expect("a name").to_string_lossy().into_owned();
    let seed = format!("seed --group dev --force --confirm {name}");
    project.pbr(&seed).succeeds();
    let alice = "{\"password\":\"a new secret\",\"passwordConfirm\":\"a new secret\"}";
    let id = project.pbr("records list users --filter email='alice@example.com' --fields id").succeeds().stdout();
    let id: serde_json::Value = serde_json::from_str(&id).expect("a record");
    let update = format!("records update users {} -", id["id"].as_str().expect("an id"));
    project.pbr_with_input(&update, alice).succeeds();
    project.pbr(&seed).exits(9).stderr_contains("default of `SEED_PASSWORD`").stderr_contains("--mode insert");
    project.pbr(&format!("{seed} --mode insert")).succeeds();
    project.serve().client().login("users", "alice@example.com", "a new secret");
}

#[test]
fn exported_seeds_bring_the_same_records_into_another_project() {
    let project = blog();
    project.pbr("seed").succeeds();
    let odd = r#"{"title":"@not.a reference","slug":"odd","status":"draft","body":"${env:HOME} \\n !file\n\\@x: #"}"#;
    let author = project.pbr("records list users --filter name='Alice' --fields id").succeeds().stdout();
    let author: serde_json::Value = serde_json::from_str(&author).expect("a record");
    let mut values: serde_json::Value = serde_json::from_str(odd).expect("JSON");
    values["author"] = author["id"].clone();
    project.pbr_with_input("records create posts -", &values.to_string()).succeeds();

    project.pbr("seed export --collection posts --out seeds.yaml").succeeds().stdout_contains("posts");
    let text = project.read("seeds.yaml");
    assert!(text.contains("\"@users.") && text.contains("\"@tags."), "relations are labels: {text}");
    assert!(!text.contains("$argon2id$") && !text.contains("tokenKey"), "{text}");

    let other = blog();
    for name in other.list("seeds").iter().filter(|name| name.ends_with(".yaml")) {
        std::fs::remove_file(other.file(&format!("seeds/{name}"))).expect("a removed file");
    }
    other.write("seeds/10_all.yaml", &text);
    other.pbr("seed").exits(9).stderr_contains("`SEED_PASSWORD` is not set");
    let seed = |arguments: &str| {
        let mut command = other.command(arguments);
        command.env("SEED_PASSWORD", "secret12345");
        Run::of(arguments, command)
    };
    seed("seed").succeeds();
    let fields = "title,slug,body,status,author,tags,created,updated";
    for (collection, fields) in [("posts", fields), ("users", "id,email,name,verified"), ("tags", "id,name,slug")] {
        let export = format!("data export {collection} --sort id --fields {fields}");
        let (here, there) = (project.pbr(&export).succeeds().stdout(), other.pbr(&export).succeeds().stdout());
        assert!(!here.is_empty());
        assert_eq!(here, there, "{collection}");
    }
    let again = seed("seed --json --force").succeeds().json();
    assert_eq!(
        (&again["collections"]["posts"]["created"], &again["collections"]["posts"]["updated"]),
        (&0.into(), &0.into())
    );
}

#[test]
fn exported_seeds_hide_what_they_are_asked_to_hide() {
    let project = blog();
    project.pbr("seed").succeeds();
    let text = project.pbr("seed export --collection posts --limit 1 --anonymize email,name").succeeds().stdout();
    assert!(!text.contains("alice") && !text.contains("Alice"), "{text}");
    assert!(text.contains("users1@example.com") && text.contains("name 1"), "{text}");
    assert_eq!(text.matches("\n    title:").count(), 1, "{text}");
    project.pbr("seed export --collection posts --anonymize emial").exits(2).stderr_contains("`emial`");
    project.pbr("seed export --collection pots").exits(2).stderr_contains("did you mean `posts`?");
}

/// A project of notes, which people write.
fn notes() -> Project {
    let project = Project::from_template("blank");
    std::fs::remove_dir_all(project.file("seeds")).expect("seeds of no interest");
    project.write("schema/people.yaml", "version: 1\ncollection: people\nfields:\n  name: text\n");
    let notes = "version: 1\ncollection: notes\nfields:\n  title: text\n  codes: { type: select, values: ['0012', '1.10'], maxSelect: 2 }\n  \
                 count: number\n  by: { type: relation, collection: people, maxSelect: 1 }\n";
    project.write("schema/notes.yaml", notes);
    project.pbr("migrate diff notes --down").succeeds();
    project.pbr("migrate").succeeds();
    project
}

/// Title and id of the notes, in the order of the titles.
fn titles(project: &Project) -> Vec<(String, String)> {
    let database = project.database();
    let mut statement = database.prepare("SELECT title, id FROM notes ORDER BY title, id").expect("notes");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.collect::<rusqlite::Result<_>>().expect("rows")
}

fn list(group: &str, titles: &[&str]) -> String {
    let records: String = titles.iter().map(|title| format!("  - title: {title}\n")).collect();
    format!("group: {group}\ncollection: notes\nrecords:\n{records}")
}

#[test]
fn records_of_several_lists_are_told_apart() {
    let project = notes();
    let run = || project.pbr("seed --json").succeeds().json();
    project.write("seeds/20_b.yaml", &list("dev", &["c", "d"]));
    run();
    let alone = titles(&project);
    // As long as there is one list, its ids are those that an earlier pbr gave them.
    assert_eq!(alone.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>(), ["wr6zoj7r6ip3aic", "pjn30a3lam4gqu6"]);
    // An earlier pbr would have put these over the others, whose rows these now are.
    project.write("seeds/10_a.yaml", &format!("{}---\n{}", list("dev", &["a", "b"]), list("dev", &["e"])));
    run();
    let all = titles(&project);
    assert_eq!(all.iter().map(|(title, _)| title.as_str()).collect::<String>(), "abcde");
    assert_eq!(all[0].1, alone[0].1);
    let again = project.pbr("seed --json --force").succeeds().json();
    assert_eq!((sum(&again, "created"), sum(&again, "updated"), sum(&again, "unchanged")), (0, 0, 5), "{again}");
    assert_eq!(sum(&run(), "skipped"), 5);

    // What production has does not depend on the files for others.
    project.write("seeds/30_c.yaml", &list("required", &["f"]));
    run();
    let production = notes();
    production.write("seeds/30_c.yaml", &list("required", &["f"]));
    production.pbr("seed").succeeds();
    assert!(titles(&project).contains(&titles(&production)[0]));
}

#[test]
fn accounts_that_production_gets_have_no_password_that_everybody_knows() {
    let project = notes();
    let seed = |group: &str, with: &str| {
        project
            .write("seeds/users.yaml", &format!("group: {group}\ncollection: users\ngenerate:\n  - count: 1\n{with}"));
        project.pbr("seed --dry-run")
    };
    seed("dev", "").succeeds();
    seed("required", "").exits(9).stderr_contains("`password` is required and cannot be made up");
    seed("required", "    with: { password: \"${env:SEED_PASSWORD:-another1}\" }\n").succeeds();
}

#[test]
fn generated_rows_of_several_groups_are_told_apart() {
    let project = notes();
    for group in ["dev", "demo"] {
        let entry = format!("  - count: 2\n    with: {{ title: {group} }}\n");
        project
            .write(&format!("seeds/{group}.yaml"), &format!("group: {group}\ncollection: notes\ngenerate:\n{entry}"));
    }
    project.pbr("seed").succeeds();
    project.pbr("seed --group demo").succeeds();
    let all: Vec<String> = titles(&project).into_iter().map(|(title, _)| title).collect();
    assert_eq!(all, ["demo", "demo", "dev", "dev"]);
}

#[test]
fn one_label_of_one_collection_is_one_record_however_the_collection_is_written() {
    let project = notes();
    project.write(
        "seeds/10_a.yaml",
        "collection: Notes\nrecords:\n  a: { title: one }\n---\ncollection: notes\nrecords:\n  a: { title: two }\n",
    );
    project.pbr("seed").exits(9).stderr_contains("the label `a` is used twice");
    project.write(
        "seeds/10_a.yaml",
        "collection: People\nrecords:\n  ann: { name: Ann }\n---\ncollection: NOTES\nrecords:\n  a: { title: one, by: \"@PEOPLE.ann\" }\n",
    );
    project.pbr("seed --only Notes,People --json").succeeds();
    assert_eq!(titles(&project).len(), 1);
}

#[test]
fn only_what_a_seed_made_is_pruned() {
    let project = notes();
    project.database().execute("INSERT INTO notes (id, title) VALUES ('mine00000000000', 'mine')", []).expect("a row");
    let other = "collection: notes\nkey: title\nrecords:\n  other: { title: other }\n";
    for mode in ["insert", "upsert"] {
        project.write("seeds/10_a.yaml", &format!("{other}  about: {{ title: mine, count: 2 }}\n"));
        project.pbr(&format!("seed --mode {mode}")).succeeds();
        project.write("seeds/10_a.yaml", other);
        project.pbr("seed --prune").succeeds();
        assert_eq!(titles(&project)[0], ("mine".to_owned(), "mine00000000000".to_owned()), "{mode}");
        assert_eq!(titles(&project).len(), 2, "{mode}");
    }
    std::fs::remove_file(project.file("seeds/10_a.yaml")).expect("a removed file");
    project.pbr("seed --prune").succeeds();
    assert_eq!(titles(&project).len(), 1);
}

#[test]
fn texts_stay_as_they_are_written_without_quotes_too() {
    let project = notes();
    project.write(
        "seeds/10_a.yaml",
        "collection: notes\nrecords:\n  \
         a: { title: 0012, codes: [0012, 1.10], count: 0012 }\n  \
         b: { title: 12345678901234567890 }\n  \
         c: { title: +491701234567, codes: 1.10 }\n  \
         d: { title: True }\n  \
         e: { title: &same 1.10 }\n  \
         f: { title: \"0013\" }\n\
         generate:\n  count: 2\n  with: { title: { pick: [007, 008], unique: true }, codes: 0012 }\n",
    );
    project.pbr("seed").succeeds();
    let stored: Vec<String> = titles(&project).into_iter().map(|(title, _)| title).collect();
    assert_eq!(
        stored,
        ["+491701234567", "0012", "0013", "007", "008", "1.10", "12345678901234567890", "True"],
        "{stored:?}"
    );
    let row: (String, f64) = project
        .database()
        .query_row("SELECT codes, count FROM notes WHERE title = '0012'", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("a row");
    assert_eq!(row, ("[\"0012\",\"1.10\"]".to_owned(), 12.0));

    project
        .write("seeds/10_a.yaml", "collection: notes\nrecords:\n  a: { count: &same 0012 }\n  b: { title: *same }\n");
    let run = project.pbr("seed").exits(9).stderr_contains("seeds/10_a.yaml:4:15");
    run.stderr_contains("`title` is text, and this stands for a number").stderr_contains("put it in quotes");
}

#[test]
fn a_relation_to_a_record_of_a_skipped_file_has_to_lead_somewhere() {
    let project = notes();
    project.write("seeds/10_people.yaml", "collection: people\nrecords:\n  ann: { name: Ann }\n");
    let file = "collection: notes\nrecords:\n  a: { title: one, by: \"@people.ann\" }\n";
    project.write("seeds/20_notes.yaml", file);
    project.pbr("seed").succeeds();
    project.database().execute_batch("DELETE FROM people; DELETE FROM notes").expect("rows that go");
    project.write("seeds/20_notes.yaml", &file.replace("one", "two"));
    project.pbr("seed").exits(9).stderr_contains("`by` of `notes.a`: Failed to find all relation records");
    project.pbr("seed --force").succeeds();
    assert_eq!(titles(&project).len(), 1);
}

#[test]
fn a_collection_that_is_made_again_is_filled_again() {
    let project = notes();
    project.write("seeds/10_a.yaml", &list("dev", &["a", "b"]));
    project.pbr("seed").succeeds();
    project.pbr("seed").succeeds().stdout_contains("2 skipped");
    let refused = project.pbr("migrate down --json").exits(5).json();
    let token = refused["error"]["meta"]["token"].as_str().expect("a token").to_owned();
    project.pbr(&format!("migrate down --confirm {token}")).succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("seed").succeeds().stdout_contains("2 created");
    // What an earlier pbr noted, without the moment, still counts.
    project.database().execute("UPDATE _pbr_seeds_applied SET hash = substr(hash, 1, 64)", []).expect("notes");
    project.pbr("seed").succeeds().stdout_contains("2 skipped");
}

#[test]
fn a_run_that_fails_at_its_end_leaves_neither_rows_nor_files() {
    let project = blog();
    project.pbr("seed --dry-run").succeeds();
    let broken = "CREATE TRIGGER broken BEFORE INSERT ON _pbr_seeds_applied BEGIN SELECT raise(ABORT, 'no'); END";
    project.database().execute_batch(broken).expect("a trigger");
    project.pbr("seed").exits(1);
    let rows: i64 = project.database().query_row("SELECT count(*) FROM posts", [], |row| row.get(0)).expect("a count");
    assert_eq!((rows, stored_files(&project)), (0, Vec::new()));
}

#[test]
fn an_id_that_two_records_have_is_refused_with_both_places() {
    let project = blog();
    project.write("seeds/20_tags.yaml", "collection: tags\nrecords:\n  rust: { id: tag000000000001 }\n");
    project.write("seeds/21_more.yaml", "collection: tags\nrecords:\n  other: { id: tag000000000001 }\n");
    let run = project.pbr("seed --only tags").exits(9);
    run.stderr_contains("`rust` has the id `tag000000000001` too, at seeds/20_tags.yaml:3")
        .stderr_contains("seeds/21_more.yaml:3");
}

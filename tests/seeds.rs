//! `pbr seed`.

use crate::support::Project;

fn blog() -> Project {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project
}

#[test]
fn seeding_twice_changes_nothing_and_an_edit_changes_one_row() {
    let project = blog();
    project.pbr("seed").succeeds();
    let again = project.pbr("seed --json").succeeds().json();
    for counts in again["collections"].as_object().expect("collections").values() {
        assert_eq!((&counts["created"], &counts["updated"]), (&0.into(), &0.into()), "{again}");
    }
    project.replace("seeds/20_tags.yaml", "name: Rust", "name: Rust language");
    let edited = project.pbr("seed --json").succeeds().json();
    assert_eq!(edited["collections"]["tags"]["updated"], 1, "{edited}");
    assert_eq!(edited["collections"]["posts"]["updated"], 0, "{edited}");
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

#[test]
fn production_takes_only_what_is_required_without_consent() {
    let project = blog();
    project.replace("pbr.yaml", "environment: development", "environment: production");
    let name = project.path().file_name().expect("a name").to_string_lossy().into_owned();
    project.pbr("seed").succeeds().stdout_contains("0 records");
    project.pbr("seed --group dev").exits(5).stderr_contains("--confirm");
    project.pbr(&format!("seed --group dev --confirm {name}")).succeeds().stdout_contains("14 records");
}

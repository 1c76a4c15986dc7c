//! A team in git: branches that both migrate, and the lines of CI that stop what must not be merged.

use crate::support::Project;
use std::process::Command;

const NOTES: &str = "version: 1\ncollection: notes\nfields:\n  title: { type: text, max: 100 }\nrules:\n  list: '@request.auth.id != \"\"'\n";

/// A project in a repository, committed on `main`.
fn repository() -> Project {
    let project = Project::from_template("blank");
    project.write("schema/notes.yaml", NOTES);
    project.pbr("migrate diff notes").succeeds();
    git(&project, "init --quiet --initial-branch main");
    git(&project, "config user.email dev@example.com");
    git(&project, "config user.name dev");
    commit(&project, "start");
    project
}

#[track_caller]
fn git(project: &Project, arguments: &str) -> String {
    let output = Command::new("git").current_dir(project.path()).args(arguments.split(' ')).output().expect("git runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "git {arguments}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

fn commit(project: &Project, message: &str) {
    git(project, "add --all");
    git(project, &format!("commit --quiet -m {message}"));
}

/// Changes the schema on a branch of its own, with a migration.
fn branch(project: &Project, name: &str, from: &str, to: &str) {
    git(project, &format!("checkout --quiet -b {name} main"));
    project.replace("schema/notes.yaml", from, to);
    project.pbr(&format!("migrate diff {name}")).succeeds();
    commit(project, name);
}

/// Versions are seconds, and the two of the beginning have taken the next ones.
fn a_moment_later() {
    std::thread::sleep(std::time::Duration::from_secs(4));
}

/// Merges a branch, whose `pbr.sum` conflicts and whose YAML does not.
fn merge(project: &Project, name: &str) {
    let merged = Command::new("git").current_dir(project.path()).args(["merge", "--quiet", name]).output();
    assert!(!merged.expect("git runs").status.success(), "pbr.sum should conflict");
    assert_eq!(git(project, "diff --name-only --diff-filter=U").trim(), "migrations/pbr.sum");
}

fn migrations(project: &Project) -> Vec<String> {
    project.list("migrations").into_iter().filter(|name| name.ends_with(".sql")).collect()
}

#[test]
fn two_branches_that_migrate_conflict_and_are_put_in_a_row() {
    let project = repository();
    branch(&project, "theirs", "max: 100 }", "max: 100 }\n  theirs: number");
    a_moment_later();
    branch(&project, "ours", "fields:\n", "fields:\n  ours: bool\n");
    merge(&project, "theirs");

    project.pbr("migrate check").exits(6).stderr_contains("merge conflict marks");
    project.pbr("migrate diff --check").exits(6);
    project.pbr("migrate rebase").succeeds().stdout_contains("ours.sql");
    project.pbr("migrate check").succeeds();
    project.pbr("migrate diff --check").succeeds();
    let names = migrations(&project);
    assert!(names.last().is_some_and(|name| name.ends_with("__ours.sql")), "{names:?}");
    project.pbr("migrate").succeeds();
    project.pbr("migrate drift").succeeds();
    let columns: i64 = project
        .database()
        .query_row("SELECT count(*) FROM pragma_table_info('notes') WHERE name IN ('ours', 'theirs')", [], |row| {
            row.get(0)
        })
        .expect("a count");
    assert_eq!(columns, 2);
}

#[test]
fn without_the_conflict_of_the_sums_the_chain_still_stops_the_second_branch() {
    let project = repository();
    branch(&project, "theirs", "max: 100 }", "max: 100 }\n  theirs: number");
    a_moment_later();
    branch(&project, "ours", "fields:\n", "fields:\n  ours: bool\n");
    merge(&project, "theirs");
    // As somebody would who thinks of pbr.sum as a lock file.
    let sum = project.read("migrations/pbr.sum");
    let kept: String =
        sum.lines().filter(|line| !line.starts_with(['<', '=', '>'])).map(|line| format!("{line}\n")).collect();
    project.write("migrations/pbr.sum", &kept);
    project.pbr("migrate hash").exits(6).stderr_contains("does not continue").stderr_contains("pbr migrate rebase");
    commit(&project, "merged");
    let advice = project.pbr("migrate rebase --onto HEAD").exits(6);
    advice.stderr_contains("has it like this already").stderr_contains("git rm migrations/V");
    let other = project.duplicate();
    git(&other, "mv migrations sql");
    other.write("pbr.yaml", &format!("{}dirs: {{ migrations: sql }}\n", other.read("pbr.yaml")));
    commit(&other, "moved");
    let advice = other.pbr("migrate rebase --onto HEAD").exits(6).stderr_contains("git log -- sql/V").stderr();
    let next = advice.split_once("next: ").and_then(|(_, next)| next.split_once("    (")).expect("what to do").0;
    other.sh(next).succeeds();
    other.pbr("migrate check").succeeds();
    other.pbr("migrate diff --check").succeeds();
    project.pbr("migrate rebase --onto theirs").succeeds();
    project.pbr("migrate check").succeeds();
}

#[test]
fn what_both_branches_changed_is_settled_in_the_yaml() {
    let project = repository();
    branch(&project, "theirs", "max: 100 }", "max: 200 }");
    branch(&project, "ours", "max: 100 }", "max: 300 }");
    let merged = Command::new("git").current_dir(project.path()).args(["merge", "--quiet", "theirs"]).output();
    assert!(!merged.expect("git runs").status.success());
    project.write("schema/notes.yaml", &NOTES.replace("max: 100", "max: 100, min: 5"));
    let conflict = project.pbr("migrate rebase --json").exits(5).json();
    assert_eq!(conflict["error"]["meta"]["conflicts"][0], "notes.title.max", "{conflict}");
    project.write("schema/notes.yaml", &NOTES.replace("max: 100", "max: 300"));
    project.pbr("migrate rebase").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

#[test]
fn a_rebase_orders_the_fields_as_the_merged_files_do() {
    let project = repository();
    branch(&project, "theirs", "max: 100 }", "max: 100 }\n  theirs: number");
    a_moment_later();
    branch(&project, "ours", "max: 100 }", "max: 100 }\n  ours: bool");
    let _ = Command::new("git").current_dir(project.path()).args(["merge", "--quiet", "theirs"]).output();
    project.write("schema/notes.yaml", &NOTES.replace("max: 100 }", "max: 100 }\n  theirs: number\n  ours: bool"));
    project.pbr("migrate rebase").succeeds();
    project.pbr("migrate diff --check").succeeds();
    project.pbr("migrate").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn a_rebase_keeps_data_blocks_and_files_written_by_hand() {
    let project = repository();
    branch(&project, "theirs", "max: 100 }", "max: 100 }\n  theirs: number");
    branch(&project, "ours", "fields:\n", "fields:\n  ours: bool\n");
    let name = migrations(&project).pop().expect("a migration");
    let text = project.read(&format!("migrations/{name}"));
    // Written in the same second as the other branch's, mostly.
    let block = "\n-- pbr:data\nUPDATE notes SET ours = TRUE;\n-- pbr:end\n";
    project.write(&format!("migrations/{name}"), &(text + block));
    project.pbr("migrate hash").succeeds().stdout_contains("ours");
    project.pbr("migrate new by_hand").succeeds();
    commit(&project, "data");
    merge(&project, "theirs");
    project.pbr("migrate rebase").succeeds();
    project.pbr("migrate check").succeeds();
    let names = migrations(&project);
    let kept = |end: &str| names.iter().rev().find(|name| name.ends_with(end)).expect("the file").clone();
    assert!(project.read(&format!("migrations/{}", kept("__ours.sql"))).contains(block), "{names:?}");
    assert!(kept("__by_hand.sql") > kept("__theirs.sql"), "{names:?}");
}

#[test]
fn applied_files_are_not_rebased() {
    let project = repository();
    branch(&project, "theirs", "max: 100 }", "max: 100 }\n  theirs: number");
    branch(&project, "ours", "fields:\n", "fields:\n  ours: bool\n");
    project.pbr("migrate").succeeds();
    merge(&project, "theirs");
    project.pbr("migrate rebase").exits(2).stderr_contains("is applied");
    let run = project.pbr("migrate rebase --onto theirs").exits(2);
    run.stderr_contains("--as reverted && pbr migrate rebase --onto theirs");
}

/// The lines that `pbr init` writes into the workflow, one by one.
#[test]
fn the_lines_of_ci_stop_what_must_not_be_merged() {
    let project = repository();
    let workflow = project.read(".github/workflows/pbr.yml");
    for line in [
        "pbr schema validate",
        "pbr migrate check",
        "pbr migrate diff --check",
        "pbr migrate lint --base",
        "pbr migrate drift",
    ] {
        assert!(workflow.contains(line), "{line} in\n{workflow}");
    }
    git(&project, "checkout --quiet -b change");

    // A broken schema.
    project.write("schema/broken.yaml", "collection: broken\nfields: { a: txet }\n");
    project.pbr("schema validate").exits(9).stderr_contains("did you mean `text`?");
    std::fs::remove_file(project.file("schema/broken.yaml")).expect("a removed file");

    // A change without its migration.
    project.replace("schema/notes.yaml", "rules:", "  kept: text\nrules:");
    project
        .pbr("migrate diff --check")
        .exits(4)
        .stderr_contains("add text field notes.kept")
        .stderr_contains("pbr migrate diff");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate lint --base main").succeeds().stdout_contains("1 migration, nothing found");
    commit(&project, "kept");

    // A drop.
    project.write("schema/notes.yaml", &NOTES.replace("'@request.auth.id != \"\"'", "public"));
    project.pbr("migrate diff --drop notes.kept").succeeds();
    let findings = project.pbr("migrate lint --base main --json").exits(4).json();
    let codes: Vec<&str> = findings["error"]["meta"]["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|f| f["code"].as_str())
        .collect();
    assert_eq!(codes, ["DS102", "SEC101"], "{findings}");
    let annotations = project.pbr("migrate lint --base main --format github").exits(4).stdout();
    assert!(
        annotations.contains("::error file=migrations/V") && annotations.contains("title=DS102::"),
        "{annotations}"
    );

    // An edited file.
    let name = migrations(&project).pop().expect("a migration");
    let text = project.read(&format!("migrations/{name}"));
    project.write(
        &format!("migrations/{name}"),
        &format!("{text}-- pbr:nolint DS102 kept was never used\n-- pbr:nolint SEC101 notes are public\n"),
    );
    project.pbr("migrate check").exits(6).stderr_contains("was edited").stderr_contains("pbr migrate hash");
    project.pbr("migrate hash").succeeds();
    project.pbr("migrate check").succeeds();
    project
        .pbr("migrate lint --base main")
        .succeeds()
        .stdout_contains("accepted[DS102]")
        .stdout_contains("kept was never used");

    // Drift.
    project.pbr("migrate").succeeds();
    project.pbr("migrate drift").succeeds();
    project.database().execute_batch("ALTER TABLE notes ADD COLUMN hand TEXT").expect("a column");
    project
        .pbr("migrate drift")
        .exits(4)
        .stderr_contains("column notes.hand is in no migration")
        .stderr_contains("pbr migrate drift --fix");

    project.pbr("migrate lint --base nowhere").exits(2).stderr_contains("git does not know the migrations of nowhere");
}

#[test]
fn one_name_of_two_kinds_is_settled_in_the_yaml() {
    let project = repository();
    branch(&project, "theirs", "max: 100 }", "max: 100 }\n  same: number");
    branch(&project, "ours", "max: 100 }", "max: 100 }\n  same: text");
    let _ = Command::new("git").current_dir(project.path()).args(["merge", "--quiet", "theirs"]).output();
    project.write("schema/notes.yaml", &NOTES.replace("max: 100 }", "max: 100 }\n  same: text"));
    project.pbr("migrate rebase").succeeds();
    project.pbr("migrate diff --check").succeeds();
    project.pbr("migrate").succeeds();
}

#[test]
fn a_conflict_in_the_first_of_two_files_is_settled_too() {
    let project = repository();
    branch(&project, "theirs", "max: 100 }", "max: 200 }");
    branch(&project, "ours", "max: 100 }", "max: 300 }");
    project.replace("schema/notes.yaml", "max: 300 }", "max: 300 }\n  more: text");
    project.pbr("migrate diff more").succeeds();
    commit(&project, "more");
    let _ = Command::new("git").current_dir(project.path()).args(["merge", "--quiet", "theirs"]).output();
    project.write("schema/notes.yaml", &NOTES.replace("max: 100 }", "max: 300 }\n  more: text"));
    project.pbr("migrate rebase").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

#[test]
fn two_renames_of_one_field_are_settled_in_the_yaml() {
    let project = repository();
    for (name, new) in [("theirs", "deux"), ("ours", "zwei")] {
        git(&project, &format!("checkout --quiet -b {name} main"));
        project.replace("schema/notes.yaml", "  title:", &format!("  {new}:"));
        project.pbr(&format!("migrate diff {name} --rename notes.title=notes.{new}")).succeeds();
        commit(&project, name);
    }
    let _ = Command::new("git").current_dir(project.path()).args(["merge", "--quiet", "theirs"]).output();
    project.write("schema/notes.yaml", &NOTES.replace("  title:", "  zwei:"));
    project.pbr("migrate rebase").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

#[test]
fn a_migration_that_the_other_branch_made_needless_is_removed() {
    let project = repository();
    project.replace("schema/notes.yaml", "max: 100 }", "max: 100 }\n  extra: text");
    project.pbr("migrate diff extra").succeeds();
    commit(&project, "extra");
    git(&project, "checkout --quiet -b theirs main");
    project.replace("schema/notes.yaml", "\n  extra: text", "");
    project.pbr("migrate diff theirs --drop notes.extra").succeeds();
    commit(&project, "theirs");
    a_moment_later();
    git(&project, "checkout --quiet -b ours main");
    project.replace("schema/notes.yaml", "  extra:", "  more:");
    project.pbr("migrate diff ours --rename notes.extra=notes.more").succeeds();
    commit(&project, "ours");
    let _ = Command::new("git").current_dir(project.path()).args(["merge", "--quiet", "theirs"]).output();
    project.write("schema/notes.yaml", NOTES);
    let report = project.pbr("migrate rebase --json").succeeds().json();
    assert_eq!(report["files"][0]["to"], serde_json::Value::Null, "{report}");
    assert!(!migrations(&project).iter().any(|name| name.ends_with("__ours.sql")), "{:?}", migrations(&project));
    project.pbr("migrate check").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

#[test]
fn an_open_conflict_in_a_schema_file_is_called_one() {
    let project = repository();
    let text = project.read("schema/notes.yaml").replace(
        "  title: { type: text, max: 100 }\n",
        "<<<<<<< HEAD\n  title: { type: text, max: 200 }\n=======\n  title: text\n>>>>>>> theirs\n",
    );
    project.write("schema/notes.yaml", &text);
    let run = project.pbr("schema validate").exits(9);
    run.stderr_contains("merge conflict").stderr_contains("notes.yaml:4:1").stderr_contains("pbr migrate rebase");
}

#[test]
fn a_rebased_file_tells_what_it_changes_from_where_it_now_starts() {
    let project = repository();
    branch(&project, "theirs", "max: 100", "max: 20");
    a_moment_later();
    branch(&project, "ours", "max: 100", "max: 10");
    let merged = Command::new("git").current_dir(project.path()).args(["merge", "--quiet", "theirs"]).output();
    assert!(!merged.expect("git runs").status.success(), "both files should conflict");
    project.write("schema/notes.yaml", &NOTES.replace("max: 100", "max: 10"));
    project.pbr("migrate rebase").succeeds().stdout_contains("same statements");
    let name = migrations(&project).into_iter().rfind(|name| name.ends_with("__ours.sql")).expect("our file");
    let text = project.read(&format!("migrations/{name}"));
    assert!(text.contains("max 20 -> 10") && !text.contains("max 100"), "{text}");
    project.pbr("migrate check").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

/// Has git put the commits of this branch on top of `main` one by one, with a rebase of the migrations at each stop.
fn rebase_all(project: &Project, stops: usize) {
    let run = |line: &str| {
        let mut command = Command::new("git");
        command.current_dir(project.path()).env("GIT_EDITOR", "true").args(line.split(' '));
        command.output().expect("git runs").status.success()
    };
    let mut done = run("rebase main");
    for stop in 0..stops {
        assert!(!done, "pbr.sum should conflict at stop {stop}");
        project.pbr("migrate rebase").succeeds();
        project.pbr("migrate check").succeeds();
        project.pbr("migrate diff --check").succeeds();
        git(project, "add --all");
        done = run("rebase --continue");
    }
    assert!(done);
}

#[test]
fn git_rebases_one_commit_after_the_other() {
    let project = repository();
    branch(&project, "ours", "fields:\n", "fields:\n  one: bool\n");
    for (from, to, name) in [
        ("  one: bool\n", "  one: bool\n  two: text\n", "two"),
        ("  two: text\n", "  two: { type: text, max: 9 }\n", "three"),
    ] {
        project.replace("schema/notes.yaml", from, to);
        project.pbr(&format!("migrate diff {name}")).succeeds();
        commit(&project, name);
    }
    git(&project, "checkout --quiet main");
    a_moment_later();
    project.replace("schema/notes.yaml", "max: 100 }", "max: 100 }\n  theirs: number");
    project.pbr("migrate diff theirs").succeeds();
    commit(&project, "theirs");
    git(&project, "checkout --quiet ours");
    rebase_all(&project, 3);
    let names = migrations(&project);
    let ends: Vec<&str> = names.iter().rev().take(4).rev().filter_map(|name| name.split("__").nth(1)).collect();
    assert_eq!(ends, ["theirs.sql", "ours.sql", "two.sql", "three.sql"]);
    project.pbr("migrate").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn an_applied_file_is_rebased_after_it_is_taken_back() {
    let project = repository();
    a_moment_later();
    branch(&project, "theirs", "max: 100 }", "max: 100 }\n  theirs: number");
    a_moment_later();
    branch(&project, "ours", "fields:\n", "fields:\n  ours: bool\n");
    project.pbr("migrate").succeeds();
    merge(&project, "theirs");
    let error = project.pbr("migrate rebase --json").exits(2).json();
    for next in [0, 1] {
        run_next(&project, &error, next);
    }
    project.pbr("migrate status --check").succeeds();
    project.pbr("migrate drift").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

/// Runs the commands that an error names.
#[track_caller]
fn run_next(project: &Project, error: &serde_json::Value, at: usize) {
    let line = error["error"]["next"][at]["command"].as_str().unwrap_or_else(|| panic!("no next {at} in {error}"));
    let line = line.split("    (").next().unwrap_or_default();
    for command in line.split(" && ") {
        match command.strip_prefix("pbr ") {
            Some(arguments) => _ = project.pbr(arguments).succeeds(),
            None => _ = git(project, command.strip_prefix("git ").unwrap_or(command)),
        }
    }
}

#[test]
fn on_another_branch_the_file_that_is_missing_is_the_reason_and_the_branch_is_named() {
    let project = repository();
    a_moment_later();
    branch(&project, "theirs", "max: 100 }", "max: 100 }\n  theirs: number");
    a_moment_later();
    branch(&project, "ours", "fields:\n", "fields:\n  ours: bool\n");
    project.pbr("migrate").succeeds();
    git(&project, "checkout --quiet theirs");
    // The file of `theirs` is too old as well, which would lead nowhere.
    let error = project.pbr("migrate up --json").exits(6).json();
    assert_eq!(error["error"]["code"], "PBR-MIGRATE-0007", "{error}");
    assert!(error["error"]["why"].as_str().is_some_and(|why| why.contains("the branch ours has its file")), "{error}");
    run_next(&project, &error, 0);
    assert_eq!(git(&project, "branch --show-current").trim(), "ours");
    project.pbr("migrate status --check").succeeds();
    git(&project, "checkout --quiet theirs");
    run_next(&project, &error, 2);
    project.pbr("migrate status --check").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn a_file_that_is_older_than_what_is_applied_is_put_behind_it() {
    let project = repository();
    project.pbr("migrate").succeeds();
    project.write("migrations/V20200101000000__old.sql", "-- pbr:data\nSELECT 1;\n-- pbr:end\n");
    project.pbr("migrate hash").succeeds();
    let error = project.pbr("migrate up --json").exits(6).json();
    assert_eq!(error["error"]["code"], "PBR-MIGRATE-0008", "{error}");
    run_next(&project, &error, 0);
    project.pbr("migrate up").succeeds().stdout_contains("__old.sql");
}

/// Two branches, of which this one has two files of one name with files that lead back, merged. The other one's is at
/// least as new as the first of them, so that it moves, maybe to the name of the second.
fn rebased_with_down() -> Project {
    let project = repository();
    git(&project, "checkout --quiet -b ours main");
    for field in ["one", "two"] {
        project.replace("schema/notes.yaml", "fields:\n", &format!("fields:\n  {field}: bool\n"));
        project.pbr("migrate diff change --down").succeeds();
    }
    commit(&project, "ours");
    branch(&project, "theirs", "max: 100 }", "max: 100 }\n  theirs: number");
    git(&project, "checkout --quiet ours");
    merge(&project, "theirs");
    project
}

#[test]
fn what_leads_back_is_rebased_too() {
    let project = rebased_with_down();
    project.pbr("migrate rebase").succeeds();
    let downs = migrations(&project).iter().filter(|name| name.ends_with("__change.down.sql")).count();
    assert_eq!(downs, 2, "{:?}", migrations(&project));
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift").succeeds();
    project.pbr("migrate down --steps 2").succeeds();
    project.pbr("migrate drift").succeeds();
    let row: String = project
        .database()
        .query_row("SELECT fields FROM _collections WHERE name = 'notes'", [], |row| row.get(0))
        .expect("a row");
    assert!(row.contains("theirs") && !row.contains("\"one\""), "{row}");
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

#[test]
fn what_leads_back_and_was_edited_is_not_written_over() {
    let project = rebased_with_down();
    let down = migrations(&project).into_iter().rfind(|name| name.ends_with(".down.sql")).expect("a file");
    let path = format!("migrations/{down}");
    let edited = project.read(&path) + "UPDATE notes SET title = 'mine';\n";
    project.write(&path, &edited);
    let before = migrations(&project);
    project.pbr("migrate rebase").exits(2).stderr_contains(&format!("{down} was edited"));
    assert_eq!(migrations(&project), before);
    let by_hand: String =
        edited.lines().filter(|line| !line.starts_with("-- pbr:")).map(|line| format!("{line}\n")).collect();
    project.write(&path, &by_hand);
    project.pbr("migrate rebase").succeeds();
    let moved = migrations(&project).into_iter().rfind(|name| name.ends_with(".down.sql")).expect("a file");
    assert_eq!(project.read(&format!("migrations/{moved}")), by_hand);
}

#[test]
fn a_branch_that_does_not_exist_is_answered_with_those_that_do() {
    let project = repository();
    git(&project, "branch --move main trunk");
    git(&project, "branch feature");
    let run = project.pbr("migrate lint --base main").exits(2);
    let run = run.stderr_contains("the branches are feature, trunk").stderr_contains("pbr migrate lint --base feature");
    assert!(!run.stderr().contains("git fetch"), "there is nothing to fetch from");
    project.pbr("migrate rebase --onto nothing").exits(2).stderr_contains("pbr migrate rebase --onto feature");
    git(&project, "remote add elsewhere ../elsewhere");
    project.pbr("migrate lint --base main").exits(2).stderr_contains("git fetch elsewhere");
}

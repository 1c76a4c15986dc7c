//! What every command has in common.

use crate::support::{Project, root};
use std::process::Stdio;

const COMMANDS: [&str; 10] =
    ["init", "schema", "migrate", "seed", "serve", "token", "superuser", "explain", "completions", "schema validate"];

#[test]
fn pbr_alone_shows_short_help_and_where_to_begin() {
    let run = Project::empty().pbr("").succeeds();
    run.stdout_contains("pbr init").stdout_contains("pbr migrate").stdout_contains("pbr serve");
}

#[test]
fn help_and_version_touch_nothing() {
    let project = Project::empty();
    project.pbr("--help").succeeds().stdout_contains("Examples:");
    let version = project.pbr("--version").succeeds().stdout();
    assert_eq!(version, format!("pbr {}\n", env!("CARGO_PKG_VERSION")));
    let json = project.pbr("--version --json").succeeds().json();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    for command in COMMANDS {
        project.pbr(&format!("{command} --help")).succeeds().stdout_contains("Usage:");
    }
    assert!(project.list(".").is_empty());
}

#[test]
fn unknown_words_and_flags_exit_2_with_a_suggestion() {
    let project = Project::empty();
    project.pbr("migrat").exits(2).stderr_contains("migrate");
    project.pbr("serve --htpp x").exits(2).stderr_contains("--http");
    let error = project.pbr("migrat --json").exits(2).json();
    assert_eq!(error["ok"], false);
}

#[test]
fn commands_of_a_project_say_that_there_is_none() {
    let project = Project::empty();
    for command in ["schema validate", "migrate", "seed"] {
        project.pbr(command).exits(2).stderr_contains("pbr.yaml");
    }
}

#[test]
fn piped_output_has_no_colours_and_errors_have_their_json_form() {
    let project = Project::from_template("blank");
    project.write("schema/broken.yaml", "collection: broken\nfields: { a: tekst }\n");
    let run = project.pbr("schema validate").exits(9);
    assert!(!run.stderr().contains('\u{1b}'), "{}", run.stderr());
    run.stderr_contains("schema/broken.yaml:2:").stderr_contains("did you mean `text`?");
    let error = project.pbr("schema validate --json").exits(9).json();
    assert_eq!((&error["ok"], &error["error"]["where"]["line"]), (&false.into(), &2.into()), "{error}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let project = Project::empty();
    let mut child = project.command("explain").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("pbr");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn completions_in_the_repository_are_fresh() {
    for (shell, file) in
        [("bash", "pbr.bash"), ("elvish", "pbr.elv"), ("fish", "pbr.fish"), ("powershell", "_pbr.ps1"), ("zsh", "_pbr")]
    {
        let fresh = Project::empty().pbr(&format!("completions {shell}")).succeeds().stdout();
        let path = root().join("completions").join(file);
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed.trim_end() == fresh.trim_end(),
            "completions/{file} is stale: pbr completions {shell} > completions/{file}"
        );
    }
}

//! The craft of a command line, point by point: one test each, named after its number in the design.
//!
//! Points that need a terminal are in `prompts.rs`, under the same numbers in comments there where they are more than
//! this file says.

use crate::support::{Project, Run, commands, root};
use serde_json::Value as Json;
use std::process::Stdio;
use std::time::{Duration, Instant};

const NOTES: &str = "version: 1\ncollection: notes\nfields:\n  title: text\nrules: { list: public }\n";

fn notes() -> Project {
    let project = Project::from_template("blank");
    project.write("schema/notes.yaml", NOTES);
    project.pbr("migrate diff notes").succeeds();
    project.pbr("migrate").succeeds();
    project
}

/// Runs with more variables.
fn with(project: &Project, variables: &[(&str, &str)], arguments: &str) -> Run {
    let mut command = project.command(arguments);
    command.envs(variables.iter().copied());
    Run::of(arguments, command)
}

#[test]
fn point_01_json_is_nothing_but_json() {
    let project = notes();
    for command in [
        "migrate status",
        "schema validate",
        "schema show",
        "config list",
        "doctor",
        "migrate lint",
        "migrate drift",
        "migrate check",
    ] {
        let json = project.pbr(&format!("{command} --json")).succeeds().json();
        assert_eq!(json["ok"], true, "{command}");
    }
}

#[test]
fn point_02_pipes_get_no_escape_sequences() {
    let project = notes();
    for command in ["migrate status", "doctor", "schema show", "schema validat", "seed", "migrate up --dry-run"] {
        let run = project.pbr(command);
        assert!(!run.stdout().contains('\u{1b}') && !run.stderr().contains('\u{1b}'), "{command}");
    }
}

#[test]
fn point_03_every_command_takes_json_and_failures_share_the_form() {
    for command in commands() {
        let help = Project::empty().pbr(&format!("{command} --help")).succeeds().stdout();
        assert!(help.contains("--json"), "{command}");
    }
    let failed = Project::empty().pbr("migrate --json").exits(2).json();
    assert_eq!(failed["ok"], false);
    for key in ["code", "message", "why", "next", "where", "meta"] {
        assert!(failed["error"].get(key).is_some(), "{key}");
    }
}

#[test]
fn point_06_notes_go_to_stderr() {
    let project = notes();
    let run = project.pbr("migrate up").succeeds();
    assert!(run.stderr().contains("database: pb_data/data.db") && !run.stdout().contains("database:"));
}

#[test]
fn point_07_a_list_has_one_record_a_line() {
    let project = notes();
    let lines = project.pbr("migrate status").succeeds().stdout();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(!lines.contains(['│', '|', '+']), "{lines}");
}

#[test]
fn point_08_quiet_prints_only_errors_and_v_adds_timings() {
    let project = notes();
    let quiet = project.pbr("migrate up --quiet").succeeds();
    assert_eq!((quiet.stdout(), quiet.stderr()), (String::new(), String::new()));
    assert!(!project.pbr("schema validat --quiet").exits(2).stderr().is_empty());
    project.write("schema/more.yaml", "version: 1\ncollection: more\n");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate up -v").succeeds().stdout_contains(" ms").stderr_contains("ms] in all");
}

#[test]
fn point_08_vv_shows_the_sql_without_its_values() {
    let project = notes();
    let run = project.pbr("superuser upsert root@example.com secret12345 -vv").succeeds();
    run.stderr_contains("INSERT INTO `_superusers`")
        .stderr_contains("ms] in all")
        .stderr_contains("ms] opened pb_data");
    for secret in ["secret12345", "root@example.com", "$argon2id$"] {
        let run = project.pbr("superuser upsert root@example.com secret12345 -vv").succeeds();
        assert!(!run.stderr().contains(secret), "{secret}");
    }
    let query = ["data", "query", "SELECT id FROM notes WHERE title = 'hunter2'", "-vv", "--json"];
    let run = project.pbr_args(&query).succeeds();
    assert!(run.json()["ok"] == true && !run.stderr().contains("hunter2"), "{}", run.stderr());
    run.stderr_contains("SELECT id FROM notes WHERE title = '…'");
    assert!(!project.pbr("migrate status -v").succeeds().stderr().contains("SELECT"));
}

#[test]
fn point_09_a_closed_pipe_ends_without_a_panic() {
    let project = notes();
    let mut child = project.command("explain").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("pbr");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert!(output.stderr.is_empty());
}

#[test]
fn point_10_json_has_exact_numbers_and_rfc_3339() {
    let project = notes();
    let status = project.pbr("migrate status --json").succeeds().json();
    let moment = status["migrations"][0]["appliedOn"].as_str().expect("a moment");
    assert!(chrono::DateTime::parse_from_rfc3339(moment).is_ok(), "{moment}");
}

#[test]
fn point_11_the_table_of_exit_codes_holds() {
    let project = notes();
    project.pbr("migrate status").exits(0);
    project.pbr("migrate --config nowhere/pbr.yaml").exits(9);
    project.pbr("explain PBR-NOTHING-1").exits(2);
    project.pbr("superuser upsert root@example.com secret12345 --dir /proc/nowhere").exits(1);
    project.replace("schema/notes.yaml", "title: text", "title: text\n  more: text");
    project.pbr("migrate diff --check").exits(4);
    project.replace("schema/notes.yaml", "title: text\n  more: text", "headline: text");
    project.pbr("migrate diff").exits(5);
    project.write("schema/notes.yaml", NOTES);
    project.write("migrations/V1__bad-name.sql", "");
    project.pbr("migrate check").exits(6);
    std::fs::remove_file(project.file("migrations/V1__bad-name.sql")).expect("a removed file");
    project.write("schema/notes.yaml", "collection: notes\nfields: 7\n");
    project.pbr("schema validate").exits(9);
    // 3 and 130 need a terminal (prompts.rs), 7 and 8 are points 17 and 54.
}

#[test]
fn point_12_an_unknown_flag_is_2_with_a_suggestion() {
    project_free("migrate diff --chek").exits(2).stderr_contains("--check");
}

fn project_free(arguments: &str) -> Run {
    Project::empty().pbr(arguments)
}

#[test]
fn point_14_a_check_that_finds_changes_writes_nothing() {
    let project = notes();
    project.replace("schema/notes.yaml", "title: text", "title: text\n  more: text");
    let before = project.list("migrations");
    project.pbr("migrate diff --check").exits(4);
    assert_eq!(project.list("migrations"), before);
}

#[test]
fn point_15_an_ambiguous_rename_without_a_terminal_is_5_and_lists_the_flags() {
    let project = notes();
    project.replace("schema/notes.yaml", "title: text", "headline: text");
    let before = project.list("migrations");
    let open = project.pbr("migrate diff --json").exits(5).json();
    let flags = open["error"]["meta"]["open"][0]["flags"].to_string();
    assert!(flags.contains("--rename notes.title=notes.headline") && flags.contains("--drop notes.title"), "{flags}");
    assert_eq!(project.list("migrations"), before);
}

#[test]
fn point_16_an_edited_applied_file_is_6() {
    let project = notes();
    let name = project.list("migrations").into_iter().rfind(|name| name.ends_with(".sql")).expect("a file");
    let text = project.read(&format!("migrations/{name}"));
    project.write(&format!("migrations/{name}"), &format!("{text}-- more\n"));
    project.pbr("migrate up").exits(6).stderr_contains("was edited");
}

#[test]
fn point_17_failing_sql_is_7_and_leaves_database_and_history_alone() {
    let project = notes();
    project.pbr("migrate new bad").succeeds();
    let name = project.list("migrations").into_iter().find(|name| name.ends_with("__bad.sql")).expect("a file");
    project.replace(
        &format!("migrations/{name}"),
        "-- pbr:data\n",
        "-- pbr:data\nINSERT INTO notes (id, title) VALUES ('a', 'b');\nSELECT * FROM nowhere;\n",
    );
    project.pbr("migrate hash").succeeds();
    let history = |project: &Project| -> i64 {
        project
            .database()
            .query_row("SELECT count(*) + (SELECT count(*) FROM notes) FROM refinery_schema_history", [], |row| {
                row.get(0)
            })
            .expect("a count")
    };
    let before = history(&project);
    project.pbr("migrate up").exits(7).stderr_contains("nowhere");
    assert_eq!(history(&project), before);
}

#[test]
fn point_18_an_interrupted_up_leaves_no_half_applied_file() {
    let project = notes();
    project.pbr("migrate new slow").succeeds();
    let name = project.list("migrations").into_iter().find(|name| name.ends_with("__slow.sql")).expect("a file");
    let slow = "-- pbr:data\nCREATE TABLE half (a);\nINSERT INTO half WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000000) SELECT i FROM n;\n";
    project.replace(&format!("migrations/{name}"), "-- pbr:data\n", slow);
    project.pbr("migrate hash").succeeds();
    let child = project.command("migrate up").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("pbr");
    std::thread::sleep(Duration::from_millis(700));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
    let output = child.wait_with_output().expect("an end");
    use std::os::unix::process::ExitStatusExt;
    assert!(output.status.code() == Some(130) || output.status.signal() == Some(2), "{:?}", output.status);
    let tables: i64 = project
        .database()
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'half'", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(tables, 0);
    assert_eq!(project.pbr("migrate status --json").succeeds().json()["pending"], 1);
}

#[test]
fn point_20_every_prompt_names_its_flag() {
    let project = notes();
    project.replace("schema/notes.yaml", "title: text", "headline: text");
    project.pbr("migrate diff").exits(5).stderr_contains("--rename").stderr_contains("--drop");
    Project::empty().pbr("superuser create root@example.com").exits(2).stderr_contains("--password-stdin");
}

#[test]
fn point_21_nothing_hangs_without_input() {
    let project = notes();
    for command in commands() {
        // Those that run until they are stopped.
        if ["serve", "dev", "logs"].contains(&command.as_str()) {
            continue;
        }
        let mut child = project.command(&command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("pbr");
        let started = Instant::now();
        while child.try_wait().expect("a state").is_none() {
            assert!(started.elapsed() < Duration::from_secs(20), "{command} waits for something");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn point_22_ci_and_no_input_forbid_questions() {
    let project = notes();
    project.replace("schema/notes.yaml", "title: text", "headline: text");
    with(&project, &[("CI", "1")], "migrate diff").exits(5);
    project.pbr("migrate diff --no-input").exits(5);
}

#[test]
fn point_23_yes_is_no_consent_to_data_loss_and_the_token_is() {
    let project = notes();
    project.database().execute_batch("INSERT INTO notes (id, title) VALUES ('a', 'b')").expect("a row");
    project.replace("schema/notes.yaml", "  title: text\n", "  other: number\n");
    project.pbr("migrate diff --drop notes.title").succeeds();
    let refused = project.pbr("migrate up --yes --json").exits(5).json();
    let token = refused["error"]["meta"]["token"].as_str().expect("a token").to_owned();
    let (version, hash) = token.trim_start_matches('V').split_once('-').expect("two parts");
    assert!(version.len() == 14 && hash.len() == 8, "{token}");
    project.pbr("serve --http 127.0.0.1:0").exits(5).stderr_contains(&token);
    project.pbr(&format!("migrate --confirm {token}")).succeeds();
}

#[test]
fn point_24_the_refusal_lists_what_is_lost_with_row_counts() {
    let project = notes();
    project.database().execute_batch("INSERT INTO notes (id, title) VALUES ('a', 'b'), ('c', 'd')").expect("rows");
    project.replace("schema/notes.yaml", "  title: text\n", "  other: number\n");
    project.pbr("migrate diff --drop notes.title").succeeds();
    project.pbr("migrate up").exits(5).stderr_contains("notes.title (DS102), 2 rows");
}

#[test]
fn point_25_passwords_come_by_stdin_and_are_never_echoed() {
    let project = Project::empty();
    let run = project.pbr_with_input("superuser upsert root@example.com --password-stdin", "secret12345\n").succeeds();
    assert!(!run.stdout().contains("secret12345") && !run.stderr().contains("secret12345"));
}

#[test]
fn point_27_the_database_is_named_before_a_write() {
    let project = notes();
    project.pbr("migrate up").succeeds().stderr_contains("database: pb_data/data.db");
    project.pbr("seed").succeeds().stderr_contains("database: pb_data/data.db");
}

#[test]
fn point_28_and_29_colours_can_be_turned_off_and_on() {
    let project = Project::empty();
    let coloured = |run: Run| run.stderr().contains('\u{1b}');
    assert!(coloured(project.pbr("migrate --color always")));
    assert!(coloured(with(&project, &[("FORCE_COLOR", "1")], "migrate")));
    assert!(!coloured(with(&project, &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], "migrate")));
    assert!(!coloured(with(&project, &[("FORCE_COLOR", "1")], "migrate --color never")));
    assert!(!coloured(with(&project, &[("TERM", "dumb")], "migrate")));
}

#[test]
fn point_30_nothing_is_said_by_colour_alone() {
    let project = notes();
    let words = |arguments: &str| {
        let text = project.pbr(arguments).stderr();
        let mut plain = String::new();
        let mut escape = false;
        for c in text.chars() {
            match c {
                '\u{1b}' => escape = true,
                'm' if escape => escape = false,
                c if !escape => plain.push(c),
                _ => {}
            }
        }
        plain
    };
    assert_eq!(words("explain NOTHING --color always"), words("explain NOTHING --color never"));
}

#[test]
fn point_31_help_wraps_at_80_where_the_width_is_unknown() {
    for command in commands() {
        let help = Project::empty().pbr(&format!("{command} --help")).stdout();
        let text = help.split("Examples:").next().unwrap_or_default();
        let long = text.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "{command}");
    }
}

#[test]
fn point_32_symbols_have_ascii_forms() {
    let project = Project::empty();
    project.pbr("superuser upsert root@example.com secret12345").succeeds();
    let ascii = with(&project, &[("LC_ALL", "C")], "superuser ips 127.0.0.1 10.0.0.1").succeeds().stdout();
    assert!(ascii.is_ascii() && ascii.contains("`- 10.0.0.1"), "{ascii}");
    let unicode = with(&project, &[("LC_ALL", "en_US.UTF-8")], "superuser ips 127.0.0.1").succeeds().stdout();
    assert!(unicode.contains("└─ 127.0.0.1"), "{unicode}");
}

#[test]
fn point_33_pbr_alone_shows_short_help_on_stdout() {
    let run = project_free("").exits(0);
    assert!(run.stderr().is_empty());
    for first in ["pbr init", "pbr migrate", "pbr seed", "pbr serve", "pbr dev"] {
        assert!(run.stdout().contains(first), "{first}");
    }
}

#[test]
fn point_34_long_help_has_examples_and_short_help_is_shorter() {
    for command in commands() {
        let long = project_free(&format!("{command} --help")).succeeds().stdout();
        let short = project_free(&format!("{command} -h")).succeeds().stdout();
        assert!(long.contains("Examples:") && long.contains(&format!("pbr {command}")), "{command}");
        assert!(short.len() < long.len(), "{command}");
    }
}

#[test]
fn point_35_help_for_a_mistake_goes_to_stderr() {
    let run = project_free("migrate diff --nonsense").exits(2);
    assert!(run.stdout().is_empty() && run.stderr().contains("Usage:"));
}

#[test]
fn point_36_commands_are_grouped() {
    let help = project_free("--help").succeeds().stdout();
    for group in ["Project:", "Schema:", "Data:", "Server:", "Keys:", "Shell:"] {
        assert!(help.contains(group), "{group}");
    }
}

#[test]
fn point_37_there_are_topics() {
    project_free("help environment").succeeds().stdout_contains("PBR_HTTP");
    project_free("help exit-codes").succeeds().stdout_contains("130");
    project_free("help formatting").succeeds().stdout_contains("NO_COLOR");
    project_free("help migrate").succeeds().stdout_contains("Usage:");
}

#[test]
fn point_38_and_39_unknown_names_get_suggestions() {
    project_free("migrat").exits(2).stderr_contains("migrate");
    let project = notes();
    project.pbr("schema show note").exits(2).stderr_contains("notes");
    project.write("seeds/30_notes.yaml", "collection: notes\nrecords:\n  a: { titel: x }\n");
    project.pbr("seed").exits(9).stderr_contains("did you mean `title`?");
    project.pbr("seed --only note").exits(2).stderr_contains("did you mean `notes`?");
    project.pbr("config get server.htp").exits(2).stderr_contains("server.http");
}

#[test]
fn point_40_completions_know_the_names_of_the_project() {
    let project = notes();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        project.pbr(&format!("completions {shell}")).succeeds().stdout_contains("pbr");
        project.pbr(&format!("completions {shell} --dynamic")).succeeds().stdout_contains("COMPLETE");
    }
    let complete = |words: &[&str]| {
        let mut command = project.command("");
        command.env("COMPLETE", "fish").arg("--").args(words);
        Run::of(&words.join(" "), command).succeeds().stdout()
    };
    assert!(complete(&["pbr", "schema", "show", "no"]).contains("notes"));
    let version = project.pbr("migrate status --json").succeeds().json()["current"].to_string();
    assert!(complete(&["pbr", "migrate", "down", "--to", ""]).contains(&version));
    assert!(complete(&["pbr", "config", "get", "server.h"]).contains("server.http"));
}

#[test]
fn point_41_there_is_a_manual_page_for_every_command() {
    let project = Project::empty();
    let written = project.pbr("man --out pages --json").succeeds().json();
    let pages = project.list("pages");
    assert_eq!(written["files"].as_array().map(Vec::len), Some(pages.len()), "{pages:?}");
    for command in commands() {
        let page = format!("pbr-{}.1", command.replace(' ', "-"));
        assert!(pages.contains(&page), "{page}");
        assert!(project.read(&format!("pages/{page}")).contains(".SH SYNOPSIS"), "{page}");
    }
}

#[test]
fn point_42_the_version_is_one_line_and_json_says_more() {
    assert_eq!(project_free("--version").succeeds().stdout().lines().count(), 1);
    let json = project_free("--version --json").succeeds().json();
    assert!(json.get("commit").is_some() && json["sqlite"].is_string(), "{json}");
    assert!(json["features"].as_array().is_some_and(|features| features.contains(&"fts5".into())), "{json}");
}

/// Where a value may be set, from the strongest on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Level {
    Flag(&'static str),
    Variable(&'static str, &'static str),
    Project(&'static str),
    User(&'static str),
    Default,
}

#[test]
fn point_43_flags_go_over_the_environment_the_project_the_users_file_and_the_defaults() {
    use Level::{Default, Flag, Project as File, User, Variable};
    let table: [(&str, &[(Level, &str)]); 4] = [
        (
            "dirs.data",
            &[
                (Flag("--dir from_flag"), "from_flag"),
                (Variable("PBR_DIR", "from_env"), "from_env"),
                (File("dirs: { data: from_file }\n"), "from_file"),
                (Default, "pb_data"),
            ],
        ),
        (
            "server.http",
            &[
                (Variable("PBR_HTTP", "127.0.0.1:1"), "127.0.0.1:1"),
                (File("server: { http: '127.0.0.1:2' }\n"), "127.0.0.1:2"),
                (User("server: { http: '127.0.0.1:3' }\n"), "127.0.0.1:3"),
                (Default, "127.0.0.1:8090"),
            ],
        ),
        (
            "color",
            &[
                (Flag("--color always"), "always"),
                (Variable("PBR_COLOR", "never"), "never"),
                (User("color: always\n"), "always"),
                (Default, "auto"),
            ],
        ),
        (
            "noInput",
            &[
                (Flag("--no-input"), "true"),
                (Variable("PBR_NO_INPUT", "false"), "false"),
                (User("noInput: true\n"), "true"),
                (Default, "false"),
            ],
        ),
    ];
    for (key, levels) in table {
        for strongest in 0..levels.len() {
            let project = Project::empty();
            let (mut arguments, mut variables) = (format!("config get {key}"), Vec::new());
            project.write("pbr.yaml", "version: 1\n");
            for (level, _) in &levels[strongest..] {
                match level {
                    Flag(flag) => arguments.push_str(&format!(" {flag}")),
                    Variable(name, value) => variables.push((*name, *value)),
                    File(text) => _ = project.write("pbr.yaml", &format!("version: 1\n{text}")),
                    User(text) => _ = project.write(".config-home/pbr/config.yaml", text),
                    Default => {}
                }
            }
            let value = with(&project, &variables, &arguments).succeeds().stdout();
            assert_eq!(value.trim(), levels[strongest].1, "{key}: {:?}", levels[strongest].0);
            // A variable that is empty counts as absent.
            if let Some((_, next)) = levels.get(strongest + 1)
                && let (Variable(name, _), _) = levels[strongest]
            {
                let value = with(&project, &[(name, "")], &arguments).succeeds().stdout();
                assert_eq!(value.trim(), *next, "{key} without {name}");
            }
        }
    }
}

#[test]
fn point_43_a_server_listens_where_its_user_says_unless_somebody_else_does() {
    let project = notes();
    project.write("pbr.yaml", "version: 1\n");
    project.write(".config-home/pbr/config.yaml", "server: { http: 'nowhere' }\n");
    project.pbr("serve").exits(2).stderr_contains("nowhere");
    project.serve().client().get("/api/health").is(200);
}

#[test]
fn point_44_every_value_has_an_origin() {
    let project = notes();
    let list =
        with(&project, &[("PBR_HTTP", "127.0.0.1:1")], "config list --origin --json --dir elsewhere").succeeds().json();
    let origin = |key: &str| {
        let all = list["settings"].as_array().expect("a list");
        all.iter().find(|setting| setting["key"] == key).map(|setting| setting["origin"].clone()).expect("the key")
    };
    assert_eq!(origin("server.http"), "PBR_HTTP");
    assert_eq!(origin("dirs.data"), "--dir");
    assert_eq!(origin("dirs.schema"), "default");
    assert!(origin("environment").as_str().is_some_and(|place| place.contains("pbr.yaml:")), "{list}");

    project.write(".config-home/pbr/config.yaml", "# mine\ncolor: never\nserver:\n  http: 127.0.0.1:1\n");
    project.write("pbr.yaml", "version: 1\n");
    let shown = project.pbr("config list --origin --no-input").succeeds().stdout();
    let origin = |key: &str| {
        let line = shown.lines().find(|line| line.starts_with(&format!("{key} "))).expect("the key");
        line.rsplit_once('(').expect("an origin").1.trim_end_matches(')').to_owned()
    };
    assert_eq!((origin("noInput").as_str(), origin("name").as_str()), ("--no-input", "default"));
    assert!(origin("color").ends_with("/pbr/config.yaml:2"), "{shown}");
    assert!(origin("server.http").ends_with("/pbr/config.yaml:4"), "{shown}");
}

#[test]
fn point_45_unknown_keys_are_errors_with_a_line_and_a_suggestion() {
    let project = notes();
    project.write("pbr.yaml", "version: 1\nserver:\n  htp: x\n");
    project.pbr("migrate").exits(9).stderr_contains("pbr.yaml:3:").stderr_contains("http");
}

#[test]
fn point_45_and_46_the_file_of_a_user_is_checked_as_strictly() {
    let project = notes();
    project.write(".config-home/pbr/config.yaml", "# mine\ncolr: never\n");
    let run = project.pbr("migrate status").exits(9);
    run.stderr_contains("pbr/config.yaml:2:").stderr_contains("did you mean `color`?");
    project.write(".config-home/pbr/config.yaml", "server: { origins: [x] }\n");
    let json = project.pbr("migrate status --json").exits(9).json();
    assert_eq!(json["error"]["where"]["line"], 1, "{json}");
    project.write(".config-home/pbr/config.yaml", "color: never\n");
    let run = with(&project, &[("PBR_COLOR", "blue")], "migrate status").exits(9);
    run.stderr_contains("PBR_COLOR=blue").stderr_contains("auto, always, never");
    let run = with(&project, &[("FORCE_COLOR", "1")], "explain NOTHING").exits(2);
    assert!(!run.stderr().contains('\u{1b}'), "the user wants no colours");
}

#[test]
fn point_47_a_dot_env_file_is_not_read() {
    let project = notes();
    project.write(".env", "PBR_DIR=elsewhere\n");
    assert_eq!(project.pbr("config get dirs.data").succeeds().stdout().trim(), "pb_data");
}

#[test]
fn point_48_pbr_yaml_has_a_schema_and_init_writes_the_modelines() {
    let project = notes();
    let schema: Json =
        serde_json::from_str(&project.pbr("schema json-schema project").succeeds().stdout()).expect("JSON");
    assert!(schema["properties"]["server"].is_object());
    assert!(project.read("schema/users.yaml").starts_with("# yaml-language-server: $schema="));
    assert!(project.file(".pbr/pbr.schema.json").exists());
}

#[test]
fn point_49_help_opens_no_database() {
    let project = Project::empty();
    project.pbr("--help --dir data").succeeds();
    project.pbr("migrate --help").succeeds();
    assert!(project.list(".").is_empty());
}

#[test]
fn point_51_network_calls_have_timeouts_and_say_which() {
    let project = Project::empty();
    project.pbr("superuser upsert root@example.com secret12345").succeeds();
    {
        let server = project.serve();
        let smtp = serde_json::json!({ "smtp": { "enabled": true, "host": "127.0.0.1", "port": 1 } });
        server.root().patch("/api/settings", smtp).ok();
    }
    project.pbr("doctor --network").exits(4).stdout_contains("127.0.0.1:1 cannot be reached within 5 s");
    project.pbr("doctor").succeeds().stdout_contains("use --network");
}

#[test]
fn point_52_files_appear_whole() {
    let project = notes();
    let names = project.list("migrations");
    assert!(names.iter().all(|name| !name.ends_with(".tmp")), "{names:?}");
    // A folder that cannot be written leaves what was there.
    let sum = project.read("migrations/pbr.sum");
    std::fs::create_dir(project.file("migrations/pbr.tmp")).expect("in the way");
    project.replace("schema/notes.yaml", "title: text", "title: text\n  more: text");
    project.pbr("migrate diff").exits(1);
    assert_eq!(project.read("migrations/pbr.sum"), sum);
}

#[test]
fn point_53_a_change_says_how_to_undo_it() {
    let project = notes();
    project.replace("schema/notes.yaml", "title: text", "title: text\n  more: text");
    project.pbr("migrate diff --down").succeeds().stdout_contains("undo:");
    project.pbr("migrate up").succeeds();
    project.pbr("migrate down").succeeds().stdout_contains("undo: pbr migrate up");
    project.pbr("migrate new by_hand").succeeds().stdout_contains("undo:");
}

#[test]
fn point_54_of_two_ups_one_works_and_one_waits() {
    let project = Project::from_template("blog");
    let run = || project.command("migrate up").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("pbr");
    let (one, two) = (run(), run());
    let texts = [one, two].map(|child| {
        let output = child.wait_with_output().expect("an end");
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    assert_eq!(texts.iter().filter(|text| text.contains("nothing to do")).count(), 1, "{texts:?}");
    assert_eq!(texts.iter().filter(|text| text.contains("applied ")).count(), 1, "{texts:?}");
}

#[test]
fn point_55_doctor_has_a_remedy_for_what_is_wrong_and_4_when_something_fails() {
    let project = notes();
    let report = project.pbr("doctor --json").succeeds().json();
    let names: Vec<&str> =
        report["checks"].as_array().expect("a list").iter().filter_map(|check| check["name"].as_str()).collect();
    for name in [
        "schema",
        "data-directory",
        "free-disk",
        "open-files",
        "clock",
        "port",
        "sqlite",
        "integrity",
        "journal",
        "settings",
        "passwords",
        "secrets",
        "superuser",
        "migrations",
        "pending-migrations",
        "drift",
        "mail-server",
        "file-bucket",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    project.database().execute_batch("ALTER TABLE notes ADD COLUMN hand TEXT").expect("a column");
    project.pbr("doctor").succeeds().stdout_contains("column notes.hand").stdout_contains("-> pbr migrate drift");
    project.write("schema/notes.yaml", "collection: notes\nfields: 7\n");
    project.pbr("doctor").exits(4).stdout_contains("fail  schema").stderr_contains("pbr schema validate");
    std::fs::write(project.file("pb_data/data.db"), "no database").expect("a broken file");
    let run = project.pbr("doctor").exits(4).stdout_contains("fail  integrity").stderr_contains("pbr backup restore");
    assert!(!run.stdout().contains("--encryption-env"), "{}", run.stdout());
    project.write("pbr.yaml", "version: 1\nservr: {}\n");
    let run = project.pbr("doctor").exits(4).stdout_contains("fail  config").stdout_contains("pbr.yaml:2:1");
    run.stdout_contains("unknown key `servr`").stdout_contains("pass  sqlite");
    let project = notes();
    project.write("pbr.yaml", "version: 1\nsettings: { meta: { appNam: x } }\n");
    project.pbr("doctor").exits(4).stdout_contains("no setting `meta.appNam`; did you mean `appName`?");
    project.pbr("serve --http 127.0.0.1:0").exits(9).stderr_contains("did you mean `appName`?");
    project.write("pbr.yaml", "version: 1\nsettings: { smtp: { port: 70000 }, backups: { cron: 'x y' } }\n");
    project.pbr("serve --http 127.0.0.1:0").exits(9).stderr_contains("`backups.cron`");
}

#[test]
fn point_57_secrets_are_redacted() {
    let project = notes();
    project.write("pbr.yaml", "version: 1\nsettings: { smtp: { password: '${env:SMTP_PASSWORD}' } }\n");
    let run = with(&project, &[("SMTP_PASSWORD", "hunter2")], "config list --json").succeeds();
    assert!(!run.stdout().contains("hunter2") && run.stdout().contains("${env:SMTP_PASSWORD}"));
    let run = with(&project, &[("SMTP_PASSWORD", "hunter2")], "doctor --json");
    assert!(!run.stdout().contains("hunter2"));
}

#[test]
fn point_58_nothing_is_sent_anywhere() {
    // No crate for it is in the tree, and no command names an address of ours.
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    for crate_name in ["sentry", "posthog", "self_update", "update-informer"] {
        assert!(!lock.contains(&format!("name = \"{crate_name}\"")), "{crate_name}");
    }
}

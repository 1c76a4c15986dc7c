//! From nothing to a running backend, and the inner loop after that.

use crate::support::Project;
use serde_json::json;

#[test]
fn a_newcomer_has_a_seeded_blog_in_four_commands_and_sees_a_new_field_live() {
    let project = Project::empty();
    project.pbr("init --template blog --yes").succeeds().stdout_contains("pbr migrate");
    project.pbr("schema validate").succeeds().stdout_contains("4 collections are valid");
    project.pbr("migrate").succeeds().stdout_contains("applied V");
    project.pbr("seed").succeeds().stdout_contains("14 records seeded");

    let posts = "/api/collections/posts/records?filter=slug='hello-world'&expand=author";
    let server = project.serve();
    let page = server.client().get(posts).ok();
    assert_eq!(page["items"][0]["expand"]["author"]["name"], "Alice");
    assert!(page["items"][0].get("subtitle").is_none());
    assert!(server.stop().success());

    project.replace("schema/posts.yaml", "  slug:\n", "  subtitle: { type: text, max: 200 }\n  slug:\n");
    project.pbr("migrate diff --check").exits(4);
    project.pbr("migrate diff add_subtitle").succeeds();
    let server = project.serve();
    assert_eq!(server.client().get(posts).ok()["items"][0]["subtitle"], "");
}

#[test]
#[cfg(target_os = "linux")]
fn paths_that_are_no_utf8_are_no_obstacle_to_init() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let (init, dir, export) = (OsStr::new("init"), OsStr::from_bytes(b"caf\xe9"), OsStr::from_bytes(b"sch\xe9ma.json"));
    let project = Project::empty();
    let run = project.pbr_args(&[init, dir, OsStr::new("--json")]).succeeds();
    assert_eq!(run.json()["dir"], "caf\u{fffd}");
    let app = project.path().join(dir);
    assert!(app.join("migrations/pbr.sum").exists());
    std::fs::write(project.path().join(export), "[]").expect("a file");
    let run = project.pbr_args(&[init, OsStr::new("app"), OsStr::new("--from"), export]).succeeds();
    run.stdout_contains("from sch\u{fffd}ma.json");
}

#[test]
fn init_needs_no_terminal_and_overwrites_nothing() {
    let project = Project::empty();
    project.pbr("init app").succeeds();
    assert!(project.file("app/pbr.yaml").exists() && project.file("app/migrations/pbr.sum").exists());
    project.pbr("init app").exits(2).stderr_contains("already is a project");

    let occupied = Project::empty();
    occupied.write("schema/users.yaml", "mine");
    occupied.write(".gitignore", "node_modules/");
    occupied.pbr("init").exits(2).stderr_contains("users.yaml is in the way").stderr_contains("pbr init ANOTHER_DIR");
    assert_eq!(occupied.read("schema/users.yaml"), "mine");
    assert_eq!(occupied.read(".gitignore"), "node_modules/");
    assert!(!occupied.file("pbr.yaml").exists());
}

#[test]
fn init_in_a_repository_keeps_its_readme_and_adds_to_what_git_ignores() {
    let project = Project::empty();
    project.write("README.md", "mine").write(".gitignore", "node_modules/\npb_data/");
    project.pbr("init").succeeds().stderr_contains("README.md stays as it is").stderr_contains(".gitignore gets .pbr/");
    assert_eq!(project.read("README.md"), "mine");
    assert_eq!(project.read(".gitignore"), "node_modules/\npb_data/\n.pbr/\n");
}

#[test]
fn a_clone_gets_what_its_files_show_to_editors() {
    let project = Project::from_template("blog");
    let schema = project.read(".pbr/collection.schema.json");
    std::fs::remove_dir_all(project.file(".pbr")).expect("as in a clone");
    project.pbr("schema validate").succeeds();
    assert_eq!(project.read(".pbr/collection.schema.json"), schema);
    project.write(".pbr/collection.schema.json", "mine");
    project.pbr("schema validate").succeeds();
    assert_eq!(project.read(".pbr/collection.schema.json"), "mine");
    let without = Project::empty();
    without.write("pbr.yaml", "version: 1\n").write("schema/a.yaml", "version: 1\ncollection: a\nfields: {}\n");
    without.pbr("schema validate").succeeds();
    assert!(!without.file(".pbr").exists());
}

#[test]
fn doctor_looks_where_serve_would_listen_and_for_what_it_would_read() {
    let project = Project::from_template("blank");
    project
        .write("pbr.yaml", "version: 1\nserver: { domains: [example.com], metrics: true, metricsTokenFile: nope }\n");
    let run = project.pbr("doctor").exits(4).stdout_contains("0.0.0.0:80 ").stdout_contains("0.0.0.0:443 ");
    let run = run.stdout_contains("fail  metrics").stdout_contains("nope");
    assert!(!run.stdout().contains("8090"), "{}", run.stdout());
    project.pbr("--config other.yaml doctor").exits(4).stdout_contains("give the right --config");
    project.write("other.yaml", "version: 1\nservr: {}\n");
    project.pbr("--config other.yaml doctor").exits(4).stdout_contains("correct other.yaml; pbr --config other.yaml");
    for command in ["migrate status", "doctor", "seed"] {
        project.pbr(&format!("--dir pbr.yaml {command}")).exits(2).stderr_contains("pbr.yaml is no directory");
    }
}

#[test]
fn a_variable_without_a_key_is_told_of() {
    let project = Project::empty();
    let create = "superuser create root@example.com secret12345 --encryption-env NOPE";
    project.pbr(create).succeeds().stderr_contains("warning: NOPE is not set");
    project.pbr("doctor --encryption-env NOPE").stderr_contains("warning: NOPE is not set");
}

#[test]
fn init_takes_nothing_over_into_a_directory_with_data() {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    for taken in ["data.db", "storage/kept.txt"] {
        let target = project.file("app");
        project.write(&format!("app/pb_data/{taken}"), "mine");
        project.pbr("init app --from pb_data").exits(2).stderr_contains("is in the way");
        assert_eq!(project.read(&format!("app/pb_data/{taken}")), "mine");
        assert_eq!(project.list("app"), ["pb_data"], "{taken}");
        std::fs::remove_dir_all(target).expect("a folder that goes");
    }
    project.pbr("init --from pb_data").succeeds();
}

#[test]
fn an_init_that_fails_leaves_what_was_there() {
    let project = Project::empty();
    let bad = r#"[{ "id": "pbc_1", "type": "base", "name": "posts", "listRule": "nothing = 1", "fields": [] }]"#;
    project.write("bad.json", bad).write("app/migrations/.keep", "").write("app/notes.txt", "mine");
    for _ in 0..2 {
        project.pbr("init app --from bad.json").exits(9).stderr_contains("nothing");
        assert_eq!(project.list("app"), ["migrations", "notes.txt"]);
        assert_eq!(project.list("app/migrations"), [".keep"]);
        project.pbr("init fresh --from bad.json").exits(9);
        assert!(!project.file("fresh").exists());
    }
}

#[test]
fn init_suggests_the_template_that_was_meant() {
    let project = Project::empty();
    project.pbr("init --template blgo").exits(2).stderr_contains("did you mean `blog`?");
    project.pbr_args(&["init", "--name", "a\"b"]).exits(2).stderr_contains("quotes");
}

#[test]
fn init_speaks_json() {
    let project = Project::empty();
    let made = project.pbr("init --template blog --json").succeeds().json();
    assert_eq!((&made["ok"], &made["template"]), (&json!(true), &json!("blog")));
    let files = made["files"].as_array().expect("a list");
    assert!(files.contains(&json!("schema/posts.yaml")) && files.contains(&json!(".gitignore")), "{files:?}");
}

#[test]
fn what_init_writes_is_formatted_and_passes_the_checks_of_its_own_workflow() {
    for template in ["blank", "blog", "chat", "saas", "todo"] {
        let project = Project::from_template(template);
        for check in ["schema validate", "schema fmt --check", "migrate check", "migrate diff --check"] {
            project.pbr(check).succeeds();
        }
    }
}

/// Makes one file of a project something else.
type Spoil = fn(&std::path::Path);

/// What stands where a text file should, and what is said of it.
const NO_TEXT: [(Spoil, &str); 5] = [
    (|path| std::fs::write(path, b"version: 1\nname: caf\xe9\n").expect("a file"), "line 2 is not UTF-8"),
    (|path| std::fs::create_dir(path).expect("a folder"), "it is a folder, not a file"),
    (|path| symlink(path.file_name().expect("a name").as_ref(), path), "cannot read"),
    (|path| symlink("/dev/zero".as_ref(), path), "it is no regular file"),
    (
        |path| assert!(std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo").success()),
        "it is no regular file",
    ),
];

fn symlink(to: &std::path::Path, from: &std::path::Path) {
    std::os::unix::fs::symlink(to, from).expect("a link");
}

#[test]
fn what_is_no_text_file_is_named_and_never_waited_for() {
    let project = Project::from_template("blank");
    project.pbr("migrate").succeeds();
    project.write("seeds/10_none.yaml", "");
    for (spoil, words) in NO_TEXT {
        for (name, command) in [
            ("schema/zz.yaml", "schema validate"),
            ("schema/zz.yaml", "schema fmt"),
            ("schema/zz.yaml", "migrate diff --check"),
            ("seeds/zz.yaml", "seed"),
            ("migrations/V20300101000000__zz.sql", "migrate check"),
            ("other.yaml", "--config other.yaml migrate status"),
        ] {
            if name.ends_with(".sql") && words.contains("folder") || name == "other.yaml" && words.contains("folder") {
                continue;
            }
            let path = project.file(name);
            spoil(&path);
            project.pbr(command).exits(9).stderr_contains(name).stderr_contains(words);
            match path.is_dir() {
                true => std::fs::remove_dir(&path).expect("a removed folder"),
                false => std::fs::remove_file(&path).expect("a removed file"),
            }
        }
    }
    let lost = Project::empty();
    symlink("pbr.yaml".as_ref(), &lost.file("pbr.yaml"));
    lost.pbr("migrate status").exits(9).stderr_contains("cannot read pbr.yaml");

    let path = project.file("schema/zz.yaml");
    NO_TEXT[0].0(&path);
    let json = project.pbr("schema validate --json").exits(9).json();
    assert_eq!((&json["error"]["where"]["line"], &json["error"]["where"]["column"]), (&2.into(), &10.into()), "{json}");
    std::fs::File::create(&path).and_then(|file| file.set_len((64 << 20) + 1)).expect("a large file");
    project.pbr("schema validate").exits(9).stderr_contains("it is larger than 64 MiB");
}

#[test]
fn init_tells_what_of_a_pocketbase_app_does_not_come_along() {
    let old = Project::empty();
    old.pbr("superuser create root@example.com secret12345").succeeds();
    old.write("pb_hooks/main.pb.js", "onRecordCreate((e) => e.next())").write("pb_hooks/readme.md", "");
    old.write("pb_migrations/1_applied.js", "").write("pb_migrations/1990000000_later.js", "migrate((app) => {})");
    old.write("pb_public/index.html", "<h1>hello</h1>").write("pb_public/css/app.css", "h1 {}");
    old.write("pb_data/backups/old.zip", "");
    old.database().execute("INSERT INTO _migrations VALUES ('1_applied.js', 1)", []).expect("a row");

    let run = old.pbr("init new --from pb_data").succeeds();
    run.stderr_contains("pb_hooks has JavaScript hooks, which pbr does not run")
        .stderr_contains("pb_migrations has JavaScript migrations that are not applied")
        .stderr_contains("pb_data/backups was not copied")
        .stdout_contains("pb_public");
    let new = old.file("new");
    assert_eq!(std::fs::read_to_string(new.join("pb_public/css/app.css")).expect("a copy"), "h1 {}");
    std::fs::remove_dir_all(&new).expect("a folder that goes");

    let served = Project::empty();
    let source = old.file("pb_data").display().to_string();
    let made = served.pbr(&format!("init --from {source} --json")).succeeds().json();
    assert_eq!((&made["template"], &made["from"]), (&json!(null), &json!(source)));
    let warnings = made["warnings"].as_array().expect("a list");
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    let page = served.serve().client().get("/");
    assert_eq!((page.status, page.body.as_str()), (200, "<h1>hello</h1>"));

    // Other static files are not overwritten, and where all of it lies already, nothing is copied.
    let other = Project::empty();
    other.write("pb_public/mine.html", "");
    other.pbr(&format!("init --from {source}")).succeeds().stderr_contains("pb_public stays as it is");
    assert_eq!(other.list("pb_public"), ["mine.html"]);
    let clean = Project::empty();
    clean.pbr("superuser create root@example.com secret12345").succeeds();
    clean.write("pb_public/index.html", "").write("pb_hooks/readme.md", "").write("pb_data/backups/old.zip", "");
    assert_eq!(clean.pbr("init --from pb_data --json").succeeds().json()["warnings"], json!([]));
}

#[test]
fn doctor_warns_of_javascript_where_serve_refuses() {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    project.write("pb_hooks/main.pb.ts", "");
    let outcome = |arguments: &str| {
        let checks = project.pbr(&format!("doctor --json {arguments}")).json()["checks"].clone();
        let check = checks.as_array().and_then(|checks| checks.iter().find(|check| check["name"] == "javascript"));
        check.expect("a check")["outcome"].clone()
    };
    assert_eq!(outcome(""), "warn");
    project.pbr("serve --http 127.0.0.1:0").exits(2).stderr_contains("pb_hooks");
    // Seen from inside the directory, too.
    let inside = project
        .command("serve --http 127.0.0.1:0 --dir .")
        .current_dir(project.file("pb_data"))
        .output()
        .expect("pbr runs");
    assert_eq!(inside.status.code(), Some(2));
    std::fs::remove_dir_all(project.file("pb_hooks")).expect("a folder that goes");
    assert_eq!(outcome(""), "pass");
}

#[test]
fn config_shows_what_serve_does_where_there_is_no_project() {
    let project = Project::empty();
    let shown = |key: &str| project.pbr(&format!("config get {key}")).succeeds().stdout().trim().to_owned();
    assert_eq!((shown("passwordHash"), shown("schemaEdits")), ("bcrypt".to_owned(), "allow".to_owned()));
    project.pbr("init --yes").succeeds();
    assert_eq!((shown("passwordHash"), shown("schemaEdits")), ("argon2id".to_owned(), "deny".to_owned()));
}

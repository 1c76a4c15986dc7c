//! From YAML to a database and back: examples of behaviour, then the property that plans lead where they say.

use super::*;
use crate::db::{Access, collections, open};
use crate::schema::yaml::parse_project;
use crate::schema::{Catalog, Collection};
use rusqlite::Connection;

fn accept(_: &Catalog, _: &Collection, _: &str) -> Result<(), String> {
    Ok(())
}

/// A project in a temporary directory.
struct Room {
    _dir: tempfile::TempDir,
    paths: ProjectPaths,
}

const USERS: &str = "collection: users\nid: _pb_users_auth_\ntype: auth\nrules: { list: id = @request.auth.id }\n";

fn posts(fields: &str) -> String {
    format!("collection: posts\nfields:\n{fields}\n")
}

impl Room {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let paths =
            ProjectPaths { schema: path("schema"), migrations: path("migrations"), data: path("data"), database: None };
        Self { _dir: dir, paths }
    }

    fn diff(&self, files: &[&str], decisions: Decisions) -> Result<Option<DiffReport>, MigrateError> {
        let files: Vec<_> =
            files.iter().enumerate().map(|(at, text)| (format!("schema/{at}.yaml"), (*text).to_owned())).collect();
        let project = parse_project(&files, &accept).unwrap();
        diff(&self.paths, &project, &DiffOptions { decisions, write: true, ..DiffOptions::default() })
    }

    fn migrate(&self, files: &[&str]) -> DiffReport {
        self.diff(files, Decisions::default()).unwrap().expect("there is a difference")
    }

    fn up(&self) -> Result<UpReport, MigrateError> {
        up(&self.paths, &UpOptions::default())
    }

    fn db(&self) -> Connection {
        open(&self.paths.database(), Access::ReadWrite).unwrap()
    }
}

fn renames(pairs: &[(&str, &str)]) -> Decisions {
    let renames = pairs.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect();
    Decisions { renames, ..Decisions::default() }
}

#[test]
fn a_schema_becomes_a_migration_and_then_agrees() {
    let room = Room::new();
    let posts = posts("  title: { type: text, required: true }\n  author: { type: relation, collection: users }\n");
    let report = room.migrate(&[USERS, &posts]);
    let stable = |text: &str| text.replace(&report.file.version.to_string(), "VERSION");
    insta::assert_snapshot!(stable(&report.file.sql));
    assert!(room.diff(&[USERS, &posts], Decisions::default()).unwrap().is_none());
    assert_eq!(room.up().unwrap().applied.len(), 1);
    assert_eq!(room.up().unwrap().applied.len(), 0);
    let live = collections::load(&room.db()).unwrap();
    assert_eq!(live.iter().map(|c| c.name.as_str()).collect::<Vec<_>>()[5..], ["users", "posts"]);
    assert_eq!(
        live[6].field("author").unwrap().kind,
        crate::schema::FieldKind::Relation(crate::schema::fields::RelationField {
            collection_id: "_pb_users_auth_".into(),
            ..Default::default()
        })
    );
    // The secrets of the existing collection stayed.
    assert_eq!(live[5].auth().unwrap().auth_token.secret.len(), 50);
}

#[test]
fn a_new_auth_collection_draws_its_secrets_in_the_database() {
    let room = Room::new();
    let report = room.migrate(&[USERS, "collection: members\ntype: auth\n"]);
    assert!(!report.file.sql.contains("\"secret\""), "{}", report.file.sql);
    room.up().unwrap();
    let secrets = || {
        collections::load(&room.db()).unwrap()[6].auth().unwrap().clone().tokens_mut().map(|token| token.secret.clone())
    };
    let first = secrets();
    assert!(first.iter().all(|secret| secret.len() == 50));
    room.migrate(&[USERS, "collection: members\ntype: auth\nauth: { otp: { length: 6 } }\n"]);
    room.up().unwrap();
    assert_eq!(secrets(), first);
    // A stricter login rule revokes the tokens that were given out, and nothing else.
    room.migrate(&[
        USERS,
        "collection: members\ntype: auth\nauth: { otp: { length: 6 } }\nrules: { auth: verified = true }\n",
    ]);
    room.up().unwrap();
    assert_ne!(secrets()[0], first[0]);
    assert_eq!(secrets()[1..], first[1..]);
}

#[test]
fn renames_keep_values_even_when_two_names_swap() {
    let room = Room::new();
    room.migrate(&[USERS, &posts("  a: text\n  b: text\n  tags: { type: select, values: [x, y], maxSelect: 2 }")]);
    room.up().unwrap();
    room.db()
        .execute_batch("INSERT INTO posts (id, a, b, tags) VALUES ('r1', 'was a', 'was b', '[\"x\",\"y\"]')")
        .unwrap();
    let swapped =
        posts("  a: text\n  b: text\n  tag: { type: select, values: [x, y], maxSelect: 2 , renamedFrom: tags }");
    let decisions = renames(&[("posts.a", "posts.b"), ("posts.b", "posts.a")]);
    room.diff(&[USERS, &swapped], decisions).unwrap().unwrap();
    room.up().unwrap();
    let row: (String, String, String) = room
        .db()
        .query_row("SELECT a, b, tag FROM posts", [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    assert_eq!(row, ("was b".into(), "was a".into(), "[\"x\",\"y\"]".into()));
    assert!(room.diff(&[USERS, &swapped], Decisions::default()).unwrap().is_none());
}

#[test]
fn collections_can_swap_names() {
    let room = Room::new();
    let file = |name: &str, field: &str| format!("collection: {name}\nfields: {{ {field}: text }}\n");
    room.migrate(&[USERS, &file("one", "x"), &file("two", "y")]);
    room.up().unwrap();
    room.db().execute_batch("INSERT INTO one (id, x) VALUES ('r1', 'first')").unwrap();
    room.diff(&[USERS, &file("two", "x"), &file("one", "y")], renames(&[("one", "two"), ("two", "one")]))
        .unwrap()
        .unwrap();
    room.up().unwrap();
    let value: String = room.db().query_row("SELECT x FROM two", [], |row| row.get(0)).unwrap();
    assert_eq!(value, "first");
}

#[test]
fn an_ambiguous_rename_is_asked_and_nothing_is_written() {
    let room = Room::new();
    room.migrate(&[USERS, &posts("  title: text\n  subtitle: text")]);
    let changed = posts("  title: text\n  headline: text");
    let before = std::fs::read_dir(&room.paths.migrations).unwrap().count();
    match room.diff(&[USERS, &changed], Decisions::default()) {
        Err(MigrateError::Open(questions)) => {
            assert_eq!(questions[0].new, "posts.headline");
            assert_eq!(questions[0].candidates, ["posts.subtitle"]);
        }
        other => panic!("expected a question, got {other:?}"),
    }
    assert_eq!(std::fs::read_dir(&room.paths.migrations).unwrap().count(), before);
    let drops = Decisions { drops: vec!["posts.subtitle".into()], ..Decisions::default() };
    let report = room.diff(&[USERS, &changed], drops).unwrap().unwrap();
    assert!(report.file.sql.contains("-- pbr:data-loss=DS102 posts.subtitle"));
    let wrong = room.diff(&[USERS, &changed], renames(&[("posts.nope", "posts.headline")]));
    assert!(matches!(wrong, Err(MigrateError::Decision(_))), "{wrong:?}");
}

#[test]
fn what_has_the_same_options_is_guessed_before_what_has_a_similar_name() {
    let room = Room::new();
    room.migrate(&[USERS, &posts("  headline: { type: text, max: 60 }\n  tagline: text")]);
    match room.diff(&[USERS, &posts("  title: { type: text, max: 60 }")], Decisions::default()) {
        Err(MigrateError::Open(questions)) => {
            assert_eq!(questions[0].candidates, ["posts.headline", "posts.tagline"]);
        }
        other => panic!("expected a question, got {other:?}"),
    }
}

#[test]
fn losing_values_needs_the_token_of_the_file() {
    let room = Room::new();
    room.migrate(&[USERS, &posts("  title: text\n  subtitle: text")]);
    room.up().unwrap();
    room.db().execute_batch("INSERT INTO posts (id, subtitle) VALUES ('r1', 'x'), ('r2', '')").unwrap();
    let report = room.migrate(&[USERS, &posts("  title: text")]);
    let Err(MigrateError::DataLoss(consents)) = room.up() else { panic!("consent is needed") };
    assert_eq!(consents[0].losses, [("DS102".into(), "posts.subtitle".into(), 1)]);
    assert_eq!(consents[0].token, report.file.token());
    let options = UpOptions { confirm: vec![consents[0].token.clone()], ..UpOptions::default() };
    assert_eq!(up(&room.paths, &options).unwrap().applied.len(), 1);
}

#[test]
fn a_dry_run_changes_nothing() {
    let room = Room::new();
    room.migrate(&[USERS, &posts("  title: text")]);
    let options = UpOptions { dry_run: true, ..UpOptions::default() };
    assert_eq!(up(&room.paths, &options).unwrap().applied.len(), 1);
    assert!(!room.paths.data.exists());
    room.up().unwrap();
    room.migrate(&[USERS, &posts("  title: text\n  n: number")]);
    assert_eq!(up(&room.paths, &options).unwrap().applied.len(), 1);
    assert_eq!(status(&room.paths).unwrap().count(State::Pending), 1);
}

#[test]
fn a_failing_file_is_rolled_back_whole() {
    let room = Room::new();
    room.migrate(&[USERS, &posts("  title: text")]);
    room.up().unwrap();
    room.db().execute_batch("INSERT INTO posts (id, title) VALUES ('r1', 'x'), ('r2', 'x')").unwrap();
    room.migrate(&[USERS, "collection: posts\nfields:\n  title: text\n  n: number\nindexes: [{ unique: [title] }]\n"]);
    let error = room.up().unwrap_err();
    assert_eq!(error.exit(), 7, "{error}");
    assert!(error.to_string().contains("UNIQUE constraint failed"), "{error}");
    assert_eq!(status(&room.paths).unwrap().count(State::Pending), 1);
    assert!(room.db().prepare("SELECT n FROM posts").is_err());
}

#[test]
fn history_and_files_must_agree() {
    let room = Room::new();
    let first = room.migrate(&[USERS]);
    room.up().unwrap();
    let path = room.paths.migrations.join(&first.file.file_name);
    let edited = MigrationFile { sql: format!("{}-- edited\n", first.file.sql), ..first.file.clone() };
    std::fs::write(&path, &edited.sql).unwrap();
    assert_eq!(room.up().unwrap_err().exit(), 6);
    std::fs::write(room.paths.migrations.join(SUM_FILE), super::folder::sum_text(&[edited])).unwrap();
    assert!(matches!(room.up(), Err(MigrateError::Divergent { .. })));
    std::fs::remove_file(&path).unwrap();
    std::fs::write(room.paths.migrations.join(SUM_FILE), super::folder::sum_text(&[])).unwrap();
    assert!(matches!(room.up(), Err(MigrateError::Missing { .. })));
}

#[test]
fn two_branches_that_do_not_fit_are_noticed() {
    let (one, two) = (Room::new(), Room::new());
    let first = one.migrate(&[USERS, &posts("  title: text")]);
    folder::add(&two.paths.migrations, &[], &first.file).unwrap();
    let ours = one.migrate(&[USERS, &posts("  title: text\n  a: text")]);
    let mut theirs = two.migrate(&[USERS, &posts("  title: text\n  b: text")]).file;
    theirs.version = ours.file.version + 1;
    theirs.file_name = format!("V{}__{}.sql", theirs.version, theirs.name);
    folder::add(&one.paths.migrations, &[first.file, ours.file], &theirs).unwrap();
    let error = check(&one.paths).unwrap_err();
    assert!(matches!(error, MigrateError::Chain { .. }), "{error}");
    assert_eq!(one.up().unwrap_err().exit(), 6);
}

#[test]
fn a_database_made_elsewhere_is_left_alone() {
    let room = Room::new();
    room.migrate(&[USERS]);
    std::fs::create_dir_all(&room.paths.data).unwrap();
    let db = room.db();
    crate::db::system::install(&db).unwrap();
    let mut foreign = Collection::new("foreign", crate::schema::CollectionKind::Base);
    crate::schema::normalise(&mut foreign);
    collections::insert(&db, &foreign).unwrap();
    assert!(matches!(room.up(), Err(MigrateError::NoHistory { .. })));
}

#[test]
fn a_repair_is_not_run_on_a_database_that_has_no_drift_any_more() {
    let room = Room::new();
    let first = room.migrate(&[USERS, &posts("  title: text")]).file;
    room.up().unwrap();
    let (hash, mark) = {
        let db = room.db();
        db.execute_batch("INSERT INTO posts (id) VALUES ('a')").unwrap();
        let hash = crate::schema::hash::schema_hash(&collections::load(&db).unwrap());
        let mark = structure::fingerprint(&hash, &structure::structure(&db).unwrap());
        (hash, mark)
    };
    // Written when the history did not know the migration.
    let mut repair = first.with_version(first.version + 1);
    repair.sql = format!(
        "-- pbr:from={hash}\n-- pbr:to={hash}\n-- pbr:drift-from={mark}\n-- pbr:data\nDELETE FROM posts;\n-- pbr:end\n"
    );
    folder::add(&room.paths.migrations, &[first], &repair).unwrap();
    assert_eq!(room.up().unwrap().applied.len(), 1);
    let rows = |table: &str| -> i64 {
        room.db().query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((rows("posts"), rows("refinery_schema_history")), (1, 2));
}

#[test]
fn views_follow_their_tables() {
    let room = Room::new();
    let view = |column: &str| format!("collection: titles\ntype: view\nquery: SELECT id, {column} FROM posts\n");
    let list = "collection: outer\ntype: view\nquery: SELECT id FROM titles\n";
    room.migrate(&[USERS, list, &view("title"), &posts("  title: text")]);
    room.up().unwrap();
    room.migrate(&[USERS, list, &view("headline"), &posts("  headline: { type: text, renamedFrom: title }")]);
    room.up().unwrap();
    room.db().execute_batch("SELECT headline FROM titles; SELECT id FROM \"outer\"").unwrap();
    let broken = room.diff(&[USERS, list, &view("nope"), &posts("  headline: text")], Decisions::default());
    assert_eq!(broken.unwrap_err().exit(), 9);
}

#[test]
fn single_and_multiple_convert_their_values() {
    let room = Room::new();
    let select = |max: i64| posts(&format!("  s: {{ type: select, values: [a, b], maxSelect: {max} }}"));
    room.migrate(&[USERS, &select(1)]);
    room.up().unwrap();
    room.db().execute_batch("INSERT INTO posts (id, s) VALUES ('r1', 'a'), ('r2', '')").unwrap();
    room.migrate(&[USERS, &select(2)]);
    room.up().unwrap();
    let values = || -> Vec<String> {
        let db = room.db();
        let mut statement = db.prepare("SELECT s FROM posts ORDER BY id").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(values(), ["[\"a\"]", "[]"]);
    room.db().execute_batch("UPDATE posts SET s = '[\"a\",\"b\"]' WHERE id = 'r1'").unwrap();
    room.migrate(&[USERS, &select(1)]);
    let Err(MigrateError::DataLoss(consents)) = room.up() else { panic!("one value of two is lost") };
    up(&room.paths, &UpOptions { confirm: vec![consents[0].token.clone()], ..UpOptions::default() }).unwrap();
    assert_eq!(values(), ["b", ""]);
}

#[test]
fn client_secrets_come_from_the_environment() {
    let room = Room::new();
    let users = "collection: users\nid: _pb_users_auth_\ntype: auth\nauth:\n  oauth2:\n    enabled: true\n    providers: [{ name: github, clientId: a, clientSecret: '${env:GH}' }]\n";
    let report = room.migrate(&[users]);
    assert!(report.file.sql.contains("${env:GH}"));
    let env = |value: Option<&'static str>| UpOptions {
        env: Box::new(move |_| value.map(str::to_owned)),
        ..UpOptions::default()
    };
    assert_eq!(up(&room.paths, &env(None)).unwrap().missing_env, ["GH"]);
    let secret = || collections::load(&room.db()).unwrap()[5].auth().unwrap().oauth2.providers[0].client_secret.clone();
    up(&room.paths, &env(Some("s3cret"))).unwrap();
    assert_eq!(secret(), "s3cret");
    room.migrate(&[&users.replace("clientId: a", "clientId: b")]);
    up(&room.paths, &env(None)).unwrap();
    assert_eq!(secret(), "s3cret");
}

#[test]
fn many_processes_migrate_once() {
    let room = Room::new();
    room.migrate(&[USERS, &posts("  title: text")]);
    let applied: usize = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| room.up().unwrap().applied.len())).collect();
        runs.into_iter().map(|run| run.join().unwrap()).sum()
    });
    assert_eq!(applied, 1);
    let lock = super::lock::Lock::acquire(&room.paths.database(), std::time::Duration::ZERO).unwrap();
    let options = UpOptions { lock_timeout: std::time::Duration::from_millis(50), ..UpOptions::default() };
    assert_eq!(up(&room.paths, &options).unwrap_err().exit(), 8);
    drop(lock);
}

#[test]
fn what_sqlite_refuses_has_a_place() {
    let files = [
        ("schema/posts.yaml".to_owned(), "collection: posts\nfields: { title: text }\nindexes:\n  - unique: [title]\n  - sql: CREATE INDEX idx_x ON posts (lower(nope))\n".to_owned()),
        ("schema/v.yaml".to_owned(), "collection: v\ntype: view\nquery: SELECT id, nope FROM posts\n".to_owned()),
    ];
    let project = parse_project(&files, &accept).unwrap();
    let Err(MigrateError::Schema(errors)) = verify(&project) else { panic!("both are refused") };
    insta::assert_snapshot!(errors.iter().map(|error| error.render(false)).collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn a_system_field_cannot_be_dropped() {
    let room = Room::new();
    room.migrate(&[USERS, &posts("  sku: { type: text, system: true }\n  title: text")]);
    let error = room.diff(&[USERS, &posts("  title: text")], Decisions::default()).unwrap_err();
    assert_eq!(error.exit(), 9);
    let MigrateError::Schema(errors) = error else { panic!("the schema is at fault") };
    insta::assert_snapshot!(errors[0].render(false));
}

#[test]
fn names_swap_and_move_on_by_renamed_from_once() {
    let room = Room::new();
    room.migrate(&[USERS, &posts("  a: text\n  b: text\n  c: text")]);
    room.up().unwrap();
    room.db().execute_batch("INSERT INTO posts (id, a, b, c) VALUES ('r1', 'A', 'B', 'C')").unwrap();
    let moved = posts(
        "  a: { type: text, renamedFrom: b }\n  b: { type: text, renamedFrom: a }\n  d: { type: text, renamedFrom: c }",
    );
    room.migrate(&[USERS, &moved]);
    room.up().unwrap();
    let row = |columns: &str| -> String {
        room.db().query_row(&format!("SELECT {columns} FROM posts"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!(row("a || b || d"), "BAC");
    // The same file again changes nothing, although both names are still there.
    assert!(room.diff(&[USERS, &moved], Decisions::default()).unwrap().is_none());
    room.migrate(&[USERS, &posts("  e: { type: text, renamedFrom: a }\n  f: { type: text, renamedFrom: b }\n  b: { type: text, renamedFrom: d }")]);
    room.up().unwrap();
    assert_eq!(row("e || f || b"), "BAC");
}

#[test]
fn a_file_cannot_leave_its_transaction() {
    let room = Room::new();
    let first = room.migrate(&[USERS]).file;
    room.up().unwrap();
    for statement in ["COMMIT;", "ROLLBACK;", "BEGIN;", "PRAGMA foreign_keys=OFF;"] {
        for block in [("", ""), ("-- pbr:data\n", "-- pbr:end\n")] {
            let sql = format!("CREATE TABLE extra (a);\n{}{statement}\n{}", block.0, block.1);
            let file = MigrationFile::new(&format!("V{}__x.sql", first.version + 1), &sql).unwrap();
            folder::add(&room.paths.migrations, std::slice::from_ref(&first), &file).unwrap();
            let error = room.up().unwrap_err();
            assert!(error.to_string().contains("one transaction"), "{statement}: {error}");
            assert!(room.db().prepare("SELECT * FROM extra").is_err(), "{statement}");
        }
    }
}

impl Room {
    /// The schema as files in the folder of the room.
    fn project(&self, files: &[(&str, &str)]) -> crate::schema::yaml::Project {
        std::fs::create_dir_all(&self.paths.schema).unwrap();
        let path = |name: &str| self.paths.schema.join(format!("{name}.yaml"));
        let write = |(name, text): &(&str, &str)| {
            std::fs::write(path(name), text).unwrap();
            (path(name).display().to_string(), (*text).to_owned())
        };
        parse_project(&files.iter().map(write).collect::<Vec<_>>(), &accept).unwrap()
    }

    fn list_rule(&self) -> Option<String> {
        self.db().query_row("SELECT listRule FROM _collections WHERE name = 'posts'", [], |row| row.get(0)).unwrap()
    }
}

#[test]
fn what_changes_while_it_is_pulled_is_not_reverted() {
    let room = Room::new();
    let posts = posts("  title: text");
    let project = room.project(&[("users", USERS), ("posts", &posts)]);
    room.migrate(&[USERS, &posts]);
    room.up().unwrap();
    let set = |rule: &str| {
        let db = room.db();
        db.busy_timeout(std::time::Duration::ZERO).unwrap();
        db.execute("UPDATE _collections SET listRule = ?1 WHERE name = 'posts'", [rule]).is_ok()
    };
    assert!(set("title = 'first'"));
    let changed = std::cell::Cell::new(false);
    let parse = |files: &[(String, String)]| {
        changed.set(changed.get() | set("title = 'second'"));
        parse_project(files, &accept)
    };
    pull(&room.paths, &project, &parse, &PullOptions::default()).unwrap().unwrap();
    let expected = if changed.get() { "title = 'second'" } else { "title = 'first'" };
    assert_eq!(room.list_rule().as_deref(), Some(expected));
    assert_eq!(drift(&room.paths).unwrap().is_empty(), !changed.get());
}

#[test]
fn a_pull_that_fails_leaves_nothing_behind() {
    let room = Room::new();
    let posts = posts("  title: text");
    let project = room.project(&[("users", USERS), ("posts", &posts)]);
    room.migrate(&[USERS, &posts]);
    room.up().unwrap();
    room.db().execute_batch("UPDATE _collections SET listRule = '' WHERE name = 'posts'").unwrap();
    let listed = || {
        let mut names: Vec<_> =
            std::fs::read_dir(&room.paths.migrations).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    // The sums cannot be written.
    let obstacle = room.paths.migrations.join("pbr.tmp");
    std::fs::create_dir(&obstacle).unwrap();
    let before = listed();
    let parse = |files: &[(String, String)]| parse_project(files, &accept);
    let pull = || pull(&room.paths, &project, &parse, &PullOptions::default());
    assert!(matches!(pull(), Err(MigrateError::Io { .. })));
    assert_eq!(listed(), before);
    assert_eq!(std::fs::read_to_string(room.paths.schema.join("posts.yaml")).unwrap(), posts);
    assert_eq!(status(&room.paths).unwrap().entries.len(), 1);
    std::fs::remove_dir(&obstacle).unwrap();
    pull().unwrap().unwrap();
    assert_eq!(status(&room.paths).unwrap().count(State::Applied), 2);
    assert!(drift(&room.paths).unwrap().is_empty());
}

#[test]
fn temporary_names_are_none_that_are_in_use() {
    let room = Room::new();
    let file = |name: &str, field: &str| format!("collection: {name}\nfields: {{ {field}: text }}\n");
    let select = |name: &str, max: i64| format!("  {name}: {{ type: select, values: [x, y], maxSelect: {max} }}\n");
    let posts =
        |max: i64| posts(&format!("  a: text\n  b: text\n  _a_renamed: text\n  _S_new: text\n{}", select("s", max)));
    let bystander = file("_One_renamed", "z");
    room.migrate(&[USERS, &posts(1), &file("one", "x"), &file("two", "y"), &bystander]);
    room.up().unwrap();
    room.db()
        .execute_batch(
            "INSERT INTO posts (id, a, b, _a_renamed, _S_new, s) VALUES ('r1', 'A', 'B', 'C', 'D', 'x');
             INSERT INTO one (id, x) VALUES ('r1', 'first')",
        )
        .unwrap();
    let swaps = renames(&[("posts.a", "posts.b"), ("posts.b", "posts.a"), ("one", "two"), ("two", "one")]);
    room.diff(&[USERS, &posts(2), &file("two", "x"), &file("one", "y"), &bystander], swaps).unwrap().unwrap();
    room.up().unwrap();
    let text = |sql: &str| -> String { room.db().query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(text("SELECT a || b || _a_renamed || _S_new || s FROM posts"), "BACD[\"x\"]");
    assert_eq!(text("SELECT x FROM two"), "first");
}

#[test]
fn an_index_that_is_named_like_a_table_has_a_place() {
    let index = |name: &str| format!("indexes:\n  - sql: CREATE INDEX `{name}` ON posts (title)\n");
    let table = |at: usize| format!("collection: c{at}\nfields: {{ title: text }}\n");
    for (name, count) in [("C3", 5), ("_params", 1), ("c39", 40), ("_Params", 40), ("_collections", 40)] {
        let mut files: Vec<(String, String)> = (0..count).map(|at| (format!("schema/c{at}.yaml"), table(at))).collect();
        files.push(("schema/posts.yaml".to_owned(), posts("  title: text") + &index(name)));
        let project = parse_project(&files, &accept).unwrap();
        let Err(MigrateError::Schema(errors)) = verify(&project) else { panic!("{name} among {count} is refused") };
        assert_eq!(errors.len(), 1, "{name} among {count}: {errors:?}");
        let place = errors[0].place().map(|(file, line, _)| (file.to_owned(), line));
        assert_eq!(place, Some(("schema/posts.yaml".to_owned(), 5)), "{name} among {count}");
        assert!(errors[0].message.contains("there is already a table named"), "{}", errors[0].message);
    }
}

//! Client secrets of OAuth2 providers: migrations name variables, the database keeps the values, whatever happens between.

use crate::support::{Project, Run};

const MEMBERS: &str = r#"version: 1
collection: members
type: auth
auth:
  oauth2:
    enabled: true
    providers:
      - { name: github, clientId: one, clientSecret: "${env:PBR_TEST_GITHUB}" }
fields:
  nick: text
"#;
const FILE: &str = "schema/members.yaml";

/// A migrated project whose database knows the secret.
fn members() -> Project {
    let project = Project::from_template("blank");
    project.write(FILE, MEMBERS);
    project.pbr("migrate diff members --down").succeeds();
    with_secret(&project, "migrate", "s3cret").succeeds();
    assert_eq!(secret(&project), "s3cret");
    project
}

fn with_secret(project: &Project, arguments: &str, value: &str) -> Run {
    let mut command = project.command(arguments);
    command.env("PBR_TEST_GITHUB", value);
    Run::of(arguments, command)
}

fn secret(project: &Project) -> String {
    let sql =
        "SELECT json_extract(options, '$.oauth2.providers[0].clientSecret') FROM _collections WHERE name = 'members'";
    project.database().query_row(sql, [], |row| row.get(0)).expect("a secret")
}

/// Writes a migration for a change of the schema.
fn change(project: &Project, from: &str, to: &str) {
    project.replace(FILE, from, to);
    project.pbr("migrate diff --down").succeeds();
}

#[test]
fn they_survive_a_file_that_fails() {
    let project = members();
    change(&project, "clientId: one", "clientId: two");
    project.pbr("migrate new broken").succeeds();
    let name = project.list("migrations").into_iter().find(|name| name.ends_with("broken.sql")).expect("a file");
    project.replace(&format!("migrations/{name}"), "-- pbr:data\n", "-- pbr:data\nINSERT INTO nowhere VALUES (1);\n");
    project.pbr("migrate hash").succeeds();
    project.pbr("migrate up").exits(7);
    assert_eq!(secret(&project), "s3cret");
    project.pbr("migrate up --tx all").exits(7);
    assert_eq!(secret(&project), "s3cret");
    project.replace(&format!("migrations/{name}"), "INSERT INTO nowhere VALUES (1);\n", "");
    project.pbr("migrate hash").succeeds();
    let report = project.pbr("migrate up --json").succeeds().json();
    assert_eq!(report["missingEnv"], serde_json::json!([]), "{report}");
    assert_eq!(secret(&project), "s3cret");
}

#[test]
fn they_survive_a_part_of_what_is_pending_and_follow_the_variable() {
    let project = members();
    change(&project, "clientId: one", "clientId: two");
    change(&project, "clientId: two", "clientId: three");
    project.pbr("migrate up --steps 1").succeeds();
    assert_eq!(secret(&project), "s3cret");
    change(&project, "clientId: three", "clientId: four");
    with_secret(&project, "migrate up --steps 1", "another").succeeds();
    assert_eq!(secret(&project), "another");
    project.pbr("migrate up").succeeds();
    assert_eq!(secret(&project), "another");
    // A new value of the variable needs no migration.
    with_secret(&project, "migrate up", "rotated").succeeds();
    assert_eq!(secret(&project), "rotated");
}

#[test]
fn they_survive_the_way_back() {
    let project = members();
    change(&project, "clientId: one", "clientId: two");
    project.pbr("migrate up").succeeds();
    let report = project.pbr("migrate down --json").succeeds().json();
    assert_eq!(report["missingEnv"], serde_json::json!([]), "{report}");
    assert_eq!(secret(&project), "s3cret");
    project.pbr("migrate up").succeeds();
    assert_eq!(secret(&project), "s3cret");
}

#[test]
fn they_survive_a_provider_that_goes_and_comes_back_in_one_run() {
    let project = members();
    let entry = "\n      - { name: github, clientId: one, clientSecret: \"${env:PBR_TEST_GITHUB}\" }";
    change(&project, entry, " []");
    change(&project, " []", entry);
    project.pbr("migrate up").succeeds();
    assert_eq!(secret(&project), "s3cret");

    // On its own the way there takes the secret, and the way back asks for it.
    change(&project, entry, " []");
    project.pbr("migrate up").succeeds();
    let report = project.pbr("migrate down --json").succeeds().json();
    assert_eq!(report["missingEnv"], serde_json::json!(["PBR_TEST_GITHUB"]), "{report}");
    project.pbr("migrate up").succeeds();
    with_secret(&project, "migrate down", "again").succeeds();
    assert_eq!(secret(&project), "again");
}

#[test]
fn they_survive_a_repair_of_drift() {
    let project = members();
    project.database().execute("UPDATE _collections SET listRule = '' WHERE name = 'members'", []).expect("drift");
    project.pbr("migrate drift").exits(4);
    project.pbr("migrate drift --fix").succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift").succeeds();
    assert_eq!(secret(&project), "s3cret");
}

#[test]
fn an_authenticator_app_goes_with_the_collection_of_its_account() {
    let project = members();
    project
        .database()
        .execute_batch(
            "CREATE TABLE _pbr_totp (collectionRef TEXT NOT NULL, recordRef TEXT NOT NULL, \
             secret TEXT NOT NULL DEFAULT '', pending TEXT NOT NULL DEFAULT '', lastStep INTEGER NOT NULL DEFAULT 0, \
             PRIMARY KEY (collectionRef, recordRef)) WITHOUT ROWID;
             INSERT INTO _pbr_totp (collectionRef, recordRef) SELECT id, 'a' FROM _collections WHERE name = 'members';
             INSERT INTO _pbr_totp (collectionRef, recordRef) VALUES ('_pb_users_auth_', 'b')",
        )
        .expect("rows");
    std::fs::remove_file(project.file(FILE)).expect("a removed file");
    project.pbr("migrate diff --drop members").succeeds();
    project.pbr("migrate up").succeeds();
    let left: String = project
        .database()
        .query_row("SELECT group_concat(recordRef) FROM _pbr_totp", [], |row| row.get(0))
        .expect("rows");
    assert_eq!(left, "b");
}

//! The settings API and the encryption of what it stores, side by side with PocketBase.

use crate::support::{Project, Server, pocketbase};
use serde_json::{Value as Json, json};

const SETTINGS: &str = "/api/settings";

fn stored(project: &Project) -> Vec<u8> {
    let sql = "SELECT CAST(value AS BLOB) FROM _params WHERE id = 'settings'";
    project.database().query_row(sql, [], |row| row.get(0)).expect("settings")
}

#[test]
fn settings_are_read_merged_and_refused_as_in_pocketbase() {
    let (_own, _server, pbr) = Project::bare();
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&project);
    let peer = server.root();
    let limits = |rules: Json| json!({ "rateLimits": { "enabled": true, "rules": rules } });
    let rule =
        |label: &str, audience: &str| json!({ "label": label, "audience": audience, "duration": 1, "maxRequests": 1 });
    let changes = [
        json!({}),
        json!({ "meta": { "appName": "Shop", "accentColor": "" }, "LOGS": { "MAXDAYS": 7 }, "nope": 1 }),
        json!({ "meta": null }),
        json!({ "meta": { "appName": "", "appURL": "x", "senderAddress": "x", "accentColor": "#12" } }),
        json!({ "smtp": { "enabled": true, "host": "", "port": 0, "authMethod": "X", "localName": "a b" } }),
        json!({ "s3": { "enabled": true, "endpoint": "x" } }),
        json!({ "backups": { "cron": "60 * * * *" } }),
        json!({ "backups": { "cron": "@daily", "cronMaxKeep": 0 } }),
        json!({ "batch": { "enabled": true, "maxRequests": 0, "timeout": -1 } }),
        json!({ "logs": { "maxDays": "x" } }),
        json!({ "superuserIPs": ["", "x", "10.0.0.0/8", "1.2.3.4/99"] }),
        limits(json!([])),
        limits(json!([rule("a", ""), rule("a", "@auth")])),
        limits(json!([rule("a", "@guest"), rule("a", "@auth")])),
        limits(json!([{ "label": "a b", "audience": "x" }])),
        json!({ "trustedProxy": { "headers": ["X-Real-IP"] }, "rateLimits": null }),
    ];
    for change in changes {
        let answers = [&pbr, &peer].map(|client| {
            let reply = client.patch(SETTINGS, change.clone());
            (reply.status, reply.body)
        });
        assert_eq!(answers[0], answers[1], "{change}");
        assert_eq!(pbr.get(SETTINGS).body, peer.get(SETTINGS).body, "{change}");
    }
}

#[test]
fn secrets_are_kept_and_never_shown() {
    let (project, _server, root) = Project::bare();
    let secrets = json!({ "smtp": { "password": "hush1" }, "s3": { "secret": "hush2" }, "backups": { "s3": { "secret": "hush3" } } });
    let reply = root.patch(SETTINGS, secrets);
    reply.is(200);
    root.patch(SETTINGS, json!({ "smtp": { "port": 25 }, "s3": { "bucket": "b" } })).is(200);
    for body in [reply.body, root.get(SETTINGS).body] {
        assert!(!body.contains("hush") && !body.contains("\"password\"") && !body.contains("\"secret\""), "{body}");
    }
    let text = String::from_utf8(stored(&project)).expect("JSON");
    assert!(text.contains("hush1") && text.contains("hush2") && text.contains("hush3"));
    root.patch(SETTINGS, json!({ "s3": { "secret": "" } })).is(200);
    assert!(!String::from_utf8(stored(&project)).expect("JSON").contains("hush2"));
}

#[test]
fn only_superusers_see_settings() {
    let (_project, server, _root) = Project::bare();
    server.client().get(SETTINGS).is(401);
    server.client().patch(SETTINGS, json!({})).is(401);
}

/// Runs `pbr` with the key in a variable.
fn with_key(project: &Project, arguments: &str, key: &str) -> std::process::Command {
    let mut command = project.command(arguments);
    command.env("SETTINGS_KEY", key);
    command
}

#[test]
fn encrypted_settings_are_read_by_both_servers() {
    let (project, server, _root) = Project::bare();
    server.stop();
    for key in ["k".repeat(16), "k".repeat(24), "k".repeat(32)] {
        let arguments = "serve --http 127.0.0.1:0 --encryptionEnv SETTINGS_KEY";
        let server = Server::start(with_key(&project, arguments, &key));
        let root = server.root();
        root.patch(SETTINGS, json!({ "meta": { "appName": "From pbr" } })).is(200);
        server.stop();
        assert!(serde_json::from_slice::<Json>(&stored(&project)).is_err(), "{key} does not encrypt");

        let peer = pocketbase::serve_given(&project, &["--encryptionEnv", "SETTINGS_KEY"], &[("SETTINGS_KEY", &key)]);
        let root = peer.root();
        assert_eq!(root.get(SETTINGS).ok()["meta"]["appName"], "From pbr");
        root.patch(SETTINGS, json!({ "meta": { "appName": "From PocketBase" } })).is(200);
        peer.stop();

        let server = Server::start(with_key(&project, arguments, &key));
        assert_eq!(server.root().get(SETTINGS).ok()["meta"]["appName"], "From PocketBase");
        server.stop();
        // Plain again for the next key.
        let plain = json!({ "meta": { "appName": "plain" } }).to_string();
        project.database().execute("UPDATE _params SET value = ?1", [plain]).expect("plain settings");
    }
}

#[test]
fn a_missing_or_wrong_key_stops_the_start() {
    use crate::support::Run;
    let (project, server, _root) = Project::bare();
    server.stop();
    let run = |arguments: &str, key: &str| Run::of(arguments, with_key(&project, arguments, key));
    let list = "superuser list --encryption-env SETTINGS_KEY";
    run(list, "short").exits(1).stderr_contains("crypto/aes: invalid key size 5");
    let server =
        Server::start(with_key(&project, "serve --http 127.0.0.1:0 --encryption-env SETTINGS_KEY", &"a".repeat(32)));
    server.root().patch(SETTINGS, json!({})).is(200);
    server.stop();
    run(list, &"a".repeat(32)).succeeds();
    run(list, &"b".repeat(32)).exits(1).stderr_contains("cipher: message authentication failed");
    let taken = run("init taken --from pb_data", "").succeeds();
    taken.stderr_contains("the settings are encrypted: start with --encryption-env");
    run(list, "").exits(1).stderr_contains("missing encryption key \"SETTINGS_KEY\"");
}

#[test]
fn the_doctor_names_settings_that_a_project_does_not_say_any_more() {
    let project = Project::from_template("blank");
    project.replace("pbr.yaml", "    appName:", "    senderName: Ann\n    appName:");
    drop(project.serve());
    let doctor = || project.pbr("doctor").stdout();
    assert!(!doctor().contains("not from pbr.yaml"), "{}", doctor());
    project.replace("pbr.yaml", "    senderName: Ann\n", "");
    assert!(doctor().contains("these are not the defaults and not from pbr.yaml: meta.senderName\n"), "{}", doctor());
}

//! Makes the data directory of a suite, starts both servers on copies of it and asks them the same.

use super::compare::{Ids, short};
use super::request::{Side, fill};
use super::suite::{Case, Suite};
use crate::support::http::Reply;
use crate::support::{Project, Provider, Server, pocketbase};
use serde_json::{Value as Json, json};
use std::fs::File;
use std::time::{Duration, UNIX_EPOCH};

const SUPERUSER: (&str, &str) = ("root@example.com", "1234567890");

pub struct Outcome {
    pub cases: usize,
    pub differences: Vec<Difference>,
}

pub struct Difference {
    pub case: String,
    pub report: String,
    pub answered: Reply,
}

pub fn run(suite: &Suite) -> Outcome {
    let provider = suite.provider.then(Provider::start);
    let (made, saved) = data_directory(suite, provider.as_ref());
    let copy = made.duplicate();
    for project in [&made, &copy] {
        write_public(suite, project);
    }
    let (theirs, ours) = (pocketbase::serve_given(&made, &["--publicDir", "pb_public"], &[]), copy.serve());
    let [mut theirs, mut ours] = [&theirs, &ours].map(|server| callers(suite, server));
    theirs.saved.clone_from(&saved);
    ours.saved = saved;
    let (mut ids, mut differences) = (Ids::default(), Vec::new());
    let requests = suite.requests();
    for case in &requests {
        let (expected, answered) = (theirs.send(case), ours.send(case));
        if let Some(difference) = ids.difference(&expected, &answered, case.unordered) {
            let body = [&case.json, &case.form, &case.multipart, &case.body].into_iter().flatten().next();
            let report = format!(
                "--- {}\n{} {:?} {}\nPocketBase {} {}\npbr        {} {}\n{difference}\n",
                case.name,
                short(&case.send),
                case.query,
                short(body.map_or("", String::as_str)),
                expected.status,
                short(&expected.body),
                answered.status,
                short(&answered.body),
            );
            differences.push(Difference { case: case.name.clone(), report, answered });
        }
    }
    Outcome { cases: requests.len(), differences }
}

fn write_public(suite: &Suite, project: &Project) {
    const CHANGED: Duration = Duration::from_secs(1_704_067_200);
    for (name, text) in &suite.public {
        let name = format!("pb_public/{name}");
        project.write(&name, &fill(&text.replace('⏎', "\n"), &std::collections::HashMap::new()));
        let file = File::options().append(true).open(project.file(&name)).expect("just written");
        file.set_modified(UNIX_EPOCH + CHANGED).expect("a time");
    }
}

fn callers(suite: &Suite, server: &Server) -> Side {
    let mut side = Side::new(server.client());
    let superuser = side.guest.login("_superusers", SUPERUSER.0, SUPERUSER.1);
    side.callers.insert("superuser".into(), superuser);
    for (label, login) in &suite.logins {
        let [collection, identity, password] = login.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{label}: collection, identity and password, not {login:?}");
        };
        side.callers.insert(label.clone(), side.guest.login(collection, identity, password));
    }
    side
}

/// What PocketBase makes of the suite's collections and records, and the ids of the collections.
fn data_directory(suite: &Suite, provider: Option<&Provider>) -> (Project, std::collections::HashMap<String, String>) {
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", SUPERUSER.0, SUPERUSER.1]).succeeds();
    let server = pocketbase::serve(&project);
    let mut side = Side::new(server.client());
    side.saved.extend(provider.map(|provider| ("provider".to_owned(), provider.url.clone())));
    let superuser = side.guest.login("_superusers", SUPERUSER.0, SUPERUSER.1);
    side.callers.insert("superuser".into(), superuser);
    for line in suite.collections.lines() {
        make_collection(&mut side, line);
    }
    for case in &suite.setup {
        let reply = side.send(&Case { callers: "superuser".into(), ..case.clone() });
        assert!(reply.status < 300, "{}: {}", case.send, reply.body);
    }
    for line in suite.records.lines() {
        let (collection, record) = line.split_once(' ').expect("a collection and a record");
        make(&mut side, &format!("/api/collections/{collection}/records"), record.trim().to_owned());
    }
    if let Some(rules) = &suite.rules {
        for (name, rule) in rules.collections() {
            let text = rules.collection.replace("$name", &name).replace("$rule", &Json::from(rule).to_string());
            make_collection(&mut side, &text);
            make(&mut side, &format!("/api/collections/{name}/records"), rules.record.clone());
        }
    }
    server.stop();
    for (name, description) in &suite.tokens {
        side.saved.insert(name.clone(), super::tokens::token(&project, description));
    }
    (project, side.saved)
}

fn make_collection(side: &mut Side, text: &str) {
    let text = fill(text, &side.saved);
    let mut collection: Json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    let is_view = collection["type"] == "view";
    let rules: &[&str] = if is_view {
        &["listRule", "viewRule"]
    } else {
        &["listRule", "viewRule", "createRule", "updateRule", "deleteRule"]
    };
    for rule in rules {
        if collection.get(rule).is_none() {
            collection[rule] = json!("");
        }
    }
    if let Some(fields) = collection.get_mut("fields").and_then(Json::as_array_mut) {
        if fields.iter().all(|field| field["name"] != "id") {
            fields.insert(
                0,
                json!({
                    "name": "id", "type": "text", "primaryKey": true, "required": true, "system": true,
                    "pattern": "^[a-z0-9]+$", "min": 1, "max": 15, "autogeneratePattern": "[a-z0-9]{15}",
                }),
            );
        }
        fields.push(json!({ "name": "created", "type": "autodate", "onCreate": true }));
        fields.push(json!({ "name": "updated", "type": "autodate", "onCreate": true, "onUpdate": true }));
    }
    let name = collection["name"].as_str().expect("a name").to_owned();
    let answer = make(side, "/api/collections", collection.to_string());
    side.saved.insert(name, answer["id"].as_str().expect("an id").to_owned());
}

fn make(side: &mut Side, path: &str, body: String) -> Json {
    let case =
        Case { callers: "superuser".into(), send: format!("POST {path}"), json: Some(body.clone()), ..Case::default() };
    let reply = side.send(&case);
    assert_eq!(reply.status, 200, "{path} {body}: {}", reply.body);
    reply.json()
}

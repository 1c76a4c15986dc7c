//! The rules of the project templates, as tables of requests: who asks for what, and what the answer is.
//!
//! A table is a file of `templates/`. Its rows run in order on what `pbr init`, `migrate` and `seed` make, once on pbr and
//! once on PocketBase, since rules that mean something else there would be a trap for whoever moves.

use crate::support::sse::Stream;
use crate::support::{Client, Project, Server, pocketbase};
use chrono::{Duration, Utc};
use indexmap::IndexMap;
use pbr::seed::derived_id;
use reqwest::blocking::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// Who logs in, and what they try.
///
/// Texts may hold `${collection.label}`, the id of a seeded record; `${name}`, what an earlier row saved; and
/// `${in N days}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Callers by label: collection, identity and password.
    logins: IndexMap<String, String>,
    rows: Vec<Row>,
}

/// One request, once for each caller, and what must come of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    /// `guest` or labels of `logins`, separated by spaces.
    #[serde(rename = "as")]
    callers: String,
    /// Method and path.
    send: String,
    json: Option<String>,
    /// A file to send with the JSON: `field@name=content`.
    file: Option<String>,
    /// The status.
    is: u16,
    /// `totalItems` of the answer.
    finds: Option<u64>,
    /// Values of the answer by their path; null where there must be none.
    #[serde(default)]
    has: IndexMap<String, Json>,
    /// Values of the answer to keep: path and name.
    #[serde(default)]
    save: IndexMap<String, String>,
    /// The token of the answer makes a caller of this name.
    login: Option<String>,
}

#[test]
fn rules_of_the_todo_template() {
    walk("todo", include_str!("templates/todo.yaml"), 100);
}

#[test]
fn rules_of_the_chat_template() {
    walk("chat", include_str!("templates/chat.yaml"), 150);
}

#[test]
fn rules_of_the_saas_template() {
    walk("saas", include_str!("templates/saas.yaml"), 250);
}

#[test]
fn subscribers_of_a_chat_hear_their_rooms_until_they_are_removed() {
    let project = seeded("chat");
    let server = project.serve();
    let [alice, carol, dave] = ["alice", "carol", "dave"]
        .map(|name| server.client().login("users", &format!("{name}@example.com"), "secret123"));
    let say = |text: &str| {
        let message = json!({
            "room": derived_id("rooms", "kitchen", 0), "author": derived_id("users", "alice", 0), "text": text,
        });
        alice.post("/api/collections/messages/records", message).ok();
    };
    let [member, stranger, guest] = [&carol, &dave, &server.client()].map(Stream::open);
    for stream in [&member, &stranger, &guest] {
        stream.subscribe(&["messages/*"]);
    }

    say("for members");
    let heard = member.next();
    assert_eq!((&heard.data["action"], &heard.data["record"]["text"]), (&json!("create"), &json!("for members")));

    let membership = derived_id("members", "carol_kitchen", 0);
    alice.delete(&format!("/api/collections/members/records/{membership}")).is(204);
    say("without Carol");
    for stream in [&member, &stranger, &guest] {
        assert_eq!(stream.rest(), []);
    }
}

/// A project from a template with its development data, hashed so that PocketBase can log in too.
fn seeded(template: &str) -> Project {
    let project = Project::from_template(template);
    project.replace("pbr.yaml", "environment: development", "passwordHash: bcrypt\nenvironment: development");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    let again = project.pbr("seed --json").succeeds().json();
    for (collection, counts) in again["collections"].as_object().expect("collections") {
        assert_eq!((&counts["created"], &counts["updated"]), (&0.into(), &0.into()), "{template}: {collection}");
    }
    project
}

fn walk(template: &str, table: &str, at_least: usize) {
    let table: Table = serde_yaml::from_str(table).unwrap_or_else(|error| panic!("{template}.yaml: {error}"));
    let requests: usize = table.rows.iter().map(|row| row.callers.split_whitespace().count()).sum();
    assert!(requests >= at_least, "{template}: {requests} requests");

    let project = seeded(template);
    // A first start brings the settings of `pbr.yaml` into the database, where PocketBase finds them.
    assert!(project.serve().stop().success());
    let copy = project.duplicate();
    for (name, server) in [("pbr", copy.serve()), ("PocketBase", pocketbase::serve(&project))] {
        let failures = Walk::new(&table, &server).run(&table);
        assert!(failures.is_empty(), "{template} on {name}:\n{}", failures.join("\n"));
    }
}

/// A server with its callers and saved values.
struct Walk {
    callers: HashMap<String, Client>,
    saved: HashMap<String, String>,
}

impl Walk {
    fn new(table: &Table, server: &Server) -> Self {
        let mut callers = HashMap::from([("guest".to_owned(), server.client())]);
        for (label, login) in &table.logins {
            let [collection, identity, password] = login.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{label}: collection, identity and password, not {login:?}");
            };
            callers.insert(label.clone(), server.client().login(collection, identity, password));
        }
        Self { callers, saved: HashMap::new() }
    }

    fn run(&mut self, table: &Table) -> Vec<String> {
        let mut failures = Vec::new();
        for row in &table.rows {
            for caller in row.callers.split_whitespace() {
                failures.extend(self.ask(row, caller).err().map(|why| format!("{} ({caller}): {why}", row.name)));
            }
        }
        failures
    }

    /// Sends one request.
    ///
    /// # Errors
    /// What differs from the row.
    fn ask(&mut self, row: &Row, caller: &str) -> Result<(), String> {
        let send = self.fill(&row.send);
        let (method, path) = send.split_once(' ').expect("a method and a path");
        let client = self.callers.get(caller).unwrap_or_else(|| panic!("no caller {caller}"));
        let mut request = client.request(method, path);
        let json = row.json.as_ref().map(|json| self.fill(json));
        if let Some(file) = &row.file {
            let (field, rest) = file.split_once('@').expect("field@name=content");
            let (name, content) = rest.split_once('=').expect("field@name=content");
            let part = Part::text(content.to_owned()).file_name(name.to_owned());
            request = request
                .multipart(Form::new().part(field.to_owned(), part).text("@jsonPayload", json.unwrap_or_default()));
        } else if let Some(json) = json {
            request = request.header("Content-Type", "application/json").body(json);
        }
        let reply = client.send(request);
        let answer: Json = serde_json::from_str(&reply.body).unwrap_or_default();
        let problem = |what: String| Err(format!("{what}: {} {}", reply.status, reply.body));
        if reply.status != row.is {
            return problem(format!("{send} is not {}", row.is));
        }
        if row.finds.is_some_and(|count| answer["totalItems"] != count) {
            return problem(format!("{send} finds not {:?}", row.finds));
        }
        for (path, value) in &row.has {
            let expected = value.as_str().map_or_else(|| value.clone(), |text| self.fill(text).into());
            if *at(&answer, path) != expected {
                return problem(format!("{send}: {path} is not {expected}"));
            }
        }
        for (path, name) in &row.save {
            let Some(text) = at(&answer, path).as_str() else { return problem(format!("no {path} to save")) };
            self.saved.insert(name.clone(), text.to_owned());
        }
        if let Some(name) = &row.login {
            let Some(token) = answer["token"].as_str() else { return problem("no token".into()) };
            self.callers.insert(name.clone(), self.callers["guest"].with_token(token));
        }
        Ok(())
    }

    fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').expect("a closing brace");
            filled.push_str(before);
            filled.push_str(&self.value(name));
            rest = after;
        }
        filled + rest
    }

    fn value(&self, name: &str) -> String {
        if let Some(days) = name.strip_prefix("in ").and_then(|rest| rest.strip_suffix(" days")) {
            let date = Utc::now() + Duration::days(days.parse().expect("a number of days"));
            return date.format("%Y-%m-%d %H:%M:%S.000Z").to_string();
        }
        match name.split_once('.') {
            Some((collection, label)) => derived_id(collection, label, 0),
            None => self.saved.get(name).unwrap_or_else(|| panic!("nothing saved as {name}")).clone(),
        }
    }
}

/// A value by its path; null where there is none.
fn at<'a>(answer: &'a Json, path: &str) -> &'a Json {
    answer.pointer(&format!("/{}", path.replace('.', "/"))).unwrap_or(&Json::Null)
}

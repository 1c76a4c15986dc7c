//! Random filters and sorts on random small data find the same records as in PocketBase.

use crate::support::{Client, Project, pocketbase};
use serde_json::{Value as Json, json};

/// A small generator of numbers: the same ones in every run, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.roll(items.len())]
    }
}

const FILTERS: usize = 400;

fn make_collections(root: &Client) {
    let public = |name: &str, fields: Json| {
        let id = json!({ "name": "id", "type": "text", "system": true, "primaryKey": true, "required": true,
            "pattern": "^[a-z0-9]+$", "min": 1, "max": 15, "autogeneratePattern": "[a-z0-9]{15}" });
        let mut all = vec![id];
        all.extend(fields.as_array().expect("fields").clone());
        json!({ "id": format!("pbc_{name}"), "name": name, "type": "base", "fields": all,
            "listRule": "", "viewRule": "", "createRule": "" })
    };
    let relation = |name: &str, to: &str, max: i64| json!({ "name": name, "type": "relation", "collectionId": format!("pbc_{to}"), "maxSelect": max });
    let tags = json!([{ "name": "name", "type": "text" }, { "name": "weight", "type": "number" }]);
    root.post("/api/collections", public("tags", tags)).ok();
    let authors = json!([{ "name": "name", "type": "text" }, relation("tags", "tags", 3)]);
    root.post("/api/collections", public("authors", authors)).ok();
    let posts = json!([
        { "name": "title", "type": "text" }, { "name": "views", "type": "number" }, { "name": "active", "type": "bool" },
        { "name": "at", "type": "date" }, { "name": "meta", "type": "json" },
        { "name": "labels", "type": "select", "values": ["x", "y", "z"], "maxSelect": 3 },
        relation("author", "authors", 1), relation("tags", "tags", 3),
    ]);
    root.post("/api/collections", public("posts", posts)).ok();
    let comments = json!([{ "name": "text", "type": "text" }, relation("post", "posts", 1)]);
    root.post("/api/collections", public("comments", comments)).ok();
}

fn make_records(root: &Client, dice: &mut Dice) {
    let words = ["", "a", "Ab", "b%", "10", "c_d"];
    let create = |collection: &str, record: Json| {
        root.post(&format!("/api/collections/{collection}/records"), record).ok();
    };
    let some = |dice: &mut Dice, prefix: &str, of: usize| -> Vec<String> {
        (0..dice.roll(3)).map(|_| format!("{prefix}{}", dice.roll(of))).collect()
    };
    for at in 0..4 {
        create("tags", json!({ "id": format!("t{at}"), "name": dice.pick(&words), "weight": dice.roll(4) }));
    }
    for at in 0..4 {
        create("authors", json!({ "id": format!("a{at}"), "name": dice.pick(&words), "tags": some(dice, "t", 4) }));
    }
    let dates = ["", "2024-01-15 10:00:00.000Z", "2023-12-31 23:59:59.999Z"];
    let metas = [
        json!(null),
        json!(1),
        json!("a"),
        json!([]),
        json!({ "a": 1, "b": { "c": "x" } }),
        json!({ "a": null, "l": [1, "two"] }),
    ];
    for at in 0..10 {
        let author = if dice.roll(4) == 0 { String::new() } else { format!("a{}", dice.roll(4)) };
        let labels: Vec<&str> = ["x", "y", "z"].into_iter().filter(|_| dice.roll(2) == 0).collect();
        create(
            "posts",
            json!({
                "id": format!("p{at}"), "title": dice.pick(&words), "views": dice.roll(5) as f64 - 1.5, "active": dice.roll(2) == 0,
                "at": dice.pick(&dates), "meta": dice.pick(&metas), "labels": labels, "author": author, "tags": some(dice, "t", 4),
            }),
        );
    }
    for at in 0..8 {
        create(
            "comments",
            json!({ "id": format!("c{at}"), "text": dice.pick(&words), "post": format!("p{}", dice.roll(10)) }),
        );
    }
}

const FIELDS: [&str; 26] = [
    "id",
    "title",
    "title:lower",
    "views",
    "active",
    "at",
    "meta",
    "meta.a",
    "meta.b.c",
    "meta.l.1",
    "labels",
    "labels:length",
    "labels:each",
    "author",
    "author.id",
    "author.name",
    "author.tags.name",
    "author.tags:length",
    "tags",
    "tags.id",
    "tags.name",
    "tags.weight",
    "tags:each",
    "comments_via_post.text",
    "comments_via_post.id",
    "nope",
];
const OPERATORS: [&str; 16] =
    ["=", "!=", ">", ">=", "<", "<=", "~", "!~", "?=", "?!=", "?>", "?>=", "?<", "?<=", "?~", "?!~"];
const VALUES: [&str; 16] = [
    "''",
    "'a'",
    "'Ab'",
    "\"b%\"",
    "'10'",
    "10",
    "0",
    "-0.5",
    "1.5",
    "true",
    "false",
    "null",
    "'x'",
    "'t1'",
    "'a1'",
    "'2024-01-01'",
];

fn operand(dice: &mut Dice) -> String {
    match dice.roll(10) {
        0..6 => (*dice.pick(&FIELDS)).to_owned(),
        6 => format!("strftime('%Y', {})", dice.pick(&["at", "title", "'2024-05-05'"])),
        _ => (*dice.pick(&VALUES)).to_owned(),
    }
}

fn filter(dice: &mut Dice, depth: usize) -> String {
    match dice.roll(if depth == 0 { 1 } else { 4 }) {
        1 => format!("{} && {}", filter(dice, depth - 1), filter(dice, depth - 1)),
        2 => format!("{} || {}", filter(dice, depth - 1), filter(dice, depth - 1)),
        3 => format!("({})", filter(dice, depth - 1)),
        _ => format!("{} {} {}", operand(dice), dice.pick(&OPERATORS), operand(dice)),
    }
}

fn found(client: &Client, filter: &str) -> Result<Vec<String>, u16> {
    let request = client.request("GET", "/api/collections/posts/records");
    let reply = client.send(request.query(&[("filter", filter), ("sort", "id"), ("fields", "id")]));
    if reply.status != 200 {
        return Err(reply.status);
    }
    let page = reply.json();
    let ids = page["items"].as_array().expect("items").iter();
    Ok(ids.map(|item| item["id"].as_str().expect("an id").to_owned()).collect())
}

#[test]
fn random_filters_find_what_pocketbase_finds() {
    let mut dice = Dice(20_261_125);
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&project);
    let root = server.client().login("_superusers", "root@example.com", "secret12345");
    make_collections(&root);
    make_records(&root, &mut dice);

    let filters: Vec<String> = (0..FILTERS).map(|_| filter(&mut dice, 2)).collect();
    let expected: Vec<_> = filters.iter().map(|filter| found(&server.client(), filter)).collect();
    server.stop();
    let server = project.serve();
    let client = server.client();
    let mut differences = Vec::new();
    for (filter, expected) in filters.iter().zip(&expected) {
        let actual = found(&client, filter);
        if actual != *expected {
            differences.push(format!("{filter}\n    PocketBase {expected:?}\n    pbr        {actual:?}"));
        }
    }
    assert!(differences.is_empty(), "{} filters differ:\n{}", differences.len(), differences.join("\n"));
    let matching = expected.iter().filter(|found| found.as_ref().is_ok_and(|ids| !ids.is_empty())).count();
    assert!(matching > FILTERS / 4, "only {matching} filters find anything");
}

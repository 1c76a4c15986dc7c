//! The cases of spec 02 §10 and what must hold for any text. The tables are in the text files.

mod fixture;
mod properties;
mod visibility;

use super::{Cache, Parts, QueryError, RequestInfo, check_rule, compile, compile_create};
use crate::db::MAY_REACH;
use crate::schema::{Collection, CollectionKind};
use fixture::{Fixture, auth, cases, request, row, superuser};
use rusqlite::types::Value as SqlValue;
use serde_json::{Map, Value as Json};

/// What a list request would answer: ids, `∅`, or a status.
fn listed(fixture: &Fixture, collection: &str, parts: &Parts) -> String {
    let query = [("filter", parts.filter), ("sort", parts.sort)];
    let request = RequestInfo {
        context: "default".into(),
        method: "GET".into(),
        query: query.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?.to_owned()))).collect(),
        auth: parts.superuser.then(superuser),
        ..RequestInfo::default()
    };
    match compile(&fixture.catalog, fixture.collection(collection), parts, &request) {
        Err(QueryError::Forbidden(_)) => "403".into(),
        Err(QueryError::Invalid(_)) => "400".into(),
        Ok(query) => match fixture.list(&query, &request, collection) {
            Err(error) => format!("400 ({error})"),
            Ok(ids) if ids.is_empty() => "∅".into(),
            Ok(ids) => ids.join(" "),
        },
    }
}

/// Fails with all failures at once.
fn report(failures: &[String]) {
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

fn check_lists(text: &'static str, parts: impl Fn(&'static str) -> (&'static str, Parts<'static>)) {
    let fixture = Fixture::new();
    let mut failures = Vec::new();
    let mut count = 0;
    for case in cases(text) {
        let [input, expected] = case[..] else { panic!("{case:?}") };
        let (superuser, guest) = expected.split_once("guest:").unwrap_or((expected, expected));
        for (is_superuser, expected) in [(true, superuser), (false, guest)] {
            let expected = expected.trim().replace("ALL", "p1 p2 p3 p4 p5");
            let (collection, parts) = parts(input);
            let found = listed(&fixture, collection, &Parts { superuser: is_superuser, ..parts });
            if found != expected {
                failures.push(format!("{input}   superuser: {is_superuser}   expected {expected}, got {found}"));
            }
            count += 1;
        }
    }
    assert!(count > 50, "the case table is read");
    report(&failures);
}

#[test]
fn filters_find_what_the_spec_says() {
    check_lists(include_str!("filters.txt"), |input| {
        let (collection, filter) = match input.strip_prefix("groups: ") {
            Some(filter) => ("groups", filter),
            None => ("posts", input),
        };
        let filter: &'static str = filter.replace('⏎', "\n").leak();
        (collection, Parts { filter: Some(filter), sort: Some("id"), ..Parts::default() })
    });
}

#[test]
fn sorts_order_as_the_spec_says() {
    check_lists(include_str!("sorts.txt"), |sort| ("posts", Parts { sort: Some(sort), ..Parts::default() }));
}

#[test]
fn rules_fail_with_the_raw_errors_of_the_spec() {
    let fixture = Fixture::new();
    let posts = fixture.collection("posts");
    let mut failures = Vec::new();
    for case in cases(include_str!("errors.txt")) {
        let [rule, expected] = case[..] else { panic!("{case:?}") };
        let found = match check_rule(&fixture.catalog, posts, &rule.replace('⏎', "\n")) {
            Ok(()) => "ok".to_owned(),
            Err(error) => {
                let text = error.to_string();
                if text.ends_with('.') { text } else { text + "." }
            }
        };
        if found != expected {
            failures.push(format!("{rule}\n    expected {expected}\n    got      {found}"));
        }
    }
    report(&failures);
}

fn object(text: &str) -> Map<String, Json> {
    serde_json::from_str(text).unwrap()
}

#[test]
fn create_rules_see_the_record_that_would_be() {
    let fixture = Fixture::new();
    let mut failures = Vec::new();
    for case in cases(include_str!("creates.txt")) {
        let [rule, verdict, body] = case[..] else { panic!("{case:?}") };
        let (collection, rule) = match rule.strip_prefix("posts: ") {
            Some(rule) => (fixture.collection("posts"), rule),
            None => (fixture.collection("rl"), rule),
        };
        let body = object(body);
        let request = request(collection, &body, verdict.ends_with(" user"));
        let (columns, mut values) = row(collection, &body, "");
        let id = columns.iter().position(|column| *column == "id").unwrap();
        values[id] = SqlValue::Text("__temp_id__x".into());
        let found = match compile_create(&fixture.catalog, collection, rule, &columns, &request) {
            Err(_) => "error".to_owned(),
            Ok(query) => {
                let exists = query.exists_sql().replacen("SELECT 1", "SELECT '1'", 1);
                match fixture.run(&exists, &query, &request, values) {
                    Ok(rows) => if rows.is_empty() { "fail" } else { "pass" }.to_owned(),
                    Err(error) => error.to_string(),
                }
            }
        };
        if found != verdict.trim_end_matches(" user") {
            failures.push(format!("{rule}   expected {verdict}, got {found}   {}", Json::Object(body)));
        }
    }
    report(&failures);
}

#[test]
fn update_rules_see_the_stored_record_and_the_body() {
    let fixture = Fixture::new();
    let rl = fixture.collection("rl");
    let mut failures = Vec::new();
    for case in cases(include_str!("updates.txt")) {
        let [rule, verdict, body] = case[..] else { panic!("{case:?}") };
        let request = request(rl, &object(body), false);
        let parts = Parts { rule: Some(rule), ..Parts::default() };
        let query = compile(&fixture.catalog, rl, &parts, &request).unwrap();
        let id = vec![SqlValue::Text("r1".into())];
        let rows = fixture.run(&query.by_id_sql("`rl`.`id`"), &query, &request, id).unwrap();
        let ids = vec![SqlValue::Text(r#"["nope","r1"]"#.into())];
        assert_eq!(fixture.run(&query.by_ids_sql("`rl`.`id`"), &query, &request, ids).unwrap(), rows);
        let found = if rows.is_empty() { "fail" } else { "pass" };
        if found != verdict {
            failures.push(format!("{rule}   expected {verdict}, got {found}   {body}"));
        }
    }
    report(&failures);
}

#[test]
fn the_plain_list_is_short() {
    let fixture = Fixture::new();
    let query =
        compile(&fixture.catalog, fixture.collection("posts"), &Parts::default(), &RequestInfo::default()).unwrap();
    assert_eq!(query.list_sql("`posts`.`id`", 30), "SELECT `posts`.`id` FROM `posts` LIMIT 30 OFFSET ?1");
    assert_eq!(query.count_sql(), "SELECT COUNT(*) FROM `posts`");
    assert_eq!(query.by_id_sql("`posts`.`id`"), "SELECT `posts`.`id` FROM `posts` WHERE `posts`.`id` = ?1 LIMIT 1");
}

#[test]
fn only_joins_that_repeat_rows_cost_a_distinct() {
    let fixture = Fixture::new();
    let list = |filter| {
        let parts = Parts { rule: Some(filter), ..Parts::default() };
        compile(&fixture.catalog, fixture.collection("posts"), &parts, &RequestInfo::default())
            .unwrap()
            .list_sql("`posts`.`id`", 30)
    };
    assert!(!list("author.name = 'Ann'").contains("DISTINCT"));
    assert!(!list("author.profiles_via_author.bio = 'x'").contains("DISTINCT"));
    assert!(list("tags.name ?= 'red'").contains("DISTINCT"));
    assert!(list("comments_via_post.id ?= 'x'").contains("DISTINCT"));
}

#[test]
fn what_rows_point_to_is_looked_up_before_it_is_joined() {
    let fixture = Fixture::new();
    let posts = fixture.collection("posts");
    let request = RequestInfo::default();
    for (filter, first) in [
        ("author.name = 'Ann'", 1),
        ("author.name ~ 'n'", 1),
        ("author.name > 'A' && tags.name ?= 'red'", 2),
        ("tags.name = 'red'", 1),
        ("author.name = '' || author.name ~ 'b'", 1),
        ("author.name = ''", 0),
        ("author.name != 'Ann'", 0),
        ("author.name !~ 'n'", 0),
        ("author.name:lower = 'ann'", 0),
        ("author.name = title", 0),
    ] {
        let parts = Parts { filter: Some(filter), superuser: true, ..Parts::default() };
        let sql = compile(&fixture.catalog, posts, &parts, &request).unwrap().list_sql("1", 30);
        assert_eq!(sql.matches(MAY_REACH).count(), first, "{filter}");
    }
}

/// More rows than pass unseen, pointing to their authors and tags in all the ways that a column can hold ids.
#[test]
fn what_is_looked_up_first_finds_what_the_joins_find() {
    let fixture = Fixture::new();
    let posts = fixture.collection("posts");
    let request = RequestInfo::default();
    let ids = |name: &str| -> Vec<String> {
        let mut statement = fixture.connection.prepare(&format!("SELECT id FROM {name} ORDER BY id")).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    };
    let (authors, tags) = (ids("authors"), ids("tags"));
    for number in 0..600_usize {
        let author = authors.get(number % (authors.len() + 1)).cloned().unwrap_or_default();
        let held: Vec<&String> =
            tags.iter().enumerate().filter(|(at, _)| number >> at & 1 == 1).map(|(_, id)| id).collect();
        let stored = match number % 7 {
            0 => held.first().map(|id| id.to_string()).unwrap_or_default(),
            1 => format!(" {}", serde_json::to_string(&held).unwrap()),
            _ => serde_json::to_string(&held).unwrap(),
        };
        let row = [format!("many{number:011}"), author, stored];
        fixture.connection.execute("INSERT INTO posts (id, author, tags) VALUES (?1, ?2, ?3)", row).unwrap();
    }
    for filter in [
        "author.name = 'Ann'",
        "author.name ~ 'n'",
        "tags.name ?= 'red'",
        "tags.name ~ 'e'",
        "author.name > 'A' && tags.name ?~ 'r'",
    ] {
        let parts = Parts { filter: Some(filter), superuser: true, ..Parts::default() };
        let query = compile(&fixture.catalog, posts, &parts, &request).unwrap();
        let sql = query.list_sql("`posts`.`id`", -1);
        let found = |sql: &str| {
            let mut found = fixture.run(sql, &query, &request, vec![SqlValue::Integer(0)]).unwrap();
            found.sort();
            found
        };
        let narrowed = found(&sql);
        assert!(narrowed.len() > 64, "{filter}: {narrowed:?}");
        let every_row_passes = sql.replace(&format!("{MAY_REACH}(''"), "coalesce(TRUE");
        assert_eq!(narrowed, found(&every_row_passes), "{filter}");
    }
}

#[test]
fn views_are_counted_by_id() {
    let fixture = Fixture::new();
    let mut view = fixture.collection("tags").clone();
    view.kind = CollectionKind::View { query: "SELECT * FROM tags".into() };
    let sql = |parts: &Parts| {
        compile(&fixture.catalog, &view, parts, &RequestInfo::default())
            .map(|query| (query.count_sql(), query.list_sql("*", 30)))
    };
    let (count, list) = sql(&Parts::default()).unwrap();
    assert_eq!(count, format!("SELECT COUNT(DISTINCT `tags`.`id`) FROM `tags` WHERE {}", super::FRESH));
    assert!(!list.contains("DISTINCT"));
    assert!(sql(&Parts { sort: Some("@rowid"), ..Parts::default() }).is_err());
}

#[test]
fn a_changed_collection_is_checked_as_it_is_given() {
    let fixture = Fixture::new();
    let mut posts = fixture.collection("posts").clone();
    posts.fields.iter_mut().filter(|field| field.name == "title").for_each(|field| field.name = "headline".into());
    let check = |rule: &str| check_rule(&fixture.catalog, &posts, rule);
    assert_eq!(
        check("headline = '' && @collection.POSTS.headline = '' && author.posts_via_author.headline = ''"),
        Ok(())
    );
    assert!(check("title = ''").is_err());
    let unsaved = Collection { id: String::new(), name: "fresh".into(), ..posts.clone() };
    assert_eq!(check_rule(&fixture.catalog, &unsaved, "headline = '' && author.name = ''"), Ok(()));
}

#[test]
fn one_query_serves_all_users_and_another_the_guests() {
    let fixture = Fixture::new();
    let cache = Cache::new();
    let rl = fixture.collection("rl");
    let parts = Parts { rule: Some("@request.auth.id = owner"), ..Parts::default() };
    let by = |id: Option<&str>| RequestInfo { auth: id.map(auth), ..RequestInfo::default() };
    let get = |request: &RequestInfo| cache.get(&fixture.catalog, rl, &parts, request).unwrap();
    let (ann, bob, guest) = (get(&by(Some("u1"))), get(&by(Some("u2"))), get(&by(None)));
    assert!(std::sync::Arc::ptr_eq(&ann, &bob));
    assert!(!std::sync::Arc::ptr_eq(&ann, &guest));
    assert_eq!(ann.bind(&by(Some("u2")), chrono::Utc::now()), [SqlValue::Text("u2".into())]);
    assert!(std::sync::Arc::ptr_eq(&guest, &get(&by(None))));
}

#[test]
fn a_full_cache_forgets_what_is_not_used() {
    let fixture = Fixture::new();
    let cache = Cache::new();
    let tags = fixture.collection("tags");
    let request = RequestInfo::default();
    let get = |filter: &str| {
        let parts = Parts { filter: Some(filter), ..Parts::default() };
        cache.get(&fixture.catalog, tags, &parts, &request).unwrap()
    };
    let (used, unused) = (get("id = 'used'"), get("id = 'unused'"));
    for n in 0..10_000 {
        get(&format!("weight = {n}"));
        get("id = 'used'");
    }
    assert!(std::sync::Arc::ptr_eq(&used, &get("id = 'used'")));
    assert!(!std::sync::Arc::ptr_eq(&unused, &get("id = 'unused'")));
}

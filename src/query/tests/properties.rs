//! What holds for any text.

use super::fixture::{Fixture, request};
use crate::query::{Parts, QueryError, check_rule, compile};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;
use std::cell::Cell;

thread_local! {
    static FIXTURE: Fixture = Fixture::new();
}

/// Marks texts of a filter so that they are recognised if they ever reach the SQL.
const CANARY: &str = "cAnArY";

fn identifier() -> impl Strategy<Value = String> {
    let paths = [
        "id",
        "title",
        "views",
        "active",
        "at",
        "meta",
        "meta.a",
        "meta.list.1",
        "loc",
        "loc.lat",
        "status",
        "labels",
        "author",
        "author.id",
        "author.name",
        "author.tags.name",
        "tags",
        "tags.id",
        "tags.name",
        "comments_via_post.text",
        "author.profiles_via_author.bio",
        "author.groups_via_members.name",
        "@collection.tags.name",
        "@collection.authors:x.tags.name",
        "@request.auth.id",
        "@request.auth.tokenKey",
        "@request.auth.name",
        "@request.body.title",
        "@request.body.tags",
        "@request.body.tags.name",
        "@request.body.author.name",
        "@request.body.zz.a.0",
        "@request.query.q",
        "@request.headers.x_my_token",
        "@request.method",
        "@now",
        "@year",
        "null",
        "true",
        "FALSE",
        "nope",
        "title.x",
        "secret",
    ];
    let modifiers = ["", "", "", "", ":lower", ":length", ":each", ":isset", ":changed", ":nope"];
    (prop::sample::select(paths.to_vec()), prop::sample::select(modifiers.to_vec())).prop_map(|(path, modifier)| {
        if path.starts_with('@') && !path.contains('.') { path.to_owned() } else { format!("{path}{modifier}") }
    })
}

fn text() -> impl Strategy<Value = String> {
    "[a-z%_?' \\\\\u{1}é]{0,6}".prop_map(|text| {
        let text = text.replace('\\', "\\\\").replace('\'', "\\'");
        if text.is_empty() { "''".into() } else { format!("'{CANARY}{text}'") }
    })
}

fn operand() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => identifier(),
        3 => text(),
        2 => (-1000i32..1000).prop_map(|number| format!("{number}.25")),
        1 => (identifier(), identifier()).prop_map(|(a, b)| format!("geoDistance({a}, {b}, 1, 2)")),
        1 => (text(), identifier(), text()).prop_map(|(f, t, m)| format!("strftime({f}, {t}, {m})")),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    let signs = ["=", "!=", ">", ">=", "<", "<=", "~", "!~", "?=", "?!=", "?>", "?>=", "?<", "?<=", "?~", "?!~"];
    let comparison =
        (operand(), prop::sample::select(signs.to_vec()), operand()).prop_map(|(l, sign, r)| format!("{l} {sign} {r}"));
    comparison.prop_recursive(4, 12, 3, |inner| {
        (inner.clone(), prop::sample::select(&["&&", "||"][..]), inner)
            .prop_map(|(l, join, r)| format!("({l}) {join} {r}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_compiled_or_refused(text in "\\PC{0,40}|[-a-z@#_.:0-9 =?!<>~&|()'\"\\\\/,\u{0}\n]{0,60}", superuser: bool) {
        FIXTURE.with(|fixture| {
            let posts = fixture.collection("posts");
            let _ = check_rule(&fixture.catalog, posts, &text);
            let parts = Parts { filter: Some(&text), sort: Some(&text), superuser, ..Parts::default() };
            let _ = compile(&fixture.catalog, posts, &parts, &Default::default());
        });
    }
}

/// Most of them compile, or there would be nothing to see.
#[test]
fn compiled_filters_are_sql_without_literals() {
    let config = ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() };
    let (tried, compiled) = (Cell::new(0), Cell::new(0));
    let checked = TestRunner::new(config).run(&(filter(), any::<bool>()), |(text, filled)| {
        tried.set(tried.get() + 1);
        compiled.set(compiled.get() + u32::from(is_sql_without_literals(&text, filled)?));
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
    assert!(compiled.get() * 4 > tried.get(), "only {} of {} filters compile", compiled.get(), tried.get());
}

/// Whether it compiles at all.
fn is_sql_without_literals(text: &str, filled: bool) -> Result<bool, TestCaseError> {
    FIXTURE.with(|fixture| {
        let posts = fixture.collection("posts");
        let body = if filled {
            json!({"title": "T", "tags": ["t1", "t2"], "author": "a1", "zz": {"a": [5]}})
        } else {
            json!({})
        };
        let request = request(posts, body.as_object().unwrap(), filled);
        let parts = Parts { rule: Some(text), sort: Some("id"), ..Parts::default() };
        let query = match compile(&fixture.catalog, posts, &parts, &request) {
            Ok(query) => query,
            Err(QueryError::Forbidden(text)) => panic!("rules may use anything: {text}"),
            Err(QueryError::Invalid(_)) => return Ok(false),
        };
        let sql = query.count_sql();
        prop_assert!(!sql.contains(CANARY) && !sql.contains(".25"), "{sql}");
        let statement =
            fixture.connection.prepare(&sql).map_err(|error| TestCaseError::fail(format!("{error}\n{sql}")))?;
        prop_assert_eq!(statement.parameter_count(), query.bind(&request, chrono::Utc::now()).len(), "{}", sql);
        prop_assert!(fixture.list(&query, &request, "posts").is_ok());
        Ok(true)
    })
}

#[test]
fn deep_nesting_neither_overflows_nor_takes_long() {
    FIXTURE.with(|fixture| {
        let posts = fixture.collection("posts");
        for depth in [1500, 200_000] {
            let rule = format!("{}id = 'p1'{}", "(".repeat(depth), ")".repeat(depth));
            assert_eq!(check_rule(&fixture.catalog, posts, &rule), Ok(()));
        }
        let open = "(".repeat(200_000);
        assert!(check_rule(&fixture.catalog, posts, &open).is_err());
        let growing = format!("{}id = 'p1'{}", "(".repeat(100_000), " && id = 'p1')".repeat(100_000));
        assert!(check_rule(&fixture.catalog, posts, &growing).is_err());
    });
}

#[test]
fn two_hundred_comparisons_are_the_limit() {
    FIXTURE.with(|fixture| {
        let posts = fixture.collection("posts");
        let joined = |count: usize| vec!["id = 'p1'"; count].join(" && ");
        let nested = |count: usize| format!("{}id = 'p1'{}", "(".repeat(count - 1), " || id = 'p2')".repeat(count - 1));
        for text in [joined(200), nested(200)] {
            let parts = Parts { rule: Some(&text), ..Parts::default() };
            let query = compile(&fixture.catalog, posts, &parts, &Default::default()).unwrap();
            assert!(fixture.list(&query, &Default::default(), "posts").is_ok());
        }
        for text in [joined(201), nested(201)] {
            let error = check_rule(&fixture.catalog, posts, &text).unwrap_err();
            assert_eq!(error.to_string(), "max filter expressions limit reached");
        }
    });
}

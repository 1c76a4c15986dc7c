//! What clients who are no superusers must not learn (spec 02 §4.7).

use super::fixture::Fixture;
use super::listed;
use crate::query::Parts;
use crate::schema::FieldKind;

fn found(fixture: &Fixture, filter: &str, superuser: bool) -> String {
    listed(fixture, "posts", &Parts { filter: Some(filter), sort: Some("id"), superuser, ..Parts::default() })
}

fn with_list_rule(name: &'static str, rule: Option<&'static str>) -> Fixture {
    Fixture::altered(move |collection| {
        if collection.name == name {
            collection.rules.list = rule.map(str::to_owned);
        }
    })
}

#[test]
fn rows_that_join_only_hidden_rows_disappear() {
    let fixture = with_list_rule("tags", Some("weight > 1"));
    assert_eq!(found(&fixture, "id != '' || tags.name ?= 'x'", false), "p1 p2 p5");
    assert_eq!(found(&fixture, "id != '' || tags.name ?= 'x'", true), "p1 p2 p3 p4 p5");
    assert_eq!(found(&fixture, "tags.name ?= 'red'", false), "∅");
    assert_eq!(found(&fixture, "tags:length > 0 && tags:each ?= 't1'", false), "p1 p3 p4");
    let sorted = Parts { sort: Some("tags.name,id"), ..Parts::default() };
    assert_eq!(listed(&fixture, "posts", &sorted), "p2 p1 p5");
}

#[test]
fn hidden_rows_do_not_count_among_all_values() {
    let fixture = with_list_rule("tags", Some("weight > 1"));
    assert_eq!(found(&fixture, "tags.name = 'green'", false), "p1 p5");
    assert_eq!(found(&fixture, "tags.name = 'green'", true), "p5");
}

#[test]
fn a_list_rule_with_joins_of_its_own_shares_no_row() {
    let fixture = with_list_rule("authors", Some("tags.name ?= 'green' && @collection.tags.name ?= 'red'"));
    assert_eq!(found(&fixture, "author.name != ''", false), "p1 p4");
    assert_eq!(found(&fixture, "author.tags.name ?= 'red'", false), "p1 p4");
    assert_eq!(found(&fixture, "author.tags.name = 'red'", false), "∅");
}

#[test]
fn a_rule_that_joins_the_collection_first_lifts_nothing() {
    let fixture = with_list_rule("authors", None);
    let parts = Parts { rule: Some("author.name != ''"), filter: Some("author.name ?= 'Ann'"), ..Parts::default() };
    assert_eq!(listed(&fixture, "posts", &parts), "400");
    assert_eq!(listed(&fixture, "posts", &Parts { filter: None, ..parts }), "p1 p2 p4");
    assert_eq!(found(&fixture, "author.id = 'a1'", false), "p1 p4");
}

#[test]
fn only_public_addresses_can_be_filtered_by() {
    let list = |filter: &str, superuser: bool| {
        let fixture = with_list_rule("users", Some(""));
        listed(&fixture, "users", &Parts { filter: Some(filter), superuser, ..Parts::default() })
    };
    assert_eq!(list("email ~ 'x.io'", false), "u2");
    assert_eq!(list("email ~ 'x.io'", true), "u1 u2");
    assert_eq!(list("email:lower != 'a' || id = 'u1'", false), "u1 u2");
    assert_eq!(list("strftime('%Y', email) = ''", false), "u2");
    assert_eq!(list("tokenKey != ''", false), "400");
    assert_eq!(list("password = ''", false), "400");
}

#[test]
fn hidden_addresses_have_no_place_in_an_order() {
    let list = |sort: &str, superuser: bool| {
        let fixture = with_list_rule("users", Some(""));
        // The hidden one.
        fixture.connection.execute("UPDATE users SET email = 'z@x.io' WHERE id = 'u1'", []).unwrap();
        listed(&fixture, "users", &Parts { sort: Some(sort), superuser, ..Parts::default() })
    };
    for (sort, guest, superuser) in
        [("email", "u1 u2", "u2 u1"), ("-email", "u2 u1", "u1 u2"), ("email:lower", "u1 u2", "u2 u1")]
    {
        assert_eq!((list(sort, false).as_str(), list(sort, true).as_str()), (guest, superuser), "{sort}");
    }
}

#[test]
fn hidden_relations_cannot_be_walked_in_either_direction() {
    let fixture = Fixture::altered(|collection| {
        for field in &mut collection.fields {
            field.hidden |= matches!(field.kind, FieldKind::Relation(_)) && collection.name != "groups";
        }
    });
    for filter in
        ["author.name = 'Ann'", "author = ''", "tags:each ?= 't1'", "tags:length = 1", "comments_via_post.id = ''"]
    {
        assert_eq!(found(&fixture, filter, false), "400", "{filter}");
        assert_ne!(found(&fixture, filter, true), "400", "{filter}");
    }
}

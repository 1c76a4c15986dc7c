//! pbr answers as PocketBase does: the same requests to both, on copies of one data directory that PocketBase made.
//!
//! A suite is a file of `cases/`; what may stand in one says [`suite::Suite`]. Differences on purpose are listed in
//! `known_differences.yaml`, each with words that `docs/differences.md` explains it with and with what pbr answers.

mod compare;
mod request;
mod run;
mod suite;
pub mod tokens;

use crate::support::http::Reply;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

macro_rules! suites {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                answers_like_pocketbase(stringify!($name), include_str!(concat!("cases/", stringify!($name), ".yaml")));
            }
        )*

        #[test]
        fn every_file_of_cases_is_compared() {
            let named: BTreeSet<String> = [$(stringify!($name)),*].map(|name| format!("{name}.yaml")).into();
            let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity/cases")).expect("a folder");
            let files = files.map(|file| file.expect("an entry").file_name().into_string().expect("a name"));
            assert_eq!(files.collect::<BTreeSet<_>>(), named);
        }
    };
}

suites! {
    filters
    queries
    create_rules
    update_rules
    field_values
    records
    forms_and_files
    auth
    accounts
    oauth2
    protocol
    visibility
    collections
    definitions
    settings
    batch
    storage
    server
    sql
    public
    views
    content_types
    bodies
    renamed
    references
    imports
    repeated_imports
}

/// A difference on purpose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    /// Words of its explanation in `docs/differences.md`.
    why: String,
    /// What pbr answers: the status, and a piece of the headers or the body.
    pbr: String,
}

impl Known {
    fn is_answered_by(&self, reply: &Reply) -> bool {
        let (status, piece) = self.pbr.split_once(' ').unwrap_or((&self.pbr, ""));
        let in_headers = || {
            reply
                .headers
                .iter()
                .any(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")).contains(piece))
        };
        reply.status.to_string() == status && (reply.body.contains(piece) || in_headers())
    }
}

/// By the names of the cases.
fn known_differences() -> BTreeMap<String, Known> {
    serde_yaml::from_str(include_str!("known_differences.yaml")).expect("known_differences.yaml")
}

fn answers_like_pocketbase(name: &str, text: &str) {
    let suite = suite::Suite::parse(text).unwrap_or_else(|error| panic!("{name}.yaml: {error}"));
    let known = known_differences();
    let outcome = run::run(&suite);
    let label = |case: &str| format!("{name}/{case}");
    let (accepted, failures): (Vec<_>, Vec<_>) = outcome.differences.iter().partition(|difference| {
        known.get(&label(&difference.case)).is_some_and(|known| known.is_answered_by(&difference.answered))
    });
    for failure in &failures {
        println!("{}", failure.report);
    }
    let stale: Vec<_> = known
        .keys()
        .filter(|key| key.starts_with(&format!("{name}/")))
        .filter(|key| !accepted.iter().any(|difference| label(&difference.case) == **key))
        .collect();
    assert!(stale.is_empty(), "known differences that are none: {stale:#?}");
    let names: Vec<_> = failures.iter().map(|failure| failure.case.as_str()).collect();
    assert!(names.is_empty(), "{} of {} cases differ:\n{}", names.len(), outcome.cases, names.join("\n"));
    println!("{name}: {} cases agree, {} differ as documented", outcome.cases - accepted.len(), accepted.len());
}

#[test]
fn known_differences_are_documented() {
    let documented = std::fs::read_to_string(crate::support::root().join("docs/differences.md")).expect("the page");
    for (case, Known { why, .. }) in known_differences() {
        assert!(documented.contains(&why), "docs/differences.md does not say {why:?}, the reason of {case}");
    }
}

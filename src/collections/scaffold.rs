//! Blank collections for the dashboard to start from (spec 01 §4.7).

use crate::schema::system::{auth_fields, auth_indexes, id_field};
use crate::schema::{Collection, CollectionKind, LOWER_ALPHANUMERIC, random_string};
use serde::Serialize;

/// A blank collection of each type.
#[derive(Serialize)]
pub struct Scaffolds {
    base: Collection,
    auth: Collection,
    view: Collection,
}

/// Made anew each time: index names are random.
pub fn scaffolds() -> Scaffolds {
    let named = |kind: &str| Collection::new("", CollectionKind::named(kind).expect("the three types exist"));
    let (mut auth, mut base, view) = (named("auth"), named("base"), named("view"));
    base.fields = vec![id_field()];
    auth.fields = std::iter::once(id_field()).chain(auth_fields()).collect();
    // No id to name the indexes after yet.
    auth.indexes = auth_indexes(&random_string(10, LOWER_ALPHANUMERIC), "").into();
    Scaffolds { base, auth, view }
}

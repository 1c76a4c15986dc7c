//! The collections that every database starts with (spec 01 §2.6 and §2.7).

use super::fields::{AutodateField, BoolField, EmailField, Field, FieldKind, FileField, PasswordField, TextField};
use super::{AuthOptions, Collection, CollectionKind, Rules};

/// Id of the `users` collection, which predates the current id scheme.
pub const USERS_ID: &str = "_pb_users_auth_";

/// The system collections and `users`, in the order in which PocketBase creates them.
pub fn initial_collections() -> Vec<Collection> {
    vec![mfas(), otps(), external_auths(), auth_origins(), superusers(), users()]
}

/// Names of the system collections.
pub fn is_system_name(name: &str) -> bool {
    matches!(name, "_mfas" | "_otps" | "_externalAuths" | "_authOrigins" | "_superusers")
}

/// The primary key: 15 lower-case letters and digits.
pub fn id_field() -> Field {
    let kind = FieldKind::Text(TextField {
        min: 15,
        max: 15,
        pattern: "^[a-z0-9]+$".into(),
        autogenerate_pattern: "[a-z0-9]{15}".into(),
        primary_key: true,
    });
    Field { system: true, required: true, ..Field::new("id", kind) }
}

/// The fields that an auth collection must have, in the order in which missing ones are appended.
pub fn auth_fields() -> Vec<Field> {
    let password = FieldKind::Password(PasswordField { min: 8, ..PasswordField::default() });
    let token_key = FieldKind::Text(TextField {
        min: 30,
        max: 60,
        autogenerate_pattern: "[a-zA-Z0-9]{50}".into(),
        ..TextField::default()
    });
    vec![
        Field { system: true, hidden: true, required: true, ..Field::new("password", password) },
        Field { system: true, hidden: true, required: true, ..Field::new("tokenKey", token_key) },
        Field { system: true, required: true, ..Field::new("email", FieldKind::Email(EmailField::default())) },
        Field { system: true, ..Field::new("emailVisibility", FieldKind::Bool(BoolField {})) },
        Field { system: true, ..Field::new("verified", FieldKind::Bool(BoolField {})) },
    ]
}

/// `CREATE UNIQUE INDEX` statements for `tokenKey` and `email`.
pub fn auth_indexes(id: &str, name: &str) -> [String; 2] {
    [
        format!("CREATE UNIQUE INDEX `idx_tokenKey_{id}` ON `{name}` (`tokenKey`)"),
        format!("CREATE UNIQUE INDEX `idx_email_{id}` ON `{name}` (`email`) WHERE `email` != ''"),
    ]
}

fn autodates(system: bool) -> [Field; 2] {
    let autodate = |on_update| FieldKind::Autodate(AutodateField { on_create: true, on_update });
    [
        Field { system, ..Field::new("created", autodate(false)) },
        Field { system, ..Field::new("updated", autodate(true)) },
    ]
}

fn required_text(name: &str) -> Field {
    Field { system: true, required: true, ..Field::new(name, FieldKind::Text(TextField::default())) }
}

/// A system collection of rows that belong to an auth record; owners may list and view theirs.
fn owned(id: &str, name: &str, own_fields: Vec<Field>, indexes: &[&str], deletable: bool) -> Collection {
    let owner = "@request.auth.id != '' && recordRef = @request.auth.id && \
                 collectionRef = @request.auth.collectionId";
    let mut fields = vec![id_field(), required_text("collectionRef"), required_text("recordRef")];
    fields.extend(own_fields);
    fields.extend(autodates(true));
    Collection {
        id: id.into(),
        system: true,
        fields,
        indexes: indexes.iter().map(|index| (*index).to_owned()).collect(),
        rules: Rules {
            list: Some(owner.into()),
            view: Some(owner.into()),
            delete: deletable.then(|| owner.into()),
            ..Rules::default()
        },
        ..Collection::new(name, CollectionKind::Base)
    }
}

fn mfas() -> Collection {
    owned(
        "pbc_2279338944",
        "_mfas",
        vec![required_text("method")],
        &["CREATE INDEX `idx_mfas_collectionRef_recordRef` ON `_mfas` (collectionRef,recordRef)"],
        false,
    )
}

fn otps() -> Collection {
    let password = FieldKind::Password(PasswordField { cost: 8, ..PasswordField::default() });
    let sent_to = FieldKind::Text(TextField::default());
    owned(
        "pbc_1638494021",
        "_otps",
        vec![
            Field { system: true, hidden: true, required: true, ..Field::new("password", password) },
            Field { system: true, hidden: true, ..Field::new("sentTo", sent_to) },
        ],
        &["CREATE INDEX `idx_otps_collectionRef_recordRef` ON `_otps` (collectionRef, recordRef)"],
        false,
    )
}

fn external_auths() -> Collection {
    owned(
        "pbc_2281828961",
        "_externalAuths",
        vec![required_text("provider"), required_text("providerId")],
        &[
            "CREATE UNIQUE INDEX `idx_externalAuths_record_provider` ON `_externalAuths` (collectionRef, recordRef, provider)",
            "CREATE UNIQUE INDEX `idx_externalAuths_collection_provider` ON `_externalAuths` (collectionRef, provider, providerId)",
        ],
        true,
    )
}

fn auth_origins() -> Collection {
    owned(
        "pbc_4275539003",
        "_authOrigins",
        vec![required_text("fingerprint")],
        &[
            "CREATE UNIQUE INDEX `idx_authOrigins_unique_pairs` ON `_authOrigins` (collectionRef, recordRef, fingerprint)",
        ],
        true,
    )
}

fn superusers() -> Collection {
    let id = "pbc_3142635823";
    let mut options = AuthOptions::default();
    options.auth_token.duration = 86_400;
    let mut fields = vec![id_field()];
    fields.extend(auth_fields());
    fields.extend(autodates(true));
    Collection {
        id: id.into(),
        system: true,
        fields,
        indexes: auth_indexes(id, "_superusers").into(),
        ..Collection::new("_superusers", CollectionKind::Auth(Box::new(options)))
    }
}

/// The default `users` collection.
pub fn users() -> Collection {
    let own = || Some("id = @request.auth.id".to_owned());
    let images = ["image/jpeg", "image/png", "image/svg+xml", "image/gif", "image/webp"];
    let avatar = FieldKind::File(FileField {
        max_select: 1,
        mime_types: images.map(str::to_owned).into(),
        ..FileField::default()
    });
    let name = FieldKind::Text(TextField { max: 255, ..TextField::default() });
    let mut options = AuthOptions::default();
    options.oauth2.mapped_fields.name = "name".into();
    options.oauth2.mapped_fields.avatar_url = "avatar".into();
    let mut fields = vec![id_field()];
    fields.extend(auth_fields());
    fields.extend([Field::new("name", name), Field::new("avatar", avatar)]);
    fields.extend(autodates(false));
    Collection {
        id: USERS_ID.into(),
        fields,
        indexes: auth_indexes(USERS_ID, "users").into(),
        rules: Rules { list: own(), view: own(), create: Some(String::new()), update: own(), delete: own() },
        ..Collection::new("users", CollectionKind::Auth(Box::new(options)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_ids_follow_the_id_scheme() {
        for collection in initial_collections() {
            if collection.id != USERS_ID {
                assert_eq!(collection.id, crate::schema::collection_id(collection.kind.name(), &collection.name));
            }
        }
        let ids: Vec<_> = users().fields.into_iter().map(|field| field.id).collect();
        assert_eq!(ids[0], "text3208210256");
        assert_eq!(ids[7], "file376926767");
    }
}

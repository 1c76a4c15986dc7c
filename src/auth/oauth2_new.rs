//! A new account for somebody who has one elsewhere (spec 03 §6.4).

use super::AuthError;
use super::accounts::{Accounts, Visit};
use crate::events::{AuthWithOAuth2Event, Record};
use crate::files::stored_name;
use crate::oauth2::Avatars;
use crate::query::RequestInfo;
use crate::records::{Body, RecordError, Upload, WriteRequest, has_unique_index};
use crate::schema::fields::Value;
use crate::schema::{FieldKind, FieldType};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of a picture: as much as a request may bring.
const LARGEST_AVATAR: u64 = 32 << 20;

impl Accounts {
    /// Makes a record as a request with the client's data would, filled with what the provider tells, and links it; `None`
    /// when a handler ended the request.
    pub(super) fn sign_up(
        self: &Arc<Self>,
        visit: &Visit,
        event: &AuthWithOAuth2Event,
    ) -> Result<Option<Record>, AuthError> {
        let collection = &visit.collection;
        let body = self.sign_up_body(visit, event)?;
        // A request of its own, of which the rule sees nothing but this one's headers.
        let mut request = RequestInfo { query: BTreeMap::new(), ..RequestInfo::clone(&visit.request) };
        request.become_form();
        let write =
            WriteRequest { collection: Arc::clone(collection), request: Arc::new(request), expand: String::new() };
        let failed = |error: RecordError| match AuthError::from(error).within("Failed to authenticate.") {
            AuthError::Record(error) => error,
            AuthError::Refused { status, message, data } => RecordError::Refused { status, message, data },
            other => RecordError::Failed { status: 400, message: "Failed to authenticate.", cause: other.to_string() },
        };
        let done = self.records.transaction(|_| {
            let created = self.records.create_as_request(&write, &body)?;
            let Some(mut record) = created else { return Ok(None) };
            let own = record.text(collection, "email") == event.profile.email;
            if own && !record.flag(collection, "verified") {
                let mut verified = record.clone();
                verified.set(collection, "verified", Value::Bool(true));
                record = self.records.update_directly(collection, record, verified).map_err(failed)?;
            }
            self.create_link(visit, event, &record).map_err(failed)?;
            Ok(Some(record))
        });
        Ok(done?)
    }

    /// The client's data and what of the profile it leaves open.
    fn sign_up_body(&self, visit: &Visit, event: &AuthWithOAuth2Event) -> Result<Body, AuthError> {
        let (collection, profile) = (&visit.collection, &event.profile);
        let mapped = &visit.options().oauth2.mapped_fields;
        let mut values = event.create_data.clone();
        if values.get("email").and_then(Json::as_str).is_none_or(str::is_empty) {
            values.insert("email".into(), profile.email.as_str().into());
        }
        let mut uploads = Vec::new();
        let open = |values: &Map<String, Json>, field: &str| !field.is_empty() && !values.contains_key(field);
        for (field, value) in [(&mapped.id, &profile.id), (&mapped.name, &profile.name)] {
            if open(&values, field) {
                values.insert(field.clone(), value.as_str().into());
            }
        }
        if open(&values, &mapped.username) && self.may_have(visit, &mapped.username, &profile.username)? {
            values.insert(mapped.username.clone(), profile.username.as_str().into());
        }
        if open(&values, &mapped.avatar_url) && !profile.avatar_url.is_empty() {
            let field = collection.field(&mapped.avatar_url);
            if field.is_some_and(|field| matches!(field.kind, FieldKind::File(_))) {
                uploads.extend(self.download(&mapped.avatar_url, &profile.avatar_url));
            } else {
                values.insert(mapped.avatar_url.clone(), profile.avatar_url.as_str().into());
            }
        }
        let random_password = match values.contains_key("password") {
            true => None,
            false => Some(self.random_hash()?),
        };
        Ok(Body { values, uploads, random_password, room: None })
    }

    /// Whether a name would be valid in the field and is free: it is better to have none than no account.
    fn may_have(&self, visit: &Visit, name: &str, username: &str) -> Result<bool, AuthError> {
        let Some(field) = visit.collection.field(name) else { return Ok(false) };
        if let FieldKind::Text(text) = &field.kind
            && text.validate(field, &Value::Text(username.to_owned())).is_err()
        {
            return Ok(false);
        }
        Ok(!has_unique_index(&visit.collection, name) || self.by_field(&visit.collection, name, username)?.is_none())
    }

    fn download(&self, field: &str, url: &str) -> Option<Upload> {
        let content = match (Avatars { limit: LARGEST_AVATAR }).download(url) {
            Ok(content) => content,
            Err(error) => {
                self.warn("Failed to retrieve OAuth2 avatar", &error);
                return None;
            }
        };
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let original_name = path.rsplit('/').next().unwrap_or_default().to_owned();
        let stored_name = stored_name(&original_name, &content);
        Some(Upload { key: field.to_owned(), original_name, stored_name, content: content.into() })
    }
}

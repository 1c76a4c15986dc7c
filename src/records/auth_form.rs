//! Who may set email, verified and password of an auth record, and with what confirmation (spec 02 §6.7).

use super::draft::Draft;
use crate::schema::{Collection, ErrorTree, FieldError};
use serde_json::Value as Json;

/// How far a caller is trusted with an auth record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    Default,
    /// Satisfies the manage rule.
    Manager,
    Superuser,
}

/// Checks the form fields around the record. These errors are reported alone, before any field is validated.
///
/// `old_password_matches` tells whether `oldPassword` is the stored password; it is only asked where it matters.
pub fn check(
    collection: &Collection,
    draft: &Draft,
    access: Access,
    old_password_matches: impl FnOnce(&str) -> bool,
) -> ErrorTree {
    let mut errors = ErrorTree::new();
    if !collection.is_auth() {
        return errors;
    }
    let form = |key: &str| match draft.resolved.get(key) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Number(number)) => number.to_string(),
        Some(Json::Bool(flag)) => flag.to_string(),
        _ => String::new(),
    };
    let (password, confirm, old) = (form("password"), form("passwordConfirm"), form("oldPassword"));
    let mismatch = || FieldError::new("validation_values_mismatch", "Values don't match.");
    let new = draft.original.is_none();

    if access == Access::Default {
        if let Some(original) = &draft.original
            && original.text(collection, "email") != draft.record.text(collection, "email")
        {
            errors.insert("email", mismatch());
        }
        let was_verified = draft.original.as_ref().is_some_and(|original| original.flag(collection, "verified"));
        if was_verified != draft.record.flag(collection, "verified") {
            errors.insert("verified", mismatch());
        }
    }
    if draft.random_password {
        return errors;
    }
    if password.is_empty() && (new || !confirm.is_empty() || !old.is_empty()) {
        errors.insert("password", FieldError::required());
    }
    if confirm.is_empty() && (new || !password.is_empty() || !old.is_empty()) {
        errors.insert("passwordConfirm", FieldError::required());
    } else if confirm != password {
        errors.insert("passwordConfirm", mismatch());
    }
    if access == Access::Default && !new && !(password.is_empty() && confirm.is_empty()) {
        if old.is_empty() {
            errors.insert("oldPassword", FieldError::required());
        } else if !old_password_matches(&old) {
            let message = "Missing or invalid old password.";
            errors.insert("oldPassword", FieldError::new("validation_invalid_old_password", message));
        }
    }
    errors
}

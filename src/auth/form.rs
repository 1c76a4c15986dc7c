//! Checks of the small forms around accounts, each with PocketBase's codes.

use super::AuthError;
use crate::schema::fields::is_email;
use crate::schema::{ErrorTree, FieldError};

/// The errors of a form, field by field; the first of a field counts.
#[derive(Default)]
pub struct Form {
    errors: ErrorTree,
}

impl Form {
    /// A text that must be there, of at most so many bytes.
    pub fn required(&mut self, name: &str, text: &str, max: usize) -> &mut Self {
        self.length(name, text, 1, max)
    }

    /// A text that must be there, within a range of bytes.
    pub fn length(&mut self, name: &str, text: &str, min: usize, max: usize) -> &mut Self {
        if text.is_empty() {
            self.errors.insert(name, FieldError::required());
        } else if !(min..=max).contains(&text.len()) {
            self.errors.insert(name, FieldError::length_out_of_range(min, max));
        }
        self
    }

    /// An email that must be there.
    pub fn email(&mut self, name: &str, text: &str) -> &mut Self {
        self.required(name, text, 255);
        if !self.errors.contains(name) && !is_email(text) {
            self.errors.insert(name, FieldError::new("validation_is_email", "Must be a valid email address."));
        }
        self
    }

    /// Any other error of a field, where it has none yet.
    pub fn check(&mut self, name: &str, error: Option<FieldError>) -> &mut Self {
        if let Some(error) = error
            && !self.errors.contains(name)
        {
            self.errors.insert(name, error);
        }
        self
    }

    pub fn has(&self, name: &str) -> bool {
        self.errors.contains(name)
    }

    /// What was found so far.
    pub fn errors(&mut self) -> ErrorTree {
        std::mem::take(&mut self.errors)
    }

    /// # Errors
    /// 400 with everything that was found.
    pub fn finish(&mut self) -> Result<(), AuthError> {
        if self.errors.is_empty() { Ok(()) } else { Err(AuthError::invalid(self.errors())) }
    }
}

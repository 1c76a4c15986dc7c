//! Validation errors as the API shows them: a tree of properties whose leaves are coded messages.

use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// One failed check: a stable code, a sentence for people and the parameters of the sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    pub code: String,
    pub message: String,
    pub params: Map<String, Json>,
}

impl FieldError {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), params: Map::new() }
    }

    pub fn with(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.params.insert(key.to_owned(), value.into());
        self
    }

    pub fn required() -> Self {
        Self::new("validation_required", "Cannot be blank.")
    }

    /// The fallback for a failure that has no code of its own.
    pub fn invalid_value() -> Self {
        Self::new("validation_invalid_value", "Invalid value.")
    }

    pub fn not_unique() -> Self {
        Self::new("validation_not_unique", "Value must be unique.")
    }

    pub fn match_invalid() -> Self {
        Self::new("validation_match_invalid", "Must be in a valid format.")
    }

    pub fn in_invalid() -> Self {
        Self::new("validation_in_invalid", "Must be a valid value.")
    }

    /// A text that is no `CREATE INDEX` statement.
    pub fn invalid_index() -> Self {
        Self::new("validation_invalid_index_expression", "Invalid CREATE INDEX expression.")
    }

    pub fn empty() -> Self {
        Self::new("validation_empty", "Must be blank.")
    }

    pub fn length_out_of_range(min: usize, max: usize) -> Self {
        Self::new("validation_length_out_of_range", format!("The length must be between {min} and {max}."))
            .with("min", min)
            .with("max", max)
    }

    /// "The length must be no more than N." with `params.max`.
    pub fn length_too_long(max: usize) -> Self {
        let message = format!("The length must be no more than {max}.");
        Self::new("validation_length_too_long", message).with("max", max).with("min", 0)
    }

    /// "Must be no less than N." with `params.threshold`.
    pub fn min_threshold(threshold: impl Into<Json>) -> Self {
        let threshold = threshold.into();
        Self::new("validation_min_greater_equal_than_required", format!("Must be no less than {threshold}."))
            .with("threshold", threshold)
    }

    /// "Must be no greater than N." with `params.threshold`.
    pub fn max_threshold(threshold: impl Into<Json>) -> Self {
        let threshold = threshold.into();
        Self::new("validation_max_less_equal_than_required", format!("Must be no greater than {threshold}."))
            .with("threshold", threshold)
    }

    /// The message as it was before it was made a sentence: the general validators speak in lower case.
    pub fn plain(&self) -> String {
        const GENERAL: [&str; 16] = [
            "required",
            "nil_or_not_empty_required",
            "empty",
            "nil",
            "length_out_of_range",
            "length_too_long",
            "length_invalid",
            "match_invalid",
            "in_invalid",
            "not_in_invalid",
            "min_greater_equal_than_required",
            "max_less_equal_than_required",
            "is_email",
            "is_url",
            "is_domain",
            "is_host",
        ];
        let code = self.code.trim_start_matches("validation_");
        if matches!(code, "invalid_rule" | "invalid_view_query") {
            return self.message.trim_end_matches('.').to_owned();
        }
        let mut chars = self.message.trim_end_matches('.').chars();
        match chars.next().filter(|_| GENERAL.contains(&code)) {
            Some(first) => first.to_lowercase().chain(chars).collect(),
            None => self.message.clone(),
        }
    }

    fn to_json(&self) -> Json {
        let mut leaf = json!({ "code": self.code, "message": self.message });
        if !self.params.is_empty() {
            leaf["params"] = Json::Object(self.params.clone());
        }
        leaf
    }
}

/// Errors by property: `data` of an error body. List elements nest under their index as a string.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorTree {
    children: BTreeMap<String, Node>,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Leaf(FieldError),
    Branch(ErrorTree),
}

impl ErrorTree {
    pub fn new() -> Self {
        Self::default()
    }

    /// A tree of one leaf.
    pub fn single(path: &str, error: FieldError) -> Self {
        let mut tree = Self::new();
        tree.insert(path, error);
        tree
    }

    pub fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    pub fn contains(&self, key: &str) -> bool {
        self.children.contains_key(key)
    }

    /// Adds a leaf at a dotted path such as `fields.3.name`. An earlier error at the same place stays.
    pub fn insert(&mut self, path: &str, error: FieldError) {
        match path.split_once('.') {
            None => {
                self.children.entry(path.to_owned()).or_insert(Node::Leaf(error));
            }
            Some((head, rest)) => {
                let node = self.children.entry(head.to_owned()).or_insert_with(|| Node::Branch(ErrorTree::default()));
                if let Node::Branch(branch) = node {
                    branch.insert(rest, error);
                }
            }
        }
    }

    /// Adds the errors of another tree; earlier ones stay.
    pub fn merge(&mut self, other: &Self) {
        for (path, error) in other.leaves() {
            self.insert(&path, error.clone());
        }
    }

    /// Every leaf with its dotted path, in path order.
    pub fn leaves(&self) -> Vec<(String, &FieldError)> {
        let mut leaves = Vec::new();
        self.collect("", &mut leaves);
        leaves
    }

    fn collect<'a>(&'a self, prefix: &str, leaves: &mut Vec<(String, &'a FieldError)>) {
        for (key, node) in &self.children {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match node {
                Node::Leaf(error) => leaves.push((path, error)),
                Node::Branch(branch) => branch.collect(&path, leaves),
            }
        }
    }

    /// The plain messages, nested like the errors.
    pub fn to_plain(&self) -> Json {
        let object = self.children.iter().map(|(key, node)| {
            let value = match node {
                Node::Leaf(error) => error.plain().into(),
                Node::Branch(branch) => branch.to_plain(),
            };
            (key.clone(), value)
        });
        Json::Object(object.collect())
    }

    pub fn to_json(&self) -> Json {
        let object = self.children.iter().map(|(key, node)| {
            let value = match node {
                Node::Leaf(error) => error.to_json(),
                Node::Branch(branch) => branch.to_json(),
            };
            (key.clone(), value)
        });
        Json::Object(object.collect())
    }
}

/// Trims, starts with a capital and ends with punctuation.
pub fn sentence(message: &str) -> String {
    let message = message.trim();
    let mut chars = message.chars();
    let Some(first) = chars.next() else { return String::new() };
    let mut sentence: String = first.to_uppercase().chain(chars).collect();
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_nest_under_their_path() {
        let mut tree = ErrorTree::new();
        tree.insert("fields.1.name", FieldError::required());
        tree.insert("name", FieldError::length_out_of_range(1, 255));
        let expected = json!({
            "fields": {"1": {"name": {"code": "validation_required", "message": "Cannot be blank."}}},
            "name": {"code": "validation_length_out_of_range", "message": "The length must be between 1 and 255.",
                     "params": {"min": 1, "max": 255}},
        });
        assert_eq!(tree.to_json(), expected);
        assert_eq!(tree.leaves()[0].0, "fields.1.name");
    }

    #[test]
    fn messages_become_sentences() {
        assert_eq!(sentence(" failed to create "), "Failed to create.");
        assert_eq!(sentence("Really?"), "Really?");
        assert_eq!(sentence(""), "");
    }
}

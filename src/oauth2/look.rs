//! Looking into a provider's answer: what is missing is empty, what has another type is an answer that cannot be read.

use super::OAuth2Error;
use serde_json::Value as Json;

/// A place in an answer.
#[derive(Clone, Copy)]
pub struct Look<'a>(pub &'a Json);

const NOTHING: &Json = &Json::Null;

impl<'a> Look<'a> {
    /// The place at a path of keys and array positions, separated by dots.
    ///
    /// # Errors
    /// The path leads through what has no parts.
    pub fn at(self, path: &str) -> Result<Self, OAuth2Error> {
        let step = |json: &'a Json, key: &str| match (json, key.parse::<usize>()) {
            (Json::Null, _) => Ok(NOTHING),
            (Json::Array(items), Ok(at)) => Ok(items.get(at).unwrap_or(NOTHING)),
            (Json::Object(fields), Err(_)) => Ok(fields.get(key).unwrap_or(NOTHING)),
            _ => Err(unexpected(path)),
        };
        path.split('.').filter(|key| !key.is_empty()).try_fold(self.0, step).map(Self)
    }

    /// A text, `""` where there is none.
    ///
    /// # Errors
    /// It is something else.
    pub fn text(self, path: &str) -> Result<String, OAuth2Error> {
        match self.at(path)?.0 {
            Json::Null => Ok(String::new()),
            Json::String(text) => Ok(text.clone()),
            _ => Err(unexpected(path)),
        }
    }

    /// A whole number, 0 where there is none.
    ///
    /// # Errors
    /// It is something else.
    pub fn integer(self, path: &str) -> Result<i64, OAuth2Error> {
        match self.at(path)?.0 {
            Json::Null => Ok(0),
            number => number.as_i64().ok_or_else(|| unexpected(path)),
        }
    }

    /// A truth value, false where there is none.
    ///
    /// # Errors
    /// It is something else.
    pub fn flag(self, path: &str) -> Result<bool, OAuth2Error> {
        match self.at(path)?.0 {
            Json::Null => Ok(false),
            flag => flag.as_bool().ok_or_else(|| unexpected(path)),
        }
    }

    /// The items of an array, none where there is none.
    ///
    /// # Errors
    /// It is something else.
    pub fn items(self, path: &str) -> Result<&'a [Json], OAuth2Error> {
        match self.at(path)?.0 {
            Json::Null => Ok(&[]),
            Json::Array(items) => Ok(items),
            _ => Err(unexpected(path)),
        }
    }

    /// What programs take for true: `true`, a number that is not 0, a text that says so.
    pub fn truthy(self, path: &str) -> bool {
        match self.at(path).unwrap_or(Self(NOTHING)).0 {
            Json::Bool(flag) => *flag,
            Json::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
            Json::String(text) => matches!(text.as_str(), "1" | "t" | "T" | "true" | "TRUE" | "True"),
            _ => false,
        }
    }
}

fn unexpected(path: &str) -> OAuth2Error {
    OAuth2Error::Unreadable(format!("`{path}` is of another type than expected"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn missing_is_empty_and_another_type_is_an_error() {
        let answer = json!({ "a": [{ "b": "text" }], "n": 5, "yes": "true" });
        let look = Look(&answer);
        assert_eq!(look.text("a.0.b").unwrap(), "text");
        assert_eq!(look.text("a.1.b").unwrap(), "");
        assert_eq!(look.integer("n").unwrap(), 5);
        assert!(look.text("n.more").is_err() && look.text("missing.more").is_ok());
        assert!(look.text("n").is_err() && look.integer("a").is_err() && look.flag("yes").is_err());
        assert!(look.truthy("yes") && look.truthy("n") && !look.truthy("a"));
    }
}

//! The query string, read the way PocketBase reads it (spec 02 §5).

use super::ApiError;
use crate::records::ListParams;
use std::collections::BTreeMap;

/// Query parameters; the first value of a name wins.
#[derive(Clone, Debug, Default)]
pub struct QueryParams(BTreeMap<String, String>);

impl QueryParams {
    /// Pairs with a semicolon or invalid percent-encoding are dropped.
    pub fn parse(query: Option<&str>) -> Self {
        let mut params = BTreeMap::new();
        for pair in query.unwrap_or_default().split('&') {
            if pair.is_empty() || !is_well_formed(pair.as_bytes()) {
                continue;
            }
            for (key, value) in form_urlencoded::parse(pair.as_bytes()) {
                params.entry(key.into_owned()).or_insert_with(|| value.into_owned());
            }
        }
        Self(params)
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter()
    }

    pub fn into_map(self) -> BTreeMap<String, String> {
        self.0
    }

    /// # Errors
    /// 400 for a page that is no integer or a flag that is no boolean.
    pub fn list(&self) -> Result<ListParams, ApiError> {
        let integer = |name: &str, default: i64| match self.get(name) {
            "" => Ok(default),
            text => match text.parse::<i64>() {
                Ok(number) if number > 0 => Ok(number),
                Ok(_) => Ok(default),
                Err(_) => Err(ApiError::generic()),
            },
        };
        let skip_total = flag(self.get("skipTotal")).ok_or_else(ApiError::generic)?;
        Ok(ListParams {
            page: integer("page", 1)?,
            per_page: integer("perPage", 30)?.min(1000),
            skip_total,
            filter: self.get("filter").to_owned(),
            sort: self.get("sort").to_owned(),
            expand: self.get("expand").to_owned(),
        })
    }
}

/// A boolean as PocketBase reads it; nothing is `false`.
pub fn flag(text: &str) -> Option<bool> {
    match text {
        "" | "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        _ => None,
    }
}

/// Whether a pair has no semicolon and only whole percent-encodings.
pub fn is_well_formed(pair: &[u8]) -> bool {
    pair.iter().enumerate().all(|(at, byte)| match byte {
        b';' => false,
        b'%' => pair.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_wins_and_broken_pairs_are_dropped() {
        let params = QueryParams::parse(Some("a=1&a=2&b=%zz&c=x;y&d=%20e+f"));
        let pairs: Vec<_> = params.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(pairs, ["a=1", "d= e f"]);
    }

    #[test]
    fn pages_are_clamped_or_refused() {
        let list = |query| QueryParams::parse(Some(query)).list();
        let params = list("page=-1&perPage=5000").unwrap();
        assert_eq!((params.page, params.per_page), (1, 1000));
        assert!(list("page=x").is_err() && list("skipTotal=yes").is_err());
    }
}

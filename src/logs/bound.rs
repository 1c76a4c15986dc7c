//! The data of rows that are longer than the settings allow, cut as PocketBase cuts it.

use serde_json::{Map, Value as Json};

/// What is stored where the settings say 0.
const DEFAULT: usize = 16 << 10;
/// Says that something is missing.
const MARK: &str = "__pb_truncated__";

/// The data of a row in so many bytes, 0 for 16 KiB: what fits stays, the first value that does not is `null`, and what
/// follows is gone. The mark comes on top.
pub fn bounded(data: String, most: usize) -> String {
    let most = if most == 0 { DEFAULT } else { most };
    if data.len() <= most {
        return data;
    }
    let entries: Map<String, Json> = serde_json::from_str(&data).unwrap_or_default();
    let mut kept = Map::from_iter([(MARK.to_owned(), Json::Bool(true))]);
    let length = |value: &Json| value.to_string().len();
    let mut end = 1;
    for (key, value) in entries {
        end += length(&Json::from(key.as_str())) + 1;
        if end > most {
            break;
        }
        end += length(&value);
        let fits = end <= most;
        kept.insert(key, if fits { value } else { Json::Null });
        if !fits {
            break;
        }
        // The comma.
        end += 1;
    }
    Json::Object(kept).to_string()
}

#[cfg(test)]
mod tests {
    use super::bounded;

    #[test]
    fn the_first_value_that_does_not_fit_is_null_and_the_rest_is_gone() {
        let data = r#"{"auth":"","status":200,"url":"/api/health"}"#;
        let cut = |most: usize| bounded(data.to_owned(), most);
        assert_eq!(cut(0), data);
        assert_eq!(cut(data.len()), data);
        assert_eq!(cut(data.len() - 2), r#"{"__pb_truncated__":true,"auth":"","status":200,"url":null}"#);
        assert_eq!(cut(30), r#"{"__pb_truncated__":true,"auth":"","status":200,"url":null}"#);
        assert_eq!(cut(29), r#"{"__pb_truncated__":true,"auth":"","status":200}"#);
        assert_eq!(cut(1), r#"{"__pb_truncated__":true}"#);
    }
}

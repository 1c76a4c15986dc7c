//! What a written value means: `@posts.hello`, `!file assets/a.png`, `${env:NAME:-default}`, or just itself.

use crate::schema::yaml::node::{Node, Value};
use serde_json::{Map, Value as Json, json};

/// A value of a seed with its references still open.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    Plain(Json),
    /// Ids of labelled records: collection and label of each.
    References(Vec<(String, String)>),
    /// Paths relative to the seeds folder.
    Files(Vec<String>),
}

/// Reads a node.
///
/// # Errors
/// An environment variable that is not set and has no default, or a malformed reference.
pub fn written(node: &Node, env: &dyn Fn(&str) -> Option<String>) -> Result<Written, String> {
    match &node.value {
        Value::Text(text) if text.starts_with('@') => Ok(Written::References(vec![reference(text)?])),
        Value::Text(text) if text.starts_with("!file ") => Ok(Written::Files(vec![file(text)])),
        Value::List(items) if items.iter().any(is_reference) => items
            .iter()
            .map(|item| match &item.value {
                Value::Text(text) if text.starts_with('@') => reference(text),
                _ => Err("a list holds references only, or none".to_owned()),
            })
            .collect::<Result<_, _>>()
            .map(Written::References),
        Value::List(items) if items.iter().any(is_file) => items
            .iter()
            .map(|item| match &item.value {
                Value::Text(text) if text.starts_with("!file ") => Ok(file(text)),
                _ => Err("a list holds files only, or none".to_owned()),
            })
            .collect::<Result<_, _>>()
            .map(Written::Files),
        _ => json_of(node, env).map(Written::Plain),
    }
}

fn is_reference(node: &Node) -> bool {
    matches!(&node.value, Value::Text(text) if text.starts_with('@'))
}

fn is_file(node: &Node) -> bool {
    matches!(&node.value, Value::Text(text) if text.starts_with("!file "))
}

fn reference(text: &str) -> Result<(String, String), String> {
    text[1..]
        .split_once('.')
        .filter(|(collection, label)| !collection.is_empty() && !label.is_empty())
        .map(|(collection, label)| (collection.to_owned(), label.to_owned()))
        .ok_or_else(|| format!("`{text}` is no reference; write @collection.label"))
}

fn file(text: &str) -> String {
    text["!file ".len()..].trim().to_owned()
}

fn json_of(node: &Node, env: &dyn Fn(&str) -> Option<String>) -> Result<Json, String> {
    Ok(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        // `\@` and `\!` are for texts that begin like a reference or a file.
        Value::Text(text) => {
            json!(expand(text.strip_prefix('\\').filter(|t| t.starts_with(['@', '!'])).unwrap_or(text), env)?)
        }
        Value::List(items) => Json::Array(items.iter().map(|item| json_of(item, env)).collect::<Result<_, _>>()?),
        Value::Map(entries) => {
            let mut object = Map::new();
            for entry in entries {
                object.insert(entry.key.clone(), json_of(&entry.value, env)?);
            }
            Json::Object(object)
        }
    })
}

/// Fills `${env:NAME}` and `${env:NAME:-default}`.
fn expand(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${env:") {
        expanded.push_str(before);
        let (inside, after) = after.split_once('}').ok_or_else(|| format!("`{text}` lacks a closing brace"))?;
        let (name, default) = match inside.split_once(":-") {
            Some((name, default)) => (name, Some(default.to_owned())),
            None => (inside, None),
        };
        let value = env(name).or(default).ok_or_else(|| format!("the environment variable `{name}` is not set"))?;
        expanded.push_str(&value);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// The variable that is not set, and in the place of which a text has its default.
pub fn fallback<'a>(node: &'a Node, env: &dyn Fn(&str) -> Option<String>) -> Option<&'a str> {
    let Value::Text(text) = &node.value else { return None };
    let variables = text.split("${env:").skip(1).filter_map(|after| after.split_once('}')?.0.split_once(":-"));
    variables.map(|(name, _)| name).find(|name| env(name).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node { span: 0..0, value: Value::Text(text.into()) }
    }

    #[test]
    fn values_are_references_files_or_themselves() {
        let env = |name: &str| (name == "SET").then(|| "yes".to_owned());
        let read = |value: &str| written(&text(value), &env);
        assert_eq!(read("@users.alice"), Ok(Written::References(vec![("users".into(), "alice".into())])));
        assert_eq!(read("!file a/b.png"), Ok(Written::Files(vec!["a/b.png".into()])));
        assert_eq!(read("\\@handle"), Ok(Written::Plain(json!("@handle"))));
        assert_eq!(read("${env:SET} ${env:UNSET:-no}"), Ok(Written::Plain(json!("yes no"))));
        assert!(read("${env:UNSET}").is_err() && read("@nothing").is_err());
    }
}

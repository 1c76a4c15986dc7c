//! Values on the command line: `field=text`, `field:=JSON`, `field@file`.

use crate::cli::{CliError, CliResult, error::io};
use crate::diagnostic::code;
use serde_json::{Map, Value as Json};
use std::io::Read;
use std::path::Path;

/// The values of a record to be written.
#[derive(Debug, Default)]
pub struct Values {
    pub json: Map<String, Json>,
    pub files: Vec<File>,
}

/// A file to be uploaded.
#[derive(Debug)]
pub struct File {
    /// The field, maybe with a modifier.
    pub key: String,
    pub name: String,
    pub content: Vec<u8>,
}

/// Reads the arguments; `-` reads an object from the input.
///
/// # Errors
/// Exit 2 for what is no value, 1 for a file that cannot be read.
pub fn read(arguments: &[String], input: &mut dyn Read) -> CliResult<Values> {
    let mut values = Values::default();
    for argument in arguments {
        if argument == "-" {
            let mut text = Vec::new();
            input.read_to_end(&mut text).map_err(|error| io(Path::new("standard input"), &error))?;
            let object = crate::json::parse(&text)
                .map_err(|error| wrong(format!("standard input is not valid JSON: {error}")))?;
            let Json::Object(object) = object else { return Err(wrong("standard input is not a JSON object".into())) };
            values.json.extend(object);
            continue;
        }
        let Some((key, kind, text)) = split(argument).filter(|(key, _, _)| !key.is_empty()) else {
            return Err(wrong(format!("`{argument}` is not a value")));
        };
        match kind {
            "@" => {
                let path = Path::new(text);
                let content = std::fs::read(path).map_err(|error| io(path, &error))?;
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                values.files.push(File { key: key.to_owned(), name, content });
            }
            ":=" => {
                let value = crate::json::parse(text.as_bytes());
                add(
                    &mut values.json,
                    key,
                    value.map_err(|error| wrong(format!("`{argument}`: not valid JSON: {error}")))?,
                );
            }
            _ => add(&mut values.json, key, text.into()),
        }
    }
    // Who types a password here has seen it.
    if let (Some(password), false) = (values.json.get("password"), values.json.contains_key("passwordConfirm")) {
        let password = password.clone();
        values.json.insert("passwordConfirm".to_owned(), password);
    }
    Ok(values)
}

/// At the first separator.
fn split(argument: &str) -> Option<(&str, &str, &str)> {
    let at = argument.find(['=', '@', ':'])?;
    let kind = [":=", "=", "@"].into_iter().find(|kind| argument[at..].starts_with(kind));
    match kind {
        Some(kind) => Some((&argument[..at], kind, &argument[at + kind.len()..])),
        // `name:autogenerate=`
        None => {
            let (key, text) = argument.split_once('=')?;
            Some((key, "=", text))
        }
    }
}

/// A key that comes again makes a list.
fn add(values: &mut Map<String, Json>, key: &str, value: Json) {
    match values.get_mut(key) {
        None => drop(values.insert(key.to_owned(), value)),
        Some(Json::Array(items)) => items.push(value),
        Some(first) => *first = Json::Array(vec![first.take(), value]),
    }
}

fn wrong(message: String) -> Box<CliError> {
    let error = CliError::new(code::USAGE, 2, message);
    error.why("values are written field=text, field:=JSON or field@file; - reads a JSON object").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(arguments: &[&str], input: &str) -> Result<Json, String> {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        read(&arguments, &mut input.as_bytes()).map(|values| values.json.into()).map_err(|error| error.message)
    }

    #[test]
    fn values_are_texts_json_lists_and_objects_from_the_input() {
        for (arguments, wanted) in [
            (&["a=b@c=d", "n:=1", "t+=x", "t+=y"][..], r#"{"a":"b@c=d","n":1,"t+":["x","y"]}"#),
            (&["a=", "o:={\"k\":[1]}", "n-:=2"], r#"{"a":"","n-":2,"o":{"k":[1]}}"#),
            (&["-", "a=2"], r#"{"a":["1","2"],"z":null}"#),
            (&["slug:autogenerate=x", "url=http://a"], r#"{"slug:autogenerate":"x","url":"http://a"}"#),
            (&["password=p"], r#"{"password":"p","passwordConfirm":"p"}"#),
        ] {
            let found = json(arguments, r#"{"a":"1","z":null}"#).unwrap();
            assert_eq!(found.to_string(), wanted, "{arguments:?}");
        }
        for (arguments, input) in [(&["abc"][..], ""), (&["=b"], ""), (&["a:=x"], ""), (&["-"], "[1]"), (&["-"], "{")] {
            assert!(json(arguments, input).is_err(), "{arguments:?}");
        }
    }
}

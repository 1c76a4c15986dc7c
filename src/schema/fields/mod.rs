//! Field types: one file each, holding all that pbr knows of the type.
//!
//! To add a type, write its file, and name it below: a line among the modules, and one in the list [`field_types!`].
//! Nothing else names the types one by one: whoever wants to know something of a field asks its [`FieldType`].

mod autodate;
mod bool;
mod cast;
mod date;
mod datetime;
mod domains;
mod editor;
mod email;
mod field;
mod file;
mod geo_point;
mod json;
mod number;
mod password;
mod pattern;
mod relation;
mod select;
mod text;
mod url;
mod value;

pub use cast::{number_json, text_to_bool, write_json_string, write_number};
pub use datetime::{format_datetime, parse_datetime};
pub use email::is_email;
pub use field::{Field, FieldDecodeError, MAX_SAFE, check_range, decode_fields};
pub use password::BCRYPT_BYTES;
pub use text::{Generator, ascii_regex};
pub use url::is_url;
pub use value::{Modifier, Value};

use super::errors::FieldError;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value as Json};

/// What a field type decides: its column, and how values get in, are checked and get out.
pub trait FieldType {
    /// Column definition after the name, for example `TEXT DEFAULT '' NOT NULL`.
    fn column(&self) -> &'static str;

    /// The value of a record that was given none.
    fn zero(&self) -> Value;

    /// Casts a submitted JSON value; input that makes no sense becomes the zero value (spec 01 §3.2).
    fn normalise(&self, input: &Json) -> Value;

    /// Checks a normalised value (spec 01 §3.4). Whether related records or files exist is checked by `records`.
    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError>;

    /// Reads a column, tolerating whatever other programs stored there.
    fn read(&self, column: ValueRef<'_>) -> Value;

    /// Appends the wire form of a column.
    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>);

    /// The value after `name+`, `+name`, `name-` or `name:autogenerate`; `None` where the type has no such modifier.
    fn modify(&self, _current: &Value, _modifier: Modifier, _input: &Json) -> Option<Value> {
        None
    }

    /// Checks the options themselves when the collection is saved; errors go under the option's name.
    fn check_options(&self, _field: &Field, _errors: &mut Vec<(String, FieldError)>) {}

    /// Whether the column holds a JSON array of values.
    fn is_multiple(&self) -> bool {
        false
    }

    /// Whether the type can hold several items, whatever its limit: filters have `:each` and `:length` for it.
    fn holds_items(&self) -> bool {
        false
    }

    /// Whether filters may name members of the value: `field.key`.
    fn has_members(&self) -> bool {
        false
    }

    /// Whether a value may be any JSON, so that its spelling counts and filters read the column as JSON.
    fn is_any_json(&self) -> bool {
        false
    }

    /// What filters make of a submitted value.
    fn cast(&self) -> Cast {
        Cast::None
    }

    /// Whether the type has the options `required` and `help`, as all do that somebody gives a value.
    fn may_be_required(&self) -> bool {
        true
    }

    /// Whether a field without a value is left to the server, so that neither seeds nor imports empty it.
    fn is_made_by_server(&self) -> bool {
        false
    }

    /// Whether the wire form hides what is stored.
    fn is_secret(&self) -> bool {
        false
    }

    /// What a text of an imported file stands for; stricter than [`Self::normalise`], since nobody looks at each row.
    ///
    /// # Errors
    /// What is wrong with it.
    fn import_text(&self, text: &str) -> Result<Value, String> {
        let value = self.normalise(&Json::from(text.trim()));
        if value.is_zero() && !text.trim().is_empty() {
            Err(format!("`{}` is no value", shown(text)))
        } else {
            Ok(value)
        }
    }

    /// What a JSON value of an imported file stands for, which is neither a text nor `null`; `None` where values of the
    /// type have another kind of JSON.
    ///
    /// # Errors
    /// What is wrong with it.
    fn import_json(&self, json: &Json) -> Result<Option<Value>, String> {
        let value = self.normalise(json);
        Ok((value.to_json() == *json).then_some(value))
    }

    /// The value of a text that is in the form of the column already, such as a hash.
    fn import_stored(&self, _text: &str) -> Option<Value> {
        None
    }

    /// Appends the cell of an exported table: texts as they are, anything else as its JSON.
    fn write_cell(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        match self.read(column) {
            Value::Text(text) => out.extend_from_slice(text.as_bytes()),
            Value::Json(None) => {}
            _ => self.write_json(column, out),
        }
    }

    /// Whether it refuses a value that the former type takes, so that a row cannot be saved until the value is another
    /// one. What is only asked of something that arrives does not count: sizes of files, lengths of passwords.
    fn narrows(&self, _former: &FieldKind) -> bool {
        false
    }

    /// Whether `12` without quotes in a seed is the text that was written.
    fn is_written_as_text(&self) -> bool {
        matches!(self.zero(), Value::Text(_) | Value::List(_))
    }

    /// What a seed makes up for a field that nobody spoke of; `None` where somebody has to say.
    fn sample(&self, _field: &Field) -> Option<Sample> {
        None
    }

    /// A value that tells nothing of the real one, different for every number; `owner` is a word for the collection.
    /// `None` leaves the field empty.
    fn anonymous(&self, _field: &Field, _owner: &str, _number: usize) -> Option<Json> {
        None
    }

    /// Whether its texts may name records in a seed.
    fn names_records(&self) -> bool {
        false
    }

    /// Bytes that one value may add to a request body beyond the common limit.
    fn body_allowance(&self) -> u64 {
        0
    }

    /// JSON values that one value may add to a request body beyond the common limit.
    fn values_allowance(&self) -> usize {
        0
    }
}

/// How the field that a submitted value belongs to changes its type for filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cast {
    None,
    /// Texts that are numbers become numbers.
    Number,
    /// Any value is its JSON text.
    Json,
    /// An object is a point as it is stored: longitude first.
    Point,
}

/// What a seed makes up.
pub enum Sample {
    /// A generator of seeds with some of its options.
    Fake(&'static str, Vec<(&'static str, f64)>),
    Text(&'static str),
    EmptyObject,
    OneOf(Vec<String>),
    /// A record of the collection with this id.
    RecordOf(String),
}

/// Enough of a text to recognise it.
pub fn shown(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

macro_rules! field_types {
    ($($variant:ident($module:ident::$options:ident) = $name:literal,)*) => {
        $(pub use $module::$options;)*

        /// The type of a field with the options that only that type has.
        #[derive(Clone, Debug, PartialEq)]
        pub enum FieldKind {
            $($variant($options),)*
        }

        impl FieldKind {
            /// All type names, in the order of the dashboard's picker.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The type's name in YAML and JSON.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            /// A type with default options.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant(Default::default())),)* _ => None }
            }

            /// Decodes the type's options from a field object; keys of other owners are ignored.
            fn from_options(name: &str, options: Map<String, Json>) -> Option<Result<Self, serde_json::Error>> {
                match name {
                    $($name => Some(serde_json::from_value(Json::Object(options)).map(Self::$variant)),)*
                    _ => None,
                }
            }

            /// The options as JSON, every key present.
            pub fn options(&self) -> Map<String, Json> {
                let json = match self { $(Self::$variant(options) => serde_json::to_value(options),)* };
                match json.expect("field options are plain data") {
                    Json::Object(options) => options,
                    _ => Map::new(),
                }
            }

            /// The behaviour of the type.
            pub fn as_type(&self) -> &dyn FieldType {
                match self { $(Self::$variant(options) => options,)* }
            }
        }
    };
}

field_types! {
    Text(text::TextField) = "text",
    Number(number::NumberField) = "number",
    Bool(bool::BoolField) = "bool",
    Email(email::EmailField) = "email",
    Url(url::UrlField) = "url",
    Editor(editor::EditorField) = "editor",
    Date(date::DateField) = "date",
    Autodate(autodate::AutodateField) = "autodate",
    Select(select::SelectField) = "select",
    Json(json::JsonField) = "json",
    File(file::FileField) = "file",
    Relation(relation::RelationField) = "relation",
    Password(password::PasswordField) = "password",
    GeoPoint(geo_point::GeoPointField) = "geoPoint",
}

#[cfg(test)]
mod tests;

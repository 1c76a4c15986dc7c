//! Field types: one file each, holding all that pbr knows of the type.
//!
//! To add a type, write its file and add its line to [`field_types!`] below.

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

pub use autodate::AutodateField;
pub use bool::BoolField;
pub use cast::{number_json, text_to_bool, write_json_string, write_number};
pub use date::DateField;
pub use datetime::{format_datetime, parse_datetime};
pub use editor::EditorField;
pub use email::{EmailField, is_email};
pub use field::{Field, FieldDecodeError, MAX_SAFE, check_range, decode_fields};
pub use file::FileField;
pub use geo_point::GeoPointField;
pub use json::JsonField;
pub use number::NumberField;
pub use password::{BCRYPT_BYTES, PasswordField};
pub use relation::RelationField;
pub use select::SelectField;
pub use text::{Generator, TextField, ascii_regex};
pub use url::{UrlField, is_url};
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

    /// Bytes that one value may add to a request body beyond the common limit.
    fn body_allowance(&self) -> u64 {
        0
    }

    /// JSON values that one value may add to a request body beyond the common limit.
    fn values_allowance(&self) -> usize {
        0
    }
}

macro_rules! field_types {
    ($($variant:ident($options:ty) = $name:literal,)*) => {
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
    Text(TextField) = "text",
    Number(NumberField) = "number",
    Bool(BoolField) = "bool",
    Email(EmailField) = "email",
    Url(UrlField) = "url",
    Editor(EditorField) = "editor",
    Date(DateField) = "date",
    Autodate(AutodateField) = "autodate",
    Select(SelectField) = "select",
    Json(JsonField) = "json",
    File(FileField) = "file",
    Relation(RelationField) = "relation",
    Password(PasswordField) = "password",
    GeoPoint(GeoPointField) = "geoPoint",
}

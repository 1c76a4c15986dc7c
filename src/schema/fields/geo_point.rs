//! `geoPoint`: longitude and latitude in degrees; (0, 0) is the zero value.

use super::cast::{column_text, number_json, write_number};
use super::{Cast, Field, FieldType, Sample, Value, shown};
use crate::schema::errors::FieldError;
use rusqlite::types::ValueRef;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::fmt;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GeoPointField {}

impl FieldType for GeoPointField {
    fn column(&self) -> &'static str {
        "JSON DEFAULT '{\"lon\":0,\"lat\":0}' NOT NULL"
    }

    fn zero(&self) -> Value {
        Value::Point { lon: 0.0, lat: 0.0 }
    }

    fn normalise(&self, input: &Json) -> Value {
        let Json::String(text) = input else { return point(input).unwrap_or_else(|| self.zero()) };
        let (mut lon, mut lat) = (None, None);
        // What could be read before an error stays.
        let _ = serde_json::Deserializer::from_str(text).deserialize_map(Degrees { lon: &mut lon, lat: &mut lat });
        Value::Point { lon: lon.flatten().unwrap_or_default(), lat: lat.flatten().unwrap_or_default() }
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        let Value::Point { lon, lat } = *value else { return Err(FieldError::invalid_value()) };
        if value.is_zero() {
            return if field.required { Err(FieldError::required()) } else { Ok(()) };
        }
        if !(-90.0..=90.0).contains(&lat) {
            let message = "Latitude must be between -90 and 90 degrees.";
            return Err(FieldError::new("validation_invalid_latitude", message));
        }
        if !(-180.0..=180.0).contains(&lon) {
            let message = "Longitude must be between -180 and 180 degrees.";
            return Err(FieldError::new("validation_invalid_longitude", message));
        }
        Ok(())
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        let parsed: Option<Json> = serde_json::from_str(&column_text(column)).ok();
        parsed.as_ref().and_then(point).unwrap_or_else(|| self.zero())
    }

    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        let Value::Point { lon, lat } = self.read(column) else { return };
        out.extend_from_slice(b"{\"lon\":");
        write_number(lon, out);
        out.extend_from_slice(b",\"lat\":");
        write_number(lat, out);
        out.push(b'}');
    }

    fn has_members(&self) -> bool {
        true
    }

    fn cast(&self) -> Cast {
        Cast::Point
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        if text.trim().is_empty() {
            return Ok(self.zero());
        }
        let object = serde_json::from_str(text).unwrap_or_default();
        self.import_json(&object)?.ok_or_else(|| no_point(text.trim()))
    }

    fn import_json(&self, json: &Json) -> Result<Option<Value>, String> {
        let Json::Object(object) = json else { return Ok(None) };
        let degrees = |key: &str| object.get(key).is_some_and(Json::is_number);
        if degrees("lon") && degrees("lat") { Ok(Some(self.normalise(json))) } else { Err(no_point(&json.to_string())) }
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        Some(Sample::Fake("geo.point", Vec::new()))
    }
}

fn no_point(text: &str) -> String {
    format!("`{}` is no point; write {{\"lon\": 13.4, \"lat\": 52.5}}", shown(text))
}

/// Reads members in order, up to a repeated one or one that is no number.
struct Degrees<'a> {
    lon: &'a mut Option<Option<f64>>,
    lat: &'a mut Option<Option<f64>>,
}

impl<'de> Visitor<'de> for Degrees<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with lon and lat")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            let degree = match key.as_str() {
                "lon" => &mut *self.lon,
                "lat" => &mut *self.lat,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if degree.is_some() {
                return Err(A::Error::custom("a repeated key"));
            }
            *degree = Some(members.next_value()?);
        }
        Ok(())
    }
}

/// Keys are case-sensitive, a missing one is 0, and anything but numbers makes the input no point.
fn point(input: &Json) -> Option<Value> {
    let object = input.as_object()?;
    let degree = |key: &str| match object.get(key) {
        None | Some(Json::Null) => Some(0.0),
        Some(Json::Number(number)) => number.as_f64(),
        Some(_) => None,
    };
    Some(Value::Point { lon: degree("lon")?, lat: degree("lat")? })
}

/// The stored text: `lon` first, as PocketBase writes it.
pub fn stored_point(lon: f64, lat: f64) -> String {
    format!("{{\"lon\":{},\"lat\":{}}}", number_json(lon), number_json(lat))
}

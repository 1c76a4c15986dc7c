//! NDJSON and JSON arrays: objects, one at a time.

use super::row::{Fault, Place, Row, RowFault, Rows};
use super::{Columns, TransferError};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

/// Bytes of one object; a file that is no JSON has no end of lines either.
const MAX_OBJECT: usize = 64 << 20;
const BUFFER: usize = 64 << 10;

/// The objects of a file.
pub struct JsonRows<R> {
    bytes: Bytes<R>,
    shape: Shape,
    columns: Arc<Columns>,
    object: Vec<u8>,
    rows: u64,
}

#[derive(PartialEq)]
enum Shape {
    Lines,
    /// Before the bracket.
    Array,
    /// After the bracket or an object.
    Elements,
    Ended,
}

impl<R: Read> JsonRows<R> {
    /// One object a line.
    pub fn lines(input: R, columns: Arc<Columns>) -> Self {
        Self { bytes: Bytes::new(input), shape: Shape::Lines, columns, object: Vec::new(), rows: 0 }
    }

    /// An array of objects.
    pub fn array(input: R, columns: Arc<Columns>) -> Self {
        Self { shape: Shape::Array, ..Self::lines(input, columns) }
    }

    /// Reads the next object into the buffer and returns the line on which it begins.
    fn next_object(&mut self) -> Result<Option<u64>, TransferError> {
        self.object.clear();
        match self.shape {
            Shape::Ended => Ok(None),
            Shape::Lines => self.next_line(),
            Shape::Array => {
                match self.bytes.peek_token()? {
                    None => {}
                    Some(b'[') => self.bytes.skip(),
                    Some(_) => return Err(self.malformed("the file is no JSON array of objects")),
                }
                self.shape = Shape::Elements;
                if self.bytes.peek_token()? == Some(b']') { self.end_array() } else { self.next_element() }
            }
            Shape::Elements => match self.bytes.peek_token()? {
                Some(b',') => {
                    self.bytes.skip();
                    self.next_element()
                }
                Some(b']') => self.end_array(),
                _ => Err(self.malformed("the array does not end")),
            },
        }
    }

    fn next_line(&mut self) -> Result<Option<u64>, TransferError> {
        // Blank lines are no rows.
        if self.bytes.peek_token()?.is_none() {
            self.shape = Shape::Ended;
            return Ok(None);
        }
        let line = self.bytes.line;
        while let Some(byte) = self.bytes.peek()? {
            self.bytes.skip();
            if byte == b'\n' {
                break;
            }
            self.push(byte)?;
        }
        Ok(Some(line))
    }

    /// Up to the comma or bracket behind the element.
    fn next_element(&mut self) -> Result<Option<u64>, TransferError> {
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        if self.bytes.peek_token()?.is_none() {
            return Err(self.malformed("the array does not end"));
        }
        let line = self.bytes.line;
        while let Some(byte) = self.bytes.peek()? {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'{' | b'[' => depth += 1,
                b',' | b']' if depth == 0 => return Ok(Some(line)),
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.bytes.skip();
            self.push(byte)?;
        }
        Err(self.malformed("the array does not end"))
    }

    fn end_array(&mut self) -> Result<Option<u64>, TransferError> {
        self.bytes.skip();
        self.shape = Shape::Ended;
        match self.bytes.peek_token()? {
            None => Ok(None),
            Some(_) => Err(self.malformed("something follows the array")),
        }
    }

    fn push(&mut self, byte: u8) -> Result<(), TransferError> {
        if self.object.len() == MAX_OBJECT {
            return Err(self.malformed("an object of more than 64 MiB"));
        }
        self.object.push(byte);
        Ok(())
    }

    fn malformed(&self, message: &str) -> TransferError {
        TransferError::Malformed { line: self.bytes.line, message: message.to_owned() }
    }

    fn values(&self, place: Place) -> Result<Row, RowFault> {
        let members: Members<'_> = serde_json::from_slice(&self.object).map_err(|error| {
            // Its own place is one inside the row.
            let text = error.to_string();
            RowFault::new(place, text.split(" at line ").next().unwrap_or(&text))
        })?;
        let mut values = Vec::with_capacity(members.0.len() + self.columns.constants().len());
        let mut faults = Vec::new();
        for (name, raw) in members.0 {
            match self.columns.target(&name) {
                Ok(None) => {}
                Ok(Some(at)) => match self.columns.json(at, raw) {
                    Ok(value) => values.extend(value.map(|value| (at, value))),
                    Err(reason) => faults.push(reason),
                },
                Err(TransferError::Column { message, suggestion: Some(name) }) => {
                    faults.push(format!("{message}; did you mean `{name}`?"));
                }
                Err(error) => faults.push(error.to_string()),
            }
        }
        if !faults.is_empty() {
            return Err(RowFault::new(place, faults.join("; ")));
        }
        values.extend_from_slice(self.columns.constants());
        Ok(Row { place, values })
    }
}

impl<R: Read> Rows for JsonRows<R> {
    fn next_row(&mut self) -> Option<Result<Row, Fault>> {
        match self.next_object() {
            Ok(None) => None,
            Ok(Some(line)) => {
                self.rows += 1;
                Some(self.values(Place { row: self.rows, line }).map_err(Fault::Row))
            }
            Err(error) => {
                self.shape = Shape::Ended;
                Some(Err(Fault::End(error)))
            }
        }
    }
}

/// The members of an object, in their order, each value as it is spelled.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the fields of a record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// Bytes with one to look ahead, and the line that is read.
struct Bytes<R> {
    inner: R,
    buffer: Vec<u8>,
    at: usize,
    /// From 1.
    line: u64,
}

impl<R: Read> Bytes<R> {
    fn new(inner: R) -> Self {
        Self { inner, buffer: Vec::new(), at: 0, line: 1 }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.buffer.len() {
            self.buffer.resize(BUFFER, 0);
            self.at = 0;
            let read = loop {
                match self.inner.read(&mut self.buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read,
                }
            };
            self.buffer.truncate(*read.as_ref().unwrap_or(&0));
            read?;
        }
        Ok(self.buffer.get(self.at).copied())
    }

    /// The next byte that is no white space.
    fn peek_token(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.skip();
        }
        Ok(None)
    }

    /// Takes the byte that was looked at.
    fn skip(&mut self) {
        if self.buffer.get(self.at) == Some(&b'\n') {
            self.line += 1;
        }
        self.at += 1;
    }
}

//! Records on their way into an answer that other records are hung into.

use super::projection::{Columns, Projection, Viewer};
use crate::events::{EnrichEvent, Record};
use crate::schema::fields::write_json_string;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A record as JSON that has a place for others.
pub struct TreeRecord {
    id: String,
    /// The object without what hangs in it.
    json: Vec<u8>,
    /// Where `expand` goes into it: keys are in alphabetical order.
    expand_at: usize,
    /// Ids by relation, in the order of the collection's fields, hidden ones included. Empty where none will be followed.
    related: Vec<Vec<String>>,
    expand: Option<BTreeMap<String, Expanded>>,
    /// What hangs in it.
    attached: Size,
}

/// What hangs in a record, which other records may share.
pub enum Expanded {
    One(Rc<TreeRecord>),
    Many(Vec<Rc<TreeRecord>>),
}

/// What it takes to hang a record in: how many there are, and their JSON in bytes.
#[derive(Clone, Copy, Default)]
pub struct Size {
    pub records: usize,
    pub bytes: usize,
}

impl Size {
    pub fn plus(self, other: Self) -> Self {
        Self { records: self.records + other.records, bytes: self.bytes + other.bytes }
    }

    /// What is left of it; `None` where the other is larger.
    pub fn less(self, other: Self) -> Option<Self> {
        let [records, bytes] = [self.records.checked_sub(other.records)?, self.bytes.checked_sub(other.bytes)?];
        Some(Self { records, bytes })
    }
}

impl TreeRecord {
    /// # Errors
    /// The row has other columns than the projection.
    pub fn read(projection: &Projection, row: &impl Columns, viewer: &Viewer<'_>) -> rusqlite::Result<Self> {
        let mut json = Vec::with_capacity(512);
        let expand_at = projection.write(row, viewer, &mut json)?;
        Ok(Self {
            id: projection.id_of(row)?,
            json,
            expand_at,
            related: projection.related(row)?,
            expand: None,
            attached: Size::default(),
        })
    }

    /// A record in memory whose members come later.
    pub fn bare(projection: &Projection, record: &Record) -> Self {
        let columns = projection.columns_of(record);
        Self {
            id: projection.id_of(&columns).unwrap_or_default(),
            json: b"{}".to_vec(),
            expand_at: 1,
            related: projection.related(&columns).unwrap_or_default(),
            expand: None,
            attached: Size::default(),
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn size(&self) -> Size {
        self.attached.plus(Size { records: 1, bytes: self.json.len() })
    }

    /// Takes the ids of a relation, which are followed once.
    pub fn take_related(&mut self, relation: usize) -> Vec<String> {
        self.related.get_mut(relation).map(std::mem::take).unwrap_or_default()
    }

    /// Sets the members from what handlers made of the record.
    pub fn fill(&mut self, projection: &Projection, event: &EnrichEvent, viewer: &Viewer<'_>) {
        let mut members = projection.tree(&projection.columns_of(&event.record), viewer).unwrap_or_default();
        for field in event.collection.fields.iter().filter(|field| field.hidden) {
            if !event.shown.contains(&field.name) {
                members.remove(&field.name);
            }
        }
        for name in &event.hidden {
            members.remove(name);
            if name == "expand" {
                self.expand = None;
            }
        }
        for (name, value) in &event.custom {
            if name == "expand" {
                self.expand = None;
            }
            let json = serde_json::value::to_raw_value(value).expect("a value is JSON");
            members.insert(name.clone(), json);
        }
        self.set(&members);
    }

    fn set(&mut self, members: &BTreeMap<String, Box<RawValue>>) {
        (self.json, self.expand_at) = (vec![b'{'], 1);
        for (name, json) in members {
            if self.json.len() > 1 {
                self.json.push(b',');
            }
            write_json_string(name, &mut self.json);
            self.json.push(b':');
            self.json.extend_from_slice(json.get().as_bytes());
            if name.as_str() < "expand" {
                self.expand_at = self.json.len();
            }
        }
        self.json.push(b'}');
    }

    /// Hangs in what was found for a segment of a path.
    pub fn attach(&mut self, segment: &str, found: Option<Expanded>, size: Size) {
        let expand = self.expand.get_or_insert_default();
        if let Some(found) = found {
            expand.insert(segment.to_owned(), found);
        }
        self.attached = self.attached.plus(size);
    }

    /// The JSON of `expand`; `None` where no path leads anywhere.
    pub fn expansion(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        write_expand(self.expand.as_ref()?, &mut out);
        Some(out)
    }

    /// Appends the record as JSON, `expand` in its alphabetical place.
    pub fn write(&self, out: &mut Vec<u8>) {
        let (before, after) = self.json.split_at(self.expand_at);
        out.extend_from_slice(before);
        if let Some(expand) = &self.expand {
            if before != b"{" {
                out.push(b',');
            }
            out.extend_from_slice(b"\"expand\":");
            write_expand(expand, out);
            if before == b"{" && after != b"}" {
                out.push(b',');
            }
        }
        out.extend_from_slice(after);
    }
}

/// Appends the records, separated by commas.
pub fn write_all<'r>(records: impl IntoIterator<Item = &'r TreeRecord>, out: &mut Vec<u8>) {
    for (at, record) in records.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        record.write(out);
    }
}

fn write_expand(expand: &BTreeMap<String, Expanded>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, (segment, found)) in expand.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_json_string(segment, out);
        out.push(b':');
        match found {
            Expanded::One(record) => record.write(out),
            Expanded::Many(records) => {
                out.push(b'[');
                write_all(records.iter().map(Rc::as_ref), out);
                out.push(b']');
            }
        }
    }
    out.push(b'}');
}

//! Which field each column of a file belongs to.

use super::{TransferError, cell};
use crate::diagnostic::did_you_mean;
use crate::schema::fields::Value;
use crate::schema::{Collection, Field};
use serde_json::value::RawValue;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Keys of records in answers of the API that are no fields.
const OF_ANSWERS: [&str; 3] = ["collectionId", "collectionName", "expand"];

/// The columns of an import.
pub struct Columns {
    collection: Arc<Collection>,
    renamed: HashMap<String, Option<usize>>,
    ignore_unknown: bool,
    /// Passwords that are hashes already are taken as they are.
    hashed: bool,
    /// The same for all rows, whatever their columns say.
    constants: Vec<(usize, Value)>,
}

impl Columns {
    /// The columns of a collection by their names.
    pub fn new(collection: Arc<Collection>, ignore_unknown: bool, hashed: bool) -> Self {
        Self { collection, renamed: HashMap::new(), ignore_unknown, hashed, constants: Vec::new() }
    }

    /// Lets a column be that of a field; of none, where the name is empty.
    ///
    /// # Errors
    /// There is no such field.
    pub fn rename(&mut self, column: &str, field: &str) -> Result<(), TransferError> {
        let at = if field.is_empty() { None } else { Some(self.position(field)?) };
        self.renamed.insert(column.to_owned(), at);
        Ok(())
    }

    /// Gives a field the same value in all rows, written as in a CSV file.
    ///
    /// # Errors
    /// There is no such field, or the value means nothing to it.
    pub fn set(&mut self, field: &str, text: &str) -> Result<(), TransferError> {
        let at = self.position(field)?;
        let value = cell::from_text(&self.collection.fields[at], text, self.hashed);
        let value = value.map_err(|reason| TransferError::column(format!("`{field}`: {reason}")))?;
        self.constants.extend(value.map(|value| (at, value)));
        Ok(())
    }

    /// The position of a field.
    ///
    /// # Errors
    /// There is no such field.
    pub fn position(&self, field: &str) -> Result<usize, TransferError> {
        let found = self.collection.fields.iter().position(|known| known.name == field);
        found.ok_or_else(|| unknown(&self.collection, field))
    }

    pub(super) fn constants(&self) -> &[(usize, Value)] {
        &self.constants
    }

    pub(super) fn collection(&self) -> &Arc<Collection> {
        &self.collection
    }

    /// The position of a column's field, `None` for one that is left out.
    pub(super) fn target(&self, column: &str) -> Result<Option<usize>, TransferError> {
        if let Some(renamed) = self.renamed.get(column) {
            return Ok(*renamed);
        }
        match self.collection.fields.iter().position(|field| field.name == column) {
            Some(at) => Ok(Some(at)),
            None if self.ignore_unknown || OF_ANSWERS.contains(&column) => Ok(None),
            None => Err(unknown(&self.collection, column)),
        }
    }

    /// The fields of a header row.
    pub(super) fn header<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<Vec<Option<usize>>, TransferError> {
        let names: Vec<&str> = names.collect();
        if let [header] = names.as_slice()
            && self.target(header).is_err()
            && let Some(delimiter) = self.likely_delimiter(header)
        {
            return Err(TransferError::Delimiter { header: (*header).to_owned(), delimiter });
        }
        let mut targets = Vec::new();
        let mut missing: BTreeSet<&str> = self.renamed.keys().map(String::as_str).collect();
        for name in names {
            missing.remove(name);
            let target = self.target(name)?;
            if target.is_some() && targets.contains(&target) {
                return Err(TransferError::column(format!("two columns are the field `{name}`")));
            }
            targets.push(target);
        }
        match missing.first() {
            Some(column) => Err(TransferError::column(format!("the file has no column `{column}`"))),
            None => Ok(targets),
        }
    }

    /// What separates names of fields in a text that is none.
    fn likely_delimiter(&self, header: &str) -> Option<char> {
        let is_field = |name: &str| matches!(self.target(name.trim().trim_matches('"')), Ok(Some(_)));
        [';', '\t', ',', '|']
            .into_iter()
            .find(|delimiter| header.contains(*delimiter) && header.split(*delimiter).any(is_field))
    }

    pub(super) fn text(&self, at: usize, text: &str) -> Result<Option<Value>, String> {
        let field = &self.collection.fields[at];
        cell::from_text(field, text, self.hashed).map_err(|reason| named(field, &reason))
    }

    pub(super) fn json(&self, at: usize, raw: &RawValue) -> Result<Option<Value>, String> {
        let field = &self.collection.fields[at];
        cell::from_json(field, raw, self.hashed).map_err(|reason| named(field, &reason))
    }
}

fn named(field: &Field, reason: &str) -> String {
    format!("`{}`: {reason}", field.name)
}

/// The error of a name that is no field.
pub(super) fn unknown(collection: &Collection, name: &str) -> TransferError {
    TransferError::Column {
        message: format!("`{}` has no field `{name}`", collection.name),
        suggestion: did_you_mean(name, collection.fields.iter().map(|field| &field.name)),
    }
}

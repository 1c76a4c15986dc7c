//! Hanging the records that relations lead to into exported ones, some at a time.

use super::TransferError;
use crate::diagnostic::did_you_mean;
use crate::query::RequestInfo;
use crate::records::{self, Expansion, Records, Scope};
use crate::schema::{Catalog, Collection, FieldKind};
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::Arc;

/// Records that are looked up together.
const CHUNK: usize = 200;

pub(super) struct Expanding<'a> {
    scope: Scope<'a>,
    collection: Arc<Collection>,
    expansion: Expansion,
    /// Ids and objects that wait, in order.
    waiting: Vec<(String, Vec<u8>)>,
}

impl<'a> Expanding<'a> {
    /// `None` where nothing is to be expanded.
    ///
    /// # Errors
    /// A path that leads nowhere.
    pub fn new(
        records: &'a Records,
        connection: &'a Connection,
        catalog: &'a Catalog,
        request: &'a RequestInfo,
        collection: &Arc<Collection>,
        paths: &str,
    ) -> Result<Option<Self>, TransferError> {
        let expansion = Expansion::parse(paths);
        if expansion.is_empty() {
            return Ok(None);
        }
        // Handlers take part in answers, not in exports.
        let scope = Scope { bus: None, ..records.scope(connection, catalog, request) };
        if let Some((from, step)) = expansion.wrong_step(&scope, collection) {
            return Err(leads_nowhere(catalog, &from, &step));
        }
        Ok(Some(Self { scope, collection: Arc::clone(collection), expansion, waiting: Vec::new() }))
    }

    /// Takes a record and hands on those that are complete.
    ///
    /// # Errors
    /// SQLite fails, or `take` does.
    pub fn put(
        &mut self,
        id: String,
        object: Vec<u8>,
        take: &mut dyn FnMut(&[u8]) -> Result<(), TransferError>,
    ) -> Result<(), TransferError> {
        self.waiting.push((id, object));
        if self.waiting.len() < CHUNK { Ok(()) } else { self.flush(take) }
    }

    /// Hands on all records that wait.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub fn flush(&mut self, take: &mut dyn FnMut(&[u8]) -> Result<(), TransferError>) -> Result<(), TransferError> {
        let waiting = std::mem::take(&mut self.waiting);
        let ids: Vec<&str> = waiting.iter().map(|(id, _)| id.as_str()).collect();
        let ids = serde_json::to_string(&ids).expect("strings are JSON");
        let condition = "`id` IN (SELECT value FROM json_each(?1))";
        let found = records::find_all(self.scope.connection, &self.collection, condition, [ids])?;
        let expanded = records::expansions(&self.scope, &self.collection, &found, &self.expansion);
        let by_id: HashMap<&str, &Vec<u8>> = found
            .iter()
            .zip(&expanded)
            .filter_map(|(record, expanded)| Some((record.id(&self.collection), expanded.as_ref()?)))
            .collect();
        for (id, mut object) in waiting {
            if let Some(expanded) = by_id.get(id.as_str()) {
                object.pop();
                object.extend_from_slice(b",\"expand\":");
                object.extend_from_slice(expanded);
                object.push(b'}');
            }
            take(&object)?;
        }
        Ok(())
    }
}

fn leads_nowhere(catalog: &Catalog, from: &str, step: &str) -> TransferError {
    let relations = catalog.get(from).map(|collection| {
        let fields = collection.fields.iter().filter(|field| matches!(field.kind, FieldKind::Relation(_)));
        fields.map(|field| field.name.clone()).collect::<Vec<_>>()
    });
    TransferError::Column {
        message: format!("`{step}` is no relation of `{from}` and leads to none"),
        suggestion: did_you_mean(step, relations.unwrap_or_default()),
    }
}

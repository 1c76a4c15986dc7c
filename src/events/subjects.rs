//! What the hooks are about: records, collections, settings.

use super::{Bus, Lifecycle, Record, Subject};
use crate::query::RequestInfo;
use crate::schema::Collection;
use crate::settings::Settings;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A record that is created, updated or deleted, or a request about one.
#[derive(Clone)]
pub struct RecordEvent {
    pub collection: Arc<Collection>,
    /// The record as it will be, or as it is when it is viewed or deleted.
    pub record: Record,
    /// The stored record of an update.
    pub original: Option<Record>,
    /// The request that caused it. Where the program itself did, it is that of a superuser without an id.
    pub request: Option<Arc<RequestInfo>>,
    /// Why it failed, in the `after_*_error` hooks.
    pub error: Option<String>,
}

/// A record on its way into an answer: a list, a view, the answer to a write or login, an expansion.
#[derive(Clone)]
pub struct EnrichEvent {
    pub collection: Arc<Collection>,
    pub record: Record,
    /// Whom the answer is for; its `context` tells what the answer is.
    pub request: Arc<RequestInfo>,
    /// Names of fields that are left out. What is hidden before the rest of the chain runs is shown to superusers
    /// nonetheless.
    pub hidden: BTreeSet<String>,
    /// Names of hidden fields that are shown.
    pub shown: BTreeSet<String>,
    /// Further members of the answer's object; they win over fields of the same name.
    pub custom: BTreeMap<String, Json>,
}

/// A collection that is created, updated or deleted, or a request about one.
#[derive(Clone)]
pub struct CollectionEvent {
    /// The collection as it will be, or as it is when it is viewed or deleted.
    pub collection: Collection,
    /// The stored collection of an update.
    pub original: Option<Arc<Collection>>,
    /// Why it failed, in the `after_*_error` hooks.
    pub error: Option<String>,
}

/// Settings that are saved.
#[derive(Clone)]
pub struct SettingsEvent {
    pub old: Arc<Settings>,
    pub new: Settings,
    /// Why it failed, in the `after_*_error` hooks.
    pub error: Option<String>,
}

/// The end of the program.
#[derive(Clone, Debug)]
pub struct TerminateEvent {
    /// Whether it starts anew at once.
    pub is_restart: bool,
}

/// Anything with a life of its own, as the hooks of all models see it.
#[derive(Clone)]
pub enum ModelEvent {
    Record(RecordEvent),
    Collection(Box<CollectionEvent>),
    Settings(Box<SettingsEvent>),
}

impl ModelEvent {
    /// Name of the table that the model is a row of.
    pub fn table(&self) -> &str {
        match self {
            Self::Record(event) => &event.collection.name,
            Self::Collection(_) => "_collections",
            Self::Settings(_) => "_params",
        }
    }

    /// Primary key of the row.
    pub fn id(&self) -> &str {
        match self {
            Self::Record(event) => event.record.id(&event.collection),
            Self::Collection(event) => &event.collection.id,
            Self::Settings(_) => "settings",
        }
    }

    /// The event as one of a record.
    pub fn as_record(&self) -> Option<&RecordEvent> {
        match self {
            Self::Record(event) => Some(event),
            _ => None,
        }
    }

    /// The event as one of a record, to be changed.
    pub fn as_record_mut(&mut self) -> Option<&mut RecordEvent> {
        match self {
            Self::Record(event) => Some(event),
            _ => None,
        }
    }
}

impl RecordEvent {
    /// What handlers may be limited to: the name and the id of the collection.
    pub fn tags(collection: &Collection) -> [&str; 2] {
        [&collection.name, &collection.id]
    }
}

impl Subject for RecordEvent {
    fn tags(&self) -> Vec<String> {
        Self::tags(&self.collection).map(str::to_owned).to_vec()
    }

    fn own(bus: &Bus) -> Option<&Lifecycle<Self>> {
        Some(&bus.record)
    }

    fn into_model(self) -> ModelEvent {
        ModelEvent::Record(self)
    }

    fn from_model(model: &ModelEvent) -> Option<&Self> {
        model.as_record()
    }
}

impl Subject for CollectionEvent {
    /// The name is the present one: during a rename that is already the new name.
    fn tags(&self) -> Vec<String> {
        vec![self.collection.id.clone(), self.collection.name.clone(), "_collections".into()]
    }

    fn own(bus: &Bus) -> Option<&Lifecycle<Self>> {
        Some(&bus.collection)
    }

    fn into_model(self) -> ModelEvent {
        ModelEvent::Collection(Box::new(self))
    }

    fn from_model(model: &ModelEvent) -> Option<&Self> {
        match model {
            ModelEvent::Collection(event) => Some(event),
            _ => None,
        }
    }
}

impl Subject for SettingsEvent {
    fn tags(&self) -> Vec<String> {
        vec!["_params".into()]
    }

    fn own(_bus: &Bus) -> Option<&Lifecycle<Self>> {
        None
    }

    fn into_model(self) -> ModelEvent {
        ModelEvent::Settings(Box::new(self))
    }

    fn from_model(model: &ModelEvent) -> Option<&Self> {
        match model {
            ModelEvent::Settings(event) => Some(event),
            _ => None,
        }
    }
}

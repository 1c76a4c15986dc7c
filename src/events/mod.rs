//! The event bus: what happens to records, collections and settings, and who wants to take part. Knows nothing of its
//! listeners.
//!
//! The names and the order are PocketBase's. For a record that is created:
//!
//! ```text
//! requests.record_create                    the request: rule passed, form not checked yet
//!   record.create → model.create            id and generated texts are there
//!     record.validate → model.validate      the built-in checks stand before model.validate
//!     record.create_execute → model.create_execute → INSERT
//!   record.after_create_success → model.after_create_success
//!   enrich                                  the record of the answer
//! ```
//!
//! A handler wraps what comes after it: code before [`Next::run`] runs on the way in, code after it on the way out, and
//! a handler that never runs the rest ends the chain silently. One that fails after the request has been answered is too
//! late: its error goes to the log.
//!
//! A record that is deleted has its transaction inside: what it brings along is deleted with it, each inside hooks of its
//! own.
//!
//! ```text
//! requests.record_delete
//!   record.delete → model.delete
//!     record.delete_execute
//!       BEGIN → model.delete_execute → DELETE → the same for every record that goes with it → COMMIT
//!       after_delete_success of those
//!   record.after_delete_success → model.after_delete_success
//! ```
//!
//! Handlers run on the thread of the request. Where a transaction of records is open around them (in a batch, in what a
//! delete brings along, in [`App::transaction`](crate::App::transaction)), what they read and write through an
//! [`App`](crate::App) is part of it: it sees what was done so far and is undone with it. The hooks that follow a write
//! wait for its end. Other threads wait with their writes, so a handler must not wait for one of them.
//!
//! Collections and settings have transactions of their own. Inside a transaction of records they cannot be changed, and
//! inside a change of a collection no record can: both are refused with an error instead of waiting for themselves.

mod accounts;
mod error;
mod feed;
mod hook;
mod lifecycle;
mod record;
mod requests;
mod subjects;

pub use accounts::{
    AccountEvent, AuthEvent, AuthWithOAuth2Event, AuthWithOtpEvent, AuthWithPasswordEvent, EmailChangeEvent, MailEvent,
    RecordMailEvent, RequestOtpEvent,
};
pub use error::EventError;
pub use feed::{Change, Feed, Tell, Told, Watcher};
pub use hook::{Binding, HandlerId, Hook, Next};
pub use lifecycle::{Lifecycle, Operation, Stage, Subject};
pub use record::Record;
pub use requests::{
    BackupEvent, BatchEvent, BatchRequest, CollectionsImportEvent, CollectionsListEvent, FileDownloadEvent,
    FileTokenEvent, MailHooks, RealtimeConnectEvent, RealtimeMessageEvent, RealtimeSubscribeEvent, RecordsListEvent,
    Requests, SettingsListEvent,
};
pub use subjects::{CollectionEvent, EnrichEvent, ModelEvent, RecordEvent, SettingsEvent, TerminateEvent};

use crate::schema::{Catalog, Collection};

/// All hooks of an app.
#[derive(Default)]
pub struct Bus {
    pub record: Lifecycle<RecordEvent>,
    pub collection: Lifecycle<CollectionEvent>,
    /// Inside the hooks of the same name of records and collections. Settings, whose table is `_params`, have only these.
    pub model: Lifecycle<ModelEvent>,
    /// Around every record that goes into an answer. The records of a list are entered one after the other, then the
    /// built-in work is done for all of them, then they are left in reverse order.
    pub enrich: Hook<EnrichEvent>,
    /// Around taking in new settings, at the start and after every save; after a save of another process on a thread of its
    /// own. A handler that does not go on keeps the old ones, and none can save settings itself.
    pub settings_reload: Hook<SettingsEvent>,
    /// Around making a backup, whoever asks for it. A handler that does not go on makes none.
    pub backup_create: Hook<BackupEvent>,
    /// Around restoring one; where that succeeds, the program starts anew inside the hook.
    pub backup_restore: Hook<BackupEvent>,
    /// Around the end of the program: [`App::close`](crate::App::close), or the new start after a restore, when nothing can
    /// be written any more. After the rest of the chain the directory is closed. A handler that fails or does not go on
    /// keeps nothing open.
    pub terminate: Hook<TerminateEvent>,
    pub requests: Requests,
    pub mails: MailHooks,
    /// Changes in the order of their commits.
    pub feed: Feed,
}

impl Bus {
    /// Whether anything listens to requests about records or logins, and so may ask for any part of them.
    pub fn sees_requests(&self) -> bool {
        self.enrich.is_bound() || self.record.is_bound() || self.model.is_bound() || self.requests.see_requests()
    }

    /// Whether anything listens to writes of the collection: only then must a write run outside the writer's group,
    /// where listeners may take their time.
    pub fn listens_to_writes(&self, collection: &Collection) -> bool {
        let tags = RecordEvent::tags(collection);
        self.record.concerns(&tags)
            || self.model.concerns(&tags)
            || self.enrich.concerns(&tags)
            || self.listens_to_requests(collection)
    }

    /// Whether anything listens to what a delete makes of records of the collection: only then must it hold the write
    /// connection on a thread where listeners may take their time.
    pub fn listens_to_deletes(&self, collection: &Collection) -> bool {
        let tags = RecordEvent::tags(collection);
        self.record.concerns(&tags) || self.model.concerns(&tags) || self.requests.record_delete.concerns(&tags)
    }

    /// Whether anything listens to requests that write to the collection.
    pub fn listens_to_requests(&self, collection: &Collection) -> bool {
        let requests = &self.requests;
        let writes = [&requests.record_create, &requests.record_update, &requests.record_delete];
        writes.iter().any(|hook| hook.concerns(&RecordEvent::tags(collection)))
    }

    /// Whether anything listens to answers with records of the collection or, where relations are followed, of any other.
    pub fn listens_to_answers(&self, collection: &Collection, catalog: &Catalog, expands: bool) -> bool {
        let enriches = |collection: &Collection| self.enrich.concerns(&RecordEvent::tags(collection));
        enriches(collection) || (expands && catalog.iter().any(|collection| enriches(collection)))
    }
}

//! An application: one data directory, opened, with everything that serves it.

mod backups;
mod builder;
mod collections;
mod files;
mod jobs;
mod realtime;
mod records;
mod settings;
mod turn;

pub use builder::Builder;
pub use settings::{OverlayError, SaveSettingsError};

use crate::auth::{Accounts, Identities};
use crate::backup::Backups;
use crate::cron::Cron;
use crate::db::{DbError, Obstacle};
use crate::events::{EventError, Hook, TerminateEvent};
use crate::logs::{Level, Logs};
use crate::realtime::Broker;
use crate::records::Records;
use crate::schema::{Catalog, Collection};
use crate::settings::{Encryption, Settings, SettingsError};
use arc_swap::ArcSwap;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;
use turn::Turn;

/// A handle to an open application. Cheap to clone; the directory is closed when the last clone is dropped, or by
/// [`App::close`].
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    records: Arc<Records>,
    settings: Arc<ArcSwap<Settings>>,
    accounts: Arc<Accounts>,
    backups: Backups,
    cron: Cron,
    broker: Arc<Broker>,
    identities: Identities,
    logs: Logs,
    encryption: Encryption,
    /// Held while settings are saved, so that two changes at once are both kept.
    saving_settings: Turn,
    /// Whether a thread waits for its turn to reload the settings.
    reload_waits: AtomicBool,
    /// Whether the handlers of the end have run.
    closed: AtomicBool,
    /// For jobs, which hold the app only while they run.
    itself: OnceLock<Weak<Inner>>,
}

/// Why a data directory was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A restore of a backup broke off, and cannot be ended.
    #[error("the restore of a backup broke off and cannot be ended: {0}")]
    Restore(String),
}

impl OpenError {
    /// What stands in the way, where somebody can do something about it.
    pub fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Db(error) => error.obstacle(),
            Self::Settings(SettingsError::Sqlite(error)) => Obstacle::of(error),
            _ => None,
        }
    }
}

impl App {
    /// Starts opening a data directory. It is opened as it is: what `pbr serve` does beyond that for a project is the
    /// program's to do where it wants it.
    ///
    /// - Pending migrations are not applied: [`migrate::up`](crate::migrate::up) does that, before the directory is opened.
    /// - `pbr.yaml` is not read. Its settings are taken in by [`App::overlay_settings`]; passwords are hashed with bcrypt
    ///   unless [`Builder::password_hash`] says otherwise.
    /// - Collections can be changed through the API unless [`Options::schema_locked`](crate::api::Options) is set.
    /// - JavaScript in `pb_hooks` or `pb_migrations` is not run, and nobody warns of it.
    /// - [`Server`](crate::server::Server) lets the clock of the jobs run. A program that serves
    ///   [`api::router`](crate::api::router) itself calls [`Cron::tick`], and tells the router the addresses of clients as
    ///   `examples/own_routes.rs` does.
    /// - Where a handler or a job holds a clone of the app, [`App::close`] is needed at the end.
    pub fn builder(dir: impl Into<PathBuf>) -> Builder {
        Builder::new(dir.into())
    }

    /// Records below the hooks of requests: what the API itself calls.
    pub fn records(&self) -> &Arc<Records> {
        &self.inner.records
    }

    /// The collections at this moment.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.inner.records.catalog.load_full()
    }

    /// A collection by id, or by name without regard to case.
    pub fn collection(&self, id_or_name: &str) -> Option<Arc<Collection>> {
        self.inner.records.catalog.load().get(id_or_name).cloned()
    }

    /// The settings at this moment.
    pub fn settings(&self) -> Arc<Settings> {
        self.inner.settings.load_full()
    }

    /// Whose tokens were verified, and what is remembered of them.
    pub fn identities(&self) -> &Identities {
        &self.inner.identities
    }

    /// Logins, and what accounts can ask for.
    pub fn accounts(&self) -> &Arc<Accounts> {
        &self.inner.accounts
    }

    /// Archives of the data directory.
    pub fn backups(&self) -> &Backups {
        &self.inner.backups
    }

    /// Jobs by the clock; a server lets the clock run.
    pub fn cron(&self) -> &Cron {
        &self.inner.cron
    }

    /// The log in `auxiliary.db`.
    pub fn logs(&self) -> &Logs {
        &self.inner.logs
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        self.inner.records.db.dir()
    }

    /// Closes the directory, whoever else holds a handle to it: a handler or a job that has one keeps the app alive for
    /// ever. What was written is in the database files then, the log included, jobs have no clock any more, and what other
    /// handles ask for fails. Waits for those that are in use, but no longer than `patience`; where handlers hold the app,
    /// zero saves a wait that leads to nothing.
    ///
    /// A program calls it at its end, when its servers have stopped: it runs the handlers of `terminate`, once. Dropping the
    /// last handle does the same without them. Not for async code.
    pub fn close(self, patience: Duration) {
        /// For writing what waits, which is seldom more than a moment.
        const WRITING: Duration = Duration::from_secs(2);
        self.inner.cron.clear();
        let first = !self.inner.closed.swap(true, Ordering::AcqRel);
        // They must not hold what is to be closed.
        let handlers = if first { self.hooks().terminate.detached() } else { Hook::default() };
        let (mut db, logs) = (Some(self.inner.records.db.clone()), self.inner.logs.clone());
        drop(self);
        terminate(&handlers, false, &logs, || db.take().into_iter().for_each(|db| db.close(patience, WRITING)));
        logs.flush(WRITING);
    }

    /// Reads collections and settings anew, as after a change by another process.
    pub fn reload(&self) {
        self.inner.reload();
    }
}

/// Runs the handlers of the end around it. Whatever they do, it comes.
fn terminate(handlers: &Hook<TerminateEvent>, is_restart: bool, logs: &Logs, mut end: impl FnMut()) {
    let mut event = TerminateEvent { is_restart };
    let mut action = |_: &mut TerminateEvent| {
        end();
        Ok(())
    };
    if let Err(error) = EventError::caught(|| handlers.trigger(&[], &mut event, &mut action)) {
        logs.message(Level::ERROR, "A handler of terminate failed", json!({ "error": error.message }));
    }
    end();
}

impl Inner {
    fn reload(self: &Arc<Self>) {
        self.reload_collections();
        self.reload_settings();
    }

    /// On the writer's thread.
    fn changed_elsewhere(self: &Arc<Self>) {
        self.reload_collections();
        self.reload_settings_aside();
    }
}

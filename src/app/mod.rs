//! An application: one data directory, opened, with everything that serves it.

mod backups;
mod collections;
mod files;
mod jobs;
mod realtime;
mod records;
mod settings;
mod turn;

pub use settings::{OverlayError, SaveSettingsError};

use crate::auth::{Accounts, Identities, LoginOptions};
use crate::back_off::BackOff;
use crate::backup::{self, Backups};
use crate::collections::CollectionError;
use crate::cron::Cron;
use crate::db::{Database, DbError, Obstacle, Trace, WriteTx, collections as stored_collections};
use crate::events::{Bus, EventError, Hook, TerminateEvent};
use crate::files::RecordFiles;
use crate::logs::{Level, Logs};
use crate::passwords::{Passwords, Scheme};
use crate::realtime::Broker;
use crate::records::{Plans, Records};
use crate::schema::fields::format_datetime;
use crate::schema::{Catalog, Collection};
use crate::settings::{self as stored_settings, Encryption, Settings, SettingsError};
use arc_swap::ArcSwap;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, RwLock, Weak};
use std::time::Duration;
use turn::Turn;

/// How long after a failed reload the next one is tried.
const RELOAD_AGAIN: Duration = Duration::from_secs(1);

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

/// How to open an [`App`].
pub struct Builder {
    dir: PathBuf,
    scheme: Scheme,
    query_timeout: Duration,
    trace: Option<Trace>,
    bus: Bus,
    encryption: Encryption,
    logins: LoginOptions,
}

impl Builder {
    /// What logins do beyond PocketBase's.
    pub fn logins(mut self, logins: LoginOptions) -> Self {
        self.logins = logins;
        self
    }

    /// Encrypts the stored settings.
    pub fn encryption(mut self, encryption: Encryption) -> Self {
        self.encryption = encryption;
        self
    }

    /// Scheme of new password hashes; bcrypt by default, which PocketBase can verify. The commands use argon2id in a
    /// project.
    pub fn password_hash(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Reads that take longer are interrupted; 30 seconds by default.
    pub fn query_timeout(mut self, timeout: Duration) -> Self {
        self.query_timeout = timeout;
        self
    }

    /// Hears of every SQL statement that has run, for development.
    pub fn trace(mut self, trace: impl Fn(&str, Duration) + Send + Sync + 'static) -> Self {
        self.trace = Some(Arc::new(trace));
        self
    }

    /// Hooks to bind before the app is opened.
    pub fn hooks(&self) -> &Bus {
        &self.bus
    }

    /// Opens the data directory, creating it and its system tables where they are missing.
    ///
    /// # Errors
    /// The directory cannot be used or is no data directory.
    pub fn open(self) -> Result<App, OpenError> {
        let watcher: Arc<OnceLock<Weak<Inner>>> = Arc::default();
        let watched = Arc::clone(&watcher);
        let on_external_change = Box::new(move || {
            if let Some(inner) = watched.get().and_then(Weak::upgrade) {
                inner.changed_elsewhere();
            }
        });
        let options = crate::db::Options { query_timeout: self.query_timeout, trace: self.trace, on_external_change };
        backup::recover(&self.dir).map_err(|error| OpenError::Restore(error.to_string()))?;
        let db = Database::open(&self.dir, options)?;
        let encryption = self.encryption;
        let (catalog, stored) = db.readers().run({
            let encryption = encryption.clone();
            move |connection| {
                Ok::<_, OpenError>((
                    stored_collections::load(connection)?,
                    stored_settings::load(connection, &encryption)?,
                ))
            }
        })??;
        let settings = match stored {
            Some(settings) => settings,
            None => db.writer().run({
                let encryption = encryption.clone();
                move |tx| {
                    let settings = Settings::default();
                    stored_settings::save(tx, &encryption, &settings, &format_datetime(chrono::Utc::now()))?;
                    Ok::<_, OpenError>(settings)
                }
            })?,
        };
        let logs = Logs::open(&self.dir)?;
        let records = Records {
            report: Box::new({
                let logs = logs.clone();
                move |what, error| logs.message(Level::ERROR, what, json!({ "error": error }))
            }),
            catalog: ArcSwap::from_pointee(Catalog::new(catalog.into_iter().map(Arc::new), 1)),
            plans: Plans::default(),
            bus: self.bus,
            files: RecordFiles::new(&self.dir),
            passwords: Passwords::new(self.scheme),
            back_off: BackOff::new(self.logins.back_off),
            auth_epoch: AtomicU64::new(0),
            changing: RwLock::default(),
            db,
        };
        let (records, settings) = (Arc::new(records), Arc::new(ArcSwap::from_pointee(settings)));
        records.files.clean_up();
        records.files.report_to({
            let logs = logs.clone();
            move |what, error| logs.message(Level::ERROR, what, json!({ "error": error.to_string() }))
        });
        let accounts =
            Accounts::new(Arc::clone(&records), Arc::clone(&settings), logs.clone(), encryption.clone(), self.logins);
        if self.logins.totp {
            accounts.install_totp()?;
        }
        let cron = Cron::default();
        cron.report_to({
            let logs = logs.clone();
            move |id, panic| logs.message(Level::ERROR, "A cron job panicked", json!({ "id": id, "error": panic }))
        });
        let inner = Arc::new(Inner {
            accounts: Arc::new(accounts),
            backups: Backups::new(&self.dir),
            cron,
            broker: Broker::start(&records).map_err(DbError::Thread)?,
            records,
            settings,
            identities: Identities::default(),
            logs,
            encryption,
            saving_settings: Turn::default(),
            reload_waits: AtomicBool::default(),
            closed: AtomicBool::default(),
            itself: OnceLock::new(),
        });
        // Set exactly once: this is the only handle to the cell that sets it.
        let _ = watcher.set(Arc::downgrade(&inner));
        let _ = inner.itself.set(Arc::downgrade(&inner));
        let settings = Settings::clone(&inner.settings.load());
        inner.add_jobs();
        inner.take_in(settings);
        Ok(App { inner })
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
        Builder {
            dir: dir.into(),
            scheme: Scheme::default(),
            query_timeout: Duration::from_secs(30),
            trace: None,
            bus: Bus::default(),
            encryption: Encryption::none(),
            logins: LoginOptions::default(),
        }
    }

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

    pub fn settings(&self) -> Arc<Settings> {
        self.inner.settings.load_full()
    }

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

    pub fn logs(&self) -> &Logs {
        &self.inner.logs
    }

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
    /// Rate limit rules name collections as `posts:create`. What is stored is changed, not what is served: somebody may
    /// just have saved other settings.
    ///
    /// # Errors
    /// There is a rule of the new name already.
    fn rename_in_settings(&self, tx: &WriteTx<'_>, renames: &[(String, String)]) -> Result<(), CollectionError> {
        if renames.is_empty() {
            return Ok(());
        }
        let rolled_back = |error: SettingsError| DbError::RolledBack(error.to_string());
        let stored = stored_settings::load(tx, &self.encryption).map_err(rolled_back)?.unwrap_or_default();
        let mut settings = stored.clone();
        for (old, new) in renames {
            for rule in &mut settings.rate_limits.rules {
                if let Some(action) = rule.label.strip_prefix(old.as_str()).and_then(|rest| rest.strip_prefix(':')) {
                    rule.label = format!("{new}:{action}");
                }
            }
        }
        if settings != stored {
            let errors = stored_settings::validate(&settings);
            if !errors.is_empty() && stored_settings::validate(&stored).is_empty() {
                let message = "A rate limit rule names the new name of the collection already.".to_owned();
                return Err(CollectionError::Refused { message, data: errors });
            }
            stored_settings::save(tx, &self.encryption, &settings, &format_datetime(chrono::Utc::now()))
                .map_err(rolled_back)?;
        }
        Ok(())
    }

    fn reload(self: &Arc<Self>) {
        self.reload_collections();
        self.reload_settings();
    }

    /// On the writer's thread.
    fn changed_elsewhere(self: &Arc<Self>) {
        self.reload_collections();
        self.reload_settings_aside();
    }

    /// Runs no handlers: readers may be waiting for this.
    fn reload_collections(self: &Arc<Self>) {
        let records = &self.records;
        records.distrust();
        // On this thread: the pool may be full of those readers.
        match records.db.readers().here(|connection| stored_collections::load(connection)) {
            Err(DbError::Closed) => {}
            // No connection can be opened now, and what is loaded may be stale.
            Err(error) => {
                self.logs.trouble("Failed to reload the collections", &error.to_string());
                self.reload_collections_later();
            }
            Ok(Ok(loaded)) => {
                let current = records.catalog.load();
                let same = current.len() == loaded.len()
                    && current.iter().zip(&loaded).all(|(current, loaded)| **current == *loaded);
                if !same {
                    let next = Catalog::new(loaded.into_iter().map(Arc::new), current.version() + 1);
                    records.catalog.store(Arc::new(next));
                }
            }
            // Half-written by another program: what was loaded before goes on serving.
            Ok(Err(error)) => {
                self.logs.message(Level::ERROR, error.to_string(), serde_json::Value::Null);
            }
        }
    }

    fn reload_collections_later(self: &Arc<Self>) {
        let inner = Arc::downgrade(self);
        let reload = move || {
            std::thread::sleep(RELOAD_AGAIN);
            if let Some(inner) = inner.upgrade() {
                inner.reload_collections();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("pbr-collections".into()).spawn(reload) {
            self.logs.trouble("Failed to reload the collections", &error.to_string());
        }
    }
}

//! Opening an application: what it is made of, and in which order.

use super::turn::Turn;
use super::{App, Inner, OpenError};
use crate::auth::{Accounts, Identities, LoginOptions};
use crate::back_off::BackOff;
use crate::backup::{self, Backups};
use crate::cron::Cron;
use crate::db::{self, Database, DbError, Trace};
use crate::events::Bus;
use crate::files::RecordFiles;
use crate::logs::{Level, Logs};
use crate::passwords::{Passwords, Scheme};
use crate::realtime::Broker;
use crate::records::{Plans, Records};
use crate::schema::fields::format_datetime;
use crate::schema::{Catalog, Collection};
use crate::settings::{self, Encryption, Settings};
use arc_swap::ArcSwap;
use serde_json::json;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, OnceLock, RwLock, Weak};
use std::time::Duration;

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
    pub(super) fn new(dir: PathBuf) -> Self {
        Self {
            dir,
            scheme: Scheme::default(),
            query_timeout: Duration::from_secs(30),
            trace: None,
            bus: Bus::default(),
            encryption: Encryption::none(),
            logins: LoginOptions::default(),
        }
    }

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
        let Self { dir, scheme, query_timeout, trace, bus, encryption, logins } = self;
        let watcher: Arc<OnceLock<Weak<Inner>>> = Arc::default();
        let watched = Arc::clone(&watcher);
        let on_external_change = Box::new(move || {
            if let Some(inner) = watched.get().and_then(Weak::upgrade) {
                inner.changed_elsewhere();
            }
        });
        backup::recover(&dir).map_err(|error| OpenError::Restore(error.to_string()))?;
        let db = Database::open(&dir, db::Options { query_timeout, trace, on_external_change })?;
        let (collections, settings) = stored(&db, &encryption)?;
        let logs = Logs::open(&dir)?;
        let records = Arc::new(Records {
            report: Box::new({
                let logs = logs.clone();
                move |what, error| logs.message(Level::ERROR, what, json!({ "error": error }))
            }),
            catalog: ArcSwap::from_pointee(Catalog::new(collections.into_iter().map(Arc::new), 1)),
            plans: Plans::default(),
            bus,
            files: RecordFiles::new(&dir),
            passwords: Passwords::new(scheme),
            back_off: BackOff::new(logins.back_off),
            auth_epoch: AtomicU64::new(0),
            changing: RwLock::default(),
            db,
        });
        records.files.clean_up();
        records.files.report_to({
            let logs = logs.clone();
            move |what, error| logs.message(Level::ERROR, what, json!({ "error": error.to_string() }))
        });
        let settings = Arc::new(ArcSwap::from_pointee(settings));
        let accounts =
            Accounts::new(Arc::clone(&records), Arc::clone(&settings), logs.clone(), encryption.clone(), logins);
        if logins.totp {
            accounts.install_totp()?;
        }
        let cron = Cron::default();
        cron.report_to({
            let logs = logs.clone();
            move |id, panic| logs.message(Level::ERROR, "A cron job panicked", json!({ "id": id, "error": panic }))
        });
        let inner = Arc::new(Inner {
            accounts: Arc::new(accounts),
            backups: Backups::new(&dir),
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

/// The collections and settings of a database; one without settings gets the initial ones.
fn stored(db: &Database, encryption: &Encryption) -> Result<(Vec<Collection>, Settings), OpenError> {
    let (collections, stored) = db.readers().run({
        let encryption = encryption.clone();
        move |connection| {
            let collections = db::collections::load(connection)?;
            Ok::<_, OpenError>((collections, settings::load(connection, &encryption)?))
        }
    })??;
    if let Some(settings) = stored {
        return Ok((collections, settings));
    }
    let encryption = encryption.clone();
    let initial = db.writer().run(move |tx| {
        let initial = Settings::default();
        settings::save(tx, &encryption, &initial, &format_datetime(chrono::Utc::now()))?;
        Ok::<_, OpenError>(initial)
    })?;
    Ok((collections, initial))
}

//! Saving settings and taking them in.

use super::{App, Inner, OpenError};
use crate::collections::CollectionError;
use crate::db::{Changed, DbError, WriteTx, notify};
use crate::events::{Bus, EventError, Operation, SettingsEvent, SettingsListEvent, Stage};
use crate::logs::Level;
use crate::schema::ErrorTree;
use crate::schema::fields::format_datetime;
use crate::settings::{self, Settings, SettingsError};
use serde_json::{Map, Value as Json, json};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Why settings were not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveSettingsError {
    #[error("a value has the wrong JSON type")]
    WrongType,
    #[error("a value is not valid")]
    Invalid(ErrorTree),
    /// A handler of a save saves settings itself.
    #[error(
        "this runs inside a save of the settings, which would wait for itself; change `new` of the event, or save once the handlers are done"
    )]
    Nested,
    /// A handler refused.
    #[error(transparent)]
    Event(EventError),
    #[error("{0}")]
    Failed(String),
}

/// Why the settings of a project are not in force.
#[derive(Debug, thiserror::Error)]
pub enum OverlayError {
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Save(OpenError),
}

impl From<SaveSettingsError> for EventError {
    fn from(error: SaveSettingsError) -> Self {
        Self { source: Some(Box::new(error)), ..Self::failed("the settings were not saved") }
    }
}

impl SaveSettingsError {
    /// The error of a save: its own, or a handler's.
    fn of(mut error: EventError) -> Self {
        match error.source.take().map(|source| source.downcast::<Self>()) {
            Some(Ok(own)) => *own,
            _ => Self::Event(error),
        }
    }
}

impl App {
    /// The settings for a superuser, `None` when a handler ended the request. Secrets are in it.
    ///
    /// # Errors
    /// A handler refuses.
    pub fn list_settings(&self) -> Result<Option<Settings>, EventError> {
        let mut event = SettingsListEvent { settings: Settings::clone(&self.settings()) };
        let mut shown = None;
        self.records().around_answer(&self.hooks().requests.settings_list, &[], &mut event, &mut |event| {
            shown = Some(event.settings.clone());
            Ok(())
        })?;
        Ok(shown)
    }

    /// Replaces some keys of the settings and stores them where that changes anything.
    ///
    /// # Errors
    /// An unknown key, a value that is not valid, or a database that cannot be written.
    pub fn overlay_settings(
        &self,
        changes: &Map<String, Json>,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(), OverlayError> {
        let current = self.settings();
        let next = settings::overlay(&current, changes, env).map_err(OverlayError::Invalid)?;
        let errors = settings::validate(&next);
        let own = |path: &str| changes.contains_key(path.split('.').next().unwrap_or(path));
        if let Some((path, error)) = errors.leaves().into_iter().find(|(path, _)| own(path)) {
            return Err(OverlayError::Invalid(format!("`{path}`: {}", error.message)));
        }
        if next == *current {
            return Ok(());
        }
        let (stored, encryption) = (next.clone(), self.inner.encryption.clone());
        let saved: Result<(), OpenError> = self
            .inner
            .records
            .db
            .writer()
            .run(move |tx| Ok(settings::save(tx, &encryption, &stored, &format_datetime(chrono::Utc::now()))?));
        saved.map_err(OverlayError::Save)?;
        self.inner.take_in(next);
        Ok(())
    }

    /// Lays changes over the settings, checks and stores them; `None` when a handler ended the request. Not for async
    /// code.
    ///
    /// # Errors
    /// What is wrong with them, or [`SaveSettingsError::Nested`] inside the handlers of another save; nothing is changed
    /// then.
    pub fn save_settings(&self, changes: &Map<String, Json>) -> Result<Option<Arc<Settings>>, SaveSettingsError> {
        // Whoever has the turn may be waiting for this thread to end its transaction.
        self.records().db.writer().check_free().map_err(failed)?;
        let _turn = self.inner.saving_settings.take().ok_or(SaveSettingsError::Nested)?;
        // What is stored, not what is served: another process may have changed it a moment ago.
        let encryption = self.inner.encryption.clone();
        let stored = self.records().db.readers().run(move |connection| settings::load(connection, &encryption));
        let stored = stored.map_err(failed)?.map_err(failed)?.unwrap_or_default();
        let new = settings::apply(&stored, changes).map_err(|_| SaveSettingsError::WrongType)?;
        let mut event = SettingsEvent { old: Arc::new(stored), new, error: None };
        let mut done = false;
        let bus: &Bus = self.hooks();
        let saved = self.records().around_answer(&bus.requests.settings_update, &[], &mut event, &mut |event| {
            done = true;
            self.save_hooked(event)
        });
        saved.map_err(SaveSettingsError::of)?;
        Ok(done.then(|| Arc::new(event.new)))
    }

    /// The model hooks around checking and storing.
    fn save_hooked(&self, event: &mut SettingsEvent) -> Result<(), EventError> {
        let bus: &Bus = self.hooks();
        let saved = bus.around(Stage::Whole(Operation::Update), event, &mut |event| {
            bus.around(Stage::Validate, event, &mut |event| {
                let errors = settings::validate(&event.new);
                if errors.is_empty() { Ok(()) } else { Err(SaveSettingsError::Invalid(errors).into()) }
            })?;
            bus.around(Stage::Execute(Operation::Update), event, &mut |event| Ok(self.store_settings(event)?))
        });
        if let Err(error) = saved {
            event.error = Some(error.to_string());
            let _ = bus.around(Stage::AfterError(Operation::Update), event, &mut |_| Ok(()));
            return Err(error);
        }
        self.inner.take_in(event.new.clone());
        self.catch_up(&event.new);
        notify(self.dir(), Changed::Settings);
        bus.around(Stage::AfterSuccess(Operation::Update), event, &mut |_| Ok(()))
    }

    fn store_settings(&self, event: &mut SettingsEvent) -> Result<(), SaveSettingsError> {
        let encryption = &self.inner.encryption;
        let lease = self.records().db.writer().lease().map_err(failed)?;
        // A collection that was renamed meanwhile was renamed in these too.
        if event.new.rate_limits == event.old.rate_limits
            && let Some(stored) = settings::load(&lease, encryption).map_err(failed)?
        {
            event.new.rate_limits = stored.rate_limits;
        }
        settings::save(&lease, encryption, &event.new, &format_datetime(chrono::Utc::now())).map_err(failed)
    }

    /// Takes in what is stored where it is not what was saved: a collection was renamed since, and its turn to be taken in
    /// may have come before.
    fn catch_up(&self, saved: &Settings) {
        let encryption = self.inner.encryption.clone();
        let stored = self.records().db.readers().run(move |connection| settings::load(connection, &encryption));
        if let Ok(Ok(Some(stored))) = stored
            && stored != *saved
        {
            self.inner.take_in(stored);
        }
    }
}

impl Inner {
    /// Rate limit rules name collections as `posts:create`. What is stored is changed, not what is served: somebody may
    /// just have saved other settings.
    ///
    /// # Errors
    /// There is a rule of the new name already.
    pub(super) fn rename_in_settings(
        &self,
        tx: &WriteTx<'_>,
        renames: &[(String, String)],
    ) -> Result<(), CollectionError> {
        if renames.is_empty() {
            return Ok(());
        }
        let rolled_back = |error: SettingsError| DbError::RolledBack(error.to_string());
        let stored = settings::load(tx, &self.encryption).map_err(rolled_back)?.unwrap_or_default();
        let mut renamed = stored.clone();
        for (old, new) in renames {
            for rule in &mut renamed.rate_limits.rules {
                if let Some(action) = rule.label.strip_prefix(old.as_str()).and_then(|rest| rest.strip_prefix(':')) {
                    rule.label = format!("{new}:{action}");
                }
            }
        }
        if renamed != stored {
            let errors = settings::validate(&renamed);
            if !errors.is_empty() && settings::validate(&stored).is_empty() {
                let message = "A rate limit rule names the new name of the collection already.".to_owned();
                return Err(CollectionError::Refused { message, data: errors });
            }
            settings::save(tx, &self.encryption, &renamed, &format_datetime(chrono::Utc::now()))
                .map_err(rolled_back)?;
        }
        Ok(())
    }

    /// Takes in the stored settings where they are others than those that are served, and verifies realtime clients again,
    /// with the collections that are served now.
    pub(super) fn reload_settings(&self) {
        if let Some(settings) = self.changed_settings() {
            self.take_in(settings);
        }
        self.broker.revalidate();
    }

    /// The same for the writer's thread, where no handler may run: it could panic, take its time, or write. Where there
    /// are handlers, it is left to another thread.
    pub(super) fn reload_settings_aside(self: &Arc<Self>) {
        if !self.records.bus.settings_reload.is_bound() {
            return self.reload_settings();
        }
        self.broker.revalidate();
        // One that waits for its turn will see this change, too.
        if self.changed_settings().is_none() || self.reload_waits.swap(true, Ordering::AcqRel) {
            return;
        }
        let inner = Arc::clone(self);
        let reload = move || {
            let _turn = inner.saving_settings.take();
            inner.reload_waits.store(false, Ordering::Release);
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| inner.reload_settings())) {
                let data = json!({ "error": crate::panics::text_of(&*panic) });
                inner.logs.message(Level::ERROR, "A handler of settings_reload panicked", data);
            }
        };
        if let Err(error) = std::thread::Builder::new().name("pbr-settings".into()).spawn(reload) {
            self.reload_waits.store(false, Ordering::Release);
            let data = json!({ "error": error.to_string() });
            self.logs.message(Level::ERROR, "Failed to reload the settings", data);
        }
    }

    fn changed_settings(&self) -> Option<Settings> {
        let readers = self.records.db.readers();
        let error = match readers.here(|connection| settings::load(connection, &self.encryption)) {
            Ok(Ok(stored)) => return stored.filter(|stored| *stored != **self.settings.load()),
            Err(DbError::Closed) => return None,
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        // What was loaded before goes on serving.
        self.logs.trouble("Failed to reload the settings", &error);
        None
    }

    /// Serves with new settings, unless a handler keeps the old ones.
    pub(super) fn take_in(&self, new: Settings) {
        let mut event = SettingsEvent { old: self.settings.load_full(), new, error: None };
        let taken = self.records.bus.settings_reload.trigger(&[], &mut event, &mut |event| {
            self.settings.store(Arc::new(event.new.clone()));
            self.records.files.follow(&event.new.s3);
            self.backups.follow(&event.new.backups.s3);
            self.schedule_backups(&event.new);
            let logs = &event.new.logs;
            self.logs.configure(logs.max_days, logs.min_level, logs.max_data_size);
            self.accounts.settings_changed();
            // Counters start over; a limited request brings the job back.
            self.cron.remove(crate::cron::RATE_LIMITS_CLEANUP);
            Ok(())
        });
        if let Err(error) = taken {
            self.logs.message(Level::ERROR, error.to_string(), Json::Null);
        }
    }
}

fn failed(error: impl std::fmt::Display) -> SaveSettingsError {
    SaveSettingsError::Failed(error.to_string())
}

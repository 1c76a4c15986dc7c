//! The records of one data directory, as every operation finds them.

use super::{Plans, RecordError, Scope, sessions};
use crate::back_off::{BackOff, Guess};
use crate::db::{Database, DbError, WriteTx};
use crate::events::{Bus, Record};
use crate::files::RecordFiles;
use crate::passwords::Passwords;
use crate::query::RequestInfo;
use crate::schema::{Catalog, Collection};
use arc_swap::ArcSwap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use tokio::sync::oneshot;

/// Hears what failed, and with which error.
type Reporter = Box<dyn Fn(&str, &str) + Send + Sync>;

/// The records of one data directory.
pub struct Records {
    pub db: Database,
    pub catalog: ArcSwap<Catalog>,
    /// Held from before tables change until the catalog that tells of it is there.
    pub changing: RwLock<()>,
    pub plans: Plans,
    pub bus: Bus,
    pub files: RecordFiles,
    pub passwords: Passwords,
    /// Makes those wait who guess wrong.
    pub back_off: BackOff,
    /// Moves whenever an auth record changes or goes: what was verified before must be verified again.
    pub auth_epoch: AtomicU64,
    /// Told of handlers that failed where the caller may not be.
    pub report: Reporter,
}

/// The result of an operation to come.
pub enum Pending<T> {
    /// What took no longer than handing it to a thread would have.
    Ready(Result<T, RecordError>),
    /// A job of the writer or of a reader, to be awaited.
    Queued(oneshot::Receiver<Result<T, RecordError>>),
    /// Work that blocks, for a thread that may.
    Blocking(Blocking<T>),
    /// A job that does nothing where it would hold up others, and the work that blocks instead.
    Tried(oneshot::Receiver<Result<Option<T>, RecordError>>, Blocking<T>),
}

type Blocking<T> = Box<dyn FnOnce() -> Result<T, RecordError> + Send>;

impl<T> Pending<T> {
    /// Waits for the result, on a thread that may.
    pub fn wait(self) -> Result<T, RecordError> {
        match self {
            Self::Ready(result) => result,
            Self::Queued(result) => crate::db::wait(result).unwrap_or_else(|| Err(DbError::Closed.into())),
            Self::Blocking(work) => work(),
            Self::Tried(result, work) => match crate::db::wait(result) {
                Some(Ok(Some(done))) => Ok(done),
                Some(Ok(None)) => work(),
                Some(Err(error)) => Err(error),
                None => Err(DbError::Closed.into()),
            },
        }
    }
}

impl Records {
    /// A view of the surroundings in which handlers take part.
    pub fn scope<'a>(
        &'a self,
        connection: &'a rusqlite::Connection,
        catalog: &'a Catalog,
        request: &'a RequestInfo,
    ) -> Scope<'a> {
        Scope { connection, catalog, plans: &self.plans, request, bus: Some(&self.bus), counts: None }
    }

    /// Whether somebody listens to deletes of one of the collections whose rows belong to auth records.
    pub(super) fn listens_to_rows(&self, name: &str) -> bool {
        self.catalog.load().get(name).is_some_and(|collection| self.bus.listens_to_deletes(collection))
    }

    /// Whether a change of an auth record may delete rows inside handlers.
    pub(super) fn forgets_with_handlers(&self, collection: &Collection) -> bool {
        collection.is_auth() && sessions::OWNED.iter().any(|name| self.listens_to_rows(name))
    }

    /// Whether a password is that of an auth record. This takes its time.
    ///
    /// # Errors
    /// 429 for one more guess after too many wrong ones.
    pub fn is_password(&self, collection: &Collection, record: &Record, password: &str) -> Result<bool, RecordError> {
        let guess = Guess::Password { collection: &collection.id, record: record.id(collection) };
        let attempt = self.back_off.begin(guess)?;
        let right = self.passwords.verify(password, record.password_hash(collection, "password"));
        if right {
            attempt.succeed();
        }
        Ok(right)
    }

    pub(super) fn distrust_after(self: &Arc<Self>, tx: &WriteTx<'_>) {
        let records = Arc::clone(self);
        tx.after_commit(move || records.distrust());
    }

    /// Makes every verified identity be verified again.
    pub fn distrust(&self) {
        self.auth_epoch.fetch_add(1, Ordering::AcqRel);
    }
}

//! The program's own jobs by the clock (spec 04 §5.4).

use super::Inner;
use crate::logs::Level;
use std::sync::{Arc, Weak};

type Job = fn(&Inner);

impl Inner {
    /// Adds the jobs. They hold the app only while they run.
    pub(super) fn add_jobs(self: &Arc<Self>) {
        let jobs: [(&str, &str, Job); 4] = [
            ("__pbDBOptimize__", "0 0 * * *", Self::optimise),
            ("__pbMFACleanup__", "0 * * * *", |inner| inner.accounts.delete_expired_mfas()),
            ("__pbOTPCleanup__", "0 * * * *", |inner| inner.accounts.delete_expired_otps()),
            ("__pbLogsCleanup__", "0 */6 * * *", Self::delete_old_logs),
        ];
        for (id, expression, run) in jobs {
            let app: Weak<Self> = Arc::downgrade(self);
            let added = self.cron.add(id, expression, move || {
                if let Some(inner) = app.upgrade() {
                    run(&inner);
                }
            });
            added.expect("the program's own schedules are valid");
        }
    }

    /// Moves the write-ahead log into the database file and lets SQLite refresh its statistics.
    fn optimise(&self) {
        let done = self.records.db.writer().lease().and_then(|lease| {
            lease.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(lease.execute_batch("PRAGMA optimize")?)
        });
        if let Err(error) = done {
            self.logs.message(Level::WARN, error.to_string(), serde_json::Value::Null);
        }
    }

    fn delete_old_logs(&self) {
        self.logs.delete_older(self.settings.load().logs.max_days);
    }
}

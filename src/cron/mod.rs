//! Jobs that run by the clock, in UTC, to the minute (spec 04 §5.4).
//!
//! Knows schedules and functions. It does not know what a job does.

mod schedule;

pub use schedule::Schedule;

use chrono::{DateTime, Utc};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

/// The job that is there while requests are limited.
pub const RATE_LIMITS_CLEANUP: &str = "__pbRateLimitersCleanup__";

type Run = Arc<dyn Fn() + Send + Sync>;
/// Hears of a job, by its id, and of what its panic said.
type Reporter = Arc<dyn Fn(&str, &str) + Send + Sync>;

struct Job {
    id: String,
    schedule: Schedule,
    run: Run,
}

/// The jobs of an app. Cheap to clone; the clock stops when the last clone is dropped.
#[derive(Clone, Default)]
pub struct Cron {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    jobs: Mutex<Vec<Job>>,
    reporter: OnceLock<Reporter>,
}

impl Cron {
    /// Sets who hears of jobs that panic on a thread of their own; the first one stays.
    pub fn report_to(&self, reporter: impl Fn(&str, &str) + Send + Sync + 'static) {
        let _ = self.inner.reporter.set(Arc::new(reporter));
    }

    /// Adds a job, or replaces the one of that id.
    ///
    /// # Errors
    /// The expression is no schedule.
    pub fn add(&self, id: &str, expression: &str, run: impl Fn() + Send + Sync + 'static) -> Result<(), String> {
        let job = Job { id: id.to_owned(), schedule: Schedule::parse(expression)?, run: Arc::new(run) };
        let mut jobs = self.inner.lock();
        match jobs.iter_mut().find(|other| other.id == id) {
            Some(place) => *place = job,
            None => jobs.push(job),
        }
        Ok(())
    }

    pub fn remove(&self, id: &str) {
        self.inner.lock().retain(|job| job.id != id);
    }

    /// Removes all jobs.
    pub fn clear(&self) {
        self.inner.lock().clear();
    }

    /// Ids and expressions: the program's own jobs come last, in the order in which they were added.
    pub fn list(&self) -> Vec<(String, String)> {
        let jobs = self.inner.lock();
        let mut list: Vec<_> = jobs.iter().map(|job| (job.id.clone(), job.schedule.expression().to_owned())).collect();
        // A stable sort keeps the order of those whose key is the same.
        list.sort_by_key(|(id, _)| if id.starts_with("__pb") { (true, String::new()) } else { (false, id.clone()) });
        list
    }

    /// Starts a job now, on a thread of its own; `false` when there is none of that id.
    pub fn start(&self, id: &str) -> bool {
        self.inner.start(|job| job.id == id) > 0
    }

    /// Runs a job on this thread; whether it ended without a panic. `None` when there is none of that id.
    pub fn run(&self, id: &str) -> Option<bool> {
        let run = self.inner.lock().iter().find(|job| job.id == id).map(|job| Arc::clone(&job.run))?;
        Some(catch_unwind(AssertUnwindSafe(|| run())).is_ok())
    }

    /// Lets the clock run: jobs start at the minutes of their schedules until the last handle is dropped.
    pub fn tick(&self) {
        let inner = Arc::downgrade(&self.inner);
        // Without the thread there are no jobs, which must not keep the server from serving.
        let _ = std::thread::Builder::new().name("pbr-cron".into()).spawn(move || clock(&inner));
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Vec<Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the jobs that are wanted, each on a thread of its own, and returns how many.
    fn start(&self, wanted: impl Fn(&Job) -> bool) -> usize {
        let due: Vec<(String, Run)> =
            self.lock().iter().filter(|job| wanted(job)).map(|job| (job.id.clone(), Arc::clone(&job.run))).collect();
        let started = due.len();
        for (id, run) in due {
            let reporter = self.reporter.get().cloned();
            let _ = std::thread::Builder::new().name("pbr-job".into()).spawn(move || {
                // The next run is not the worse for it.
                if let (Err(panic), Some(reporter)) = (catch_unwind(AssertUnwindSafe(|| run())), reporter) {
                    reporter(&id, crate::panics::text_of(&*panic));
                }
            });
        }
        started
    }
}

fn clock(inner: &Weak<Inner>) {
    const GLANCE: Duration = Duration::from_millis(250);
    let minute = |moment: DateTime<Utc>| moment.timestamp().div_euclid(60);
    let mut last = minute(Utc::now());
    loop {
        std::thread::sleep(GLANCE);
        let Some(inner) = inner.upgrade() else { return };
        let now = Utc::now();
        // A clock that was set back starts nothing twice; one that jumped ahead does not catch up.
        if minute(now) <= last && minute(now) + 60 > last {
            continue;
        }
        last = minute(now);
        inner.start(|job| job.schedule.matches(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_jobs_are_listed_last_and_an_id_is_one_job() {
        let cron = Cron::default();
        for (id, expression) in [("__pbB__", "* * * * *"), ("z", "@daily"), ("__pbA__", "1 * * * *"), ("a", "@hourly")]
        {
            cron.add(id, expression, || {}).unwrap();
        }
        cron.add("z", "5 4 * * *", || {}).unwrap();
        let list = cron.list();
        let ids: Vec<_> = list.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["a", "z", "__pbB__", "__pbA__"]);
        assert_eq!((list[0].1.as_str(), list[1].1.as_str()), ("0 * * * *", "5 4 * * *"));
        assert!(!cron.start("none") && cron.add("bad", "* * *", || {}).is_err());
    }

    #[test]
    fn a_started_job_runs_and_may_panic_which_is_reported() {
        let cron = Cron::default();
        let (sender, receiver) = crossbeam_channel::unbounded();
        let (report, reported) = crossbeam_channel::unbounded();
        cron.report_to(move |id, panic| report.send(format!("{id}: {panic}")).unwrap());
        cron.add("job", "0 0 1 1 *", move || {
            sender.send(()).unwrap();
            panic!("on purpose");
        })
        .unwrap();
        for _ in 0..2 {
            assert!(cron.start("job"));
            receiver.recv_timeout(Duration::from_secs(10)).unwrap();
            assert_eq!(reported.recv_timeout(Duration::from_secs(10)).unwrap(), "job: on purpose");
        }
    }
}

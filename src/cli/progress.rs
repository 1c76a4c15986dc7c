//! How far the work is: a bar on a terminal for work that takes a while, events with `--json=lines`, nothing elsewhere.

use super::{Context, Output};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use serde_json::json;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Work that is over before this shows no bar.
const BEFORE: Duration = Duration::from_millis(100);
/// Pause between two events about the same thing.
const PAUSE: Duration = Duration::from_millis(200);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Rows,
    Bytes,
    Files,
    Steps,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Bytes => "bytes",
            Self::Files => "files",
            Self::Steps => "steps",
        }
    }
}

/// What shows how far the work is.
pub struct Meter {
    output: Output,
    /// Whether stdout or a terminal is free for it.
    visible: bool,
    unit: Unit,
    started: Instant,
    /// What is worked on: a collection, a file, a step.
    what: String,
    bar: Option<ProgressBar>,
    /// Done, of how many, and rows: as last heard of.
    state: Option<(u64, Option<u64>, Option<u64>)>,
    /// When the last event was, and whether it told of the state.
    told: Option<(Instant, bool)>,
}

impl Meter {
    pub fn new(context: &Context, unit: Unit) -> Self {
        let output = context.output();
        let visible = !output.quiet && (output.lines || !output.json);
        let (what, started) = (String::new(), Instant::now());
        Self { output, visible, unit, started, what, bar: None, state: None, told: None }
    }

    /// For work whose result is written to stdout meanwhile: no events in between.
    pub fn beside_output(context: &Context, unit: Unit) -> Self {
        let mut meter = Self::new(context, unit);
        meter.visible &= !meter.output.lines;
        meter
    }

    /// So much of something is done, of a total where that is known.
    pub fn show(&mut self, what: &str, done: u64, total: Option<u64>) {
        self.step(what, done, total, None);
    }

    /// As [`Self::show`], where bytes are counted and rows are what people think of.
    pub fn show_rows(&mut self, what: &str, rows: u64, bytes: u64, total: Option<u64>) {
        self.step(what, bytes, total, Some(rows));
    }

    fn step(&mut self, what: &str, done: u64, total: Option<u64>, rows: Option<u64>) {
        if !self.visible {
            return;
        }
        if self.what != what {
            self.end();
            what.clone_into(&mut self.what);
        }
        self.state = Some((done, total, rows));
        if self.output.lines { self.tell() } else { self.draw(done, total, rows) }
    }

    fn tell(&mut self) {
        match &mut self.told {
            Some((moment, current)) if moment.elapsed() < PAUSE => *current = false,
            _ => self.tell_now(),
        }
    }

    fn tell_now(&mut self) {
        let Some((done, total, rows)) = self.state else { return };
        self.output.event(|| {
            let mut event = json!({
                "event": "progress", "what": self.what, "unit": self.unit.name(), "done": done, "total": total,
            });
            if let Some(rows) = rows {
                event["rows"] = rows.into();
            }
            event
        });
        self.told = Some((Instant::now(), true));
    }

    fn draw(&mut self, done: u64, total: Option<u64>, rows: Option<u64>) {
        if self.bar.is_none() && self.started.elapsed() < BEFORE {
            return;
        }
        let unit = self.unit;
        let bar = self.bar.get_or_insert_with(|| {
            // indicatif hides the bar where stderr is no terminal.
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
            let template = match (total, unit) {
                (None, _) => "{spinner} {msg}",
                (Some(_), Unit::Bytes) => "{msg:16} {bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
                (Some(_), _) => "{msg:16} {bar:40} {pos}/{len} {rate}/s",
            };
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            let rate = |state: &ProgressState, out: &mut dyn Write| {
                let _ = write!(out, "{}", HumanCount(state.per_sec() as u64));
            };
            bar.with_style(style.with_key("rate", rate))
        });
        match rows.or(total.is_none().then_some(done)) {
            Some(1) => bar.set_message("1 row"),
            Some(rows) => bar.set_message(format!("{rows} rows")),
            None => bar.set_message(self.what.clone()),
        }
        bar.set_position(done);
    }

    /// What is worked on is done.
    fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        if self.told.is_some_and(|(_, current)| !current) {
            self.tell_now();
        }
        (self.state, self.told) = (None, None);
    }

    pub fn finish(self) {}
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.end();
    }
}

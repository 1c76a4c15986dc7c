//! A bar or a count of what is done, on a terminal only and only for work that takes a while.

use super::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// Work that is over before this shows nothing.
const BEFORE: Duration = Duration::from_millis(100);

/// What shows how far the work is.
pub struct Meter {
    visible: bool,
    started: Instant,
    /// Bytes, where it is known how many there are.
    total: Option<u64>,
    bar: Option<ProgressBar>,
}

impl Meter {
    /// With the number of bytes to do, where that is known.
    pub fn new(context: &Context, total: Option<u64>) -> Self {
        let visible = !context.global.quiet && !context.global.json;
        Self { visible, started: Instant::now(), total, bar: None }
    }

    /// So many rows are done, and so many of the bytes.
    pub fn show(&mut self, rows: u64, bytes: u64) {
        if !self.visible || (self.bar.is_none() && self.started.elapsed() < BEFORE) {
            return;
        }
        let total = self.total;
        let bar = self.bar.get_or_insert_with(|| {
            // indicatif hides the bar where stderr is no terminal.
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
            let template = match total {
                Some(_) => "{bar:40} {bytes}/{total_bytes} {msg} {eta}",
                None => "{spinner} {msg}",
            };
            let style = ProgressStyle::with_template(template);
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_message(format!("{rows} rows"));
        bar.set_position(bytes);
    }

    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

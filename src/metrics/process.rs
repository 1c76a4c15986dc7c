//! What the operating system says of this process, under the names that all programs use. Nothing where it says nothing.

use super::{Exposition, Kind};
use std::time::{SystemTime, UNIX_EPOCH};

/// Writes the families.
pub fn process(page: &mut Exposition) {
    // Fields by their numbers in proc(5), after the name, which may hold spaces.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit_once(')').map_or_else(Vec::new, |(_, rest)| rest.split_whitespace().collect());
    let field = |number: usize| fields.get(number - 3).and_then(|value| value.parse::<f64>().ok());
    if let Some(ticks) = field(14).zip(field(15)).map(|(user, system)| user + system) {
        let help = "Processor time, user and system.";
        page.single("process_cpu_seconds_total", Kind::Counter, help, ticks / ticks_per_second());
    }
    if let Some(started) = field(22).and_then(start) {
        page.single("process_start_time_seconds", Kind::Gauge, "Start, in seconds since 1970.", started);
    }
    if let Some(threads) = field(20) {
        page.single("process_threads", Kind::Gauge, "Threads.", threads);
    }
    if let Some(bytes) = field(23) {
        page.single("process_virtual_memory_bytes", Kind::Gauge, "Virtual memory.", bytes);
    }
    if let Some(pages) = field(24) {
        page.single("process_resident_memory_bytes", Kind::Gauge, "Memory in use.", pages * page_size());
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        // One of them is the folder itself.
        page.single("process_open_fds", Kind::Gauge, "Open files.", open.count().saturating_sub(1) as f64);
    }
    if let Some(most) = max_files() {
        page.single("process_max_fds", Kind::Gauge, "Files that may be open.", most);
    }
}

/// From ticks since the machine started.
fn start(ticks: f64) -> Option<f64> {
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let uptime: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs_f64();
    Some(now - uptime + ticks / ticks_per_second())
}

#[cfg(unix)]
fn ticks_per_second() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}

#[cfg(unix)]
fn page_size() -> f64 {
    rustix::param::page_size() as f64
}

#[cfg(unix)]
fn max_files() -> Option<f64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current.map(|most| most as f64)
}

#[cfg(not(unix))]
fn ticks_per_second() -> f64 {
    1.0
}

#[cfg(not(unix))]
fn page_size() -> f64 {
    1.0
}

#[cfg(not(unix))]
fn max_files() -> Option<f64> {
    None
}

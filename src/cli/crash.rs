//! What happens when pbr has a bug: a report in a file, and a message that says where it is.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;

/// The exit code of a command that panicked.
pub const EXIT: u8 = 1;

/// Writes a report instead of the usual lines.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let report = report(info);
        let path = std::env::temp_dir().join(format!("pbr-crash-{}.txt", std::process::id()));
        match std::fs::write(&path, &report) {
            Ok(()) => {
                eprintln!("pbr crashed: this is a bug. The report is in {}", path.display());
                eprintln!("Please add it to an issue. It holds no arguments, no environment and no data.");
            }
            Err(_) => eprintln!("pbr crashed: this is a bug. Please add this to an issue:\n{report}"),
        }
    }));
}

/// Version, system, place and backtrace. The message of a panic may quote data, so only its place is told.
fn report(info: &PanicHookInfo<'_>) -> String {
    let place =
        info.location().map_or_else(|| "unknown".to_owned(), |place| format!("{}:{}", place.file(), place.line()));
    format!(
        "pbr {} on {} {}\nSQLite {}\npanicked at {place}\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        crate::db::sqlite_version(),
        Backtrace::force_capture()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_tells_the_place_and_no_data() {
        let (send, receive) = std::sync::mpsc::channel();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let _ = send.send(report(info));
        }));
        let _ = std::panic::catch_unwind(|| panic!("the password is hunter2"));
        std::panic::set_hook(before);
        let text = receive.recv().unwrap();
        assert!(text.contains("crash.rs:") && text.contains(env!("CARGO_PKG_VERSION")), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

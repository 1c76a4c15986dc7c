//! Telling systemd how the service is: sd_notify(3), without its library.

use std::time::Duration;

/// Sends assignments such as `READY=1` where a service manager listens.
#[cfg(unix)]
pub fn notify(state: &str) {
    use std::os::unix::net::UnixDatagram;
    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let Ok(socket) = UnixDatagram::unbound() else { return };
    // A manager that went away is told nothing; the service goes on.
    #[cfg(target_os = "linux")]
    if let Some(name) = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt;
        if let Ok(address) = std::os::unix::net::SocketAddr::from_abstract_name(name) {
            let _ = socket.send_to_addr(state.as_bytes(), &address);
        }
        return;
    }
    let _ = socket.send_to(state.as_bytes(), path);
}

#[cfg(not(unix))]
pub fn notify(_state: &str) {}

/// How often the manager wants to hear that the service lives: half of the time after which it would restart it.
pub fn watchdog() -> Option<Duration> {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
    number("WATCHDOG_USEC").filter(|time| ours && *time > 0).map(|time| Duration::from_micros(time / 2))
}

//! The machine: rights, disk, limits, clock, port.

use super::{Check, Patient};
use crate::text_file::existing_folder;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, SystemTime};

pub fn checks(patient: &Patient<'_>) -> Vec<Check> {
    let mut checks = vec![rights(&patient.data)];
    #[cfg(unix)]
    checks.extend([free_disk(&patient.data), open_files()]);
    checks.push(clock(&patient.data));
    match &patient.addresses {
        Ok(addresses) => checks.extend(addresses.iter().map(|address| port(address))),
        Err(error) => checks.push(Check::fail("port", error.clone(), "check the key server of pbr.yaml")),
    }
    checks
}

fn rights(data: &Path) -> Check {
    const NAME: &str = "data-directory";
    let folder = existing_folder(data);
    // Named like a temporary file of the server, so that a left one is cleaned up.
    let probe = folder.join(format!(".pbr_doctor_{}", std::process::id()));
    match std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) if data.exists() => Check::pass(NAME, format!("{} can be written", data.display())),
        Ok(()) => Check::pass(NAME, format!("{} does not exist yet and can be made", data.display())),
        Err(error) => Check::fail(
            NAME,
            format!("{} cannot be written: {error}", folder.display()),
            "check owner and rights of the directory",
        ),
    }
}

#[cfg(unix)]
fn free_disk(data: &Path) -> Check {
    const NAME: &str = "free-disk";
    const LOW: u64 = 1 << 30;
    const EMPTY: u64 = 100 << 20;
    let Ok(disk) = rustix::fs::statvfs(existing_folder(data)) else {
        return Check::skip(NAME, "the file system does not say");
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let message = format!("{:.1} GiB free", free as f64 / f64::from(1 << 30));
    match free {
        0..EMPTY => Check::fail(NAME, message, "free some space: writes fail when the disk is full"),
        EMPTY..LOW => Check::warn(NAME, message, "free some space, or move backups to a bucket"),
        _ => Check::pass(NAME, message),
    }
}

#[cfg(unix)]
fn open_files() -> Check {
    const NAME: &str = "open-files";
    /// Realtime clients take one each.
    const FEW: u64 = 4096;
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    match limit {
        Some(limit) if limit < FEW => {
            let message = format!("a process may open {limit} files, and every connection is one");
            Check::warn(NAME, message, "ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit")
        }
        Some(limit) => Check::pass(NAME, format!("a process may open {limit} files")),
        None => Check::pass(NAME, "a process may open any number of files"),
    }
}

/// Tokens and migrations live by the clock.
fn clock(data: &Path) -> Check {
    const NAME: &str = "clock";
    /// Before this program was written.
    const EARLIEST: Duration = Duration::from_secs(1_760_000_000);
    const TOLERANCE: Duration = Duration::from_secs(300);
    let now = SystemTime::now();
    if now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default() < EARLIEST {
        return Check::fail(NAME, "the clock is years behind", "set the clock; tokens would not be valid");
    }
    let written = std::fs::metadata(data.join("data.db")).and_then(|metadata| metadata.modified());
    match written {
        Ok(written) if written > now + TOLERANCE => {
            Check::warn(NAME, "the database was written in the future", "check the clock")
        }
        _ => Check::pass(NAME, "the clock is plausible"),
    }
}

fn port(address: &str) -> Check {
    const NAME: &str = "port";
    match TcpListener::bind(address) {
        Ok(_) => Check::pass(NAME, format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Check::warn(
            NAME,
            format!("{address} is in use, maybe by the server itself"),
            "pbr serve --http ANOTHER_ADDRESS",
        ),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Check::fail(
            NAME,
            format!("{address} cannot be listened on: {error}"),
            "ports below 1024 need a privilege, such as AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit",
        ),
        Err(error) => {
            Check::fail(NAME, format!("{address} cannot be listened on: {error}"), "check the key server of pbr.yaml")
        }
    }
}

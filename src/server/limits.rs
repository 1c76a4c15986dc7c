//! How many connections may be open at once.

/// Files that are no connections: databases, uploads, thumbs, static files.
const RESERVE: usize = 512;
const LEAST: usize = 64;

/// As many as this process may have files open, after asking for as many as it can get.
pub fn connections() -> usize {
    open_files().map_or(usize::MAX >> 4, |files| files.saturating_sub(RESERVE).max(files / 2).max(LEAST))
}

#[cfg(unix)]
fn open_files() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current < limit.maximum || limit.maximum.is_none() {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    }
    getrlimit(Resource::Nofile).current.and_then(|files| usize::try_from(files).ok())
}

#[cfg(not(unix))]
fn open_files() -> Option<usize> {
    None
}

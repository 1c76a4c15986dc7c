//! The signals that ask a process to stop.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT, SIGTERM and SIGHUP.
pub struct StopSignals {
    #[cfg(unix)]
    signals: [Option<Signal>; 3],
}

impl StopSignals {
    /// Listens from now on.
    pub fn listen() -> Self {
        #[cfg(unix)]
        let signals = {
            let hangup = (!ignores_hangups()).then(SignalKind::hangup);
            let kinds = [Some(SignalKind::interrupt()), Some(SignalKind::terminate()), hangup];
            kinds.map(|kind| kind.and_then(|kind| signal(kind).ok()))
        };
        Self {
            #[cfg(unix)]
            signals,
        }
    }

    /// Waits for the next of them.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate, hangup] = &mut self.signals;
            tokio::select! {
                () = received(interrupt) => {}
                () = received(terminate) => {}
                () = received(hangup) => {}
            }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Resolves at SIGINT, for which it listens from the call on.
pub fn interrupt() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let mut signal = signal(SignalKind::interrupt()).ok();
    async move {
        #[cfg(unix)]
        received(&mut signal).await;
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

#[cfg(unix)]
async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => _ = signal.recv().await,
        None => std::future::pending().await,
    }
}

/// Whether the process was started to outlive its terminal, by `nohup` for example: listening would undo that.
#[cfg(unix)]
fn ignores_hangups() -> bool {
    use std::io::IsTerminal;
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        // Where the system does not tell: nohup takes the terminal away from the output.
        return !std::io::stderr().is_terminal();
    };
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    const HANGUP: u64 = 1;
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & HANGUP != 0)
}

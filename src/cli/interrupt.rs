//! Ctrl-C: what has to be put back before the process ends.

use super::signals;
use std::sync::atomic::{AtomicBool, Ordering};

static OWN_END: AtomicBool = AtomicBool::new(false);

/// The command listens for interrupts itself and ends in its own way, whatever it asks and does meanwhile.
pub fn leave_to_command() {
    OWN_END.store(true, Ordering::Relaxed);
}

/// Does the work at an interrupt, and then ends the process as interrupts do, with 130. What listens once listens until
/// the process ends, so a command that ends in another way has to say so before.
pub fn before_exit(work: impl FnOnce() + Send + 'static) {
    if OWN_END.load(Ordering::Relaxed) {
        return;
    }
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    // Listened for before there is anything to put back.
    let guard = runtime.enter();
    let interrupt = signals::interrupt();
    drop(guard);
    std::thread::spawn(move || {
        runtime.block_on(interrupt);
        work();
        std::process::exit(130);
    });
}

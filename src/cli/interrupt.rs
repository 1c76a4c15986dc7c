//! Ctrl-C: what has to be put back before the process ends.

/// Does the work at an interrupt, and then ends the process as interrupts do, with 130.
pub fn before_exit(work: impl FnOnce() + Send + 'static) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    std::thread::spawn(move || {
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            work();
            std::process::exit(130);
        }
    });
}

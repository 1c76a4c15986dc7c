//! Waiting for a result on a thread, from anywhere.
//!
//! Tokio's own blocking receive panics on a thread of its runtime. Opening an app there is harmless (nothing is served
//! yet), so this waits without asking; whoever waits on a serving thread only slows himself down.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use tokio::sync::oneshot;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The result, once it is there; `None` when the sender went away.
pub fn wait<T>(receiver: oneshot::Receiver<T>) -> Option<T> {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut receiver = pin!(receiver);
    loop {
        match receiver.as_mut().poll(&mut context) {
            Poll::Ready(result) => return result.ok(),
            Poll::Pending => std::thread::park(),
        }
    }
}

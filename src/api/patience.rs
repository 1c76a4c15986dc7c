//! A connection that is given up when the other side takes nothing for too long.

use hyper::rt::{Read, ReadBufCursor, Write};
use std::future::Future;
use std::io::{Error, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// How long a client may leave a full socket unread.
const PATIENCE: Duration = Duration::from_secs(60);

/// Input and output whose writes fail when none of them makes progress for [`PATIENCE`].
pub struct Patient<T> {
    inner: T,
    patience: Duration,
    /// Runs from the first write that could not go on. Boxed and made only then: most connections never need it.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<T> Patient<T> {
    pub fn new(inner: T) -> Self {
        Self { inner, patience: PATIENCE, waiting: None }
    }

    fn judge<R>(&mut self, context: &mut Context<'_>, written: Poll<Result<R, Error>>) -> Poll<Result<R, Error>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + patience)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client does not read")))
    }
}

impl<T: Read + Unpin> Read for Patient<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<T: Write + Unpin> Write for Patient<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(context);
        self.judge(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let shut = Pin::new(&mut self.inner).poll_shutdown(context);
        self.judge(context, shut)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.judge(context, written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper_util::rt::TokioIo;

    #[tokio::test(start_paused = true)]
    async fn a_write_that_nobody_reads_fails_after_a_while() {
        let (near, far) = tokio::io::duplex(16);
        let mut io = Patient::new(TokioIo::new(near));
        let written = std::future::poll_fn(|context| Pin::new(&mut io).poll_write(context, &[0; 16])).await;
        assert_eq!(written.unwrap(), 16);
        let started = Instant::now();
        let refused = std::future::poll_fn(|context| Pin::new(&mut io).poll_write(context, &[0; 16])).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::TimedOut);
        assert!(started.elapsed() >= PATIENCE);
        drop(far);
    }
}

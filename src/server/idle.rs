//! Connections that nobody uses. A client of HTTP/2 may keep one open by answering pings alone, so they end after a time;
//! and when the server stops, none is waited for that has nothing to lose.

use super::patience::Answering;
use crate::api::Endless;
use axum::body::Body;
use axum::http::{Request, Response};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// How long a connection is looked at that may have nothing to lose, once the server stops.
const MOMENT: Duration = Duration::from_millis(200);
/// How long a client of HTTP/2 without a request has to say goodbye.
const LAST_ANSWERS: Duration = Duration::from_secs(3);

/// How many requests of a connection are not answered to the end of their body.
#[derive(Clone, Default)]
pub struct Streams(Arc<Counts>);

#[derive(Default)]
struct Counts {
    open: AtomicUsize,
    /// Those whose answers end only because the server does.
    endless: AtomicUsize,
    changed: Notify,
}

/// One of them, until it is dropped.
struct Open {
    streams: Streams,
    is_endless: bool,
}

impl Drop for Open {
    fn drop(&mut self) {
        let Counts { open, endless, changed } = &*self.streams.0;
        if self.is_endless {
            endless.fetch_sub(1, Ordering::Relaxed);
        }
        open.fetch_sub(1, Ordering::Relaxed);
        changed.notify_one();
    }
}

impl Streams {
    fn open(&self) -> Open {
        self.0.open.fetch_add(1, Ordering::Relaxed);
        self.0.changed.notify_one();
        Open { streams: self.clone(), is_endless: false }
    }

    /// Resolves after a moment without a request whose answer has an end; what waits to be written is waited for too,
    /// unless it belongs to one that has none.
    pub async fn nothing_to_lose(&self, answering: &Answering) {
        loop {
            tokio::time::sleep(MOMENT).await;
            let (open, endless) = (self.0.open.load(Ordering::Relaxed), self.endless());
            if open == endless && (endless > 0 || !answering.is_unread()) {
                return;
            }
        }
    }

    /// Counts what a service answers.
    pub fn count<F, R>(
        self,
        answer: F,
    ) -> impl hyper::service::Service<
        Request<Incoming>,
        Response = Response<Body>,
        Error = Infallible,
        Future = impl Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
    > + Send
    + 'static
    where
        F: Fn(Request<Incoming>) -> R + Send + 'static,
        R: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
    {
        service_fn(move |request| {
            let (mut open, answer) = (self.open(), answer(request));
            async move {
                let response = answer.await?;
                if response.extensions().get::<Endless>().is_some() {
                    open.is_endless = true;
                    open.streams.0.endless.fetch_add(1, Ordering::Relaxed);
                }
                Ok(response.map(|body| Body::new(Counted { body, _open: open })))
            }
        })
    }

    /// Resolves when no request was open for the given time.
    async fn idle(&self, time: Duration) {
        loop {
            let used = self.0.open.load(Ordering::Relaxed) > 0;
            let limit = if used { Duration::MAX } else { time };
            if timeout(limit, self.0.changed.notified()).await.is_err() {
                return;
            }
        }
    }

    fn endless(&self) -> usize {
        self.0.endless.load(Ordering::Relaxed)
    }
}

struct Counted {
    body: Body,
    _open: Open,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Serves until the client is done, `stop` resolves or nothing was asked for the time `idle`. Requests that are open then
/// are answered, but for those that have no end; a client that does not say goodbye then is left.
pub async fn serve_while_used<C>(connection: C, streams: &Streams, idle: Duration, stop: impl Future<Output = ()>)
where
    C: GracefulConnection,
{
    let ending = GracefulShutdown::new();
    // A client that breaks off is its own affair.
    let mut connection = pin!(ending.watch(connection));
    tokio::select! {
        _ = &mut connection => return,
        () = streams.idle(idle) => {}
        () = stop => {}
    }
    // Told to end, and polled until it has.
    let told = async {
        ending.shutdown().await;
        std::future::pending::<()>().await;
    };
    let unneeded = async {
        if streams.endless() == 0 {
            // What of the last answers the client has still to take is not known.
            tokio::time::sleep(LAST_ANSWERS).await;
        }
        streams.nothing_to_lose(&Answering::default()).await;
    };
    tokio::select! {
        _ = connection => {}
        () = told => {}
        () = unneeded => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::server::conn::http2;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
    use tokio::time::Instant;

    const IDLE: Duration = Duration::from_secs(5);
    const SETTINGS: u8 = 4;
    const PING: u8 = 6;
    const GO_AWAY: u8 = 7;
    const ACK: u8 = 1;

    fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![0, 0, u8::try_from(payload.len()).unwrap(), kind, flags, 0, 0, 0, stream];
        frame.extend_from_slice(payload);
        frame
    }

    /// `GET https://a/`, with static entries of HPACK.
    fn request() -> Vec<u8> {
        frame(1, 5, 1, &[0x82, 0x87, 0x84, 0x41, 1, b'a'])
    }

    fn serve<R>(answer: impl Fn() -> R + Send + 'static) -> DuplexStream
    where
        R: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
    {
        serve_until(answer, std::future::pending())
    }

    fn serve_until<R>(
        answer: impl Fn() -> R + Send + 'static,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> DuplexStream
    where
        R: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
    {
        let (near, far) = tokio::io::duplex(1 << 16);
        tokio::spawn(async move {
            let streams = Streams::default();
            let service = streams.clone().count(move |_| answer());
            let connection = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(near), service);
            serve_while_used(connection, &streams, IDLE, stop).await;
        });
        far
    }

    /// Answers pings until the server hangs up; the kinds of frames that came.
    async fn answer_pings(client: &mut DuplexStream) -> Vec<u8> {
        let mut kinds = Vec::new();
        let mut head = [0; 9];
        while client.read_exact(&mut head).await.is_ok() {
            let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
            client.read_exact(&mut payload).await.unwrap();
            kinds.push(head[3]);
            if head[3] == PING && head[4] & ACK == 0 {
                let _ = client.write_all(&frame(PING, ACK, 0, &payload)).await;
            }
        }
        kinds
    }

    async fn greet(client: &mut DuplexStream) {
        client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        client.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_only_answers_pings_is_told_to_go() {
        let mut client = serve(|| async { Ok(Response::new(Body::from("x"))) });
        let started = Instant::now();
        greet(&mut client).await;
        tokio::time::sleep(IDLE / 2).await;
        // A request starts the time anew.
        client.write_all(&request()).await.unwrap();
        let kinds = answer_pings(&mut client).await;
        assert!(kinds.contains(&GO_AWAY), "{kinds:?}");
        assert!(started.elapsed() >= IDLE + IDLE / 2, "{:?}", started.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_says_nothing_is_soon_left_once_the_server_stops() {
        let started = Instant::now();
        let stop = tokio::time::sleep(IDLE / 2);
        let mut client = serve_until(|| async { Ok(Response::new(Body::from("x"))) }, stop);
        greet(&mut client).await;
        client.write_all(&request()).await.unwrap();
        client.read_to_end(&mut Vec::new()).await.unwrap();
        assert!(started.elapsed() < IDLE / 2 + LAST_ANSWERS * 2, "{:?}", started.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_goes_on_keeps_its_connection() {
        let endless = || async {
            let stream = futures_util::stream::pending::<Result<Bytes, Infallible>>();
            Ok(Response::new(Body::from_stream(stream)))
        };
        let mut client = serve(endless);
        greet(&mut client).await;
        client.write_all(&request()).await.unwrap();
        let ended = timeout(IDLE * 20, answer_pings(&mut client)).await;
        assert!(ended.is_err(), "{ended:?}");
    }
}

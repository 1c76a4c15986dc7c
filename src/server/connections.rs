//! Connections: HTTP/1.1, and HTTP/2 where TLS agreed on it, within limits of number and time.

use super::idle::{Streams, serve_while_used};
use super::patience::{Answering, Patient};
use super::targets::{Beginning, Targets};
use super::tls::Tls;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

/// Header bytes that a client may send, and the time it may take; a handshake may take as long.
const MAX_HEADERS: usize = 1 << 20;
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);
/// Requests of an HTTP/2 connection at once.
const MAX_STREAMS: u32 = 250;
/// How often an idle HTTP/2 client is asked whether it is still there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(60);
const PONG: Duration = Duration::from_secs(20);
/// How long an HTTP/2 connection may be without a request, however well its client answers.
const IDLE: Duration = Duration::from_secs(300);
/// How long somebody who speaks HTTP to the port of HTTPS is listened to.
const FAREWELL: Duration = Duration::from_millis(200);

/// The open connections.
pub struct Connections {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    graceful: GracefulShutdown,
    places: Arc<Semaphore>,
    stopping: watch::Sender<()>,
}

/// The right to have a connection open.
pub struct Place {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Connections {
    pub fn new(most: usize) -> Self {
        let mut http1 = http1::Builder::new();
        http1.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(MAX_HEADERS);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(MAX_STREAMS)
            .max_header_list_size(MAX_HEADERS as u32)
            .keep_alive_interval(PING)
            .keep_alive_timeout(PONG);
        Self {
            http1,
            http2,
            graceful: GracefulShutdown::new(),
            places: Arc::new(Semaphore::new(most)),
            stopping: watch::Sender::new(()),
        }
    }

    /// Waits until there may be one more. Clients beyond wait in the queue of the operating system.
    pub async fn place(&self) -> Place {
        // The semaphore is never closed.
        Place { _permit: Arc::clone(&self.places).acquire_owned().await.ok() }
    }

    /// Serves HTTP/1.1 until the client or the service is done.
    pub fn serve_plain<F, R>(&self, stream: TcpStream, answer: F, place: Place)
    where
        F: Fn(Request<Incoming>, &Answering) -> R + Clone + Send + 'static,
        R: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
    {
        let answering = Answering::default();
        let (io, beginning) = typed(TokioIo::new(stream));
        let io = Patient::new(io, answering.clone());
        let (streams, kept) = (Streams::default(), answering.clone());
        let service = streams.clone().count(move |request| answer(marked(request, &beginning), &answering));
        let connection = self.http1.serve_connection(io, service);
        let connection = self.graceful.watch(connection);
        let mut stopping = self.stopping.subscribe();
        tokio::spawn(async move {
            serve_while_needed(connection, &streams, &kept, &mut stopping).await;
            drop(place);
        });
    }

    /// Serves HTTP/2 or HTTP/1.1 after a handshake.
    pub fn serve_tls<F, R>(&self, stream: TcpStream, tls: Tls, answer: F, place: Place)
    where
        F: Fn(Request<Incoming>, &Answering) -> R + Clone + Send + 'static,
        R: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
    {
        let (http1, http2) = (self.http1.clone(), self.http2.clone());
        let (watcher, mut stopping) = (self.graceful.watcher(), self.stopping.subscribe());
        tokio::spawn(async move {
            // Who has not shaken hands by the time the server stops has nothing to lose.
            let agreed = tokio::select! {
                agreed = timeout(HEADER_TIMEOUT, shake_hands(stream, &tls)) => agreed.ok().flatten(),
                _ = stopping.changed() => None,
            };
            if let Some(stream) = agreed {
                let second = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                let answering = Answering::default();
                if second {
                    // The streams of HTTP/2 end one by one, whatever the connection says.
                    let io = Patient::new(TokioIo::new(stream), Answering::default());
                    let streams = Streams::default();
                    let service = streams.clone().count(move |request| answer(request, &answering));
                    let connection = http2.serve_connection(io, service);
                    // The server waits for whoever has a watcher.
                    let _watched = watcher;
                    let stop = async move { drop(stopping.changed().await) };
                    serve_while_used(connection, &streams, IDLE, stop).await;
                } else {
                    let (io, beginning) = typed(TokioIo::new(stream));
                    let io = Patient::new(io, answering.clone());
                    let (streams, kept) = (Streams::default(), answering.clone());
                    let service = streams.clone().count(move |request| answer(marked(request, &beginning), &answering));
                    let connection = watcher.watch(http1.serve_connection(io, service));
                    serve_while_needed(connection, &streams, &kept, &mut stopping).await;
                }
            }
            drop(place);
        });
    }

    /// Lets running requests finish and takes no further ones.
    pub async fn finish(self) {
        self.stopping.send_replace(());
        self.graceful.shutdown().await;
    }
}

/// Serves until the client is done, or the server stops and nobody would miss the connection.
async fn serve_while_needed<T>(
    connection: impl Future<Output = T>,
    streams: &Streams,
    answering: &Answering,
    stopping: &mut watch::Receiver<()>,
) {
    let stopped = async {
        let _ = stopping.changed().await;
        streams.nothing_to_lose(answering).await;
    };
    tokio::select! {
        // A client that breaks off is its own affair.
        _ = connection => {}
        () = stopped => {}
    }
}

/// Input of HTTP/1 that takes targets as they are typed, and what it has to be told of each request.
fn typed<T>(io: T) -> (Targets<T>, Beginning) {
    let beginning = Beginning::default();
    (Targets::new(io, beginning.clone()), beginning)
}

/// A request whose target is longer than one may be; what is there of it is its beginning.
#[derive(Clone, Copy)]
pub struct LongTarget;

/// Says what follows a request, and marks one whose target was cut.
fn marked(mut request: Request<Incoming>, beginning: &Beginning) -> Request<Incoming> {
    beginning.follows(!request.body().is_end_stream());
    if beginning.is_cut() {
        request.extensions_mut().insert(LongTarget);
    }
    request
}

async fn shake_hands(stream: TcpStream, tls: &Tls) -> Option<TlsStream<TcpStream>> {
    if speaks_tls(&stream).await {
        return tls.accept(stream).await;
    }
    say_farewell(stream).await;
    None
}

/// Whether the first byte begins a handshake; without taking it.
async fn speaks_tls(stream: &TcpStream) -> bool {
    const HANDSHAKE: u8 = 0x16;
    let mut first = [0];
    stream.peek(&mut first).await.is_ok_and(|read| read == 1) && first[0] == HANDSHAKE
}

async fn say_farewell(mut stream: TcpStream) {
    let answer = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    if stream.write_all(answer).await.is_ok() && stream.shutdown().await.is_ok() {
        // Closed with unread input, the connection would be reset and the answer lost.
        let mut rest = [0; 4096];
        let drained = async { while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {} };
        let _ = timeout(FAREWELL, drained).await;
    }
}

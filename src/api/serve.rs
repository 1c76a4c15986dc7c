//! Listening, serving and stopping.

use super::patience::Patient;
use super::{Options, router};
use crate::App;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tower::ServiceExt;

/// Header bytes that a client may send, and the time it may take.
const MAX_HEADERS: usize = 1 << 20;
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);
/// Time that running requests get to finish after the stop signal.
const DRAIN: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}: {error}")]
    Listen { address: String, error: std::io::Error },
}

/// A bound server that is not serving yet.
pub struct Server {
    app: App,
    listener: TcpListener,
    options: Options,
}

impl Server {
    /// Binds an address such as `127.0.0.1:8090`; port 0 takes a free one.
    ///
    /// # Errors
    /// The address is no address, taken or not allowed.
    pub async fn bind(app: App, address: &str, options: Options) -> Result<Self, ServeError> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| ServeError::Listen { address: address.to_owned(), error })?;
        Ok(Self { app, listener, options })
    }

    /// The bound address.
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("a bound listener has an address")
    }

    /// Serves until `stop` resolves, then lets running requests finish.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        self.app.cron().tick();
        self.app.backups().clean_up();
        let app = self.app.clone();
        let router = router(self.app, self.options);
        let mut server = http1::Builder::new();
        server
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_buf_size(MAX_HEADERS)
            .pipeline_flush(true);
        let connections = GracefulShutdown::new();
        tokio::pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut stop => break,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(_) => {
                    // Out of file descriptors, most likely: give connections time to close.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let _ = stream.set_nodelay(true);
            let router = router.clone();
            let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(ConnectInfo(peer));
                router.clone().oneshot(request.map(axum::body::Body::new))
            });
            let connection = server.serve_connection(Patient::new(TokioIo::new(stream)), service);
            let connection = connections.watch(connection);
            tokio::spawn(async move {
                // A client that breaks off is its own affair.
                let _ = connection.await;
            });
        }
        drop(self.listener);
        // Streams end by themselves only after minutes.
        app.realtime().registry().close();
        let _ = tokio::time::timeout(DRAIN, connections.shutdown()).await;
        // Who was promised a mail shall get it.
        let _ = tokio::task::spawn_blocking(move || app.accounts().finish(DRAIN)).await;
    }
}

//! A running server: addresses, TLS, connections, starting and stopping.
//!
//! Knows how requests come in and how answers go out. It does not know routes or SQL.

mod connections;
mod idle;
mod limits;
mod notify;
mod patience;
mod site;
mod targets;
mod tls;

pub use tls::{AcmeOptions, CertificateError, Certificates};

use crate::App;
use crate::api::{Options, router};
use connections::Connections;
use site::Site;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tls::Tls;
use tokio::net::{TcpListener, TcpStream};

/// Time that running requests get to finish after the stop signal.
const DRAIN: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}: {error}")]
    Listen { address: String, error: std::io::Error },
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// A bound server that is not serving yet.
pub struct Server {
    app: App,
    plain: TcpListener,
    secure: Option<(TcpListener, Tls)>,
    /// Hosts whose `www.` leads to them.
    hosts: Vec<String>,
    options: Options,
}

impl Server {
    /// Binds an address such as `127.0.0.1:8090`; port 0 takes a free one.
    ///
    /// # Errors
    /// The address is no address, taken or not allowed.
    pub async fn bind(app: App, address: &str, options: Options) -> Result<Self, ServeError> {
        let plain = listen(address).await?;
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host).to_owned();
        Ok(Self { app, plain, secure: None, hosts: vec![host], options })
    }

    /// Serves HTTPS on another address; the first one only leads there then.
    ///
    /// # Errors
    /// The address cannot be listened on, or the certificate cannot be used.
    pub async fn with_https(mut self, address: &str, certificates: Certificates) -> Result<Self, ServeError> {
        let listener = listen(address).await?;
        self.secure = Some((listener, Tls::start(certificates, &self.app)?));
        Ok(self)
    }

    /// The host names of the server; a request for one with `www.` before it is redirected.
    pub fn with_hosts(mut self, hosts: Vec<String>) -> Self {
        self.hosts = hosts;
        self
    }

    /// The bound address of plain HTTP.
    pub fn address(&self) -> SocketAddr {
        self.plain.local_addr().expect("a bound listener has an address")
    }

    /// The bound address of HTTPS.
    pub fn https_address(&self) -> Option<SocketAddr> {
        let (listener, _) = self.secure.as_ref()?;
        Some(listener.local_addr().expect("a bound listener has an address"))
    }

    /// Serves until `stop` resolves, then lets running requests finish and writes the log. The app stays open for whoever
    /// else has it, see [`App::close`].
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let secure_port = self.https_address().map(|address| address.port());
        self.app.cron().tick();
        let app = self.app.clone();
        // What a restore replaced may be large, and nobody needs to wait for it.
        let cleaned = app.clone();
        tokio::task::spawn_blocking(move || cleaned.backups().clean_up());
        let site = Site::new(router(self.app, self.options), self.hosts);
        let connections = Connections::new(limits::connections());
        tokio::pin!(stop);
        notify::notify("READY=1");
        let watchdog = notify::watchdog().map(|every| tokio::spawn(keep_alive(every)));
        loop {
            let place = tokio::select! {
                place = connections.place() => place,
                () = &mut stop => break,
            };
            let accepted = tokio::select! {
                accepted = self.plain.accept() => accepted.map(|accepted| (accepted, None)),
                (accepted, tls) = accept_secure(self.secure.as_ref()) => accepted.map(|accepted| (accepted, Some(tls))),
                () = &mut stop => break,
            };
            let Ok(((stream, peer), tls)) = accepted else {
                // Out of file descriptors, most likely: give connections time to close.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            match (tls, secure_port) {
                (Some(tls), _) => connections.serve_tls(stream, tls, site.visitor(peer, true), place),
                (None, Some(port)) => connections.serve_plain(stream, site::to_https(port), place),
                (None, None) => connections.serve_plain(stream, site.visitor(peer, false), place),
            }
        }
        drop((self.plain, self.secure));
        notify::notify("STOPPING=1");
        // Streams end by themselves only after minutes.
        app.realtime().registry().close();
        let _ = tokio::time::timeout(DRAIN, connections.finish()).await;
        let last = tokio::task::spawn_blocking(move || {
            // Who was promised a mail shall get it.
            app.accounts().finish(DRAIN);
            app.logs().flush(DRAIN);
        });
        let _ = last.await;
        if let Some(watchdog) = watchdog {
            watchdog.abort();
        }
    }
}

/// Runs where requests run: when they stand still, so does this.
async fn keep_alive(every: Duration) {
    loop {
        notify::notify("WATCHDOG=1");
        tokio::time::sleep(every).await;
    }
}

async fn listen(address: &str) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|error| ServeError::Listen { address: address.to_owned(), error })
}

async fn accept_secure(secure: Option<&(TcpListener, Tls)>) -> (std::io::Result<(TcpStream, SocketAddr)>, Tls) {
    match secure {
        Some((listener, tls)) => (listener.accept().await, tls.clone()),
        None => std::future::pending().await,
    }
}

/// The one crypto provider of the program.
fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

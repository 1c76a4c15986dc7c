//! Certificates, and the handshake with them.

mod acme;
mod files;

use super::provider;
use crate::App;
use acme::Acme;
use files::Files;
use rustls::ServerConfig;
use rustls::server::{Acceptor, ClientHello};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

/// Protocols over TLS, the better one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Where certificates come from.
#[derive(Clone, Debug)]
pub enum Certificates {
    /// PEM files: the chain, the server's own certificate first, and its key. They are read again when they change.
    Files { certificate: PathBuf, key: PathBuf },
    /// An authority that gives certificates to whoever holds the domain.
    Acme(AcmeOptions),
}

/// How certificates are asked for.
#[derive(Clone, Debug)]
pub struct AcmeOptions {
    /// Host names, each of which gets a certificate of its own.
    pub hosts: Vec<String>,
    /// Where the authority writes to about them.
    pub email: Option<String>,
    /// Address of the authority's directory; Let's Encrypt where it is missing.
    pub directory: Option<String>,
    /// PEM file of a root certificate to trust the authority by, beside those of the machine.
    pub root: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("{}: {error}", file.display())]
    Read { file: PathBuf, error: std::io::Error },
    #[error("{} holds no {what} in PEM form", file.display())]
    Missing { file: PathBuf, what: &'static str },
    #[error("{} and {} cannot be used together: {reason}", certificate.display(), key.display())]
    Pair { certificate: PathBuf, key: PathBuf, reason: String },
    #[error("{0}")]
    Authority(String),
}

/// What handshakes are made with. Cheap to clone.
#[derive(Clone)]
pub enum Tls {
    Files(Arc<Files>),
    Acme(Arc<Acme>),
}

impl Tls {
    /// Loads certificates and keeps them fresh on the current runtime.
    ///
    /// # Errors
    /// Files that cannot be used.
    pub fn start(certificates: Certificates, app: &App) -> Result<Self, CertificateError> {
        match certificates {
            Certificates::Files { certificate, key } => Ok(Self::Files(Files::start(certificate, key, app.logs())?)),
            Certificates::Acme(options) => Ok(Self::Acme(Acme::start(options, app)?)),
        }
    }

    /// The handshake. `None` where it fails, or where it was all that the client wanted.
    pub async fn accept(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await.ok()?;
        let (config, serves) = match self {
            Self::Files(files) => (files.config(), true),
            Self::Acme(acme) => acme.config(&start.client_hello()),
        };
        let mut stream = start.into_stream(config).await.ok()?;
        if serves {
            return Some(stream);
        }
        let _ = tokio::io::AsyncWriteExt::shutdown(&mut stream).await;
        None
    }
}

fn server_config(resolver: Arc<dyn rustls::server::ResolvesServerCert>) -> ServerConfig {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("the provider knows the protocol versions")
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = PROTOCOLS.iter().map(|protocol| protocol.to_vec()).collect();
    config
}

/// The host that a client asks for, in lower case.
fn asked_host(hello: &ClientHello<'_>) -> Option<String> {
    hello.server_name().map(|name| name.trim_end_matches('.').to_ascii_lowercase())
}

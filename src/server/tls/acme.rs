//! Certificates from an authority that checks the domain over the port of HTTPS itself (RFC 8555, RFC 8737).
//!
//! Each host has a certificate of its own, so that one whose name does not lead here does not keep the others from theirs.

use super::{AcmeOptions, CertificateError, asked_host, provider, server_config};
use crate::App;
use crate::logs::{Level, Logs};
use futures_util::StreamExt;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_acme::acme::LETS_ENCRYPT_PRODUCTION_DIRECTORY;
use rustls_acme::caches::DirCache;
use rustls_acme::{AcmeConfig, AcmeState, EventOk, ResolvesServerCertAcme, is_tls_alpn_challenge};
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Where PocketBase keeps its certificates; the files are rustls-acme's own.
const CACHE: &str = ".autocert_cache";

pub struct Acme {
    /// For everyone.
    config: Arc<ServerConfig>,
    /// For the authority that checks a host.
    challenges: HashMap<String, Arc<ServerConfig>>,
}

#[derive(Debug)]
struct ByHost {
    hosts: HashMap<String, Arc<ResolvesServerCertAcme>>,
}

impl ResolvesServerCert for ByHost {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.hosts.get(&asked_host(&hello)?)?.resolve(hello)
    }
}

impl Acme {
    /// Loads what the cache holds, and orders and renews the rest while the server runs.
    ///
    /// # Errors
    /// The cache cannot be made or the authority's root cannot be read.
    pub fn start(options: AcmeOptions, app: &App) -> Result<Arc<Self>, CertificateError> {
        let cache = app.dir().join(CACHE);
        private_folder(&cache).map_err(|error| CertificateError::Read { file: cache.clone(), error })?;
        let client = Arc::new(client(options.root.as_deref())?);
        let contact = options.email.as_ref().map(|email| format!("mailto:{email}"));
        let directory = options.directory.as_deref().unwrap_or(LETS_ENCRYPT_PRODUCTION_DIRECTORY);
        let (mut hosts, mut challenges) = (HashMap::new(), HashMap::new());
        for host in options.hosts {
            let state = AcmeConfig::new_with_client_config([&host], Arc::clone(&client))
                .contact(&contact)
                .directory(directory)
                .cache(DirCache::new(cache.clone()))
                .state();
            challenges.insert(host.clone(), state.challenge_rustls_config_with_provider(provider()));
            hosts.insert(host.clone(), state.resolver());
            tokio::spawn(keep(state, host, app.logs().clone()));
        }
        Ok(Arc::new(Self { config: Arc::new(server_config(Arc::new(ByHost { hosts }))), challenges }))
    }

    /// What to shake hands with, and whether requests may follow.
    pub fn config(&self, hello: &ClientHello<'_>) -> (Arc<ServerConfig>, bool) {
        let challenge = asked_host(hello).filter(|_| is_tls_alpn_challenge(hello));
        match challenge.and_then(|host| self.challenges.get(&host)) {
            Some(challenge) => (Arc::clone(challenge), false),
            None => (Arc::clone(&self.config), true),
        }
    }
}

/// Drives orders and renewals as long as the runtime lives; a failed one is tried again, later each time.
async fn keep(mut state: AcmeState<std::io::Error>, host: String, logs: Logs) {
    while let Some(event) = state.next().await {
        let said = match event {
            Ok(EventOk::DeployedCachedCert) => (Level::INFO, "TLS certificate loaded", None),
            Ok(EventOk::DeployedNewCert) => (Level::INFO, "TLS certificate obtained", None),
            Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => continue,
            Err(error) => (Level::ERROR, "TLS certificate not obtained", Some(error.to_string())),
        };
        logs.message(said.0, said.1, json!({ "host": host, "error": said.2 }));
    }
}

fn client(root: Option<&Path>) -> Result<ClientConfig, CertificateError> {
    let mut roots = RootCertStore::empty();
    for certificate in rustls_native_certs::load_native_certs().certs {
        let _ = roots.add(certificate);
    }
    if let Some(file) = root {
        let unusable = || CertificateError::Missing { file: file.to_owned(), what: "certificate" };
        let text = std::fs::read(file).map_err(|error| CertificateError::Read { file: file.to_owned(), error })?;
        for certificate in CertificateDer::pem_slice_iter(&text) {
            roots.add(certificate.map_err(|_| unusable())?).map_err(|_| unusable())?;
        }
    }
    if roots.is_empty() {
        let reason = "the machine has no root certificates to know the authority by: install ca-certificates";
        return Err(CertificateError::Authority(reason.to_owned()));
    }
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("the provider knows the protocol versions");
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// The folder holds private keys.
fn private_folder(path: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

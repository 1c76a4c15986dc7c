//! A certificate and its key in files, read again when they change.

use super::{CertificateError, provider, server_config};
use crate::logs::{Level, Logs};
use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How often the files are looked at.
const GLANCE: Duration = Duration::from_secs(1);

pub struct Files {
    certificate: PathBuf,
    key: PathBuf,
    config: ArcSwap<ServerConfig>,
}

/// What tells a changed file.
type Stamp = Option<(SystemTime, u64)>;

impl Files {
    /// Loads the files and watches them.
    ///
    /// # Errors
    /// They cannot be read, hold something else, or do not belong together.
    pub fn start(certificate: PathBuf, key: PathBuf, logs: &Logs) -> Result<Arc<Self>, CertificateError> {
        let stamps = [stamp(&certificate), stamp(&key)];
        let config = ArcSwap::from_pointee(load(&certificate, &key)?);
        let files = Arc::new(Self { certificate, key, config });
        tokio::spawn(watch(Arc::downgrade(&files), stamps, logs.clone()));
        Ok(files)
    }

    pub fn config(&self) -> Arc<ServerConfig> {
        self.config.load_full()
    }
}

async fn watch(files: std::sync::Weak<Files>, mut seen: [Stamp; 2], logs: Logs) {
    loop {
        tokio::time::sleep(GLANCE).await;
        let Some(files) = files.upgrade() else { return };
        let (certificate, key) = (files.certificate.clone(), files.key.clone());
        let looked = tokio::task::spawn_blocking(move || {
            let stamps = [stamp(&certificate), stamp(&key)];
            (stamps != seen).then(|| (stamps, load(&certificate, &key)))
        });
        let Ok(Some((stamps, loaded))) = looked.await else { continue };
        seen = stamps;
        match loaded {
            Ok(config) => {
                files.config.store(Arc::new(config));
                logs.message(Level::INFO, "TLS certificate loaded", json!({ "file": files.certificate }));
            }
            // Between the writing of two files they may not fit; the next look comes after the second one.
            Err(error) => {
                let message = "TLS certificate not loaded, the one before stays";
                logs.message(Level::ERROR, message, json!({ "error": error.to_string() }));
            }
        }
    }
}

fn stamp(file: &Path) -> Stamp {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn load(certificate: &Path, key: &Path) -> Result<ServerConfig, CertificateError> {
    let read =
        |file: &Path| std::fs::read(file).map_err(|error| CertificateError::Read { file: file.to_owned(), error });
    let missing = |file: &Path, what| CertificateError::Missing { file: file.to_owned(), what };
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&read(certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|_| missing(certificate, "certificate"))?;
    if chain.is_empty() {
        return Err(missing(certificate, "certificate"));
    }
    let private = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| missing(key, "private key"))?;
    let pair = CertifiedKey::from_der(chain, private, &provider()).map_err(|error| CertificateError::Pair {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(server_config(Arc::new(SingleCertAndKey::from(pair))))
}

//! The connection to an S3 server: the client of the SDK on a runtime of its own, so that everything else may be
//! synchronous.

use super::super::storage::StorageError;
use crate::settings::S3;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Builder, Config, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use std::io;
use std::sync::mpsc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long it may take to begin an answer.
const FIRST_BYTE: Duration = Duration::from_secs(10);
/// How long a request without a content may take, with all that is tried again.
const WHOLE: Duration = Duration::from_secs(20);
/// The same for one that carries a content.
const TRANSFER: Duration = Duration::from_secs(300);
/// Times that a request is tried.
const ATTEMPTS: u32 = 3;

/// A client with the runtime that drives it.
pub struct Connection {
    client: Client,
    /// Taken only when dropped.
    runtime: Option<Runtime>,
}

impl Connection {
    /// Prepares a connection; nothing is sent yet.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn new(settings: &S3) -> io::Result<Self> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).thread_name("pbr-s3").enable_all().build()?;
        Ok(Self { client: Client::from_conf(config(settings)), runtime: Some(runtime) })
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Lets a task run beside the caller.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime().spawn(task);
    }

    /// Lets a task run beside the caller, who may ask for its result.
    pub fn begin<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> Begun<T> {
        let (sender, result) = mpsc::sync_channel(1);
        self.spawn(async move {
            // Whoever went away does not need the result.
            let _ = sender.send(task.await);
        });
        Begun(result)
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("the runtime is there until the connection is dropped")
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The last user may be an async task, which must not wait for the threads.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A task on its way.
pub struct Begun<T>(mpsc::Receiver<T>);

impl<T> Begun<T> {
    /// Waits for the result.
    ///
    /// # Errors
    /// The task panicked.
    pub fn wait(self) -> Result<T, StorageError> {
        self.0.recv().map_err(|_| StorageError::Remote("the transfer was broken off".to_owned()))
    }
}

/// What is different for requests that carry a content.
pub fn for_transfers() -> Builder {
    Config::builder().timeout_config(timeouts(TRANSFER))
}

fn config(settings: &S3) -> Config {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .endpoint_url(endpoint(settings))
        .region(Region::new(settings.region.clone()))
        .force_path_style(settings.force_path_style)
        .credentials_provider(Credentials::new(&settings.access_key, &settings.secret, None, None, "settings"))
        .disable_s3_express_session_auth(true)
        // Servers other than Amazon's do not know the newer checksums.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts(WHOLE))
        .build()
}

fn timeouts(whole: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT).read_timeout(FIRST_BYTE).operation_timeout(whole).build()
}

/// The address with its scheme, which may be left out.
pub fn endpoint(settings: &S3) -> String {
    let endpoint = settings.endpoint.trim_end_matches('/');
    if endpoint.contains("://") { endpoint.to_owned() } else { format!("https://{endpoint}") }
}

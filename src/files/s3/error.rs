//! What a server answered, in words as PocketBase has them.

use super::super::storage::StorageError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

/// Bytes of an answer that are shown.
const SHOWN: usize = 2000;

/// Whether the server says that there is no such thing.
pub fn is_missing<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let SdkError::ServiceError(refusal) = error else { return false };
    let code = refusal.err().code().unwrap_or_default();
    refusal.raw().status().as_u16() == 404 || matches!(code, "NoSuchBucket" | "NoSuchKey" | "NotFound")
}

/// The error about a key, `None` where it is about all of the bucket.
pub fn failed<E>(key: Option<&str>, error: &SdkError<E, HttpResponse>) -> StorageError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let prefix = key.map(|key| format!("[key: {key}] ")).unwrap_or_default();
    let missing = if is_missing(error) { "\nresource not found" } else { "" };
    StorageError::Remote(format!("{prefix}{}{missing}", reason(error)))
}

fn reason<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(refusal) => {
            let mut text = refusal.raw().status().as_u16().to_string();
            text.push(' ');
            text.push_str(refusal.err().code().unwrap_or("S3ResponseError"));
            if let Some(message) = refusal.err().message() {
                text.push_str(": ");
                text.push_str(message);
            }
            let raw = refusal.raw().body().bytes().unwrap_or_default();
            if !raw.is_empty() {
                let raw: String = String::from_utf8_lossy(raw).chars().take(SHOWN).collect();
                text.push_str(&format!("\n(RAW: {raw})"));
            }
            text
        }
        SdkError::TimeoutError(_) => "the server did not answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) => innermost(error),
            None => causes(error),
        },
        other => causes(other),
    }
}

/// The outermost and the innermost cause.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let (first, last) = (error.to_string(), innermost(error));
    if first == last { first } else { format!("{first}: {last}") }
}

fn innermost(mut error: &(dyn Error + 'static)) -> String {
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

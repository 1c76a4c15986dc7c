//! Storing a content in a bucket: small ones in one request, large ones part by part.

use super::super::storage::{About, Source, StorageError};
use super::client::{Begun, Connection, for_transfers};
use super::{ORIGINAL_NAME, S3Storage, error, header_text};
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::complete_multipart_upload::CompleteMultipartUploadError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use std::collections::VecDeque;
use std::io::{self, Read};

/// Bytes from which a content is sent in parts, and of a part.
const PART: u64 = 6 << 20;
/// Parts that a server takes at most.
const MAX_PARTS: u64 = 10_000;
/// Parts on their way at once: what of a content is in memory.
const AT_ONCE: usize = 3;

/// Stores the content under the key.
pub fn put(storage: &S3Storage, key: &str, source: Source<'_>, about: &About<'_>) -> Result<(), StorageError> {
    let (mut reader, size) = source.reader()?;
    if size >= PART {
        return Parts::begin(storage, key, about)?.send(&mut reader, size);
    }
    let content = read_exactly(&mut reader, size)?;
    let connection = storage.connection()?;
    let request = connection
        .client()
        .put_object()
        .bucket(storage.bucket())
        .key(key)
        .content_type(about.content_type)
        .set_metadata(metadata(about))
        .body(ByteStream::from(content))
        .customize()
        .disable_payload_signing()
        .config_override(for_transfers());
    connection.begin(request.send()).wait()?.map_err(|error| error::failed(Some(key), &error))?;
    Ok(())
}

/// An upload in parts that was begun.
struct Parts<'a> {
    connection: &'a Connection,
    bucket: &'a str,
    key: &'a str,
    upload: String,
}

impl<'a> Parts<'a> {
    fn begin(storage: &'a S3Storage, key: &'a str, about: &About<'_>) -> Result<Self, StorageError> {
        let (connection, bucket) = (storage.connection()?, storage.bucket());
        let request = connection
            .client()
            .create_multipart_upload()
            .bucket(bucket)
            .key(key)
            .content_type(about.content_type)
            .set_metadata(metadata(about));
        let begun = connection.begin(request.send()).wait()?.map_err(|error| error::failed(Some(key), &error))?;
        let upload = begun.upload_id.filter(|id| !id.is_empty());
        let upload = upload.ok_or_else(|| StorageError::Remote(format!("[key: {key}] the server began no upload")))?;
        Ok(Self { connection, bucket, key, upload })
    }

    fn send(&self, reader: &mut dyn Read, size: u64) -> Result<(), StorageError> {
        let sent = self.send_all(reader, size).and_then(|parts| self.complete(parts, size));
        if sent.is_err() {
            // The server would keep the parts for ever. That it may be gone is the error that is told already.
            let client = self.connection.client();
            let request = client.abort_multipart_upload().bucket(self.bucket).key(self.key).upload_id(&self.upload);
            let _ = self.connection.begin(request.send()).wait();
        }
        sent
    }

    fn send_all(&self, reader: &mut dyn Read, size: u64) -> Result<Vec<CompletedPart>, StorageError> {
        let part = PART.max(size.div_ceil(MAX_PARTS));
        let (mut begun, mut done, mut left) = (VecDeque::new(), Vec::new(), size);
        while left > 0 {
            let content = read_exactly(reader, part.min(left))?;
            left -= content.len() as u64;
            let number = i32::try_from(done.len() + begun.len() + 1).expect("at most ten thousand parts");
            begun.push_back(self.begin_part(number, content));
            if begun.len() >= AT_ONCE
                && let Some(first) = begun.pop_front()
            {
                done.push(first.wait()??);
            }
        }
        for part in begun {
            done.push(part.wait()??);
        }
        Ok(done)
    }

    fn begin_part(&self, number: i32, content: Vec<u8>) -> Begun<Result<CompletedPart, StorageError>> {
        let request = self
            .connection
            .client()
            .upload_part()
            .bucket(self.bucket)
            .key(self.key)
            .upload_id(&self.upload)
            .part_number(number)
            .body(ByteStream::from(content))
            .customize()
            .disable_payload_signing()
            .config_override(for_transfers());
        let key = self.key.to_owned();
        self.connection.begin(async move {
            let sent = request.send().await.map_err(|error| error::failed(Some(&key), &error))?;
            Ok(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build())
        })
    }

    fn complete(&self, parts: Vec<CompletedPart>, size: u64) -> Result<(), StorageError> {
        let request = self
            .connection
            .client()
            .complete_multipart_upload()
            .bucket(self.bucket)
            .key(self.key)
            .upload_id(&self.upload)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
            .customize()
            .config_override(for_transfers());
        match self.connection.begin(request.send()).wait()? {
            Ok(_) => Ok(()),
            Err(error) if may_be_done(&error) && self.is_stored(size) => Ok(()),
            Err(error) => Err(error::failed(Some(self.key), &error)),
        }
    }

    /// Whether the object is there in this size.
    fn is_stored(&self, size: u64) -> bool {
        let request = self.connection.client().head_object().bucket(self.bucket).key(self.key);
        let head = self.connection.begin(request.send()).wait();
        matches!(head, Ok(Ok(head)) if head.content_length.and_then(|size| u64::try_from(size).ok()) == Some(size))
    }
}

/// Whether the parts may have become an object for all that. Servers name what they answer differently, and the answer to
/// the first of two attempts may have been lost.
fn may_be_done(error: &SdkError<CompleteMultipartUploadError, HttpResponse>) -> bool {
    const REFUSED: &[u8] = b"<Error";
    let done = error.raw_response().is_some_and(|answer| {
        let body = answer.body().bytes().unwrap_or_default();
        answer.status().as_u16() == 200 && !body.windows(REFUSED.len()).any(|part| part == REFUSED)
    });
    done || error.code() == Some("NoSuchUpload")
}

fn metadata(about: &About<'_>) -> Option<std::collections::HashMap<String, String>> {
    let name = about.kept_name()?;
    Some([(ORIGINAL_NAME.to_owned(), header_text(&name))].into())
}

fn read_exactly(reader: &mut dyn Read, size: u64) -> io::Result<Vec<u8>> {
    let mut content = vec![0; usize::try_from(size).map_err(|_| io::ErrorKind::OutOfMemory)?];
    reader.read_exact(&mut content)?;
    Ok(content)
}

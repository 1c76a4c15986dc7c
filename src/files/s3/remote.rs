//! The content of an object, fetched as it is read.

use super::S3Storage;
use super::client::for_transfers;
use super::error::{causes, failed};
use bytes::Bytes;
use std::io::{self, Read};
use std::ops::Range;
use tokio::sync::mpsc::{Receiver, channel};

/// Chunks that are fetched ahead of the reader.
const AHEAD: usize = 4;

/// An object whose content is asked for when it is needed.
#[derive(Clone)]
pub struct Remote {
    storage: S3Storage,
    key: String,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Remote {
    pub(super) fn new(storage: S3Storage, key: String) -> Self {
        Self { storage, key }
    }

    /// Some of the content, chunk by chunk; the last chunk may be an error. Nothing more is fetched once the receiver is
    /// gone.
    pub fn stream(&self, range: Range<u64>) -> Receiver<io::Result<Bytes>> {
        let (sender, receiver) = channel(AHEAD);
        let connection = match self.storage.connection() {
            Ok(connection) => connection,
            Err(error) => {
                // The channel is empty and has room.
                let _ = sender.try_send(Err(io::Error::other(error.to_string())));
                return receiver;
            }
        };
        let request = connection
            .client()
            .get_object()
            .bucket(self.storage.bucket())
            .key(&self.key)
            .range(format!("bytes={}-{}", range.start, range.end.saturating_sub(1)))
            .customize()
            .config_override(for_transfers());
        let (key, storage) = (self.key.clone(), self.storage.clone());
        connection.spawn(async move {
            // The connection lives as long as what it fetches.
            let _storage = storage;
            let mut answer = match request.send().await {
                Ok(answer) => answer,
                Err(error) => {
                    let _ = sender.send(Err(io::Error::other(failed(Some(&key), &error).to_string()))).await;
                    return;
                }
            };
            // A server that knows no ranges sends everything.
            let mut skip = if answer.content_range.is_some() { 0 } else { range.start };
            let mut left = range.end.saturating_sub(range.start);
            while left > 0 {
                let chunk = match answer.body.next().await {
                    Some(Ok(chunk)) => chunk,
                    Some(Err(error)) => {
                        let _ = sender.send(Err(io::Error::other(causes(&error)))).await;
                        return;
                    }
                    None => {
                        let _ = sender.send(Err(io::ErrorKind::UnexpectedEof.into())).await;
                        return;
                    }
                };
                let length = chunk.len() as u64;
                let from = skip.min(length);
                let to = from + left.min(length - from);
                skip -= from;
                left -= to - from;
                // Both are within the chunk.
                let part = chunk.slice(from as usize..to as usize);
                if !part.is_empty() && sender.send(Ok(part)).await.is_err() {
                    return;
                }
            }
        });
        receiver
    }

    /// The same for synchronous readers.
    pub fn read(&self, range: Range<u64>) -> RemoteReader {
        let chunks = if range.is_empty() { None } else { Some(self.stream(range)) };
        RemoteReader { chunks, chunk: Bytes::new() }
    }
}

/// A stream of an object's content. Not for async code.
pub struct RemoteReader {
    chunks: Option<Receiver<io::Result<Bytes>>>,
    chunk: Bytes,
}

impl Read for RemoteReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.chunk.is_empty() {
            match self.chunks.as_mut().and_then(Receiver::blocking_recv) {
                None => return Ok(0),
                Some(chunk) => self.chunk = chunk?,
            }
        }
        let length = buffer.len().min(self.chunk.len());
        buffer[..length].copy_from_slice(&self.chunk.split_to(length));
        Ok(length)
    }
}

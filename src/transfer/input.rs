//! The bytes of a file or pipe: counted, without a byte order mark.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// A reader that tells how much was read.
pub struct Input<R> {
    inner: R,
    /// The first bytes, until it is known that they are no byte order mark.
    head: Option<Vec<u8>>,
    count: Arc<AtomicU64>,
}

impl<R: Read> Input<R> {
    pub fn new(inner: R, count: Arc<AtomicU64>) -> Self {
        Self { inner, head: None, count }
    }

    fn read_head(&mut self) -> io::Result<()> {
        let mut head = Vec::new();
        self.inner.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut head)?;
        if head == BYTE_ORDER_MARK {
            head.clear();
        }
        self.head = Some(head);
        Ok(())
    }
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.head.is_none() {
            self.read_head()?;
        }
        let head = self.head.as_mut().filter(|head| !head.is_empty());
        let read = match head {
            Some(head) => {
                let count = head.len().min(buffer.len());
                buffer[..count].copy_from_slice(&head[..count]);
                head.drain(..count);
                count
            }
            None => self.inner.read(buffer)?,
        };
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

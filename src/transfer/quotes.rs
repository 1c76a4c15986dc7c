//! Where a quote of a CSV file is left open: the reader of rows takes everything behind it for one cell.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Where a quote opens a cell.
    Start,
    Plain,
    Quoted,
    /// Behind a quote inside of quotes: doubled, or the end.
    Quote,
}

/// Passes bytes on and follows the quotes in them.
pub struct Quotes<R> {
    inner: R,
    delimiter: u8,
    state: State,
    line: u64,
    /// Line of the last quote that opened a cell.
    opened: u64,
    /// That line at the end of the input, where the quote is still open; else 0.
    pub unclosed: Arc<AtomicU64>,
}

impl<R: Read> Quotes<R> {
    pub fn new(inner: R, delimiter: u8) -> Self {
        Self { inner, delimiter, state: State::Start, line: 1, opened: 0, unclosed: Arc::default() }
    }

    fn follow(&mut self, byte: u8) {
        let ends = byte == self.delimiter || matches!(byte, b'\n' | b'\r');
        self.state = match (self.state, byte) {
            (State::Start, b'"') => {
                self.opened = self.line;
                State::Quoted
            }
            (State::Quoted, b'"') => State::Quote,
            (State::Quoted, _) | (State::Quote, b'"') => State::Quoted,
            _ if ends => State::Start,
            _ => State::Plain,
        };
        self.line += u64::from(byte == b'\n');
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        buffer[..read].iter().for_each(|byte| self.follow(*byte));
        if read == 0 && !buffer.is_empty() && self.state == State::Quoted {
            self.unclosed.store(self.opened, Ordering::Relaxed);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_quote_is_found_with_its_line() {
        for (text, line) in [
            ("a,b\n1,2\n", 0),
            ("a,b\n\"1\",\"2 \"\"x\"\"\"\n", 0),
            ("a,b\n1 \" inch,2\n", 0),
            ("a,b\n\"two\nlines\",2", 0),
            ("a,b\n1,\"open\n3,4\n", 2),
            ("\"a,b\n1,2\n", 1),
            ("a,b\r\n\"two\r\nlines\",\"", 3),
        ] {
            let mut input = Quotes::new(text.as_bytes(), b',');
            io::copy(&mut input, &mut io::sink()).unwrap();
            assert_eq!(input.unclosed.load(Ordering::Relaxed), line, "{text:?}");
        }
    }
}

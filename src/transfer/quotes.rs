//! What the reader of CSV rows does not see: a quote that is left open, behind which it takes everything for one cell, and
//! the lines of a file whose lines end in `\r\n`, of which it counts one too few.

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

/// Passes bytes on and follows the quotes in them. Outside of quotes every end of a line becomes `\n`.
pub struct Quotes<R> {
    inner: R,
    delimiter: u8,
    state: State,
    /// Whether a `\n` belongs to the end of a line that was passed on already.
    after_return: bool,
    line: u64,
    /// Line of the last quote that opened a cell.
    opened: u64,
    /// That line at the end of the input, where the quote is still open; else 0.
    pub unclosed: Arc<AtomicU64>,
}

impl<R: Read> Quotes<R> {
    pub fn new(inner: R, delimiter: u8) -> Self {
        Self {
            inner,
            delimiter,
            state: State::Start,
            after_return: false,
            line: 1,
            opened: 0,
            unclosed: Arc::default(),
        }
    }

    /// What is passed on of a byte.
    fn follow(&mut self, byte: u8) -> Option<u8> {
        if std::mem::take(&mut self.after_return) && byte == b'\n' {
            return None;
        }
        let byte = if byte == b'\r' && self.state != State::Quoted {
            self.after_return = true;
            b'\n'
        } else {
            byte
        };
        let ends = byte == self.delimiter || byte == b'\n';
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
        Some(byte)
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.inner.read(buffer)?;
            if read == 0 {
                if !buffer.is_empty() && self.state == State::Quoted {
                    self.unclosed.store(self.opened, Ordering::Relaxed);
                }
                return Ok(0);
            }
            let mut kept = 0;
            for at in 0..read {
                if let Some(byte) = self.follow(buffer[at]) {
                    buffer[kept] = byte;
                    kept += 1;
                }
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One byte at a time, so that every pair is torn apart.
    struct Slowly<'a>(&'a [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    #[test]
    fn lines_end_one_way_outside_of_quotes() {
        let text = "a,b\r\n1,\"x\r\ny\"\r\n\r\n2,3\r4,5\n\r\n";
        let expected = "a,b\n1,\"x\r\ny\"\n\n2,3\n4,5\n\n";
        let mut read = String::new();
        Quotes::new(text.as_bytes(), b',').read_to_string(&mut read).unwrap();
        assert_eq!(read, expected);
        let mut slowly = Vec::new();
        io::copy(&mut Quotes::new(Slowly(text.as_bytes()), b','), &mut slowly).unwrap();
        assert_eq!(String::from_utf8(slowly).unwrap(), expected);
    }

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

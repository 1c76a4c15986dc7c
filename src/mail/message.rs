//! A mail before it is sent, and its two forms: MIME for SMTP, plain headers for `sendmail`.

use super::encode::{encode_word, quoted_printable};
use super::text::text_of;
use crate::schema::{ALPHANUMERIC, random_string};

/// An address with the name of whoever has it, `""` for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    pub name: String,
    pub address: String,
}

impl Mailbox {
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into() }
    }

    /// `"Name" <address>`, or the address alone.
    fn quoted(&self) -> String {
        if self.name.is_empty() {
            return self.address.clone();
        }
        if !is_printable(&self.name) {
            return format!("{} <{}>", encode_word("utf-8", &self.name), self.address);
        }
        let name = self.name.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{name}\" <{}>", self.address)
    }
}

/// A mail.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    pub from: Mailbox,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub bcc: Vec<Mailbox>,
    pub subject: String,
    pub html: String,
    /// Made of the HTML where it is empty.
    pub text: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
}

impl Message {
    /// Addresses of all recipients.
    pub fn recipients(&self) -> impl Iterator<Item = &str> {
        self.to.iter().chain(&self.cc).chain(&self.bcc).map(|mailbox| mailbox.address.as_str())
    }

    /// The message as SMTP carries it. Blind copies are in no header.
    pub(super) fn to_mime(&self) -> Vec<u8> {
        let (mixed, alternative) = (boundary(), boundary());
        let mut out = String::new();
        let mut header = |name: &str, value: &str| out.push_str(&format!("{name}: {}\r\n", unfolded(value)));
        let from = if self.from.name.is_empty() {
            self.from.address.clone()
        } else {
            format!("{} <{}>", encode_word("UTF-8", &self.from.name), self.from.address)
        };
        header("From", &from);
        header("MIME-Version", "1.0");
        header("Date", &chrono::Utc::now().format("%a, %d %b %Y %H:%M:%S %z").to_string());
        header("Subject", &encode_word("UTF-8", &self.subject));
        let list = |mailboxes: &[Mailbox]| mailboxes.iter().map(Mailbox::quoted).collect::<Vec<_>>().join(",");
        header("To", &list(&self.to));
        if !self.cc.is_empty() {
            header("CC", &list(&self.cc));
        }
        for (name, value) in self.headers.iter().filter(|(name, _)| is_header_name(name)) {
            header(name, value);
        }
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("message-id")) {
            let domain = self.from.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
            header("Message-ID", &format!("<{}@{domain}>", random_string(15, ALPHANUMERIC)));
        }
        out.push_str(&format!(
            "Content-Type: multipart/mixed;\r\n\tboundary=\"{mixed}\"; charset=UTF-8\r\n\r\n--{mixed}\r\n\
             Content-Type: multipart/alternative;\r\n\tboundary=\"{alternative}\"\r\n\r\n"
        ));
        let text = if self.text.is_empty() { text_of(&self.html) } else { self.text.clone() };
        for (kind, body) in [("plain", &text), ("html", &self.html)] {
            if kind == "html" && body.is_empty() {
                continue;
            }
            out.push_str(&format!(
                "--{alternative}\r\nContent-Transfer-Encoding: quoted-printable\r\n\
                 Content-Type: text/{kind}; charset=UTF-8\r\n\r\n{}\r\n",
                quoted_printable(body)
            ));
        }
        out.push_str(&format!("--{alternative}--\r\n\r\n--{mixed}--\r\n"));
        out.into_bytes()
    }

    /// The message as `sendmail -t` reads it: the HTML alone.
    pub(super) fn to_sendmail(&self) -> Vec<u8> {
        let addresses =
            |mailboxes: &[Mailbox]| mailboxes.iter().map(|m| m.address.as_str()).collect::<Vec<_>>().join(",");
        let from = match self.from.name.as_str() {
            "" => format!("<{}>", self.from.address),
            _ => self.from.quoted(),
        };
        let mut headers = vec![
            ("Content-Type".to_owned(), "text/html; charset=UTF-8".to_owned()),
            ("From".to_owned(), from),
            ("Subject".to_owned(), encode_word("utf-8", &self.subject)),
            ("To".to_owned(), addresses(&self.to)),
        ];
        for (name, list) in [("Bcc", &self.bcc), ("Cc", &self.cc)] {
            if !list.is_empty() {
                headers.push((name.to_owned(), addresses(list)));
            }
        }
        headers.extend(self.headers.iter().filter(|(name, _)| is_header_name(name)).cloned());
        headers.sort();
        let mut out = String::new();
        for (name, value) in headers {
            out.push_str(&format!("{name}: {}\r\n", unfolded(&value)));
        }
        out.push_str("\r\n");
        out.push_str(if self.html.is_empty() { &self.text } else { &self.html });
        out.into_bytes()
    }
}

fn is_printable(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' '..='~'))
}

/// Nobody starts a header of his own inside the value of another.
fn unfolded(value: &str) -> String {
    value.replace(['\r', '\n'], " ")
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b':')
}

fn boundary() -> String {
    random_string(60, b"abcdef0123456789")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            from: Mailbox::new("Ann \"A\"", "ann@example.com"),
            to: vec![Mailbox::new("", "bob@example.com"), Mailbox::new("Eve", "eve@example.com")],
            bcc: vec![Mailbox::new("", "hidden@example.com")],
            subject: "Hi\r\nBcc: victim@example.com".into(),
            html: "<p>é</p>".into(),
            headers: vec![("X-A".into(), "b\r\nX-Evil: 1".into()), ("Bad\r\nName".into(), "x".into())],
            ..Message::default()
        }
    }

    #[test]
    fn no_text_makes_a_header_of_its_own() {
        for wire in [message().to_mime(), message().to_sendmail()] {
            let wire = String::from_utf8(wire).unwrap();
            let (head, _) = wire.split_once("\r\n\r\n").unwrap();
            let names: Vec<&str> = head.lines().filter_map(|line| Some(line.split_once(':')?.0)).collect();
            assert!(!names.contains(&"X-Evil") && !names.contains(&"Name"), "{head}");
            assert!(!head.contains("victim@example.com\r\n") || head.contains("=0D=0A"), "{head}");
        }
    }

    #[test]
    fn blind_copies_are_recipients_but_not_in_the_message() {
        assert_eq!(message().recipients().count(), 3);
        assert!(!String::from_utf8(message().to_mime()).unwrap().contains("hidden@example.com"));
    }
}

//! The address of the client, behind the proxies that the settings trust (spec 04 §2.8).

use crate::settings::TrustedProxy;
use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv4Addr};

/// The address of whoever sent the request, as text: IPv6 in full length.
#[derive(Clone, Debug, Default)]
pub struct ClientIp(pub String);

impl ClientIp {
    /// Takes the first usable address of the trusted headers, else that of the connection.
    pub fn of(headers: &HeaderMap, proxy: &TrustedProxy, peer: Option<IpAddr>) -> Self {
        let named = proxy.headers.iter().find_map(|name| {
            let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            let mut pieces = line.split(',').map(|piece| piece.trim().parse::<IpAddr>().ok());
            if proxy.use_leftmost_ip { pieces.flatten().next() } else { pieces.rfind(Option::is_some).flatten() }
        });
        Self(named.or(peer).map(in_full).unwrap_or_default())
    }
}

/// The usual text of an address.
pub fn text(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => dotted(address),
        IpAddr::V6(address) => address.to_string(),
    }
}

/// [`ToString`] for what every request needs: a tenth of the time.
fn dotted(address: Ipv4Addr) -> String {
    let mut text = String::with_capacity("255.255.255.255".len());
    for (at, octet) in address.octets().into_iter().enumerate() {
        if at > 0 {
            text.push('.');
        }
        for (least, digit) in [(100, octet / 100), (10, octet / 10 % 10), (0, octet % 10)] {
            if octet >= least {
                text.push(char::from(b'0' + digit));
            }
        }
    }
    text
}

fn in_full(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => dotted(address),
        IpAddr::V6(address) => address.segments().map(|segment| format!("{segment:04x}")).join(":"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(lines: &[&str], names: &[&str], leftmost: bool) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let proxy =
            TrustedProxy { headers: names.iter().map(|name| (*name).to_owned()).collect(), use_leftmost_ip: leftmost };
        ClientIp::of(&headers, &proxy, Some([127, 0, 0, 1].into())).0
    }

    #[test]
    fn addresses_are_written_as_usual() {
        for address in (0..=u8::MAX).map(|octet| Ipv4Addr::new(octet, 255 - octet, octet / 7, 0)) {
            assert_eq!(text(address.into()), address.to_string());
        }
        assert_eq!(text("fe80::1".parse().unwrap()), "fe80::1");
    }

    #[test]
    fn only_trusted_headers_count() {
        assert_eq!(ip(&["9.9.9.9"], &[], false), "127.0.0.1");
        assert_eq!(ip(&["9.9.9.9"], &["X-Real-Ip", "X-Forwarded-For"], false), "9.9.9.9");
    }

    #[test]
    fn the_last_line_is_read_from_the_chosen_end() {
        let lines = ["1.1.1.1", "2.2.2.2, junk, 3.3.3.3, 4.4.4.4:80"];
        assert_eq!(ip(&lines, &["x-forwarded-for"], false), "3.3.3.3");
        assert_eq!(ip(&lines, &["x-forwarded-for"], true), "2.2.2.2");
        assert_eq!(ip(&["junk"], &["x-forwarded-for"], true), "127.0.0.1");
        assert_eq!(ip(&["::1"], &["x-forwarded-for"], true), "0000:0000:0000:0000:0000:0000:0000:0001");
    }
}

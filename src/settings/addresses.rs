//! Lists of IP addresses and ranges.

use std::net::IpAddr;

/// Whether an address is one of the list, or in one of its ranges.
pub fn contains_ip(list: &[String], address: &str) -> bool {
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    list.iter().any(|entry| covers(entry, address.to_canonical()))
}

fn covers(entry: &str, address: IpAddr) -> bool {
    let (network, bits) = match entry.split_once('/') {
        None => (entry, None),
        Some((network, bits)) => match bits.parse::<u32>() {
            Ok(bits) => (network, Some(bits)),
            Err(_) => return false,
        },
    };
    match (network.parse::<IpAddr>().map(|network| network.to_canonical()), address) {
        (Ok(IpAddr::V4(network)), IpAddr::V4(address)) => {
            same_prefix(network.to_bits().into(), address.to_bits().into(), 32, bits)
        }
        (Ok(IpAddr::V6(network)), IpAddr::V6(address)) => same_prefix(network.to_bits(), address.to_bits(), 128, bits),
        _ => false,
    }
}

fn same_prefix(a: u128, b: u128, width: u32, bits: Option<u32>) -> bool {
    let ignored = width.saturating_sub(bits.unwrap_or(width));
    // All bits of the widest addresses may be ignored, and a shift by all of them is none.
    ignored >= 128 || (a ^ b) >> ignored == 0
}

#[cfg(test)]
mod tests {
    use super::contains_ip;

    #[test]
    fn addresses_and_ranges() {
        let list = ["10.0.0.1", "192.168.0.0/16", "2001:db8::/32", "::/0"].map(str::to_owned);
        let any = |n: usize, ip: &str| contains_ip(&list[..n], ip);
        assert!(any(1, "10.0.0.1") && !any(1, "10.0.0.2") && any(1, "::ffff:10.0.0.1"));
        assert!(any(2, "192.168.9.9") && !any(2, "192.169.0.1"));
        assert!(any(3, "2001:db8:1::1") && !any(3, "2001:db9::1") && any(4, "2001:db9::1"));
        assert!(!any(4, "nonsense") && !contains_ip(&["x".into(), "10.0.0.0/x".into()], "10.0.0.1"));
    }
}

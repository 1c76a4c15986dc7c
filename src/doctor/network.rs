//! What lies beyond the machine, looked at only when asked.

use super::{Check, Patient};
use crate::settings::Settings;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(5);

pub fn checks(patient: &Patient<'_>, settings: Option<&Settings>) -> Vec<Check> {
    let Some(settings) = settings else {
        return ["mail-server", "file-bucket", "backup-bucket"].map(|name| Check::skip(name, "no settings")).to_vec();
    };
    let smtp = settings.smtp.enabled.then(|| format!("{}:{}", settings.smtp.host, settings.smtp.port));
    let bucket = |s3: &crate::settings::S3| s3.enabled.then(|| address_of(&s3.endpoint));
    [
        ("mail-server", smtp, "mails go through sendmail of this machine"),
        ("file-bucket", bucket(&settings.s3), "files are on this disk"),
        ("backup-bucket", bucket(&settings.backups.s3), "backups are on this disk"),
    ]
    .map(|(name, address, without)| match address {
        None => Check::skip(name, without),
        Some(address) if !patient.network => Check::skip(name, format!("{address} is not asked; use --network")),
        Some(address) => reach(name, &address),
    })
    .to_vec()
}

/// Host and port of an endpoint such as `https://s3.example.com`.
fn address_of(endpoint: &str) -> String {
    let (port, rest) = match endpoint.split_once("://") {
        Some(("http", rest)) => (80, rest),
        Some((_, rest)) => (443, rest),
        None => (443, endpoint),
    };
    let host = rest.split('/').next().unwrap_or(rest);
    if host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        host.to_owned()
    } else {
        format!("{host}:{port}")
    }
}

fn reach(name: &'static str, address: &str) -> Check {
    let attempt = address.to_socket_addrs().and_then(|mut found| {
        let first = found.next().ok_or_else(|| std::io::Error::other("the name has no address"))?;
        TcpStream::connect_timeout(&first, TIMEOUT)
    });
    match attempt {
        Ok(_) => Check::pass(name, format!("{address} answers")),
        Err(error) => {
            let message = format!("{address} cannot be reached within {} s: {error}", TIMEOUT.as_secs());
            Check::fail(name, message, "check host and port in the settings, and the firewall")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::address_of;

    #[test]
    fn endpoints_have_a_port() {
        for (endpoint, address) in [
            ("https://s3.example.com", "s3.example.com:443"),
            ("http://127.0.0.1:9000/", "127.0.0.1:9000"),
            ("s3.example.com", "s3.example.com:443"),
            ("http://minio", "minio:80"),
        ] {
            assert_eq!(address_of(endpoint), address);
        }
    }
}

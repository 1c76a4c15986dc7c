//! The HTTP client for providers: bounded in time and size, and never led elsewhere with a secret in hand.

use super::OAuth2Error;
use bytes::Bytes;
use oauth2::http::{Request, Response};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::config::{Config, RedirectAuthHeaders};
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// Time for everything that one login asks a provider.
const LOGIN: Duration = Duration::from_secs(30);
const AVATAR: Duration = Duration::from_secs(10);
/// No profile and no key set comes near it.
const LARGEST_ANSWER: u64 = 1 << 20;

/// Asks a provider for one login. Whatever it asks shares one deadline.
pub struct Client {
    agent: Agent,
    deadline: Instant,
}

impl Default for Client {
    fn default() -> Self {
        Self::patient(LOGIN)
    }
}

impl Client {
    /// A client that has so much time for all that it asks.
    pub fn patient(time: Duration) -> Self {
        let config = base().max_redirects(5).redirect_auth_headers(RedirectAuthHeaders::SameHost).build();
        Self { agent: config.new_agent(), deadline: Instant::now() + time }
    }

    /// Sends a request, following redirects of a GET only: a code or secret goes where it was configured to go.
    ///
    /// # Errors
    /// The provider cannot be reached, takes too long or sends too much.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, OAuth2Error> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(OAuth2Error::Unreachable("it took too long".into()));
        }
        let redirects = if request.method() == oauth2::http::Method::GET { 5 } else { 0 };
        let unreachable = |error: ureq::Error| OAuth2Error::Unreachable(error.to_string());
        let answer = if request.body().is_empty() {
            let request = request.map(|_| ());
            let request = self.agent.configure_request(request).timeout_global(Some(left)).max_redirects(redirects);
            self.agent.run(request.build())
        } else {
            let request = self.agent.configure_request(request).timeout_global(Some(left)).max_redirects(redirects);
            self.agent.run(request.build())
        };
        let (parts, mut body) = answer.map_err(unreachable)?.into_parts();
        let body = body.with_config().limit(LARGEST_ANSWER).read_to_vec().map_err(unreachable)?;
        Ok(Response::from_parts(parts, body))
    }
}

/// Downloads pictures that a stranger's profile points to: from public addresses only, whatever their names resolve to.
#[derive(Clone, Copy)]
pub struct Avatars {
    /// Bytes.
    pub limit: u64,
}

impl Avatars {
    /// # Errors
    /// The address is not public, the status no success, the picture too large or too slow.
    pub fn download(self, url: &str) -> Result<Bytes, OAuth2Error> {
        self.download_from(url, PublicOnly::default())
    }

    fn download_from(self, url: &str, resolver: impl Resolver) -> Result<Bytes, OAuth2Error> {
        // A proxy would look the name up itself.
        let config = base().max_redirects(5).proxy(None).timeout_global(Some(AVATAR)).build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), resolver);
        let unreachable = |error: ureq::Error| OAuth2Error::Unreachable(error.to_string());
        let mut answer = agent.get(url).call().map_err(|error| match error {
            ureq::Error::HostNotFound => OAuth2Error::NotPublic,
            other => unreachable(other),
        })?;
        if !(200..400).contains(&answer.status().as_u16()) {
            return Err(OAuth2Error::Status(answer.status().as_u16()));
        }
        let body = answer.body_mut().with_config().limit(self.limit).read_to_vec().map_err(unreachable)?;
        Ok(body.into())
    }
}

fn base() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    Config::builder()
        .http_status_as_error(false)
        .max_redirects_will_error(false)
        .max_idle_connections(0)
        .user_agent(concat!("pbr/", env!("CARGO_PKG_VERSION")))
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
}

/// Resolves names to public addresses only.
#[derive(Debug, Default)]
struct PublicOnly(DefaultResolver);

impl Resolver for PublicOnly {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.0.resolve(uri, config, timeout)?;
        let mut public = self.empty();
        found.iter().filter(|address| is_public(address.ip())).for_each(|address: &SocketAddr| public.push(*address));
        if public.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(public) }
    }
}

/// Whether an address belongs to the internet and not to this machine or a network behind it.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_public_v4(address),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmarking = a == 198 && (b == 18 || b == 19);
    !(address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || shared
        || benchmarking)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Transition prefixes carry a IPv4 address that may be anything; they are not needed for pictures.
    let carries_v4 = first == 0x2002 || (first == 0x64 && second == 0xff9b) || (first == 0x2001 && second == 0);
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || (first & 0xffc0) == 0xfec0
        || first == 0
        || carries_v4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
            "100.64.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn pictures_of_this_machine_are_not_downloaded() {
        for url in ["http://127.0.0.1:1/a.png", "http://localhost:1/a.png", "http://[::1]:1/", "http://2130706433:1/"] {
            let refused = Avatars { limit: 10 }.download(url).unwrap_err();
            assert!(matches!(refused, OAuth2Error::NotPublic | OAuth2Error::Unreachable(_)), "{url}: {refused}");
            assert!(!refused.to_string().contains("refused"), "{url} was connected to");
        }
    }

    #[test]
    fn a_picture_is_taken_up_to_its_limit_and_an_error_page_is_none() {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, mut head) = (stream.unwrap(), [0; 1024]);
                let read = stream.read(&mut head).unwrap();
                let found = head[..read].starts_with(b"GET /picture ");
                let status = if found { "200 OK" } else { "404 Not Found" };
                write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789")
                    .unwrap();
            }
        });
        let get =
            |path: &str, limit| Avatars { limit }.download_from(&format!("{url}{path}"), DefaultResolver::default());
        assert_eq!(get("/picture", 10).unwrap(), "0123456789");
        assert!(matches!(get("/picture", 9), Err(OAuth2Error::Unreachable(_))));
        assert!(matches!(get("/other", 10), Err(OAuth2Error::Status(404))));
    }
}

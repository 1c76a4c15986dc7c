//! Where `pbr serve` listens, and with what certificates.

use super::context::variable;
use super::{CliError, CliResult};
use crate::App;
use crate::api::Options;
use crate::diagnostic::code;
use crate::project::Workspace;
use crate::server::{AcmeOptions, Certificates, ServeError, Server};
use std::net::IpAddr;
use std::path::PathBuf;

#[derive(Clone, Default, clap::Args)]
pub struct ListenArgs {
    /// Domains to serve with HTTPS, on ports 80 and 443; `www.` before one leads to it
    ///
    /// Default: server.domains of pbr.yaml.
    #[arg(value_name = "DOMAIN")]
    domains: Vec<String>,

    /// Plain HTTP, whatever pbr.yaml says of domains and HTTPS
    #[arg(long, hide = true, conflicts_with_all = ["domains", "https"])]
    plain: bool,

    /// Address to listen on
    ///
    /// Default: 127.0.0.1:8090, 0.0.0.0:80 with domains, or server.http of pbr.yaml.
    #[arg(long, value_name = "ADDRESS")]
    http: Option<String>,

    /// Address of HTTPS; --http leads to it then
    ///
    /// Default: none, 0.0.0.0:443 with domains, or server.https of pbr.yaml.
    #[arg(long, value_name = "ADDRESS")]
    https: Option<String>,

    /// PEM file with the TLS certificate and those above it; read again when it changes
    ///
    /// Default: server.tls of pbr.yaml.
    #[arg(long, env = "PBR_TLS_CERT", hide_env = true, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// PEM file with the private key of --tls-cert
    #[arg(long, env = "PBR_TLS_KEY", hide_env = true, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Where the certificate authority writes to about certificates
    ///
    /// Default: server.acme.email of pbr.yaml.
    #[arg(long, value_name = "EMAIL")]
    acme_email: Option<String>,

    /// Directory of the certificate authority
    ///
    /// Default: that of Let's Encrypt, or server.acme.directory of pbr.yaml.
    #[arg(long, value_name = "URL")]
    acme_directory: Option<String>,

    /// PEM file with a root certificate to trust the authority by, for one of your own
    ///
    /// Default: server.acme.root of pbr.yaml.
    #[arg(long, value_name = "FILE")]
    acme_root: Option<PathBuf>,
}

/// What the flags come to.
pub struct Listening {
    http: String,
    https: Option<(String, Certificates)>,
    domains: Vec<String>,
    /// The command that was given.
    command: &'static str,
}

impl ListenArgs {
    /// Flags over the project over `users`, the address that the user prefers for HTTP, over the defaults.
    ///
    /// # Errors
    /// Exit 2 for flags that do not fit together, and for a domain that is none.
    pub fn resolve(&self, project: Option<&Workspace>, users: Option<String>) -> CliResult<Listening> {
        self.over(project).listening(users)
    }

    /// What the project says wherever no flag and no variable does.
    fn over(&self, project: Option<&Workspace>) -> Self {
        let mut args = self.clone();
        args.http = args.http.or_else(|| variable("PBR_HTTP"));
        if args.plain {
            // Of the environment.
            (args.tls_cert, args.tls_key) = (None, None);
        } else {
            args.https = args.https.or_else(|| variable("PBR_HTTPS"));
        }
        let Some(project) = project else { return args };
        let server = project.config.server.clone();
        let file = |path: Option<PathBuf>| path.map(|path| project.path(&path));
        args.http = args.http.or(server.http);
        args.acme_email = args.acme_email.or(server.acme_email);
        args.acme_directory = args.acme_directory.or(server.acme_directory);
        args.acme_root = args.acme_root.or_else(|| file(server.acme_root));
        if !args.plain {
            args.https = args.https.or(server.https);
            if args.domains.is_empty() {
                args.domains = server.domains;
            }
            if args.tls_cert.is_none() {
                args.tls_cert = file(server.tls_certificate);
                args.tls_key = file(server.tls_key);
            }
        }
        args
    }

    fn listening(&self, users: Option<String>) -> CliResult<Listening> {
        for domain in &self.domains {
            if !is_domain(domain) {
                let why = "certificates are given for names such as example.com";
                return Err(usage(format!("`{domain}` is no domain name")).why(why).into());
            }
        }
        let with_domains = |address: &str| (!self.domains.is_empty()).then(|| address.to_owned());
        let http = self.http.clone().or_else(|| with_domains("0.0.0.0:80"));
        let http = http.or(users).unwrap_or_else(|| "127.0.0.1:8090".to_owned());
        let https = self.https.clone().or_else(|| with_domains("0.0.0.0:443"));
        // Before anything is written or migrated.
        [Some(&http), https.as_ref()].into_iter().flatten().try_for_each(|address| check_address(address))?;
        let https = match https {
            None if self.tls_cert.is_some() => {
                let error = usage("a TLS certificate needs an address for HTTPS");
                return Err(error.next("pbr serve --https 0.0.0.0:443 --tls-cert … --tls-key …").into());
            }
            None => None,
            Some(address) => {
                let certificates = self.certificates(&address)?;
                Some((address, certificates))
            }
        };
        // Only `pbr dev` asks for plain HTTP.
        let command = if self.plain { "dev" } else { "serve" };
        Ok(Listening { http, https, domains: self.domains.clone(), command })
    }

    fn certificates(&self, address: &str) -> CliResult<Certificates> {
        if let (Some(certificate), Some(key)) = (self.tls_cert.clone(), self.tls_key.clone()) {
            return Ok(Certificates::Files { certificate, key });
        }
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host).to_owned();
        let domains = if self.domains.is_empty() { vec![host] } else { self.domains.clone() };
        if let Some(address) = domains.iter().find(|domain| !is_domain(domain)) {
            let why = format!("a certificate authority gives certificates for domain names, not for `{address}`");
            let error = CliError::new(code::CERTIFICATE, 2, "there is no certificate to serve HTTPS with").why(why);
            let error = error.next("pbr serve example.com");
            return Err(error.next("pbr serve --https ADDRESS --tls-cert FILE --tls-key FILE").into());
        }
        let mut hosts: Vec<String> = Vec::new();
        for domain in &domains {
            let domain = domain.to_ascii_lowercase();
            let www = (!domain.starts_with("www.")).then(|| format!("www.{domain}"));
            for host in [Some(domain), www].into_iter().flatten() {
                if !hosts.contains(&host) {
                    hosts.push(host);
                }
            }
        }
        Ok(Certificates::Acme(AcmeOptions {
            hosts,
            email: self.acme_email.clone(),
            directory: self.acme_directory.clone(),
            root: self.acme_root.clone(),
        }))
    }
}

impl Listening {
    /// The addresses to listen on.
    pub fn addresses(&self) -> Vec<String> {
        let https = self.https.as_ref().map(|(address, _)| address);
        [Some(&self.http), https].into_iter().flatten().cloned().collect()
    }

    /// The domain that the server is known by.
    pub fn domain(&self) -> Option<&str> {
        self.domains.first().map(String::as_str)
    }

    /// Whether only this machine can reach the server.
    pub fn is_local(&self) -> bool {
        self.addresses().iter().all(|address| {
            let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host);
            let host = host.trim_start_matches('[').trim_end_matches(']');
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
        })
    }
}

/// Letters, digits and hyphens in at least two parts, or one of them alone such as `localhost`.
fn is_domain(text: &str) -> bool {
    let part = |part: &str| {
        let inside = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        !part.is_empty() && part.len() <= 63 && inside && !part.starts_with('-') && !part.ends_with('-')
    };
    text.len() <= 253 && text.parse::<IpAddr>().is_err() && text.split('.').all(part)
}

/// Refuses what is no address to listen on.
///
/// # Errors
/// Exit 2.
pub fn check_address(address: &str) -> CliResult {
    let is_one = address.parse::<std::net::SocketAddr>().is_ok()
        || address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    if is_one {
        return Ok(());
    }
    let message = format!("cannot listen on {address}: it is no address");
    let error = CliError::new(code::LISTEN, 2, message);
    let error = error.why("an address is a host and a port from 0 to 65535, such as 127.0.0.1:8090");
    Err(Box::new(error.next("pbr serve --http 127.0.0.1:8090")))
}

/// The address of HTTP that a flag, the environment, the project or the user asks for.
pub fn http_address(flag: Option<&String>, project: &Workspace, users: Option<String>) -> Option<String> {
    let flag = flag.cloned().or_else(|| variable("PBR_HTTP"));
    flag.or_else(|| project.config.server.http.clone()).or(users)
}

fn usage(message: impl Into<String>) -> CliError {
    CliError::new(code::USAGE, 2, message)
}

/// Binds all addresses.
///
/// # Errors
/// Exit 1 for an address that cannot be had, 2 for what is none, 9 for certificates that cannot be used.
pub async fn bind(listening: Listening, app: App, options: Options) -> CliResult<Server> {
    let cannot_serve = |error| cannot_serve(error, listening.command);
    let mut server = Server::bind(app, &listening.http, options).await.map_err(cannot_serve)?;
    if !listening.domains.is_empty() {
        server = server.with_hosts(listening.domains);
    }
    if let Some((address, certificates)) = listening.https {
        server = server.with_https(&address, certificates).await.map_err(cannot_serve)?;
    }
    Ok(server)
}

fn cannot_serve(error: ServeError, command: &str) -> Box<CliError> {
    let (address, error) = match error {
        ServeError::Listen { address, error } => (address, error),
        ServeError::Certificate(error) => {
            let error = CliError::new(code::CERTIFICATE, 9, error.to_string());
            return Box::new(error.next("pbr serve --https ADDRESS --tls-cert FILE --tls-key FILE"));
        }
    };
    let message = format!("cannot listen on {address}: {error}");
    let exit = if error.kind() == std::io::ErrorKind::InvalidInput { 2 } else { 1 };
    let base = CliError::new(code::LISTEN, exit, message);
    let base = match error.kind() {
        std::io::ErrorKind::AddrInUse => base.why("another program listens there, maybe another pbr"),
        std::io::ErrorKind::AddrNotAvailable => base.why("this machine does not have that address"),
        std::io::ErrorKind::PermissionDenied => base.why("ports below 1024 need a privilege"),
        std::io::ErrorKind::InvalidInput => base.why("an address is a host and a port, such as 127.0.0.1:8090"),
        _ => base,
    };
    Box::new(base.next(format!("pbr {command} --http 127.0.0.1:0    (a free port)")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_told_from_addresses_and_nonsense() {
        for good in ["example.com", "a-b.example", "localhost", "xn--bcher-kva.example"] {
            assert!(is_domain(good), "{good}");
        }
        for bad in
            ["", "1.2.3.4", "::1", "example.com:443", "https://example.com", "a..b", "-a.b", "a_b.c", "bücher.de"]
        {
            assert!(!is_domain(bad), "{bad}");
        }
    }
}

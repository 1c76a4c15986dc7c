//! HTTPS: certificates in files and from an authority, HTTP/2, redirects.

use crate::support::authority::{Authority, certificate, curl, free_port};
use crate::support::{Project, Run, Server, eventually};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const HEALTHY: &str = r#"{"message":"API is healthy.","code":200,"data":{}}"#;

fn with_superuser() -> Project {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    project
}

fn secured(project: &Project) -> (Server, u16) {
    certificate(project, "first");
    let server = project.serve_with("--https 127.0.0.1:0 --tls-cert first.pem --tls-key first.key");
    let port = server.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    assert!(server.url().starts_with("https://127.0.0.1:"), "{}", server.url());
    (server, port)
}

#[test]
fn both_versions_of_http_are_spoken_over_tls() {
    let project = with_superuser();
    let (_server, port) = secured(&project);
    let asked = |how: &str| {
        let url = format!("https://localhost:{port}/api/health");
        curl(&project, &format!("--cacert first.pem {how} -w |%{{http_version}} {url}"))
    };
    assert_eq!(asked("--http2"), format!("{HEALTHY}|2"));
    assert_eq!(asked("--http1.1"), format!("{HEALTHY}|1.1"));
    assert_eq!(asked("--tls-max 1.1"), "|0");
    // A whole upload and a stream go through HTTP/2 as well.
    let body = "a".repeat(300_000);
    project.write("body.json", &format!(r#"{{"identity":"{body}","password":"x"}}"#));
    let url = format!("https://localhost:{port}/api/collections/_superusers/auth-with-password");
    let refused =
        curl(&project, &format!("--cacert first.pem --http2 -H content-type:application/json -d @body.json {url}"));
    assert!(refused.contains("\"status\":400"), "{refused}");
    let stream = format!("--cacert first.pem --http2 -N --max-time 1 https://localhost:{port}/api/realtime");
    assert!(curl(&project, &stream).contains("event:PB_CONNECT"));
}

#[test]
fn plain_http_leads_to_https_and_other_methods_are_refused() {
    let project = with_superuser();
    certificate(&project, "first");
    let plain = free_port();
    let secure = free_port();
    let line =
        format!("serve --http 127.0.0.1:{plain} --https 127.0.0.1:{secure} --tls-cert first.pem --tls-key first.key");
    let server = Server::start(project.command(&line));
    let head = |more: &str, path: &str| curl(&project, &format!("-i {more} http://127.0.0.1:{plain}{path}"));
    let moved = head("", "/api/health?a=1&b=2");
    assert!(moved.starts_with("HTTP/1.1 302"), "{moved}");
    assert!(moved.contains(&format!("location: https://127.0.0.1:{secure}/api/health?a=1&b=2\r\n")), "{moved}");
    assert!(moved.contains(&format!("<a href=\"https://127.0.0.1:{secure}/api/health?a=1&amp;b=2\">Found</a>.")));
    let refused = head("-X POST", "/api/health");
    assert!(refused.starts_with("HTTP/1.1 400") && refused.ends_with("Use HTTPS\n"), "{refused}");
    let mistaken = curl(&project, &format!("-i http://127.0.0.1:{secure}/"));
    assert!(mistaken.contains("Client sent an HTTP request to an HTTPS server."), "{mistaken}");
    let www = curl(
        &project,
        &format!("-i --http1.1 --cacert first.pem -H Host:www.127.0.0.1 https://127.0.0.1:{secure}/a?b"),
    );
    assert!(www.starts_with("HTTP/1.1 307") && www.contains("location: https://127.0.0.1/a?b\r\n"), "{www}");
    // Somebody who never shakes hands does not keep the server from stopping.
    let _silent = TcpStream::connect(("127.0.0.1", secure)).expect("a connection");
    let started = Instant::now();
    assert!(server.stop().success());
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_certificate_that_is_replaced_is_used_without_a_restart() {
    let project = with_superuser();
    let (server, port) = secured(&project);
    certificate(&project, "second");
    let subject = || {
        let shown = format!("-o /dev/null -w %{{certs}} --insecure https://localhost:{port}/api/health");
        curl(&project, &shown)
    };
    assert!(subject().contains("CN = first") || subject().contains("CN=first"), "{}", subject());
    // Half of a pair is not taken.
    std::fs::copy(project.file("second.pem"), project.file("first.pem")).expect("a copy");
    eventually(|| server.output().contains("TLS certificate not loaded"));
    assert!(!subject().contains("second"));
    std::fs::copy(project.file("second.key"), project.file("first.key")).expect("a copy");
    eventually(|| subject().contains("second"));
}

#[test]
fn certificates_that_cannot_be_used_are_named_at_the_start() {
    let project = with_superuser();
    certificate(&project, "first");
    certificate(&project, "second");
    project.write("empty.pem", "");
    let serve = |pair: &str| project.pbr(&format!("serve --http 127.0.0.1:0 --https 127.0.0.1:0 {pair}"));
    serve("--tls-cert first.pem --tls-key second.key").exits(9).stderr_contains("cannot be used together");
    serve("--tls-cert none.pem --tls-key first.key").exits(9).stderr_contains("none.pem");
    serve("--tls-cert empty.pem --tls-key first.key").exits(9).stderr_contains("holds no certificate");
    serve("--tls-cert first.pem --tls-key first.pem").exits(9).stderr_contains("holds no private key");
    serve("").exits(2).stderr_contains("domain names");
    project.pbr("serve --tls-cert first.pem --tls-key first.key").exits(2).stderr_contains("--https");
    project.pbr("serve 127.0.0.1").exits(2).stderr_contains("no domain name");
    project.pbr("serve --tls-cert first.pem").exits(2);
}

#[test]
fn certificates_are_obtained_from_an_authority_and_kept() {
    let project = with_superuser();
    let (plain, secure) = (free_port(), free_port());
    let authority = Authority::start(&project, secure);
    authority.write_root(&project);
    let line = format!(
        "serve Example.test --http 127.0.0.1:{plain} --https 127.0.0.1:{secure} --acme-directory {} --acme-root \
         authority.pem --acme-email admin@example.test",
        authority.directory
    );
    let asked = |host: &str, more: &str| {
        let resolved = format!("--resolve {host}:{secure}:127.0.0.1 --cacert root.pem");
        curl(&project, &format!("{resolved} {more} https://{host}:{secure}/api/health"))
    };
    let server = Server::start(project.command(&line));
    eventually(|| asked("example.test", "") == HEALTHY);
    eventually(|| asked("www.example.test", "-i --http1.1").contains("\r\n"));
    // Nobody else's name, and nobody who names none.
    assert_eq!(asked("other.test", "--insecure"), "");
    assert_eq!(curl(&project, &format!("--insecure https://127.0.0.1:{secure}/api/health")), "");
    assert!(server.stop().success());
    let kept = project.list("pb_data/.autocert_cache");
    assert_eq!(kept.len(), 3, "an account and two certificates: {kept:?}");
    // After a restart they are there at once, without the authority.
    drop(authority);
    let server = Server::start(project.command(&line));
    eventually(|| asked("example.test", "") == HEALTHY);
    assert!(server.stop().success());
}

#[test]
fn a_client_that_says_that_it_is_done_still_gets_its_answer() {
    let project = with_superuser();
    let server = project.serve();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        stream.write_all(b"GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n").expect("a request");
        stream.shutdown(std::net::Shutdown::Write).expect("half a connection");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(HEALTHY), "{answer}");
    }
}

#[test]
fn empty_variables_count_as_absent_and_dev_leaves_certificates_alone() {
    let project = Project::from_template("blank");
    certificate(&project, "first");
    let mut serve = project.command("serve --http 127.0.0.1:0");
    for name in ["PBR_LOG_FORMAT", "PBR_TLS_CERT", "PBR_TLS_KEY", "PBR_METRICS_TOKEN"] {
        serve.env(name, "");
    }
    assert!(Server::start(serve).url().starts_with("http://"));
    let mut half = project.command("serve --http 127.0.0.1:0 --https 127.0.0.1:0 --tls-cert first.pem");
    half.env("PBR_TLS_KEY", "");
    Run::of("serve", half).exits(2).stderr_contains("--tls-key");
    let mut dev = project.command("dev --http 127.0.0.1:0");
    dev.env("PBR_TLS_CERT", "first.pem").env("PBR_TLS_KEY", "first.key");
    assert!(Server::start(dev).url().starts_with("http://"));
}

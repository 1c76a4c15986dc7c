//! `/metrics` and what service managers are told.

use crate::support::{Project, Server, eventually};
use std::collections::{BTreeMap, HashMap};
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

fn with_superuser() -> Project {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    project
}

/// A page as Prometheus reads it: values by name and labels. Panics where a line is not of the format.
fn parse(text: &str) -> BTreeMap<String, f64> {
    let name = |text: &str| {
        assert!(
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
                && !text.as_bytes()[0].is_ascii_digit(),
            "a name: {text:?}"
        );
    };
    let (mut kinds, mut samples, mut helped) = (HashMap::new(), BTreeMap::new(), Vec::new());
    assert!(text.ends_with('\n'), "the last line ends too");
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (family, help) = rest.split_once(' ').expect("a help text");
            name(family);
            assert!(!help.is_empty() && !helped.contains(&family.to_owned()), "{line}");
            helped.push(family.to_owned());
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (family, kind) = rest.split_once(' ').expect("a type");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(kinds.insert(family.to_owned(), kind.to_owned()).is_none(), "{family} has two types");
            // Prometheus' own rules of naming.
            assert_eq!(kind == "counter", family.ends_with("_total"), "{line}");
        } else {
            let (series, value) = line.rsplit_once(' ').expect("a value");
            let (family, labels) = series.split_once('{').map_or((series, None), |(family, labels)| {
                (family, Some(labels.strip_suffix('}').expect("labels end")))
            });
            name(family);
            for label in labels.iter().flat_map(|labels| labels.split(',')) {
                let (key, value) = label.split_once('=').expect("a label");
                name(key);
                assert!(value.len() >= 2 && value.starts_with('"') && value.ends_with('"'), "{line}");
            }
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| family.strip_suffix(suffix));
            let base = base.filter(|base| kinds.get(*base).is_some_and(|kind| kind == "histogram")).unwrap_or(family);
            assert!(kinds.contains_key(base) && helped.contains(&base.to_owned()), "no type of {line}");
            let value: f64 = value.parse().unwrap_or_else(|_| panic!("a number: {line}"));
            assert!(samples.insert(series.to_owned(), value).is_none(), "{series} is there twice");
        }
    }
    samples
}

fn page(server: &Server, token: Option<&str>) -> BTreeMap<String, f64> {
    let client = server.client();
    let request = client.request("GET", "/metrics");
    let reply = client.send(match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    });
    assert_eq!(reply.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    parse(&reply.is(200).body)
}

#[test]
fn requests_writes_reads_clients_and_the_process_are_counted() {
    let project = with_superuser();
    let server = project.serve_with("--metrics");
    let client = server.client();
    for _ in 0..3 {
        client.get("/api/health").is(200);
    }
    client.get("/api/collections/nope/records").is(404);
    let root = server.root();
    root.patch("/api/settings", serde_json::json!({ "meta": { "appName": "x" } })).is(200);
    let stream = client.request("GET", "/api/realtime").send().expect("a stream");
    let metrics = page(&server, None);
    let value = |series: &str| *metrics.get(series).unwrap_or_else(|| panic!("no {series} in {metrics:#?}"));
    assert_eq!(value(r#"pbr_http_requests_total{route="health",method="GET",status="200"}"#), 3.0);
    assert_eq!(value(r#"pbr_http_requests_total{route="records",method="GET",status="404"}"#), 1.0);
    assert_eq!(value(r#"pbr_http_requests_total{route="auth",method="POST",status="200"}"#), 1.0);
    let health = r#"{route="health""#;
    assert_eq!(value(&format!("pbr_http_request_duration_seconds_count{health}}}")), 3.0);
    assert_eq!(value(&format!("pbr_http_request_duration_seconds_bucket{health},le=\"+Inf\"}}")), 3.0);
    assert!(value(&format!("pbr_http_request_duration_seconds_sum{health}}}")) > 0.0);
    // Buckets hold what is up to them.
    let mut last = 0.0;
    for bound in ["0.0001", "0.001", "0.01", "0.1", "1", "30", "+Inf"] {
        let count = value(&format!("pbr_http_request_duration_seconds_bucket{health},le=\"{bound}\"}}"));
        assert!(count >= last);
        last = count;
    }
    assert_eq!(value("pbr_realtime_clients"), 1.0);
    for present in ["pbr_writer_group_jobs_count", "pbr_writer_group_jobs_sum", "pbr_reads_total"] {
        assert!(value(present) > 0.0, "{present}");
    }
    assert!(value(r#"pbr_sqlite_file_bytes{file="data.db"}"#) > 0.0);
    for zero in ["pbr_log_rows_dropped_total", "pbr_realtime_clients_cut_total", "pbr_reads_waiting"] {
        assert_eq!(value(zero), 0.0, "{zero}");
    }
    let memory = value("process_resident_memory_bytes");
    assert!((1e6..1e9).contains(&memory), "{memory}");
    assert!(value("process_open_fds") < value("process_max_fds"));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs_f64();
    assert!((now - value("process_start_time_seconds")).abs() < 120.0);
    drop(stream);
    // Looking at them fills no log.
    assert!(root.get("/api/logs?filter=(data.url~'metrics')").ok()["items"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn metrics_are_for_whoever_has_the_token() {
    let project = with_superuser();
    project.pbr("serve --http 0.0.0.0:0 --metrics").exits(2).stderr_contains("PBR_METRICS_TOKEN");
    project.write("token", "\n");
    project.pbr("serve --http 127.0.0.1:0 --metrics --metrics-token-file token").exits(2).stderr_contains("empty");
    project.pbr("serve --http 127.0.0.1:0 --metrics --metrics-token-file none").exits(1).stderr_contains("none");
    project.write("token", "s3cret\n");
    let server = project.serve_with("--metrics --metrics-token-file token");
    let client = server.client();
    for token in ["", "x", "s3cre", "s3cret2"] {
        let refused = client.send(client.request("GET", "/metrics").bearer_auth(token));
        assert_eq!(refused.is(401).headers["www-authenticate"], "Bearer");
    }
    client.get("/metrics").is(401);
    assert!(page(&server, Some("s3cret")).contains_key("pbr_uptime_seconds"));
    assert!(!server.output().contains("s3cret"));
    let mut command = project.command("serve --http 127.0.0.1:0 --metrics");
    command.env("PBR_METRICS_TOKEN", "other");
    let server = Server::start(command);
    server.client().get("/metrics").is(401);
    page(&server, Some("other"));
}

#[test]
fn without_a_token_nobody_who_comes_through_a_proxy_sees_metrics() {
    let project = with_superuser();
    let server = project.serve_with("--metrics");
    let client = server.client();
    for header in ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"] {
        client.send(client.request("GET", "/metrics").header(header, "1.2.3.4")).is(401);
    }
    // A name that a page may have given the address of this machine.
    for host in
        ["evil.example", "evil.example:8090", "localhost.evil.example", "127.0.0.1.evil.example", "8.8.8.8", "@"]
    {
        client.send(client.request("GET", "/metrics").header("Host", host)).is(401);
    }
    for host in ["localhost", "LOCALHOST:1", "app.localhost", "127.0.0.1:8090", "[::1]:8090"] {
        client.send(client.request("GET", "/metrics").header("Host", host)).is(200);
    }
    // Nor may a page read them from elsewhere.
    for method in ["GET", "OPTIONS"] {
        let from =
            |path: &str| client.send(client.request(method, path).header("Origin", "https://evil.example")).headers;
        assert!(from("/api/health").contains_key("access-control-allow-origin"));
        assert!(!from("/metrics").contains_key("access-control-allow-origin"));
    }
    // Where nobody asked for them there are none.
    let plain = project.serve();
    plain.client().get("/metrics").is(404);
}

#[test]
fn the_service_manager_hears_of_start_life_and_stop() {
    let project = with_superuser();
    let path = project.file("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let hear = || {
        let mut message = [0; 256];
        let length = socket.recv(&mut message).expect("a message");
        String::from_utf8_lossy(&message[..length]).into_owned()
    };
    let mut command = project.command("serve --http 127.0.0.1:0");
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "200000").env_remove("WATCHDOG_PID");
    let server = Server::start(command);
    assert_eq!(hear(), "READY=1");
    for _ in 0..3 {
        assert_eq!(hear(), "WATCHDOG=1");
    }
    server.client().get("/api/health").is(200);
    assert!(server.stop().success());
    let mut heard = Vec::new();
    while heard.last().is_none_or(|last| last != "STOPPING=1") {
        heard.push(hear());
    }
    // A watchdog that is meant for another process is not answered.
    let mut command = project.command("serve --http 127.0.0.1:0");
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "100000").env("WATCHDOG_PID", "1");
    let server = Server::start(command);
    assert_eq!(hear(), "READY=1");
    assert!(server.stop().success());
    assert_eq!(hear(), "STOPPING=1");
}

#[test]
fn log_rows_are_printed_as_lines_of_json() {
    let project = with_superuser();
    let server = project.serve_with("--log-format json");
    server.client().get("/api/health?a=1").is(200);
    server.client().get("/api/collections/nope/records?token=secret").is(404);
    let lines = || {
        let output = server.output();
        let lines = output.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        lines.collect::<Vec<_>>()
    };
    eventually(|| lines().len() >= 3);
    let lines = lines();
    let started = format!("Server started at {}", server.url());
    assert_eq!((&lines[0]["message"], &lines[0]["data"]["url"]), (&started.into(), &server.url().into()));
    assert_eq!(lines.len(), server.output().lines().count(), "{}", server.output());
    let lines = &lines[1..];
    assert_eq!((&lines[0]["level"], &lines[0]["message"]), (&"info".into(), &"GET /api/health?a=1".into()));
    assert_eq!((&lines[1]["level"], &lines[1]["data"]["status"]), (&"error".into(), &404.into()));
    assert!(lines[0]["time"].as_str().is_some_and(|time| time.ends_with('Z') && time.contains('T')));
    assert!(!server.output().contains("token=secret"));
}

#[test]
fn whatever_stops_a_server_that_logs_json_is_a_line_of_json() {
    let project = Project::empty();
    project.write("pbr.yaml", "server:\n  logFormat: json\n  http: 127.0.0.1:x\n");
    let run = project.pbr("serve").exits(2);
    let line: serde_json::Value = serde_json::from_str(run.stdout().lines().last().unwrap()).unwrap();
    assert_eq!((&line["level"], &line["data"]["ok"]), (&"error".into(), &false.into()));
    assert!(
        run.stdout().lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()),
        "{}",
        run.stdout()
    );
    assert_eq!(run.stderr(), "");
}

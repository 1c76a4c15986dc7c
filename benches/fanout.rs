//! Many realtime clients on one topic: connects them, subscribes them, has records created and waits for every message.
//!
//! ```sh
//! cargo run --release --example fanout -- 127.0.0.1:8090 10000 100
//! ```
//!
//! Takes the address, the number of clients, the number of events and, if wanted, the milliseconds between two events; the collection `posts` must be open to everyone and
//! have a text field `title`. Prints one JSON object: milliseconds from the moment a create was sent until each client had
//! its message, and how long all messages took. Speaks HTTP/1.1 by hand, so that the measuring costs as little as it can.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};

/// Connections that are opened at once.
const CONNECTING: usize = 64;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, address, clients, events, pause @ ..] = &arguments[..] else {
        eprintln!("usage: fanout ADDRESS CLIENTS EVENTS [PAUSE]");
        std::process::exit(2);
    };
    let pause = Duration::from_millis(pause.first().map_or(0, |pause| pause.parse().expect("milliseconds")));
    let clients: usize = clients.parse().expect("a number of clients");
    let events: usize = events.parse().expect("a number of events");

    let began = Instant::now();
    let sent: Arc<Vec<AtomicU64>> = Arc::new((0..events).map(|_| AtomicU64::new(0)).collect());
    let ready = Arc::new(AtomicUsize::new(0));
    let permits = Arc::new(Semaphore::new(CONNECTING));
    let (delays, mut measured) = mpsc::unbounded_channel();
    for _ in 0..clients {
        let listener = Listener {
            address: address.clone(),
            began,
            sent: Arc::clone(&sent),
            ready: Arc::clone(&ready),
            permits: Arc::clone(&permits),
        };
        let delays = delays.clone();
        tokio::spawn(async move {
            let heard = listener.run(events).await;
            let _ = delays.send(heard);
        });
    }
    drop(delays);
    while ready.load(Ordering::Acquire) < clients {
        assert!(began.elapsed() < PATIENCE * 2, "only {} clients connected", ready.load(Ordering::Acquire));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let connected = began.elapsed();

    let start = Instant::now();
    let mut writer = TcpStream::connect(address).await.expect("a connection");
    for event in 0..events {
        sent[event].store(began.elapsed().as_micros() as u64, Ordering::Release);
        let body = format!("{{\"title\":\"event {event}.\"}}");
        let answer = exchange(&mut writer, address, "/api/collections/posts/records", &body).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        tokio::time::sleep(pause).await;
    }
    let mut all = Vec::with_capacity(clients * events);
    let mut lost = 0;
    while let Some(heard) = measured.recv().await {
        lost += events - heard.len();
        all.extend(heard);
    }
    let took = start.elapsed();
    all.sort_unstable();
    let at = |share: f64| all.get(((all.len() as f64 * share) as usize).min(all.len().saturating_sub(1))).copied();
    let millis = |micros: Option<u64>| micros.unwrap_or_default() as f64 / 1000.0;
    println!(
        "{{\"clients\":{clients},\"events\":{events},\"lost\":{lost},\"connect_ms\":{},\"p50_ms\":{},\"p99_ms\":{},\
         \"max_ms\":{},\"all_ms\":{},\"messages_per_s\":{}}}",
        connected.as_millis(),
        millis(at(0.5)),
        millis(at(0.99)),
        millis(all.last().copied()),
        took.as_millis(),
        (all.len() as f64 / took.as_secs_f64()) as u64
    );
}

struct Listener {
    address: String,
    began: Instant,
    sent: Arc<Vec<AtomicU64>>,
    ready: Arc<AtomicUsize>,
    permits: Arc<Semaphore>,
}

impl Listener {
    /// Microseconds that each event took to arrive; fewer than there were events when some never came.
    async fn run(self, events: usize) -> Vec<u64> {
        let permit = self.permits.acquire().await.expect("an open semaphore");
        let mut stream = TcpStream::connect(&self.address).await.expect("a connection");
        let head = format!("GET /api/realtime HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        stream.write_all(head.as_bytes()).await.expect("a request");
        let mut buffer = Vec::new();
        let id = loop {
            assert!(stream.read_buf(&mut buffer).await.expect("an answer") > 0, "the stream ended");
            let text = String::from_utf8_lossy(&buffer);
            if let Some(id) = text.split("\"clientId\":\"").nth(1).and_then(|rest| rest.split_once('"')) {
                break id.0.to_owned();
            }
        };
        let mut other = TcpStream::connect(&self.address).await.expect("a connection");
        let body = format!("{{\"clientId\":\"{id}\",\"subscriptions\":[\"posts/*\"]}}");
        let answer = exchange(&mut other, &self.address, "/api/realtime", &body).await;
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
        drop((other, permit));
        self.ready.fetch_add(1, Ordering::AcqRel);

        let mut heard = Vec::with_capacity(events);
        buffer.clear();
        buffer.shrink_to(0);
        while heard.len() < events {
            match tokio::time::timeout(PATIENCE, stream.read_buf(&mut buffer)).await {
                Ok(Ok(1..)) => {}
                _ => break,
            }
            let now = self.began.elapsed().as_micros() as u64;
            // Everything up to the last whole event.
            let text = String::from_utf8_lossy(&buffer).into_owned();
            let end = text.rfind("\n\n").map_or(0, |at| at + 2);
            for number in text[..end].split("\"title\":\"event ").skip(1).filter_map(|rest| rest.split('.').next()) {
                let event: usize = number.parse().expect("a number");
                heard.push(now.saturating_sub(self.sent[event].load(Ordering::Acquire)));
            }
            buffer.drain(..end);
        }
        heard
    }
}

/// One request with a small answer on a connection that stays open.
async fn exchange(stream: &mut TcpStream, host: &str, path: &str, body: &str) -> String {
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut answer = Vec::new();
    loop {
        assert!(stream.read_buf(&mut answer).await.expect("an answer") > 0, "the connection ended");
        let text = String::from_utf8_lossy(&answer);
        let Some((head, rest)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if head.starts_with("HTTP/1.1 204") || rest.len() >= length.unwrap_or(0) {
            return text.into_owned();
        }
    }
}

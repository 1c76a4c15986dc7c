//! A realtime client as it looks on the wire.

use super::Client;
use reqwest::blocking::Response;
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// An open stream of server-sent events.
pub struct Stream {
    pub id: String,
    events: Receiver<Event>,
    client: Client,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: String,
    pub name: String,
    pub data: Json,
}

impl Stream {
    #[track_caller]
    pub fn open(client: &Client) -> Self {
        let response = client.request("GET", "/api/realtime").send().expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let (send, events) = channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(response).lines();
            while let Some(event) = next(&mut lines) {
                if send.send(event).is_err() {
                    return;
                }
            }
        });
        let hello = events.recv_timeout(Duration::from_secs(5)).expect("the first event");
        assert_eq!(hello.name, "PB_CONNECT");
        assert_eq!(hello.data, json!({ "clientId": hello.id }));
        Self { id: hello.id, events, client: client.clone() }
    }

    /// Subscribes as the client that opened the stream.
    #[track_caller]
    pub fn subscribe(&self, keys: &[&str]) {
        self.subscribe_as(&self.client, keys);
    }

    #[track_caller]
    pub fn subscribe_as(&self, client: &Client, keys: &[&str]) {
        client.post("/api/realtime", json!({ "clientId": self.id, "subscriptions": keys })).is(204);
    }

    /// The next event.
    #[track_caller]
    pub fn next(&self) -> Event {
        let event = self.events.recv_timeout(Duration::from_secs(10)).expect("an event");
        assert_eq!(event.id, self.id);
        event
    }

    /// All events until none has come for a while.
    pub fn rest(&self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Ok(event) = self.events.recv_timeout(Duration::from_millis(400)) {
            events.push(event);
        }
        events
    }

    /// Whether the server has ended the stream.
    pub fn is_over(&self) -> bool {
        self.events.recv_timeout(Duration::from_secs(10)) == Err(RecvTimeoutError::Disconnected)
    }
}

fn next(lines: &mut std::io::Lines<BufReader<Response>>) -> Option<Event> {
    let mut event = Event { id: String::new(), name: String::new(), data: Json::Null };
    loop {
        let line = lines.next()?.ok()?;
        match line.split_once(':') {
            None => return Some(event),
            Some(("id", id)) => event.id = id.to_owned(),
            Some(("event", name)) => event.name = name.to_owned(),
            Some(("data", data)) => event.data = serde_json::from_str(data).expect("JSON"),
            Some(_) => panic!("an unexpected line: {line}"),
        }
    }
}

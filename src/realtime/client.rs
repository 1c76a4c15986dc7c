//! A connected client: who it is, what it has subscribed to, and the queue of what is on its way to it.

use super::queue::{Queue, message};
use super::topic::Subscription;
use crate::events::Record;
use crate::query::AuthInfo;
use crate::schema::Collection;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

pub struct Client {
    pub id: String,
    /// Tells clients apart within the process.
    pub(super) number: u64,
    /// The address that it connected from.
    pub ip: String,
    state: Mutex<State>,
    /// Wakes the stream of the client.
    news: Notify,
}

#[derive(Default)]
struct State {
    auth: Option<ClientAuth>,
    subscriptions: Vec<Arc<Subscription>>,
    queue: Queue,
    /// Nothing comes after what waits.
    ended: bool,
}

/// The auth record of a client at its last subscribe, kept up to date while it is connected.
#[derive(Clone, PartialEq)]
pub struct ClientAuth {
    pub info: AuthInfo,
    /// What tokens of the record are signed with; a new one ends its sessions.
    signing: (String, String),
}

impl ClientAuth {
    /// What is kept of an auth record.
    pub fn of(collection: &Collection, record: &Record) -> Self {
        let secret = collection.auth().map(|options| options.auth_token.secret.clone()).unwrap_or_default();
        let key = record.text(collection, "tokenKey").to_owned();
        Self { info: crate::auth::info(collection, record), signing: (key, secret) }
    }

    /// Whether both are of one record.
    pub(super) fn is_same_record(&self, other: &Self) -> bool {
        self.info.id == other.info.id && self.info.collection_id == other.info.collection_id
    }

    /// Whether tokens of the one hold for the other.
    pub(super) fn is_same_session(&self, other: &Self) -> bool {
        self.is_same_record(other) && self.signing == other.signing
    }
}

impl Client {
    pub(super) fn new(id: String, number: u64, ip: String) -> Arc<Self> {
        Arc::new(Self { id, number, ip, state: Mutex::default(), news: Notify::new() })
    }

    pub fn auth(&self) -> Option<ClientAuth> {
        self.state().auth.clone()
    }

    pub fn subscriptions(&self) -> Vec<Arc<Subscription>> {
        self.state().subscriptions.clone()
    }

    /// Whether one of the subscriptions is exactly this text.
    pub fn has_subscription(&self, key: &str) -> bool {
        self.state().subscriptions.iter().any(|subscription| subscription.key == key)
    }

    /// Queues an event; a client is cut for which too much waits.
    pub fn send(&self, name: &str, data: &[u8]) {
        self.push(event(name, data));
    }

    pub(super) fn push(&self, event: Bytes) {
        let mut state = self.state();
        if !state.ended && !state.queue.push(event) {
            state.cut();
        }
        drop(state);
        self.news.notify_one();
    }

    /// The next event, `None` after the last one. Only the client's stream asks.
    pub async fn next(&self) -> Option<Bytes> {
        loop {
            {
                let mut state = self.state();
                let next = state.queue.pop();
                if next.is_some() || state.ended {
                    return next;
                }
            }
            self.news.notified().await;
        }
    }

    /// An event that is there already.
    pub fn waiting(&self) -> Option<Bytes> {
        self.state().queue.pop()
    }

    /// Ends the client's stream after what is queued.
    pub(super) fn end(&self) {
        self.state().ended = true;
        self.news.notify_one();
    }

    /// Cuts the client where it has not read for a while.
    pub(super) fn cut_if_stalled(&self) {
        let mut state = self.state();
        if state.queue.is_stalled() {
            state.cut();
            self.news.notify_one();
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.state().ended
    }

    pub(super) fn set_auth(&self, auth: Option<ClientAuth>) {
        self.state().auth = auth;
    }

    pub(super) fn set_subscriptions(&self, subscriptions: Vec<Arc<Subscription>>) -> Vec<Arc<Subscription>> {
        std::mem::replace(&mut self.state().subscriptions, subscriptions)
    }

    /// A std mutex: nothing awaits or asks the database while it is held.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Ends the stream, and lets go what waits: it would take memory for as long as the client does not read.
    fn cut(&mut self) {
        self.queue = Queue::default();
        self.ended = true;
    }
}

/// The part of a server-sent event that is the same for all clients. A line break in the name would begin another field.
pub(super) fn event(name: &str, data: &[u8]) -> Bytes {
    let mut event = Vec::with_capacity(name.len() + data.len() + 16);
    event.extend_from_slice(b"event:");
    event.extend(name.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    event.extend_from_slice(b"\ndata:");
    event.extend(data.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    event.extend_from_slice(b"\n\n");
    message(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_client_gets_all_of_a_burst_and_is_cut_for_what_is_too_much_for_memory() {
        let client = Client::new("x".into(), 1, String::new());
        for _ in 0..10_000 {
            client.send("a", b"{}");
        }
        for _ in 0..10_000 {
            assert_eq!(&client.next().await.unwrap()[..], b"event:a\ndata:{}\n\n");
        }
        let large = event("a", &vec![b'x'; 20_000]);
        for _ in 0..10_000 {
            client.push(large.clone());
        }
        assert!(client.has_ended() && client.next().await.is_none());
    }

    #[test]
    fn line_breaks_never_leave_their_field() {
        assert_eq!(&event("a\r\nid:1", b"{\n}")[..], b"event:aid:1\ndata:{}\n\n");
    }
}

//! A connected client: who it is, what it has subscribed to, and the queue of what is on its way to it.

use super::topic::Subscription;
use crate::events::Record;
use crate::query::AuthInfo;
use crate::schema::Collection;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// Messages that may wait for a client. One that reads slower than that is cut, and its SDK connects again.
const QUEUE: usize = 1024;

pub struct Client {
    pub id: String,
    /// Tells clients apart within the process.
    pub(super) number: u64,
    /// The address that it connected from.
    pub ip: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    auth: Option<ClientAuth>,
    subscriptions: Vec<Arc<Subscription>>,
    /// Gone when the client is cut.
    queue: Option<mpsc::Sender<Bytes>>,
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
    pub(super) fn new(id: String, number: u64, ip: String) -> (Arc<Self>, mpsc::Receiver<Bytes>) {
        let (queue, messages) = mpsc::channel(QUEUE);
        let state = State { queue: Some(queue), ..State::default() };
        (Arc::new(Self { id, number, ip, state: Mutex::new(state) }), messages)
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

    /// Queues an event; a client whose queue is full is cut.
    pub fn send(&self, name: &str, data: &[u8]) {
        self.push(event(name, data));
    }

    pub(super) fn push(&self, event: Bytes) {
        let mut state = self.state();
        if let Some(queue) = &state.queue
            && queue.try_send(event).is_err()
        {
            state.queue = None;
        }
    }

    /// Ends the client's stream after what is queued.
    pub(super) fn cut(&self) {
        self.state().queue = None;
    }

    pub(super) fn was_cut(&self) -> bool {
        self.state().queue.is_none()
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

/// The part of a server-sent event that is the same for all clients. A line break in the name would begin another field.
pub(super) fn event(name: &str, data: &[u8]) -> Bytes {
    let mut event = Vec::with_capacity(name.len() + data.len() + 16);
    event.extend_from_slice(b"event:");
    event.extend(name.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    event.extend_from_slice(b"\ndata:");
    event.extend(data.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    event.extend_from_slice(b"\n\n");
    event.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_does_not_read_is_cut_and_keeps_what_it_was_sent() {
        let (client, mut messages) = Client::new("x".into(), 1, String::new());
        for _ in 0..=QUEUE {
            client.send("a", b"{}");
        }
        client.send("late", b"{}");
        let mut received = 0;
        while let Ok(message) = messages.try_recv() {
            assert_eq!(&message[..], b"event:a\ndata:{}\n\n");
            received += 1;
        }
        assert_eq!(received, QUEUE);
        assert!(messages.is_closed());
    }

    #[test]
    fn line_breaks_never_leave_their_field() {
        assert_eq!(&event("a\r\nid:1", b"{\n}")[..], b"event:aid:1\ndata:{}\n\n");
    }
}

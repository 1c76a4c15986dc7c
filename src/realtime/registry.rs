//! The clients that are connected, and who of them has subscribed to what.

use super::client::{Client, ClientAuth};
use super::topic::Subscription;
use crate::schema::{ALPHANUMERIC, random_string};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

const ID_LENGTH: usize = 40;

#[derive(Default)]
pub struct Registry {
    clients: RwLock<HashMap<String, Arc<Client>>>,
    topics: RwLock<Topics>,
    /// Clients with an auth record.
    authenticated: AtomicUsize,
    subscribed: AtomicUsize,
    numbers: AtomicU64,
    closed: AtomicBool,
    cut: AtomicU64,
}

#[derive(Default)]
struct Topics {
    /// By topic without options, then by client.
    subscribers: HashMap<String, HashMap<u64, Subscriber>>,
    /// How many subscriptions begin with a name: which collections matter to anybody.
    bases: HashMap<String, usize>,
}

/// A client and those of its subscriptions that have the same topic.
#[derive(Clone)]
pub(super) struct Subscriber {
    pub client: Arc<Client>,
    pub subscriptions: Vec<Arc<Subscription>>,
}

impl Registry {
    /// Takes in a client. `None` when the server is stopping.
    pub fn connect(&self, ip: &str) -> Option<Arc<Client>> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let client = Client::new(random_string(ID_LENGTH, ALPHANUMERIC), number, ip.to_owned());
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        if self.closed.load(Ordering::Acquire) {
            return None;
        }
        clients.insert(client.id.clone(), Arc::clone(&client));
        Some(client)
    }

    pub fn disconnect(&self, client: &Arc<Client>) {
        let removed = self.clients.write().unwrap_or_else(PoisonError::into_inner).remove(&client.id);
        if removed.is_some() {
            if client.has_ended() && !self.closed.load(Ordering::Acquire) {
                self.cut.fetch_add(1, Ordering::Relaxed);
            }
            self.subscribe(client, Vec::new());
            self.authenticate(client, None);
        }
    }

    /// Ends all streams and takes no further client.
    pub fn close(&self) {
        let clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        self.closed.store(true, Ordering::Release);
        clients.values().for_each(|client| client.end());
    }

    /// Cuts those who have not read for a while, though much waits for them.
    pub(super) fn cut_stalled(&self) {
        self.clients().iter().for_each(|client| client.cut_if_stalled());
    }

    /// How many clients were cut so far because they did not read.
    pub fn cut(&self) -> u64 {
        self.cut.load(Ordering::Relaxed)
    }

    pub fn client(&self, id: &str) -> Option<Arc<Client>> {
        self.clients.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    pub fn clients(&self) -> Vec<Arc<Client>> {
        self.clients.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Replaces all subscriptions of a client.
    pub fn subscribe(&self, client: &Arc<Client>, keys: Vec<Arc<Subscription>>) {
        let mut topics = self.topics();
        if !keys.is_empty() && self.client(&client.id).is_none() {
            // It went away meanwhile, and nobody would take its topics out again.
            return;
        }
        let old = client.set_subscriptions(keys.clone());
        for subscription in &old {
            topics.remove(client, subscription);
        }
        for subscription in &keys {
            topics.add(client, subscription);
        }
        self.subscribed.fetch_add(keys.len(), Ordering::AcqRel);
        self.subscribed.fetch_sub(old.len(), Ordering::AcqRel);
    }

    /// Takes away one subscription, for events that are awaited once.
    pub fn unsubscribe(&self, client: &Arc<Client>, key: &str) {
        let kept = client.subscriptions().into_iter().filter(|subscription| subscription.key != key).collect();
        self.subscribe(client, kept);
    }

    pub fn authenticate(&self, client: &Arc<Client>, auth: Option<ClientAuth>) {
        // Serialised by the lock of the topics, so that the count stays right.
        let _topics = self.topics();
        let (was, is) = (client.auth().is_some(), auth.is_some());
        client.set_auth(auth);
        match (was, is) {
            (false, true) => _ = self.authenticated.fetch_add(1, Ordering::AcqRel),
            (true, false) => _ = self.authenticated.fetch_sub(1, Ordering::AcqRel),
            _ => {}
        }
    }

    /// [`Registry::authenticate`], where the client is still who it was a moment ago; whether it was.
    pub(super) fn authenticate_again(&self, client: &Arc<Client>, was: &ClientAuth, is: Option<ClientAuth>) -> bool {
        let _topics = self.topics();
        if client.auth().as_ref() != Some(was) {
            return false;
        }
        if is.is_none() {
            self.authenticated.fetch_sub(1, Ordering::AcqRel);
        }
        client.set_auth(is);
        true
    }

    /// Those who have subscribed to a topic, whatever the options.
    pub(super) fn subscribers(&self, topic: &str) -> Vec<Subscriber> {
        let topics = self.topics.read().unwrap_or_else(PoisonError::into_inner);
        topics.subscribers.get(topic).map(|of| of.values().cloned().collect()).unwrap_or_default()
    }

    /// Subscriptions of all clients.
    pub fn subscriptions(&self) -> usize {
        self.subscribed.load(Ordering::Acquire)
    }

    pub(super) fn has_authenticated(&self) -> bool {
        self.authenticated.load(Ordering::Acquire) > 0
    }

    /// Whether any topic begins with the name.
    pub(super) fn is_base(&self, name: &str) -> bool {
        self.topics.read().unwrap_or_else(PoisonError::into_inner).bases.contains_key(name)
    }

    fn topics(&self) -> RwLockWriteGuard<'_, Topics> {
        self.topics.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Topics {
    fn add(&mut self, client: &Arc<Client>, subscription: &Arc<Subscription>) {
        let of = self.subscribers.entry(subscription.topic.clone()).or_default();
        let new = || Subscriber { client: Arc::clone(client), subscriptions: Vec::new() };
        of.entry(client.number).or_insert_with(new).subscriptions.push(Arc::clone(subscription));
        *self.bases.entry(subscription.base().to_owned()).or_default() += 1;
    }

    fn remove(&mut self, client: &Client, subscription: &Arc<Subscription>) {
        if let Some(of) = self.subscribers.get_mut(&subscription.topic) {
            if let Some(subscriber) = of.get_mut(&client.number) {
                subscriber.subscriptions.retain(|other| !Arc::ptr_eq(other, subscription));
                if subscriber.subscriptions.is_empty() {
                    of.remove(&client.number);
                }
            }
            if of.is_empty() {
                self.subscribers.remove(&subscription.topic);
            }
        }
        if let Some(count) = self.bases.get_mut(subscription.base()) {
            *count -= 1;
            if *count == 0 {
                self.bases.remove(subscription.base());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[&str]) -> Vec<Arc<Subscription>> {
        keys.iter().map(|key| Arc::new(Subscription::parse(key))).collect()
    }

    #[test]
    fn subscriptions_are_replaced_as_a_whole_and_leave_nothing_behind() {
        let registry = Registry::default();
        let client = registry.connect("").unwrap();
        registry.subscribe(&client, keys(&["posts/*", "posts/*?a=1", "tags/x"]));
        let subscribers = registry.subscribers("posts/*");
        assert_eq!((subscribers.len(), subscribers[0].subscriptions.len()), (1, 2));
        assert!(registry.is_base("tags") && registry.subscriptions() > 0);
        registry.subscribe(&client, keys(&["tags/x"]));
        assert!(registry.subscribers("posts/*").is_empty() && !registry.is_base("posts"));
        registry.disconnect(&client);
        assert!(registry.subscriptions() == 0 && !registry.is_base("tags") && registry.clients().is_empty());
        assert!(registry.topics().subscribers.is_empty());
    }
}

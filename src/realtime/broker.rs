//! The broker: takes committed changes in their order, and sends each to whoever may see it.

use super::client::ClientAuth;
use super::fanout;
use super::queue;
use super::registry::Registry;
use crate::db::Snapshot;
use crate::events::{Change, Operation, Watcher};
use crate::records::Records;
use crate::schema::{Catalog, Collection};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Changes that may wait. Beyond them a write waits for the broker: a message is never dropped.
const QUEUE: usize = 65_536;
/// Snapshots that may wait. Beyond them a change is judged by the database as it is when its turn comes.
const SNAPSHOTS: usize = 32;
/// The same where deletes need them. Beyond them a delete waits for the broker: afterwards there is nothing to judge.
const SNAPSHOTS_OF_DELETES: usize = 128;
/// How long handlers may think about a change before it is shown as it was stored.
const PATIENCE: Duration = Duration::from_secs(2);

enum Work {
    Change(Change, Option<Arc<Mutex<Snapshot>>>),
    /// Tokens may have lost their validity by the hand of another process, or with a collection.
    Revalidate,
}

/// Handle to the broker; its thread ends when the handle is dropped.
pub struct Broker {
    registry: Arc<Registry>,
    records: Weak<Records>,
    queue: Sender<Work>,
    /// The state after the commit that was seen last, shared by all its changes.
    latest: Mutex<Latest>,
}

#[derive(Default)]
struct Latest {
    commit: u64,
    snapshot: Weak<Mutex<Snapshot>>,
    /// All that are still waited for.
    outstanding: Vec<Weak<Mutex<Snapshot>>>,
}

impl Latest {
    fn in_use(&mut self) -> usize {
        self.outstanding.retain(|snapshot| snapshot.strong_count() > 0);
        self.outstanding.len()
    }
}

impl Broker {
    /// Starts the broker of an app's records and makes it watch their changes.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start(records: &Arc<Records>) -> std::io::Result<Arc<Self>> {
        let registry = Arc::new(Registry::default());
        // Unbounded, because a bounded queue takes the memory of all its places at once.
        let (queue, work) = crossbeam_channel::unbounded();
        let (told, weak) = (Arc::clone(&registry), Arc::downgrade(records));
        std::thread::Builder::new()
            .name("pbr-realtime".into())
            .spawn(move || Loop { registry: told, records: weak }.run(&work))?;
        let records_of_broker = Arc::downgrade(records);
        let broker = Arc::new(Self { registry, records: records_of_broker, queue, latest: Mutex::default() });
        records.bus.feed.watch(Arc::clone(&broker) as Arc<dyn Watcher>);
        Ok(broker)
    }

    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Looks again at who the connected clients are, after something that no change of a record tells of.
    pub fn revalidate(&self) {
        if self.registry.has_authenticated() {
            let _ = self.queue.send(Work::Revalidate);
        }
    }

    /// Looks again at who a client is that has just said so: its record may have changed since it was read, and the
    /// change may have been told before the client was somebody.
    pub fn confirm(&self, client: &Arc<super::Client>) {
        let Some(records) = self.records.upgrade() else { return };
        let catalog = records.catalog.load_full();
        let _ = records.db.readers().here(|reader| {
            while let Some(auth) = client.auth() {
                let now = stored_auth(&catalog, reader, &auth);
                if now.as_ref() == Some(&auth) {
                    return;
                }
                let now = now.filter(|now| now.is_same_session(&auth));
                if self.registry.authenticate_again(client, &auth, now) {
                    return;
                }
            }
        });
    }

    /// The first message to a client: its id.
    pub fn greet(&self, client: &Arc<super::Client>, data: &str) {
        self.deliver(client, "PB_CONNECT", &super::client::event("PB_CONNECT", data.as_bytes()));
    }

    /// Sends an event to all who have subscribed to exactly this topic.
    pub fn publish(&self, topic: &str, data: &serde_json::Value) {
        let event = super::client::event(topic, data.to_string().as_bytes());
        let key = super::topic::Subscription::parse(topic);
        for subscriber in self.registry.subscribers(&key.topic) {
            if subscriber.subscriptions.iter().any(|subscription| subscription.key == topic) {
                self.deliver(&subscriber.client, topic, &event);
            }
        }
    }

    /// Sends a client the one event that it awaits under a topic, and ends that subscription. `false` where no client of
    /// that id connected from the address, or it has not subscribed to exactly this topic.
    pub fn send_once(&self, client_id: &str, ip: &str, topic: &str, data: &serde_json::Value) -> bool {
        let Some(client) = self.registry.client(client_id) else { return false };
        if client.ip != ip || !client.has_subscription(topic) {
            return false;
        }
        self.registry.unsubscribe(&client, topic);
        self.deliver(&client, topic, &super::client::event(topic, data.to_string().as_bytes()));
        true
    }

    fn deliver(&self, client: &Arc<super::Client>, name: &str, event: &bytes::Bytes) {
        if let Some(records) = self.records.upgrade() {
            fanout::deliver(&records.bus, client, name, event);
        }
    }

    /// The database right after the commit that was last; all that follows one commit shares it. `None` where too many
    /// are in use.
    fn snapshot(&self, records: &Records, most: usize) -> Option<Arc<Mutex<Snapshot>>> {
        let commit = records.db.writer().commits();
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.commit == commit
            && let Some(known) = latest.snapshot.upgrade()
        {
            return Some(known);
        }
        if latest.in_use() >= most {
            return None;
        }
        let snapshot = Arc::new(Mutex::new(records.db.readers().snapshot().ok()?));
        latest.commit = commit;
        latest.snapshot = Arc::downgrade(&snapshot);
        latest.outstanding.push(Arc::downgrade(&snapshot));
        Some(snapshot)
    }
}

impl Watcher for Broker {
    fn wants(&self, collection: &Collection) -> bool {
        (collection.is_auth() && self.registry.has_authenticated())
            || (self.registry.subscriptions() > 0
                && (self.registry.is_base(&collection.name) || self.registry.is_base(&collection.id)))
    }

    fn before(&self) -> Option<Arc<Mutex<Snapshot>>> {
        let records = self.records.upgrade()?;
        let latest = || self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let end = Instant::now() + PATIENCE;
        loop {
            // The deletes of one transaction share theirs, so that only the first of them ever waits.
            let snapshot = self.snapshot(&records, SNAPSHOTS_OF_DELETES);
            if snapshot.is_some() || latest().in_use() < SNAPSHOTS_OF_DELETES || Instant::now() >= end {
                // An older one is better than none: it has all but what is newest.
                return snapshot.or_else(|| latest().snapshot.upgrade());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn changed(&self, change: Change) {
        let Some(records) = self.records.upgrade() else { return };
        let snapshot = match &change.before {
            Some(before) => Some(Arc::clone(before)),
            None => self.snapshot(&records, SNAPSHOTS),
        };
        while self.queue.len() >= QUEUE {
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = self.queue.send(Work::Change(change, snapshot));
    }
}

struct Loop {
    registry: Arc<Registry>,
    records: Weak<Records>,
}

impl Loop {
    fn run(&self, work: &Receiver<Work>) {
        loop {
            let work = match work.recv_timeout(queue::PATIENCE) {
                Ok(work) => work,
                Err(RecvTimeoutError::Timeout) => {
                    self.registry.cut_stalled();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let Some(records) = self.records.upgrade() else { return };
            // A bug in a handler or here costs one message, not all that follow.
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match work {
                Work::Change(change, snapshot) => self.change(&records, change, snapshot.as_deref()),
                Work::Revalidate => self.revalidate(&records),
            }));
            drop(done);
        }
    }

    fn change(&self, records: &Arc<Records>, change: Change, snapshot: Option<&Mutex<Snapshot>>) {
        let gone = (change.operation == Operation::Delete && change.collection.is_auth())
            .then(|| ClientAuth::of(&change.collection, &change.record));
        self.show(records, change, snapshot);
        // After the message: who is deleted hears of it as who it was.
        if let Some(gone) = gone {
            self.forget_identity(&gone);
        }
    }

    fn show(&self, records: &Arc<Records>, mut change: Change, snapshot: Option<&Mutex<Snapshot>>) {
        // Rules that follow see who the client is now, whatever handlers make of the record.
        self.follow_identity(&change);
        if let Some(told) = change.told.take() {
            let Some(record) = told.wait(change.record.clone(), PATIENCE) else { return };
            change.record = record;
        }
        match snapshot {
            Some(snapshot) => {
                let snapshot = snapshot.lock().unwrap_or_else(PoisonError::into_inner);
                fanout::send(&self.registry, records, &snapshot, &change);
            }
            None => {
                let _ = records.db.readers().here(|reader| fanout::send(&self.registry, records, reader, &change));
            }
        }
    }

    /// A client's auth record was changed: it goes on as it is now, or as a guest where its tokens hold no longer.
    fn follow_identity(&self, change: &Change) {
        if change.operation != Operation::Update || !change.collection.is_auth() {
            return;
        }
        let now = ClientAuth::of(&change.collection, &change.record);
        for client in self.registry.clients() {
            let Some(auth) = client.auth() else { continue };
            if auth.is_same_record(&now) {
                self.registry.authenticate(&client, auth.is_same_session(&now).then(|| now.clone()));
            }
        }
    }

    fn forget_identity(&self, gone: &ClientAuth) {
        for client in self.registry.clients() {
            if client.auth().is_some_and(|auth| auth.is_same_record(gone)) {
                self.registry.authenticate(&client, None);
            }
        }
    }

    fn revalidate(&self, records: &Arc<Records>) {
        let catalog = records.catalog.load_full();
        let clients = self.registry.clients();
        let _ = records.db.readers().here(|reader| {
            for client in clients {
                let Some(auth) = client.auth() else { continue };
                let now = stored_auth(&catalog, reader, &auth);
                if now.as_ref().is_none_or(|now| *now != auth) {
                    self.registry.authenticate(&client, now.filter(|now| now.is_same_session(&auth)));
                }
            }
        });
    }
}

/// What the database says of the record that a client is logged in as.
fn stored_auth(catalog: &Catalog, connection: &rusqlite::Connection, auth: &ClientAuth) -> Option<ClientAuth> {
    let collection = catalog.by_id(&auth.info.collection_id)?;
    let record = crate::records::find(connection, collection, &auth.info.id).ok()??;
    Some(ClientAuth::of(collection, &record))
}

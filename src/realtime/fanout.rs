//! One change to all who may see it. Each rule is asked once for all clients that it cannot tell apart, and each message
//! is written once for all who get the same.

use super::client::{Client, ClientAuth, event};
use super::registry::Registry;
use super::topic::{Options, Subscription};
use crate::events::{Bus, Change, Operation, RealtimeMessageEvent, RecordEvent};
use crate::picker::Fields;
use crate::query::{AuthInfo, RequestInfo};
use crate::records::{self, Records};
use bytes::Bytes;
use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Whom an answer is for, as far as it makes a difference.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Who {
    Guest,
    /// Any client that is no superuser, where the rule does not ask who it is.
    Anyone,
    Superuser,
    /// Collection and id of an auth record.
    One(String, String),
}

/// Which rule decides.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Topic {
    List,
    View,
}

/// The JSON of a message.
type Data = Arc<Vec<u8>>;

struct Fanout<'a> {
    records: &'a Arc<Records>,
    connection: &'a Connection,
    change: &'a Change,
    /// The message data, `None` for those who may not see it.
    data: HashMap<(Who, Topic, Options), Option<Data>>,
    /// Whole events, by their name and the place of their data.
    events: HashMap<(String, usize), Bytes>,
}

pub(super) fn send(registry: &Registry, records: &Arc<Records>, connection: &Connection, change: &Change) {
    let (name, id) = (&change.collection.name, &change.collection.id);
    let record = change.record.id(&change.collection);
    let mut fanout = Fanout { records, connection, change, data: HashMap::new(), events: HashMap::new() };
    for base in [name, id] {
        for (topic, kind) in
            [(format!("{base}/*"), Topic::List), (base.clone(), Topic::List), (format!("{base}/{record}"), Topic::View)]
        {
            for subscriber in registry.subscribers(&topic) {
                let auth = subscriber.client.auth();
                for subscription in &subscriber.subscriptions {
                    if let Some(event) = fanout.event(subscription, kind, auth.as_ref()) {
                        deliver(&records.bus, &subscriber.client, &subscription.key, &event);
                    }
                }
            }
        }
    }
}

/// Hands an event to a client, through the handlers of messages where there are any.
pub(super) fn deliver(bus: &Bus, client: &Arc<Client>, name: &str, message: &Bytes) {
    let hook = &bus.requests.realtime_message;
    if !hook.is_bound() {
        return client.push(message.clone());
    }
    let data = data_of(message);
    let mut event_of_client = RealtimeMessageEvent { client_id: client.id.clone(), name: name.to_owned(), data };
    let sent = hook.trigger(&[], &mut event_of_client, &mut |message| {
        client.push(event(&message.name, message.data.as_bytes()));
        Ok(())
    });
    if sent.is_err() {
        client.end();
    }
}

/// The text of the data line.
fn data_of(event: &Bytes) -> String {
    let text = String::from_utf8_lossy(event);
    text.split_once("\ndata:").map_or("", |(_, data)| data).trim_end_matches('\n').to_owned()
}

impl Fanout<'_> {
    fn event(&mut self, subscription: &Subscription, topic: Topic, auth: Option<&ClientAuth>) -> Option<Bytes> {
        let who = self.who(subscription, topic, auth.map(|auth| &auth.info));
        let key = (who, topic, subscription.options.clone());
        let data = match self.data.get(&key) {
            Some(known) => known.clone(),
            None => {
                let data = self.render(&key.2, topic, auth.map(|auth| &auth.info)).map(Data::new);
                self.data.insert(key, data.clone());
                data
            }
        }?;
        // The data live as long as this fan-out, so their address tells them apart.
        let place = Arc::as_ptr(&data) as usize;
        let events = &mut self.events;
        let known = events.entry((subscription.key.clone(), place));
        Some(known.or_insert_with(|| event(&subscription.key, &data)).clone())
    }

    /// The widest group of clients that get the same answer as this one.
    fn who(&self, subscription: &Subscription, topic: Topic, auth: Option<&AuthInfo>) -> Who {
        let collection = &self.change.collection;
        let rule = match topic {
            Topic::List => &collection.rules.list,
            Topic::View => &collection.rules.view,
        };
        let option = |name: &str| subscription.options.query.get(name).map_or("", String::as_str);
        let manage_rule = collection.auth().is_some_and(|options| options.manage_rule.is_some());
        let asks_who = |text: &str| text.contains("@request.auth");
        // A path into another collection finds what that collection's rules show to the client.
        let reaches_out = |text: &str| text.contains('.') || text.contains("@collection");
        let own = |auth: &AuthInfo| auth.collection_id == collection.id && auth.id == self.change.record.id(collection);
        let personal = manage_rule
            || rule.as_deref().is_some_and(asks_who)
            || asks_who(option("filter"))
            || reaches_out(option("filter"))
            || !option("expand").is_empty()
            || self.records.bus.enrich.concerns(&RecordEvent::tags(collection))
            || auth.is_some_and(own);
        match auth {
            Some(auth) if personal => Who::One(auth.collection_id.clone(), auth.id.clone()),
            Some(auth) if auth.is_superuser() => Who::Superuser,
            None if personal => Who::Guest,
            _ => Who::Anyone,
        }
    }

    /// The data of the message, where the rule and the filter let the client see it.
    fn render(&self, options: &Options, topic: Topic, auth: Option<&AuthInfo>) -> Option<Vec<u8>> {
        let Change { collection, record, .. } = self.change;
        let request = RequestInfo {
            context: "realtime".into(),
            method: "GET".into(),
            query: options.query.clone(),
            headers: options.headers.clone(),
            body: Arc::default(),
            uploaded: BTreeSet::new(),
            auth: auth.cloned(),
        };
        let catalog = self.records.catalog.load();
        let scope = self.records.scope(self.connection, &catalog, &request);
        let rule = match topic {
            Topic::List => &collection.rules.list,
            Topic::View => &collection.rules.view,
        };
        let option = |name: &str| options.query.get(name).map_or("", String::as_str);
        if !records::passes(&scope, collection, rule, option("filter"), record.id(collection)) {
            return None;
        }
        let fields = Fields::parse(option("fields")).ok()?;
        let mut shown = records::render(&scope, collection, record.clone(), option("expand")).ok()?;
        if let Some(fields) = fields {
            shown = fields.apply(&shown);
        }
        let action = match self.change.operation {
            Operation::Create => "create",
            Operation::Update => "update",
            Operation::Delete => "delete",
        };
        let mut data = b"{\"record\":".to_vec();
        data.append(&mut shown);
        data.extend_from_slice(format!(",\"action\":\"{action}\"}}").as_bytes());
        Some(data)
    }
}

//! Realtime: clients, their subscriptions, and the broker that sends them what changes (spec 04 §8).
//!
//! Changes come from the feed of [`crate::events`] in the order of their commits and leave in that order, so the messages
//! of a topic reach a client in order. A change is judged by the database as it was right after its commit, a delete by
//! the database before it. The room knows records and rules; it does not know HTTP.

mod broker;
mod client;
mod fanout;
mod queue;
mod registry;
mod subscribe;
mod topic;

pub use broker::Broker;
pub use client::{Client, ClientAuth};
pub use registry::Registry;
pub use subscribe::{SubscribeError, subscribe};
pub use topic::{Options, Subscription};

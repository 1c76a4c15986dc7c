//! Replacing what a client has subscribed to (spec 04 §8.2).

use super::client::ClientAuth;
use super::registry::Registry;
use super::topic::Subscription;
use crate::events::{Bus, EventError, RealtimeSubscribeEvent};
use crate::schema::{ErrorTree, FieldError};
use std::collections::HashSet;
use std::sync::Arc;

const MAX_ID: usize = 255;
const MAX_SUBSCRIPTIONS: usize = 1000;
/// Bytes of one subscription.
const MAX_LENGTH: usize = 2500;

#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    #[error("an id or a subscription is too long, or there are too many")]
    Invalid(ErrorTree),
    #[error("Missing or invalid client id.")]
    NoClient,
    #[error("Invalid realtime client.")]
    OtherAddress,
    #[error("The current and the previous request authorization don't match.")]
    OtherAuth,
    #[error(transparent)]
    Event(#[from] EventError),
}

/// Replaces the subscriptions of a client and makes the caller its identity; `false` when a handler ended the request.
///
/// # Errors
/// The client is unknown or somebody else's, a text is too long, or a handler refuses.
pub fn subscribe(
    registry: &Registry,
    bus: &Bus,
    client_id: &str,
    keys: Vec<String>,
    caller: Option<ClientAuth>,
    ip: &str,
) -> Result<bool, SubscribeError> {
    let errors = check(client_id, &keys);
    if !errors.is_empty() {
        return Err(SubscribeError::Invalid(errors));
    }
    let client = registry.client(client_id).ok_or(SubscribeError::NoClient)?;
    if client.ip != ip {
        return Err(SubscribeError::OtherAddress);
    }
    if let Some(known) = client.auth()
        && !caller.as_ref().is_some_and(|caller| caller.is_same_record(&known))
    {
        return Err(SubscribeError::OtherAuth);
    }
    let mut event = RealtimeSubscribeEvent { client_id: client.id.clone(), subscriptions: keys };
    let mut done = false;
    bus.requests.realtime_subscribe.trigger(&[], &mut event, &mut |event| {
        let mut seen = HashSet::new();
        let wanted = event.subscriptions.iter().filter(|key| !key.is_empty() && seen.insert((*key).clone()));
        let wanted = wanted.map(|key| Arc::new(Subscription::parse(key))).collect();
        registry.authenticate(&client, caller.clone());
        registry.subscribe(&client, wanted);
        done = true;
        Ok(())
    })?;
    Ok(done)
}

fn check(client_id: &str, keys: &[String]) -> ErrorTree {
    let mut errors = ErrorTree::new();
    if client_id.is_empty() {
        errors.insert("clientId", FieldError::required());
    } else if client_id.len() > MAX_ID {
        let message = format!("The length must be between 1 and {MAX_ID}.");
        let error = FieldError::new("validation_length_out_of_range", message);
        errors.insert("clientId", error.with("min", 1).with("max", MAX_ID));
    }
    let too_long = |max: usize| {
        let message = format!("The length must be no more than {max}.");
        FieldError::new("validation_length_too_long", message).with("min", 0).with("max", max)
    };
    if keys.len() > MAX_SUBSCRIPTIONS {
        errors.insert("subscriptions", too_long(MAX_SUBSCRIPTIONS));
    } else {
        for (at, _) in keys.iter().enumerate().filter(|(_, key)| key.len() > MAX_LENGTH) {
            errors.insert(&format!("subscriptions.{at}"), too_long(MAX_LENGTH));
        }
    }
    errors
}

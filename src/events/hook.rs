//! A hook: an ordered list of handlers around a built-in action, called like the layers of an onion.

use super::EventError;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

type Run<E> = Arc<dyn Fn(&mut E, Next<'_, E>) -> Result<(), EventError> + Send + Sync>;

struct Handler<E> {
    priority: i32,
    /// Collection names or ids that the handler is limited to; empty is all.
    tags: Vec<String>,
    run: Run<E>,
}

impl<E> Clone for Handler<E> {
    fn clone(&self) -> Self {
        Self { priority: self.priority, tags: self.tags.clone(), run: Arc::clone(&self.run) }
    }
}

impl<E> Handler<E> {
    fn concerns(&self, tags: &[&str]) -> bool {
        self.tags.is_empty() || self.tags.iter().any(|tag| tags.contains(&tag.as_str()))
    }
}

/// Handlers of one kind of event, in ascending priority, then in the order of registration.
pub struct Hook<E> {
    handlers: ArcSwap<Vec<Handler<E>>>,
    /// Whether there is any; asked for every request, so it costs next to nothing.
    bound: AtomicBool,
}

impl<E> Default for Hook<E> {
    fn default() -> Self {
        Self { handlers: ArcSwap::default(), bound: AtomicBool::new(false) }
    }
}

impl<E> Hook<E> {
    /// Adds a handler of priority 0 for the collections named or identified by `tags`; no tags are all collections.
    pub fn bind(
        &self,
        tags: &[&str],
        run: impl Fn(&mut E, Next<'_, E>) -> Result<(), EventError> + Send + Sync + 'static,
    ) {
        self.bind_with_priority(0, tags, run);
    }

    /// Adds a handler; the lowest priority runs first, outermost.
    pub fn bind_with_priority(
        &self,
        priority: i32,
        tags: &[&str],
        run: impl Fn(&mut E, Next<'_, E>) -> Result<(), EventError> + Send + Sync + 'static,
    ) {
        let handler =
            Handler { priority, tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), run: Arc::new(run) };
        self.handlers.rcu(|handlers| {
            let mut handlers = Vec::clone(handlers);
            let at = handlers.partition_point(|other| other.priority <= priority);
            handlers.insert(at, handler.clone());
            handlers
        });
        self.bound.store(true, Ordering::Release);
    }

    /// Whether any handler was added.
    pub fn is_bound(&self) -> bool {
        self.bound.load(Ordering::Acquire)
    }

    /// Whether a handler would run for an event with these tags.
    pub fn concerns(&self, tags: &[&str]) -> bool {
        self.is_bound() && self.handlers.load().iter().any(|handler| handler.concerns(tags))
    }

    /// Runs the handlers around `action`. A handler that does not call [`Next::run`] ends the chain silently.
    ///
    /// # Errors
    /// The first refusal, of a handler or of the action.
    pub fn trigger(
        &self,
        tags: &[&str],
        event: &mut E,
        action: &mut dyn FnMut(&mut E) -> Result<(), EventError>,
    ) -> Result<(), EventError> {
        let handlers = self.handlers.load();
        Next { rest: &handlers, tags, action }.run(event)
    }
}

/// The rest of the chain: later handlers and the built-in action.
pub struct Next<'a, E> {
    rest: &'a [Handler<E>],
    tags: &'a [&'a str],
    action: &'a mut dyn FnMut(&mut E) -> Result<(), EventError>,
}

impl<E> Next<'_, E> {
    /// # Errors
    /// What the rest of the chain refused with.
    pub fn run(self, event: &mut E) -> Result<(), EventError> {
        let mut rest = self.rest;
        while let [handler, later @ ..] = rest {
            if handler.concerns(self.tags) {
                return (handler.run)(event, Next { rest: later, tags: self.tags, action: self.action });
            }
            rest = later;
        }
        (self.action)(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(hook: &Hook<Vec<String>>, tags: &[&str]) -> Vec<String> {
        let mut event = Vec::new();
        hook.trigger(tags, &mut event, &mut |event| {
            event.push("action".into());
            Ok(())
        })
        .unwrap();
        event
    }

    #[test]
    fn handlers_wrap_the_action_by_priority_then_registration() {
        let hook = Hook::default();
        for (priority, name) in [(0, "a"), (0, "b"), (-1, "first")] {
            hook.bind_with_priority(priority, &[], move |event: &mut Vec<String>, next| {
                event.push(format!("{name} in"));
                next.run(event)?;
                event.push(format!("{name} out"));
                Ok(())
            });
        }
        assert_eq!(trace(&hook, &[]), ["first in", "a in", "b in", "action", "b out", "a out", "first out"]);
    }

    #[test]
    fn a_handler_that_does_not_go_on_ends_the_chain() {
        let hook = Hook::default();
        hook.bind(&["posts"], |event: &mut Vec<String>, _next| {
            event.push("skipped".into());
            Ok(())
        });
        assert_eq!(trace(&hook, &["posts"]), ["skipped"]);
        assert_eq!(trace(&hook, &["tags"]), ["action"]);
    }
}

//! A hook: an ordered list of handlers around a built-in action, called like the layers of an onion.

use super::EventError;
use crate::schema::{ALPHANUMERIC, random_string};
use arc_swap::ArcSwap;
use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

type Run<E> = Arc<dyn Fn(&mut E, Next<'_, E>) -> Result<(), EventError> + Send + Sync>;

struct Handler<E> {
    id: HandlerId,
    priority: i32,
    /// Collection names or ids that the handler is limited to; empty is all.
    tags: Vec<String>,
    run: Run<E>,
}

/// What a handler is known by in its hook. Dropping it changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerId(Arc<str>);

/// How a handler is bound: by default under an id of its own, with priority 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Binding<'a> {
    /// A handler that is bound under this id already is replaced. Empty draws one.
    pub id: &'a str,
    /// The lowest runs first, outermost.
    pub priority: i32,
}

impl Deref for HandlerId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HandlerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl<E> Clone for Handler<E> {
    fn clone(&self) -> Self {
        let Self { id, priority, tags, run } = self;
        Self { id: id.clone(), priority: *priority, tags: tags.clone(), run: Arc::clone(run) }
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
    /// Held while the handlers are exchanged.
    changing: Mutex<()>,
}

impl<E> Default for Hook<E> {
    fn default() -> Self {
        Self { handlers: ArcSwap::default(), bound: AtomicBool::new(false), changing: Mutex::default() }
    }
}

impl<E> Hook<E> {
    /// Adds a handler of priority 0 for the collections named or identified by `tags`; no tags are all collections.
    pub fn bind(
        &self,
        tags: &[&str],
        run: impl Fn(&mut E, Next<'_, E>) -> Result<(), EventError> + Send + Sync + 'static,
    ) -> HandlerId {
        self.bind_with(Binding::default(), tags, run)
    }

    /// [`Hook::bind`] with a priority or an id that the program chooses.
    pub fn bind_with(
        &self,
        binding: Binding<'_>,
        tags: &[&str],
        run: impl Fn(&mut E, Next<'_, E>) -> Result<(), EventError> + Send + Sync + 'static,
    ) -> HandlerId {
        let id = match binding.id {
            "" => HandlerId(random_string(20, ALPHANUMERIC).into()),
            id => HandlerId(id.into()),
        };
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let handler = Handler { id: id.clone(), priority: binding.priority, tags, run: Arc::new(run) };
        self.change(|handlers| {
            match handlers.iter_mut().find(|other| other.id == handler.id) {
                Some(other) => *other = handler,
                None => handlers.push(handler),
            }
            handlers.sort_by_key(|handler| handler.priority);
        });
        id
    }

    /// Takes a handler away; whether there was one. Events that are under way still pass it.
    pub fn unbind(&self, id: &str) -> bool {
        let mut found = false;
        self.change(|handlers| {
            let before = handlers.len();
            handlers.retain(|handler| *handler.id != *id);
            found = handlers.len() < before;
        });
        found
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Handler<E>>)) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut handlers = Vec::clone(&self.handlers.load());
        change(&mut handlers);
        let bound = !handlers.is_empty();
        self.handlers.store(Arc::new(handlers));
        self.bound.store(bound, Ordering::Release);
    }

    /// The same handlers, for when what holds this one is gone.
    pub(crate) fn detached(&self) -> Self {
        let bound = AtomicBool::new(self.is_bound());
        Self { handlers: ArcSwap::new(self.handlers.load_full()), bound, changing: Mutex::default() }
    }

    /// Whether there is any handler.
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
            hook.bind_with(Binding { priority, ..Binding::default() }, &[], move |event: &mut Vec<String>, next| {
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

    #[test]
    fn a_handler_is_unbound_by_its_id_and_replaced_under_the_same() {
        let hook = Hook::default();
        let bind = |id, priority, name: &'static str| {
            hook.bind_with(Binding { id, priority }, &[], move |event: &mut Vec<String>, next| {
                event.push(name.into());
                next.run(event)
            })
        };
        let (first, drawn) = (bind("first", 0, "a"), bind("", 0, "b"));
        assert_eq!((&*first, drawn.len()), ("first", 20));
        bind("first", 0, "c");
        assert_eq!(trace(&hook, &[]), ["c", "b", "action"]);
        bind("first", 1, "d");
        assert_eq!(trace(&hook, &[]), ["b", "d", "action"]);
        assert!(hook.unbind(&drawn) && !hook.unbind(&drawn));
        assert_eq!(trace(&hook, &[]), ["d", "action"]);
        assert!(hook.unbind("first"));
        assert_eq!(trace(&hook, &[]), ["action"]);
        assert!(!hook.is_bound());
    }
}

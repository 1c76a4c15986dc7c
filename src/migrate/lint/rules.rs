//! API rules are the security boundary: what opens one is seen, and what closes one too.

use super::Subject;
use super::weaker::{forgets_the_caller, is_same, is_weaker};
use crate::schema::diff::{find, is_untouched_default};
use crate::schema::index::Index;
use crate::schema::view::mentions;
use crate::schema::{Collection, FieldKind};

/// Public, by a condition, locked.
fn strictness(rule: Option<&str>) -> u8 {
    match rule {
        Some("") => 0,
        Some(_) => 1,
        None => 2,
    }
}

impl Subject<'_> {
    pub fn rules(&mut self) {
        for new in self.after.iter().filter(|collection| !collection.system) {
            // What every new database brings along is nobody's rule yet, nor was what another app has made of it.
            let is_former = |old: &&_| !(self.baseline || self.first && is_untouched_default(old));
            let former = find(self.before, new).filter(is_former);
            match former {
                Some(old) => self.changed_rules(old, new),
                None => self.new_rules(new),
            }
            let touched = find(self.before, new).is_none_or(|old| old != new);
            if touched && !new.is_view() {
                self.relations_without_index(new);
            }
        }
    }

    fn changed_rules(&mut self, old: &Collection, new: &Collection) {
        for ((name, before), (_, after)) in
            old.all_rules().into_iter().zip(new.all_rules()).filter(|(old, new)| old.1 != new.1)
        {
            let subject = format!("{}.{name}", new.name);
            let mark = format!("{name} rule of {}", new.name);
            let conditions = before.zip(after).filter(|(old, new)| !old.is_empty() && !new.is_empty());
            let opened = strictness(after) < strictness(before)
                || conditions.is_some_and(|(old, new)| is_weaker(old, new) || forgets_the_caller(old, new));
            let closed =
                strictness(after) > strictness(before) || conditions.is_some_and(|(old, new)| is_weaker(new, old));
            // Who manages may change passwords, so that every other condition is worth a look.
            let other_managers =
                name == "manage" && after.is_some() && !conditions.is_some_and(|(old, new)| is_same(old, new));
            // Everyone may log in by default; only what was closed before is news.
            if after == Some("") {
                let message = format!("the {name} rule of {} becomes public", new.name);
                self.add("SEC101", &subject, &mark, message, None);
            } else if new.is_auth() && (opened || (other_managers && !closed)) {
                let message = format!("the {name} rule of the auth collection {} is opened", new.name);
                self.add("SEC102", &subject, &mark, message, None);
            }
            if closed {
                let message = format!("the {name} rule of {} is stricter; clients that pass today may not", new.name);
                self.add("BC102", &subject, &mark, message, None);
            }
        }
    }

    /// Reading may well be public; changing what others wrote hardly ever.
    fn new_rules(&mut self, new: &Collection) {
        for (name, rule) in new.all_rules() {
            if rule == Some("") && matches!(name, "update" | "delete") {
                let subject = format!("{}.{name}", new.name);
                let message = format!("everyone may {name} every record of {}", new.name);
                self.add("SEC101", &subject, &format!("collection {}", new.name), message, None);
            }
        }
    }

    /// A rule that goes back along a relation, or compares one, reads it for every row.
    fn relations_without_index(&mut self, collection: &Collection) {
        let texts: Vec<&str> = collection.all_rules().into_iter().filter_map(|(_, rule)| rule).collect();
        for other in self.after.iter().filter(|other| !other.is_view() && !other.system) {
            for field in other.fields.iter().filter(|field| matches!(field.kind, FieldKind::Relation(_))) {
                let back = format!("{}_via_{}", other.name, field.name);
                let compared = format!("{} = @request.auth.id", field.name);
                let goes_back = texts.iter().any(|rule| mentions(rule, &back));
                let compares = other.id == collection.id
                    && collection
                        .all_rules()
                        .iter()
                        .any(|(name, rule)| *name == "list" && rule.is_some_and(|rule| rule.contains(&compared)));
                let indexed = other.indexes.iter().filter_map(|text| Index::parse(text)).any(|index| {
                    index.columns.first().is_some_and(|column| column.name.eq_ignore_ascii_case(&field.name))
                });
                if (goes_back || compares) && !indexed {
                    let subject = format!("{}.{}", other.name, field.name);
                    let message = format!("a rule of {} reads {subject}, which has no index", collection.name);
                    self.add("LT104", &subject, &format!("collection {}", collection.name), message, None);
                }
            }
        }
    }
}

//! Places from which a record has logged in, and the mail about a new one (spec 03 §8).

use super::accounts::{Accounts, Visit};
use super::{AuthError, mails};
use crate::events::Record;
use crate::records::Owner;
use crate::schema::fields::{Value, format_datetime};
use md5::{Digest, Md5};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

const KEPT: usize = 5;
const LONGEST_AGENT: usize = 200;
/// How long a login waits for its alert to be sent.
const PATIENCE: Duration = Duration::from_secs(15);

impl Accounts {
    /// Remembers the place, telling the owner by mail where it is new.
    ///
    /// # Errors
    /// The mail could not be sent, and the place is not remembered; or the database fails.
    pub(super) fn note_origin(self: &Arc<Self>, visit: &Visit, record: &Record) -> Result<(), AuthError> {
        let origins = self.system("_authOrigins")?;
        let id = record.id(&visit.collection);
        let known = self.owned(&origins, &visit.collection.id, id)?;
        let fingerprint = fingerprint(&visit.ip, &visit.user_agent);
        if let Some(origin) = known.iter().find(|origin| origin.text(&origins, "fingerprint") == fingerprint) {
            self.records.update_directly(&origins, origin.clone(), origin.clone())?;
            return Ok(());
        }
        if !known.is_empty() && !record.text(&visit.collection, "email").is_empty() {
            let at = format_datetime(chrono::Utc::now());
            let info = format!("{at} - {} {}", visit.ip, shortened(&visit.user_agent));
            let mail = mails::Mail::AuthAlert { info };
            let (accounts, collection, record) = (Arc::clone(self), Arc::clone(&visit.collection), record.clone());
            let sent = self.mails.wait(PATIENCE, move || accounts.send_mail(&collection, &record, mail).map(drop));
            sent.unwrap_or_else(|| Err(mails::too_slow()))?;
        }
        // Oldest last.
        for surplus in known.into_iter().skip(KEPT - 1) {
            self.records.delete_directly(&origins, surplus)?;
        }
        let owner = Owner { collection: &visit.collection.id, record: id };
        let mut origin = self.records.owned_row(&origins, owner);
        origin.set(&origins, "fingerprint", Value::Text(fingerprint));
        self.records.create_directly(&origins, origin)?;
        Ok(())
    }
}

fn fingerprint(ip: &str, user_agent: &str) -> String {
    let digest = Md5::digest(format!("{ip}{}", shortened(user_agent)).as_bytes());
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to memory cannot fail");
        text
    })
}

/// At most 200 bytes, and a sign that there were more.
fn shortened(user_agent: &str) -> String {
    if user_agent.len() <= LONGEST_AGENT {
        return user_agent.to_owned();
    }
    let end = (0..=LONGEST_AGENT).rev().find(|at| user_agent.is_char_boundary(*at)).unwrap_or_default();
    format!("{}...", &user_agent[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_md5_over_address_and_agent() {
        assert_eq!(fingerprint("127.0.0.1", "curl/8"), "b13cc138e9f01b7bdbe0c10cda2c1ca4");
        assert_eq!(shortened(&"a".repeat(300)), format!("{}...", "a".repeat(200)));
        assert_eq!(shortened(&"é".repeat(150)).len(), 203);
    }
}

//! Mails about accounts: the text of the collection with its placeholders filled, and the hooks around sending it.

use super::AuthError;
use super::accounts::Accounts;
use super::tokens::{self, Grant, Kind};
use crate::events::{Hook, MailEvent, Record, RecordEvent, RecordMailEvent};
use crate::mail::{self, MailError, Mailbox, Message};
use crate::schema::fields::{FieldKind, Value};
use crate::schema::{Collection, EmailTemplate};
use crate::settings::Settings;
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// A mail about an account.
#[derive(Clone, Debug)]
pub(super) enum Mail {
    Verification,
    PasswordReset,
    EmailChange { new_email: String },
    Otp { id: String, password: String },
    AuthAlert { info: String },
}

/// One of the mails, as a superuser tries it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestMail {
    Verification,
    PasswordReset,
    EmailChange,
    Otp,
    LoginAlert,
}

impl TestMail {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "verification" => Self::Verification,
            "password-reset" => Self::PasswordReset,
            "email-change" => Self::EmailChange,
            "otp" => Self::Otp,
            "login-alert" => Self::LoginAlert,
            _ => return None,
        })
    }
}

impl Accounts {
    /// Sends a mail, inside its hooks, and returns it as it was sent. Blocks until the mail server has taken it.
    ///
    /// # Errors
    /// A handler or the mail server refuses.
    pub(super) fn send_mail(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        record: &Record,
        mail: Mail,
    ) -> Result<Message, AuthError> {
        let settings = self.settings.load_full();
        let (message, meta) = compose(&settings, collection, record, &mail)?;
        let mut event = RecordMailEvent { collection: Arc::clone(collection), record: record.clone(), message, meta };
        let hooks = &self.records.bus.mails;
        let hook: &Hook<RecordMailEvent> = match mail {
            Mail::Verification => &hooks.verification,
            Mail::PasswordReset => &hooks.password_reset,
            Mail::EmailChange { .. } => &hooks.email_change,
            Mail::Otp { .. } => &hooks.otp,
            Mail::AuthAlert { .. } => &hooks.auth_alert,
        };
        hook.trigger(&RecordEvent::tags(collection), &mut event, &mut |event| {
            event.message = self.send(event.message.clone())?;
            if let Mail::Otp { id, .. } = &mail {
                self.mark_sent(id, &event.message);
            }
            Ok(())
        })?;
        Ok(event.message)
    }

    /// Sends any message, inside the hook of all mails. Blocks.
    ///
    /// # Errors
    /// As for mails about accounts.
    pub fn send(&self, message: Message) -> Result<Message, AuthError> {
        let mut event = MailEvent { message };
        self.records.bus.mails.send.trigger(&[], &mut event, &mut |event| {
            let settings = self.settings.load_full();
            Ok(mail::send(&settings.smtp, &event.message).map_err(AuthError::from)?)
        })?;
        Ok(event.message)
    }

    /// Mails all superusers that something went wrong, in the background.
    pub fn alert_superusers(self: &Arc<Self>, subject: &str, text: &str) {
        let accounts = Arc::clone(self);
        let (subject, text) = (subject.to_owned(), escaped(text));
        self.mails.submit(move || {
            let settings = accounts.settings.load_full();
            let superusers = match super::superusers::list(&accounts.records) {
                Ok(superusers) => superusers,
                Err(error) => return accounts.warn("Failed to find superusers to mail to", &error),
            };
            for email in superusers {
                let message = Message {
                    from: Mailbox::new(&settings.meta.sender_name, &settings.meta.sender_address),
                    to: vec![Mailbox::new("", &email)],
                    subject: format!("{}: {subject}", settings.meta.app_name),
                    html: mail::layout(&format!("<p>{text}</p>")),
                    ..Message::default()
                };
                if let Err(error) = accounts.send(message) {
                    accounts.warn("Failed to mail a superuser", &error);
                }
            }
        });
    }

    /// Sends one of the mails to somebody who wants to see it, about an account that does not exist.
    ///
    /// # Errors
    /// A handler or the mail server refuses.
    pub fn send_test(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        which: TestMail,
        email: &str,
    ) -> Result<(), AuthError> {
        let mut record = Record::blank(collection);
        for (field, value) in collection.fields.iter().zip(&mut record.values) {
            if matches!(field.kind, FieldKind::Text(_)) {
                *value = Value::Text(format!("__pb_test_{}__", field.name));
            }
        }
        record.set(collection, "email", Value::Text(email.to_owned()));
        record.set(collection, "tokenKey", Value::Text(crate::schema::random_string(50, crate::schema::ALPHANUMERIC)));
        let mail = match which {
            TestMail::Verification => Mail::Verification,
            TestMail::PasswordReset => Mail::PasswordReset,
            TestMail::EmailChange => Mail::EmailChange { new_email: email.to_owned() },
            TestMail::Otp => Mail::Otp { id: "__pb_test_id__".into(), password: "123456".into() },
            TestMail::LoginAlert => {
                let at = crate::schema::fields::format_datetime(chrono::Utc::now());
                Mail::AuthAlert { info: format!("{at} - TEST_IP TEST_USER_AGENT") }
            }
        };
        let (accounts, collection) = (Arc::clone(self), Arc::clone(collection));
        let sent = self.mails.wait(FOREGROUND, move || accounts.send_mail(&collection, &record, mail).map(drop));
        sent.unwrap_or_else(|| Err(too_slow()))
    }
}

/// How long a request waits for a mail that it must know to be sent.
pub(super) const FOREGROUND: std::time::Duration = std::time::Duration::from_secs(60);

pub(super) fn too_slow() -> AuthError {
    MailError::TimedOut.into()
}

impl From<MailError> for AuthError {
    fn from(error: MailError) -> Self {
        Self::Mail(error)
    }
}

/// The message, and what hooks are told beside it.
fn compose(
    settings: &Settings,
    collection: &Collection,
    record: &Record,
    mail: &Mail,
) -> Result<(Message, Map<String, Json>), AuthError> {
    let options = collection.auth().expect("only records of auth collections are written to");
    let token = |kind, grant| tokens::issue(collection, record, kind, grant);
    let own = record.text(collection, "email");
    let mut meta = Map::new();
    let mut tell = |key: &str, value: &str| meta.insert(key.to_owned(), Json::from(value));
    // Placeholders and what stands for them.
    let mut fill: Vec<(&str, String)> = Vec::new();
    let (template, to): (&EmailTemplate, &str) = match mail {
        Mail::Verification | Mail::PasswordReset => {
            let verification = matches!(mail, Mail::Verification);
            let kind = if verification { Kind::Verification } else { Kind::PasswordReset };
            let token = token(kind, Grant::default())?;
            tell("token", &token);
            fill.push(("{TOKEN}", token));
            (if verification { &options.verification_template } else { &options.reset_password_template }, own)
        }
        Mail::EmailChange { new_email } => {
            let token = token(Kind::EmailChange, Grant { new_email: Some(new_email), ..Grant::default() })?;
            tell("token", &token);
            tell("newEmail", new_email);
            fill.push(("{TOKEN}", token));
            (&options.confirm_email_change_template, new_email)
        }
        Mail::Otp { id, password } => {
            tell("otpId", id);
            tell("password", password);
            fill.extend([("{OTP}", password.clone()), ("{OTP_ID}", id.clone())]);
            (&options.otp.email_template, own)
        }
        Mail::AuthAlert { info } => {
            tell("info", info);
            fill.push(("{ALERT_INFO}", escaped(info)));
            (&options.auth_alert.email_template, own)
        }
    };
    let fill = |text: &str| filled(text, settings, collection, record, &fill);
    let message = Message {
        from: Mailbox::new(&settings.meta.sender_name, &settings.meta.sender_address),
        to: vec![Mailbox::new("", to)],
        subject: fill(&template.subject),
        html: mail::layout(&fill(&template.body)),
        ..Message::default()
    };
    Ok((message, meta))
}

/// Replaces the placeholders in one pass, so that what stands for one is never taken for another.
fn filled(text: &str, settings: &Settings, collection: &Collection, record: &Record, own: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find('}').map(|end| end + 1);
        let value = end.and_then(|end| value_of(&rest[..end], settings, collection, record, own));
        match (end, value) {
            (Some(end), Some(value)) => {
                out.push_str(&value);
                rest = &rest[end..];
            }
            _ => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn value_of(
    placeholder: &str,
    settings: &Settings,
    collection: &Collection,
    record: &Record,
    own: &[(&str, String)],
) -> Option<String> {
    if let Some((_, value)) = own.iter().find(|(name, _)| *name == placeholder) {
        return Some(value.clone());
    }
    match placeholder {
        "{APP_NAME}" => return Some(settings.meta.app_name.clone()),
        "{APP_URL}" => return Some(settings.meta.app_url.clone()),
        _ => {}
    }
    let name = placeholder.strip_prefix("{RECORD:")?.strip_suffix('}')?;
    let field = collection.field(name).filter(|field| !field.hidden)?;
    let value = match record.get(collection, name)?.to_json() {
        Json::String(text) => text,
        other => other.to_string(),
    };
    let plain =
        matches!(field.kind, FieldKind::Autodate(_) | FieldKind::Date(_) | FieldKind::Bool(_) | FieldKind::Number(_));
    Some(if plain { value } else { escaped(&value) })
}

/// HTML-escaped with the entities that PocketBase uses.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

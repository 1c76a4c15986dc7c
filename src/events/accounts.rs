//! What the hooks around logins, account requests and mails are about.

use super::Record;
use crate::mail::Message;
use crate::oauth2::{Profile, Token};
use crate::query::RequestInfo;
use crate::schema::Collection;
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// A record that has proved who it is and passed the auth rule, on its way to the answer with its token.
pub struct AuthEvent {
    pub collection: Arc<Collection>,
    pub record: Record,
    pub request: Arc<RequestInfo>,
    pub token: String,
    /// What the answer tells beside record and token; `null` is nothing.
    pub meta: Json,
    /// `password`, `otp`, `oauth2`, or empty for refreshed and impersonated ones.
    pub method: String,
}

/// A login by password before the password is checked.
pub struct AuthWithPasswordEvent {
    pub collection: Arc<Collection>,
    pub request: Arc<RequestInfo>,
    /// `None` where nobody has the identity.
    pub record: Option<Record>,
    pub identity: String,
    /// `""` where every identity field was tried.
    pub identity_field: String,
    pub password: String,
}

/// A login by one-time password whose code was right.
pub struct AuthWithOtpEvent {
    pub collection: Arc<Collection>,
    pub request: Arc<RequestInfo>,
    pub record: Record,
    /// The row of `_otps`.
    pub otp: Record,
}

/// A login with an account elsewhere, which the provider has vouched for.
pub struct AuthWithOAuth2Event {
    pub collection: Arc<Collection>,
    pub request: Arc<RequestInfo>,
    /// The name of the provider.
    pub provider: String,
    pub token: Token,
    pub profile: Profile,
    /// What the client wants a new record to have.
    pub create_data: Map<String, Json>,
    /// `None` where the rest of the chain makes a new one.
    pub record: Option<Record>,
    pub is_new: bool,
}

/// Somebody wants a one-time password.
pub struct RequestOtpEvent {
    pub collection: Arc<Collection>,
    pub request: Arc<RequestInfo>,
    /// `None` where nobody has the email; a handler may make the account.
    pub record: Option<Record>,
    pub password: String,
}

/// A request about an account: refreshing, verification, password reset.
pub struct AccountEvent {
    pub collection: Arc<Collection>,
    pub request: Arc<RequestInfo>,
    pub record: Record,
}

/// A request about another email for an account.
pub struct EmailChangeEvent {
    pub collection: Arc<Collection>,
    pub request: Arc<RequestInfo>,
    pub record: Record,
    pub new_email: String,
}

/// A mail that is ready; the rest of the chain sends it, and a handler that does not go on drops it silently.
pub struct MailEvent {
    pub message: Message,
}

/// A mail about an account, before it becomes a [`MailEvent`].
pub struct RecordMailEvent {
    pub collection: Arc<Collection>,
    pub record: Record,
    pub message: Message,
    /// `token`, `newEmail`, `otpId`, `password` or `info`, as the kind of mail has them.
    pub meta: Map<String, Json>,
}

macro_rules! no_secrets_in_debug {
    ($($event:ident)*) => {
        $(impl std::fmt::Debug for $event {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($event)).finish_non_exhaustive()
            }
        })*
    };
}

no_secrets_in_debug! {
    AuthEvent AuthWithPasswordEvent AuthWithOtpEvent AuthWithOAuth2Event RequestOtpEvent AccountEvent EmailChangeEvent MailEvent RecordMailEvent
}

//! Who somebody is: tokens, identities and logins. Knows records; it does not know HTTP.

mod identity;
mod login;
pub mod superusers;
pub mod tokens;

pub use identity::{Identities, Identity, info};
pub use login::{AuthError, LoginRequest, impersonation_token, methods, refresh, with_password};

//! OAuth2: the providers, the exchange of a code for a token, and what a provider tells about a user (spec 03 §6 and §7).
//!
//! A provider is one entry of the table in `providers.rs`; where its answer has a shape of its own, a small function in
//! `profiles/` reads it. Everything here blocks. The room knows neither records nor who is asking.

mod apple;
mod authorize;
mod client;
mod configured;
mod discovery;
mod error;
mod id_token;
mod logo;
mod look;
mod profile;
mod profiles;
mod provider;
mod providers;
mod token;

pub use apple::{Names, Secret};
pub use authorize::AuthRequest;
pub use client::{Avatars, Client};
pub use configured::Configured;
pub use discovery::{Discovery, is_discovered};
pub use error::OAuth2Error;
pub use logo::Listed;
pub use profile::{Ask, Profile};
pub use provider::Provider;
pub use providers::PROVIDERS;
pub use token::Token;

//! Options of auth collections, in the key order of the API (spec 01 §2.5).

use super::ids::{ALPHANUMERIC, random_string};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Everything that an auth collection has beyond a base collection.
///
/// Serialises to what `_collections.options` stores, secrets included; [`AuthOptions::redacted`] is the API's form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AuthOptions {
    /// Who may log in: `None` is nobody, `""` everyone.
    pub auth_rule: Option<String>,
    /// Who may set email, verified and password of other records.
    pub manage_rule: Option<String>,
    pub auth_alert: AuthAlert,
    pub oauth2: OAuth2,
    pub password_auth: PasswordAuth,
    pub mfa: Mfa,
    pub otp: Otp,
    pub auth_token: TokenConfig,
    pub password_reset_token: TokenConfig,
    pub email_change_token: TokenConfig,
    pub verification_token: TokenConfig,
    pub file_token: TokenConfig,
    pub verification_template: EmailTemplate,
    pub reset_password_template: EmailTemplate,
    pub confirm_email_change_template: EmailTemplate,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AuthAlert {
    pub enabled: bool,
    pub email_template: EmailTemplate,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EmailTemplate {
    pub subject: String,
    pub body: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OAuth2 {
    pub providers: Vec<OAuth2Provider>,
    pub mapped_fields: MappedFields,
    pub enabled: bool,
}

/// Record fields that an OAuth2 profile fills on sign-up; `""` fills none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MappedFields {
    pub id: String,
    pub name: String,
    pub username: String,
    #[serde(rename = "avatarURL")]
    pub avatar_url: String,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OAuth2Provider {
    /// `None` is the provider's own default.
    pub pkce: Option<bool>,
    pub name: String,
    pub client_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub client_secret: String,
    #[serde(rename = "authURL")]
    pub auth_url: String,
    #[serde(rename = "tokenURL")]
    pub token_url: String,
    #[serde(rename = "userInfoURL")]
    pub user_info_url: String,
    pub display_name: String,
    pub extra: Map<String, Json>,
}

impl std::fmt::Debug for OAuth2Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OAuth2Provider").field("name", &self.name).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PasswordAuth {
    pub enabled: bool,
    /// Fields with a single-column UNIQUE index that may hold the login name.
    pub identity_fields: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mfa {
    pub enabled: bool,
    /// Seconds.
    pub duration: i64,
    pub rule: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Otp {
    pub enabled: bool,
    /// Seconds.
    pub duration: i64,
    /// Digits of the code.
    pub length: i64,
    pub email_template: EmailTemplate,
}

/// Signing secret and lifetime (seconds) of one kind of token.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenConfig {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub secret: String,
    pub duration: i64,
}

impl TokenConfig {
    pub fn generate(duration: i64) -> Self {
        Self { secret: random_string(50, ALPHANUMERIC), duration }
    }
}

impl std::fmt::Debug for TokenConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenConfig").field("duration", &self.duration).finish_non_exhaustive()
    }
}

impl AuthOptions {
    /// The options as the API shows them: no token secret, no client secret.
    pub fn redacted(&self) -> Self {
        let mut options = self.clone();
        for token in options.tokens_mut() {
            token.secret.clear();
        }
        for provider in &mut options.oauth2.providers {
            provider.client_secret.clear();
        }
        options
    }

    /// Writes every option as an entry of an object that is being serialised.
    pub(super) fn serialize_entries<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("authRule", &self.auth_rule)?;
        map.serialize_entry("manageRule", &self.manage_rule)?;
        map.serialize_entry("authAlert", &self.auth_alert)?;
        map.serialize_entry("oauth2", &self.oauth2)?;
        map.serialize_entry("passwordAuth", &self.password_auth)?;
        map.serialize_entry("mfa", &self.mfa)?;
        map.serialize_entry("otp", &self.otp)?;
        map.serialize_entry("authToken", &self.auth_token)?;
        map.serialize_entry("passwordResetToken", &self.password_reset_token)?;
        map.serialize_entry("emailChangeToken", &self.email_change_token)?;
        map.serialize_entry("verificationToken", &self.verification_token)?;
        map.serialize_entry("fileToken", &self.file_token)?;
        map.serialize_entry("verificationTemplate", &self.verification_template)?;
        map.serialize_entry("resetPasswordTemplate", &self.reset_password_template)?;
        map.serialize_entry("confirmEmailChangeTemplate", &self.confirm_email_change_template)
    }

    /// The five token configurations, in key order.
    pub fn tokens_mut(&mut self) -> [&mut TokenConfig; 5] {
        [
            &mut self.auth_token,
            &mut self.password_reset_token,
            &mut self.email_change_token,
            &mut self.verification_token,
            &mut self.file_token,
        ]
    }
}

impl Default for AuthOptions {
    /// A fresh auth collection: password login by email, new secrets, PocketBase's durations and mail texts.
    fn default() -> Self {
        let template = |subject: &str, body: &str| EmailTemplate { subject: subject.into(), body: body.into() };
        Self {
            auth_rule: Some(String::new()),
            manage_rule: None,
            auth_alert: AuthAlert {
                enabled: true,
                email_template: template(
                    "Login from a new location",
                    include_str!("../../templates/mail/auth-alert.html").trim_end_matches('\n'),
                ),
            },
            oauth2: OAuth2::default(),
            password_auth: PasswordAuth { enabled: true, identity_fields: vec!["email".into()] },
            mfa: Mfa { enabled: false, duration: 600, rule: String::new() },
            otp: Otp {
                enabled: false,
                duration: 180,
                length: 8,
                email_template: template(
                    "OTP for {APP_NAME}",
                    include_str!("../../templates/mail/otp.html").trim_end_matches('\n'),
                ),
            },
            auth_token: TokenConfig::generate(432_000),
            password_reset_token: TokenConfig::generate(1800),
            email_change_token: TokenConfig::generate(1800),
            verification_token: TokenConfig::generate(86_400),
            file_token: TokenConfig::generate(180),
            verification_template: template(
                "Verify your {APP_NAME} email",
                include_str!("../../templates/mail/verification.html").trim_end_matches('\n'),
            ),
            reset_password_template: template(
                "Reset your {APP_NAME} password",
                include_str!("../../templates/mail/reset-password.html").trim_end_matches('\n'),
            ),
            confirm_email_change_template: template(
                "Confirm your {APP_NAME} new email address",
                include_str!("../../templates/mail/confirm-email-change.html").trim_end_matches('\n'),
            ),
        }
    }
}

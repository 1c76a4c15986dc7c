//! Logging in with an account elsewhere (spec 03 §6.3 and §6.4).

use super::accounts::{Accounts, Visit};
use super::answer::{Method, Outcome};
use super::form::Form;
use super::tokens::{self, Grant, Kind};
use super::{AuthError, oauth2_link};
use crate::events::{AuthWithOAuth2Event, Record, RecordEvent};
use crate::oauth2::{Client, Configured, OAuth2Error, Profile, Token};
use crate::records;
use crate::schema::fields::format_datetime;
use crate::schema::{Collection, ErrorTree, FieldError, OAuth2Provider};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// The body of `auth-with-oauth2`.
#[derive(Clone, Default)]
pub struct OAuth2Login {
    /// The name of the provider.
    pub provider: String,
    pub code: String,
    /// `""` where the provider is used without PKCE.
    pub code_verifier: String,
    /// The URL that the provider sent the code to.
    pub redirect_url: String,
    /// What a new record should have.
    pub create_data: Map<String, Json>,
}

/// # Errors
/// 403 where the collection knows no accounts elsewhere.
pub fn require_oauth2(collection: &Collection) -> Result<(), AuthError> {
    match collection.auth() {
        Some(options) if options.oauth2.enabled => Ok(()),
        _ => Err(AuthError::refused(403, "The collection is not configured to allow OAuth2 authentication.")),
    }
}

impl Accounts {
    /// Logs in with a code, making and linking the account where there is none.
    ///
    /// # Errors
    /// 400 where the provider does not vouch for the code, or the account cannot be made or linked.
    pub fn with_oauth2(self: &Arc<Self>, visit: &Visit, login: OAuth2Login) -> Result<Outcome, AuthError> {
        require_oauth2(&visit.collection)?;
        let collection = &visit.collection;
        let config = login.check(&visit.options().oauth2.providers)?;
        let (token, profile) = self.ask_provider(config, &login)?;
        let record = self.find_by_profile(visit, &login.provider, &profile)?;
        let mut event = AuthWithOAuth2Event {
            collection: Arc::clone(collection),
            request: Arc::clone(&visit.request),
            provider: login.provider,
            token,
            profile,
            create_data: login.create_data,
            is_new: record.is_none(),
            record,
        };
        let mut outcome = Outcome::Authenticated(Vec::new());
        let tags = RecordEvent::tags(collection);
        self.records.around_answer(
            &self.records.bus.requests.record_auth_with_oauth2,
            &tags,
            &mut event,
            &mut |event| {
                let linked = match event.record.take() {
                    Some(record) => Some(self.link(visit, event, record)?),
                    None => self.sign_up(visit, event)?,
                };
                // A handler ended the making of the record, and with it the request.
                let Some(record) = linked else { return Ok(()) };
                event.record = Some(record.clone());
                let grant = Grant { refreshable: true, ..Grant::default() };
                let token = tokens::issue(collection, &record, Kind::Auth, grant).map_err(AuthError::from)?;
                outcome = self.authenticate(visit, &record, Method::OAuth2, token, meta(event))?;
                Ok(())
            },
        )?;
        Ok(outcome)
    }

    fn ask_provider(&self, config: &OAuth2Provider, login: &OAuth2Login) -> Result<(Token, Profile), AuthError> {
        let told = |message| move |error: OAuth2Error| AuthError::Failed { message, cause: error.to_string() };
        let config = self.discovery.complete(config).map_err(told("Failed to fetch OAuth2 token."))?;
        let configured = Configured::new(&config).ok_or_else(AuthError::failed)?;
        let client = Client::default();
        let token = Token::exchange(&client, &configured, &login.code, &login.code_verifier, &login.redirect_url)
            .map_err(told("Failed to fetch OAuth2 token."))?;
        let redirect_name = self.oauth2_names.take(&login.code).unwrap_or_default();
        let ask = crate::oauth2::Ask { client: &client, configured, token: &token, redirect_name: &redirect_name };
        let profile = Profile::fetch(&ask).map_err(told("Failed to fetch OAuth2 user."))?;
        Ok((token, profile))
    }

    /// The record to log in: the linked one, else the caller's own, else the one with the email.
    fn find_by_profile(&self, visit: &Visit, provider: &str, profile: &Profile) -> Result<Option<Record>, AuthError> {
        let collection = &visit.collection;
        if !profile.id.is_empty() {
            let links = self.system("_externalAuths")?;
            let keys = [collection.id.clone(), provider.to_owned(), profile.id.clone()];
            let condition = "collectionRef = ?1 AND provider = ?2 AND providerId = ?3 ORDER BY created DESC";
            let link = self.read({
                let links = Arc::clone(&links);
                move |scope| Ok(records::find_all(scope.connection, &links, condition, keys)?.into_iter().next())
            })?;
            if let Some(link) = link {
                return self.by_id(collection, link.text(&links, "recordRef"));
            }
        }
        if let Some(id) = oauth2_link::own_session(visit) {
            return self.by_id(collection, id);
        }
        self.by_field(collection, "email", &profile.email)
    }
}

impl OAuth2Login {
    fn check<'a>(&self, providers: &'a [OAuth2Provider]) -> Result<&'a OAuth2Provider, AuthError> {
        let config = providers.iter().find(|provider| provider.name == self.provider);
        let unknown = config.is_none().then(|| {
            let message = format!("Provider with name {} is missing or is not enabled.", self.provider);
            FieldError::new("validation_invalid_provider", message).with("name", self.provider.as_str())
        });
        let mut form = Form::default();
        let too_long = (self.provider.len() > 100).then(|| FieldError::length_too_long(100));
        let missing = self.provider.is_empty().then(FieldError::required);
        form.check("provider", missing).check("provider", too_long).check("provider", unknown);
        form.required("code", &self.code, usize::MAX);
        match config {
            Some(config) if !form.has("code") => Ok(config),
            _ => Err(refused(form.errors())),
        }
    }
}

fn refused(data: ErrorTree) -> AuthError {
    AuthError::Refused { status: 400, message: "An error occurred while loading the submitted data.".into(), data }
}

/// What the client is told beside the record.
fn meta(event: &AuthWithOAuth2Event) -> Json {
    let AuthWithOAuth2Event { token, profile, .. } = event;
    json!({
        "rawUser": profile.raw,
        "id": profile.id,
        "name": profile.name,
        "username": profile.username,
        "email": profile.email,
        "avatarURL": profile.avatar_url,
        "avatarUrl": profile.avatar_url,
        "accessToken": token.access,
        "refreshToken": token.refresh,
        "expiry": token.expires.map(format_datetime).unwrap_or_default(),
        "isNew": event.is_new,
    })
}

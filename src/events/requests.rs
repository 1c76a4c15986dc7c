//! The hooks around requests that have passed their rule.

use super::{
    AccountEvent, AuthEvent, AuthWithOAuth2Event, AuthWithOtpEvent, AuthWithPasswordEvent, CollectionEvent,
    EmailChangeEvent, Hook, MailEvent, Record, RecordEvent, RecordMailEvent, RequestOtpEvent, SettingsEvent,
};
use crate::files::Upload;
use crate::query::RequestInfo;
use crate::schema::Collection;
use crate::settings::Settings;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Hooks around requests that have passed their rule. A handler that does not go on answers with an empty
/// 200, or 204 for a delete.
#[derive(Default)]
pub struct Requests {
    pub records_list: Hook<RecordsListEvent>,
    pub record_view: Hook<RecordEvent>,
    pub record_create: Hook<RecordEvent>,
    pub record_update: Hook<RecordEvent>,
    pub record_delete: Hook<RecordEvent>,
    pub batch: Hook<BatchEvent>,
    pub collections_list: Hook<CollectionsListEvent>,
    pub collection_view: Hook<CollectionEvent>,
    pub collection_create: Hook<CollectionEvent>,
    pub collection_update: Hook<CollectionEvent>,
    pub collection_delete: Hook<CollectionEvent>,
    pub collections_import: Hook<CollectionsImportEvent>,
    /// A file that the caller may have, on its way out.
    pub file_download: Hook<FileDownloadEvent>,
    pub file_token: Hook<FileTokenEvent>,
    /// A client connects; the rest of the chain takes it in.
    pub realtime_connect: Hook<RealtimeConnectEvent>,
    pub realtime_subscribe: Hook<RealtimeSubscribeEvent>,
    /// Around every message to a client. A handler that does not go on drops it, one that fails cuts the client.
    pub realtime_message: Hook<RealtimeMessageEvent>,
    pub settings_list: Hook<SettingsListEvent>,
    /// After the changes were laid over the settings; the rest of the chain checks and saves `new`.
    pub settings_update: Hook<SettingsEvent>,
    /// Inside the hook of the way in which somebody logs in, once the record has proved itself.
    pub record_auth: Hook<AuthEvent>,
    pub record_auth_with_password: Hook<AuthWithPasswordEvent>,
    pub record_auth_with_otp: Hook<AuthWithOtpEvent>,
    /// Around everything that follows the provider's answer: choosing or making the record, linking it, logging in.
    pub record_auth_with_oauth2: Hook<AuthWithOAuth2Event>,
    pub record_auth_refresh: Hook<AccountEvent>,
    pub record_request_otp: Hook<RequestOtpEvent>,
    pub record_request_verification: Hook<AccountEvent>,
    pub record_confirm_verification: Hook<AccountEvent>,
    pub record_request_password_reset: Hook<AccountEvent>,
    pub record_confirm_password_reset: Hook<AccountEvent>,
    pub record_request_email_change: Hook<EmailChangeEvent>,
    pub record_confirm_email_change: Hook<EmailChangeEvent>,
}

impl Requests {
    /// Whether anything is bound whose event carries what was sent.
    pub(super) fn see_requests(&self) -> bool {
        let records = [&self.record_view, &self.record_create, &self.record_update, &self.record_delete];
        let accounts = [
            &self.record_auth_refresh,
            &self.record_request_verification,
            &self.record_confirm_verification,
            &self.record_request_password_reset,
            &self.record_confirm_password_reset,
        ];
        let emails = [&self.record_request_email_change, &self.record_confirm_email_change];
        self.records_list.is_bound()
            || records.into_iter().any(Hook::is_bound)
            || self.record_auth.is_bound()
            || self.record_auth_with_password.is_bound()
            || self.record_auth_with_otp.is_bound()
            || self.record_auth_with_oauth2.is_bound()
            || self.record_request_otp.is_bound()
            || accounts.into_iter().any(Hook::is_bound)
            || emails.into_iter().any(Hook::is_bound)
    }
}

/// Hooks around mails: that of the kind of mail first, `send` inside it.
#[derive(Default)]
pub struct MailHooks {
    /// Around every mail of the program.
    pub send: Hook<MailEvent>,
    pub verification: Hook<RecordMailEvent>,
    pub password_reset: Hook<RecordMailEvent>,
    pub email_change: Hook<RecordMailEvent>,
    pub otp: Hook<RecordMailEvent>,
    pub auth_alert: Hook<RecordMailEvent>,
}

/// A page of records that was found and is not enriched yet.
pub struct RecordsListEvent {
    pub collection: Arc<Collection>,
    pub request: Arc<RequestInfo>,
    pub records: Vec<Record>,
    pub page: i64,
    pub per_page: i64,
    /// −1 where nobody asked.
    pub total_items: i64,
    pub total_pages: i64,
}

/// One request of a batch.
#[derive(Clone, Debug, Default)]
pub struct BatchRequest {
    pub method: String,
    pub url: String,
    /// By snake-cased name.
    pub headers: BTreeMap<String, String>,
    pub body: Map<String, Json>,
    /// Files that came for this request.
    pub uploads: Vec<Upload>,
}

/// The requests of a batch, checked for form and size.
pub struct BatchEvent {
    pub requests: Vec<BatchRequest>,
}

/// A page of collections.
pub struct CollectionsListEvent {
    pub collections: Vec<Arc<Collection>>,
    pub page: i64,
    pub per_page: i64,
    /// −1 where nobody asked.
    pub total_items: i64,
    pub total_pages: i64,
}

/// A file on its way to whoever asked for it.
pub struct FileDownloadEvent {
    pub collection: Arc<Collection>,
    pub record: Record,
    /// Name of the field.
    pub field: String,
    /// The name that the client is told.
    pub served_name: String,
    /// Why the original is served instead of the thumb that was asked for.
    pub thumb_error: Option<String>,
}

/// A token for protected files that is to be issued.
pub struct FileTokenEvent {
    pub collection: Arc<Collection>,
    /// The auth record.
    pub record: Record,
    pub token: String,
}

/// A realtime client on its way in.
pub struct RealtimeConnectEvent {
    /// Ends the stream when nothing was sent for so long.
    pub idle_timeout: Duration,
    /// Ends the stream in any case.
    pub max_timeout: Duration,
}

/// A realtime client and what it wants to hear of; this replaces all that it wanted before.
pub struct RealtimeSubscribeEvent {
    pub client_id: String,
    pub subscriptions: Vec<String>,
}

/// A message to one realtime client.
pub struct RealtimeMessageEvent {
    pub client_id: String,
    /// The subscription that it answers.
    pub name: String,
    /// JSON, as it is sent.
    pub data: String,
}

/// A backup that is made or restored.
pub struct BackupEvent {
    /// Name of the archive.
    pub name: String,
    /// Top-level names of the data directory that stay out of it.
    pub excluded: Vec<String>,
}

/// Collections to be imported, as they were sent.
pub struct CollectionsImportEvent {
    pub collections: Vec<Map<String, Json>>,
    pub delete_missing: bool,
}

/// The settings on their way to a superuser; what is secret is left out after the handlers.
pub struct SettingsListEvent {
    pub settings: Settings,
}

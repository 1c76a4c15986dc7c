//! `pbr token`.

use super::{CliError, CliResult, Context, app};
use crate::App;
use crate::auth::{superusers, tokens};
use crate::diagnostic::{code, suggestions};
use crate::events::Record;
use crate::query::RequestInfo;
use crate::schema::Collection;
use crate::schema::yaml::parse_duration;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value as Json, json};
use std::io::IsTerminal;
use std::sync::Arc;

/// Issue, inspect and revoke tokens for scripts
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  curl -H \"Authorization: $(pbr token issue admin@example.com)\" localhost:8090/api/health
  pbr token issue alice@example.com --collection users --duration 1h
  pbr token inspect eyJhbGciOi…")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Issue a token: for scripts, or what a mail or a login would have given
    #[command(after_long_help = "\
Examples:
  pbr token issue admin@example.com
  pbr token issue alice@example.com --collection users --duration 1h
  pbr token issue alice@example.com --collection users --kind password-reset
  pbr token issue alice@example.com --collection users --kind email-change --new-email a@example.com")]
    Issue {
        /// Email or id of the account
        account: String,
        /// Auth collection of the account
        #[arg(long, value_name = "NAME", default_value = "_superusers")]
        collection: String,
        /// What the token is for
        #[arg(long, value_name = "KIND", default_value = "static")]
        kind: TokenKind,
        /// The address that an email-change token is about
        #[arg(long, value_name = "EMAIL")]
        new_email: Option<String>,
        /// Lifetime, such as 30m, 1h or 7d [default: that of the collection]
        #[arg(long, value_name = "TIME")]
        duration: Option<String>,
        /// How to print it [default: raw when piped, else with explanations]
        #[arg(long, value_name = "FORMAT")]
        format: Option<Format>,
    },
    /// Say whose token it is, until when, and why it is invalid
    #[command(after_long_help = "Examples:\n  pbr token inspect eyJhbGciOi…\n  pbr token inspect --json eyJhbGciOi…")]
    Inspect {
        /// The token
        token: String,
    },
    /// Invalidate every token of an account
    #[command(
        after_long_help = "Examples:\n  pbr token revoke admin@example.com\n  pbr token revoke alice@example.com --collection users"
    )]
    Revoke {
        /// Email or id of the account
        account: String,
        /// Auth collection of the account
        #[arg(long, value_name = "NAME", default_value = "_superusers")]
        collection: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TokenKind {
    /// Authorises requests and cannot be refreshed: for scripts
    Static,
    /// Authorises requests and can be refreshed, as after a login
    Auth,
    /// Opens protected files: `?token=TOKEN`
    File,
    /// Proves the email of the account
    Verification,
    /// Sets a new password
    PasswordReset,
    /// Sets the email to that of --new-email, together with the password
    EmailChange,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The token alone
    Raw,
    /// `Authorization: TOKEN`
    Header,
    /// `PBR_TOKEN=TOKEN`
    Env,
    Json,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let app = app::open_existing(context)?;
    match args.command {
        Command::Issue { account, collection, kind, new_email, duration, format } => {
            let seconds = duration.map(|text| seconds(&text)).transpose()?.unwrap_or(0);
            let collection = auth_collection(&app, &collection)?;
            let record = find(&app, &collection, &account, "issue")?;
            let token = make(&collection, &record, kind, seconds, new_email.as_deref())?;
            issue(context, &collection, &record, &token, format)
        }
        Command::Inspect { token } => inspect(context, &app, token.trim()),
        Command::Revoke { account, collection } => {
            let collection = auth_collection(&app, &collection)?;
            let record = find(&app, &collection, &account, "revoke")?;
            let id = record.id(&collection).to_owned();
            superusers::revoke(app.records(), &collection, &id).map_err(internal)?;
            let result = json!({ "event": "revoked", "collection": collection.name, "id": id });
            context.output().done(result, || format!("every token of {account} in {} is now invalid", collection.name))
        }
    }
}

fn make(
    collection: &Collection,
    record: &Record,
    kind: TokenKind,
    seconds: i64,
    new_email: Option<&str>,
) -> CliResult<String> {
    match new_email {
        Some(email) if !crate::schema::fields::is_email(email) => {
            return Err(CliError::new(code::USAGE, 2, format!("`{email}` is no email address")).into());
        }
        None if kind == TokenKind::EmailChange => {
            let error = CliError::new(code::USAGE, 2, "an email-change token is about a new address");
            return Err(error.next("pbr token issue … --kind email-change --new-email ADDRESS").into());
        }
        Some(_) if kind != TokenKind::EmailChange => {
            let error = CliError::new(code::USAGE, 2, "only an email-change token is about a new address");
            return Err(error.next("pbr token issue … --kind email-change --new-email ADDRESS").into());
        }
        _ => {}
    }
    let (claim, refreshable) = match kind {
        TokenKind::Static => (tokens::Kind::Auth, false),
        TokenKind::Auth => (tokens::Kind::Auth, true),
        TokenKind::File => (tokens::Kind::File, false),
        TokenKind::Verification => (tokens::Kind::Verification, false),
        TokenKind::PasswordReset => (tokens::Kind::PasswordReset, false),
        TokenKind::EmailChange => (tokens::Kind::EmailChange, false),
    };
    tokens::issue(collection, record, claim, tokens::Grant { seconds, refreshable, new_email }).map_err(internal)
}

fn issue(
    context: &Context,
    collection: &Collection,
    record: &Record,
    token: &str,
    format: Option<Format>,
) -> CliResult {
    let claims = tokens::peek(token).map_err(internal)?;
    let expires = claims.exp.and_then(|exp| DateTime::from_timestamp(exp, 0));
    let result = json!({
        "token": token, "collection": collection.name, "id": claims.id,
        "expires": expires.map(|moment| moment.to_rfc3339_opts(SecondsFormat::Secs, true)),
    });
    let format = match format {
        Some(Format::Json) => return super::print(&with_ok(result)),
        _ if context.global.json() => return super::print(&with_ok(result)),
        Some(format) => Some(format),
        None if std::io::stdout().is_terminal() => None,
        None => Some(Format::Raw),
    };
    match format {
        Some(Format::Header) => super::print(&format!("Authorization: {token}")),
        Some(Format::Env) => super::print(&format!("PBR_TOKEN={token}")),
        Some(Format::Raw | Format::Json) => super::print(token),
        None => {
            let who = record.text(collection, "email");
            let until = expires.map(|moment| format!(", valid until {}", humane(moment))).unwrap_or_default();
            context.output().note(&format!("token of {who} in {}{until}", collection.name));
            super::print(token)
        }
    }
}

fn with_ok(mut result: Json) -> String {
    result["ok"] = json!(true);
    result.to_string()
}

fn inspect(context: &Context, app: &App, token: &str) -> CliResult {
    let claims = tokens::peek(token).map_err(|error| {
        let error = CliError::new(code::BAD_TOKEN, 4, format!("the token cannot be read: {error}"));
        let why = "a token is three parts separated by dots; the quotes or the word Bearer do not belong to it";
        error.why(why).next("pbr token inspect TOKEN").next("pbr token issue EMAIL")
    })?;
    let (records, owned) = (Arc::clone(app.records()), token.to_owned());
    let verified = app.records().on_reader(Arc::new(RequestInfo::default()), move |scope| {
        let kinds = [
            tokens::Kind::Auth,
            tokens::Kind::File,
            tokens::Kind::Verification,
            tokens::Kind::PasswordReset,
            tokens::Kind::EmailChange,
        ];
        Ok(tokens::verify(scope.connection, &records.catalog.load(), &owned, &kinds)
            .map(|verified| verified.record.text(&verified.collection, "email").to_owned())
            .map_err(|error| error.to_string()))
    });
    let verified = verified.wait().map_err(internal)?;
    let collection = app.collection(&claims.collection_id).map(|collection| collection.name.clone());
    let expires = claims.exp.and_then(|exp| DateTime::from_timestamp(exp, 0));
    let result = json!({
        "valid": verified.is_ok(),
        "reason": verified.as_ref().err(),
        "email": verified.as_ref().ok(),
        "type": claims.kind,
        "collection": collection.as_deref().unwrap_or(&claims.collection_id),
        "id": claims.id,
        "refreshable": claims.is_refreshable(),
        "newEmail": claims.new_email,
        "expires": expires.map(|moment| moment.to_rfc3339_opts(SecondsFormat::Secs, true)),
    });
    if let Err(reason) = &verified {
        let error = CliError::new(code::BAD_TOKEN, 4, format!("the token is not valid: {reason}"));
        let of = collection.as_deref().unwrap_or("NAME");
        let error = error.next(format!("pbr token issue {} --collection {of}", claims.id));
        return Err(Box::new(CliError { meta: result.as_object().cloned().unwrap_or_default(), ..error }));
    }
    context.output().done(result, || {
        let until = expires.map_or_else(|| "never".to_owned(), humane);
        let refreshable = if claims.is_refreshable() { "yes" } else { "no" };
        format!(
            "valid\n  type        {}\n  account     {} ({})\n  collection  {}\n  expires     {until}\n  refreshable {refreshable}",
            claims.kind,
            verified.as_deref().unwrap_or_default(),
            claims.id,
            collection.as_deref().unwrap_or_default(),
        )
    })
}

/// `2026-01-31 12:00 UTC, in 3 days`.
fn humane(moment: DateTime<Utc>) -> String {
    let left = (moment - Utc::now()).num_seconds();
    let (count, unit) = match left {
        ..120 => (left, "seconds"),
        120..7200 => (left / 60, "minutes"),
        7200..172_800 => (left / 3600, "hours"),
        _ => (left / 86_400, "days"),
    };
    format!("{} UTC, in {count} {unit}", moment.format("%Y-%m-%d %H:%M"))
}

fn seconds(text: &str) -> CliResult<i64> {
    parse_duration(text).filter(|seconds| *seconds > 0).ok_or_else(|| {
        let error = CliError::new(code::USAGE, 2, format!("`{text}` is not a duration"));
        error.why("write for example 30m, 1h, 7d or 3600").into()
    })
}

fn auth_collection(app: &App, name: &str) -> CliResult<Arc<Collection>> {
    match app.collection(name) {
        Some(collection) if collection.is_auth() => Ok(collection),
        Some(_) => Err(CliError::new(code::USAGE, 2, format!("`{name}` is no auth collection")).into()),
        None => {
            let catalog = app.catalog();
            let names = catalog.iter().filter(|collection| collection.is_auth()).map(|c| c.name.as_str());
            let mut error = CliError::new(code::USAGE, 2, format!("there is no collection `{name}`"));
            let similar = suggestions(name, names);
            if let Some(first) = similar.first() {
                error = error.why(format!("did you mean `{first}`?"));
            }
            Err(error.next("pbr data query \"SELECT name FROM _collections WHERE type = 'auth'\"").into())
        }
    }
}

fn find(app: &App, collection: &Arc<Collection>, account: &str, command: &str) -> CliResult<Record> {
    let find_in = |collection: &Arc<Collection>| superusers::find(app.records(), collection, account);
    if let Some(found) = find_in(collection).map_err(internal)? {
        return Ok(found);
    }
    let mut error =
        CliError::new(code::NO_ACCOUNT, 2, format!("there is no account `{account}` in {}", collection.name));
    let catalog = app.catalog();
    let mut others = catalog.iter().filter(|other| other.is_auth() && other.id != collection.id);
    match others.find(|other| matches!(find_in(other), Ok(Some(_)))) {
        Some(other) => error = error.next(format!("pbr token {command} {account} --collection {}", other.name)),
        None if collection.is_superusers() && command == "issue" => {
            error = error.next(format!("pbr superuser create {account}"));
        }
        None => {}
    }
    Err(error.into())
}

fn internal(error: impl std::fmt::Display) -> Box<CliError> {
    CliError::new(code::INTERNAL, 1, error.to_string()).into()
}

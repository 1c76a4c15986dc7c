//! Where the records are: in a data directory, or behind the API of a server.

use super::values::Values;
use super::{Shown, Target};
use crate::App;
use crate::auth::tokens;
use crate::auth::{self, superusers};
use crate::cli::error::database;
use crate::cli::remote::{Answer, Content, Server, escaped};
use crate::cli::{CliError, CliResult, Context, app};
use crate::diagnostic::{code, did_you_mean};
use crate::files::stored_name;
use crate::picker::Fields;
use crate::query::RequestInfo;
use crate::records::{Body, ListParams, RecordError, Upload, WriteRequest};
use crate::schema::Collection;
use serde_json::Value as Json;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What the commands talk to.
pub enum Place<'a> {
    Directory { app: App, request: Box<RequestInfo> },
    Server { server: &'a Server, url: &'a str },
}

/// A page of records as the API answers it.
pub struct Page {
    pub text: String,
    pub items: Vec<Box<RawValue>>,
    pub page: i64,
    pub total_items: i64,
    pub total_pages: i64,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parts {
    items: Vec<Box<RawValue>>,
    page: i64,
    total_items: i64,
    total_pages: i64,
}

impl<'a> Place<'a> {
    /// # Errors
    /// There is no data directory, or no such account.
    pub fn open(context: &Context, target: &'a Target) -> CliResult<Self> {
        if let Some(url) = &target.server.url {
            accepted(&target.server, url)?;
            return Ok(Self::Server { server: &target.server, url });
        }
        let app = app::open_existing(context)?;
        let request = match &target.account {
            None => RequestInfo::of_operator(),
            Some(account) => of_account(&app, account)?,
        };
        Ok(Self::Directory { app, request: Box::new(request) })
    }

    pub fn list(&self, collection: &str, params: &ListParams, fields: &str) -> CliResult<Page> {
        let text = match self {
            Self::Directory { app, request } => {
                let collection = app::collection(app, collection)?;
                let listed = app.records().list(collection, with_method(request, "GET"), params.clone()).wait();
                picked(listed.map_err(refused)?, fields)?
            }
            Self::Server { .. } => {
                let ListParams { page, per_page, filter, sort, expand, .. } = params;
                let pairs = [("filter", filter), ("sort", sort), ("expand", expand), ("fields", &fields.to_owned())];
                let mut query = format!("?page={page}&perPage={per_page}");
                for (key, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
                    query.push_str(&format!("&{key}={}", escaped(value)));
                }
                self.ask("GET", &(records_path(collection) + &query), None)?
            }
        };
        let Parts { items, page, total_items, total_pages } = parsed(&text)?;
        Ok(Page { text, items, page, total_items, total_pages })
    }

    pub fn get(&self, collection: &str, id: &str, shown: &Shown) -> CliResult<Box<RawValue>> {
        let text = match self {
            Self::Directory { app, request } => {
                let collection = app::collection(app, collection)?;
                let request = with_method(request, "GET");
                let viewed = app.records().view(collection, request, id.to_owned(), shown.expand.clone()).wait();
                picked(viewed.map_err(refused)?, &shown.fields)?
            }
            Self::Server { .. } => self.ask("GET", &record_path(collection, id, shown), None)?,
        };
        parsed(&text)
    }

    /// Creates a record, or updates the one with the id.
    pub fn write(&self, collection: &str, id: Option<&str>, values: Values, shown: &Shown) -> CliResult<Box<RawValue>> {
        let method = if id.is_some() { "PATCH" } else { "POST" };
        let text = match self {
            Self::Directory { app, request } => {
                let collection = app::collection(app, collection)?;
                if collection.is_view() {
                    return Err(refused(RecordError::unsupported_collection()));
                }
                let body = body(values);
                if request.auth.as_ref().is_some_and(|auth| auth.is_superuser()) {
                    // No rule is asked that could know what no field does.
                    known_fields(&collection, &body)?;
                }
                let expand = shown.expand.clone();
                let write = WriteRequest { collection, request: with_method(request, method), expand };
                let written = match id {
                    None => app.records().create(write, body).wait(),
                    Some(id) => app.records().update(write, id.to_owned(), body).wait(),
                };
                picked(written.map_err(refused)?, &shown.fields)?
            }
            Self::Server { .. } => {
                self.ask(method, &record_path(collection, id.unwrap_or_default(), shown), Some(content(values)))?
            }
        };
        parsed(&text)
    }

    pub fn delete(&self, collection: &str, id: &str) -> CliResult {
        match self {
            Self::Directory { app, request } => {
                let collection = app::collection(app, collection)?;
                let request = with_method(request, "DELETE");
                let write = WriteRequest { collection, request, expand: String::new() };
                app.records().delete(write, id.to_owned()).wait().map_err(refused)
            }
            Self::Server { .. } => {
                self.ask("DELETE", &format!("{}/{}", records_path(collection), escaped(id)), None).map(drop)
            }
        }
    }

    fn ask(&self, method: &str, path: &str, body: Option<Content>) -> CliResult<String> {
        let Self::Server { server, url } = self else { unreachable!("a directory is not asked over HTTP") };
        let answer = server.send(url, method, path, body)?;
        if answer.succeeded() { Ok(answer.text) } else { Err(refused_by_server(&answer)) }
    }
}

/// Asks whether the token is one of the server's. The records API takes the bearer of any other for a guest, and an answer
/// with what guests may see would pass for the whole.
fn accepted(server: &Server, url: &str) -> CliResult {
    let Some(token) = server.token() else { return Ok(()) };
    let refused = |why: &str| {
        let error = CliError::new(code::SERVER, 2, "the server does not accept the token").why(why);
        Err(Box::new(error.next("PBR_TOKEN=$(pbr token issue EMAIL) pbr records … --url …")))
    };
    let Ok(claims) = tokens::peek(token.trim_start_matches("Bearer ")) else {
        return refused("it is no token of an account");
    };
    let path = format!("/api/collections/{}/auth-refresh", escaped(&claims.collection_id));
    match server.send(url, "POST", &path, None)?.status {
        401 | 404 => refused("it has expired, was revoked, or is of another server"),
        _ => Ok(()),
    }
}

/// `guest`, or an account with the collection behind the last `@`, or one that only one collection has.
fn of_account(app: &App, account: &str) -> CliResult<RequestInfo> {
    let context = "default".to_owned();
    if account == "guest" {
        return Ok(RequestInfo { context, ..RequestInfo::default() });
    }
    let catalog = app.catalog();
    let auth = |name: &str| catalog.get(name).filter(|collection| collection.is_auth()).cloned();
    let named = account.rsplit_once('@').and_then(|(account, name)| Some((account, auth(name)?)));
    let (account, collections): (&str, Vec<Arc<Collection>>) = match named {
        Some((account, collection)) => (account, vec![collection]),
        None => (account, catalog.iter().filter(|collection| collection.is_auth()).cloned().collect()),
    };
    let mut found = Vec::new();
    for collection in &collections {
        let record = superusers::find(app.records(), collection, account);
        let record = record.map_err(|error| CliError::new(code::INTERNAL, 1, error.to_string()))?;
        found.extend(record.map(|record| (Arc::clone(collection), record)));
    }
    match &found[..] {
        [(collection, record)] => {
            Ok(RequestInfo { context, auth: Some(auth::info(collection, record)), ..RequestInfo::default() })
        }
        [] => {
            let error = CliError::new(code::NO_ACCOUNT, 2, format!("there is no account `{account}`"));
            let lists = collections.iter().map(|collection| format!("pbr records list {}", collection.name));
            Err(lists.fold(error, CliError::next).into())
        }
        several => {
            let names: Vec<&str> = several.iter().map(|(collection, _)| collection.name.as_str()).collect();
            let error = CliError::new(code::USAGE, 2, format!("`{account}` is an account of several collections"));
            Err(error.why(names.join(", ")).next(format!("--as {account}@{}", names[0])).into())
        }
    }
}

fn with_method(request: &RequestInfo, method: &str) -> Arc<RequestInfo> {
    Arc::new(RequestInfo { method: method.to_owned(), ..request.clone() })
}

fn known_fields(collection: &Collection, body: &Body) -> CliResult {
    let Some(key) = body.unknown_keys(collection).next() else { return Ok(()) };
    let error = CliError::new(code::USAGE, 2, format!("`{}` has no field `{key}`", collection.name));
    let names = collection.fields.iter().map(|field| field.name.as_str());
    Err(Box::new(match did_you_mean(key, names.clone()) {
        Some(name) => error.why(format!("did you mean `{name}`?")),
        None => error.why(format!("its fields are {}", names.collect::<Vec<_>>().join(", "))),
    }))
}

fn body(values: Values) -> Body {
    let upload = |file: super::values::File| Upload {
        stored_name: stored_name(&file.name, &file.content),
        key: file.key,
        original_name: file.name,
        content: bytes::Bytes::from(file.content).into(),
    };
    Body { uploads: values.files.into_iter().map(upload).collect(), ..Body::from(values.json) }
}

/// JSON, or a multipart body where there are files.
fn content(values: Values) -> Content {
    let json = Json::Object(values.json).to_string();
    if values.files.is_empty() {
        return ("application/json".to_owned(), json.into_bytes());
    }
    let boundary = format!("pbr-{}", crate::schema::random_string(32, crate::schema::ALPHANUMERIC));
    let mut out = Vec::new();
    let mut part = |header: String, content: &[u8]| {
        out.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; {header}\r\n\r\n").as_bytes());
        out.extend_from_slice(content);
        out.extend_from_slice(b"\r\n");
    };
    part("name=\"@jsonPayload\"".to_owned(), json.as_bytes());
    for file in &values.files {
        let quoted = |text: &str| text.replace('"', "%22").replace(['\r', '\n'], "_");
        part(format!("name=\"{}\"; filename=\"{}\"", quoted(&file.key), quoted(&file.name)), &file.content);
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), out)
}

fn records_path(collection: &str) -> String {
    format!("/api/collections/{}/records", escaped(collection))
}

/// An empty id is that of no record yet.
fn record_path(collection: &str, id: &str, shown: &Shown) -> String {
    let mut path = records_path(collection);
    if !id.is_empty() {
        path.push_str(&format!("/{}", escaped(id)));
    }
    let pairs = [("expand", &shown.expand), ("fields", &shown.fields)];
    for (at, (key, value)) in pairs.into_iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        path.push_str(&format!("{}{key}={}", if at == 0 { '?' } else { '&' }, escaped(value)));
    }
    path
}

fn picked(body: Vec<u8>, fields: &str) -> CliResult<String> {
    let picker = Fields::parse(fields).map_err(|error| CliError::new(code::USAGE, 2, error.to_string()))?;
    let body = picker.map_or_else(|| body.clone(), |fields| fields.apply(&body));
    String::from_utf8(body).map_err(|error| CliError::new(code::INTERNAL, 1, error.to_string()).into())
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> CliResult<T> {
    serde_json::from_str(text).map_err(|error| {
        let error = CliError::new(code::SERVER, 1, format!("the answer is not one of this API: {error}"));
        error.into()
    })
}

fn refused(error: RecordError) -> Box<CliError> {
    match error {
        RecordError::Refused { status, message, data } => refusal(status, &message, &data.to_json()),
        RecordError::Query(error) => {
            CliError::new(code::USAGE, 2, "the filter, sort or a rule makes no sense").why(error.to_string()).into()
        }
        RecordError::Db(error) => database("cannot use the records", &error),
        other => CliError::new(code::RECORD_REFUSED, 1, other.to_string()).into(),
    }
}

fn refused_by_server(answer: &Answer) -> Box<CliError> {
    let error = *refusal(answer.status, &answer.message(), &answer.json()["data"]);
    Box::new(match answer.status {
        401 | 403 => error.next("PBR_TOKEN=$(pbr token issue EMAIL) pbr records … --url …"),
        _ => error,
    })
}

fn refusal(status: u16, message: &str, data: &Json) -> Box<CliError> {
    // What is refused is wrong in the command; what fails is not.
    let exit = if status < 500 { 2 } else { 1 };
    let error = CliError::new(code::RECORD_REFUSED, exit, message).meta("status", status).meta("data", data.clone());
    let fields = data.as_object().into_iter().flatten();
    let reasons: Vec<String> = fields
        .map(|(field, reason)| {
            let message = reason["message"].as_str();
            format!("`{field}`: {}", message.map_or_else(|| reason.to_string(), str::to_owned))
        })
        .collect();
    if reasons.is_empty() { error.into() } else { error.why(reasons.join("\n")).into() }
}

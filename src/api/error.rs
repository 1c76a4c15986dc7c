//! The error body: `{"data":{…},"message":"…","status":N}` (spec 04 §2.5).

use crate::auth::AuthError;
use crate::collections::CollectionError;
use crate::db::DbError;
use crate::events::EventError;
use crate::picker::InvalidFields;
use crate::query::QueryError;
use crate::records::RecordError;
use crate::schema::{ErrorTree, sentence};
use axum::body::Body;
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value as Json, json};

/// What a handler answers with.
pub type Answer = Result<Response<Body>, ApiError>;

/// A request that failed, as the client hears of it.
#[derive(Debug)]
pub struct ApiError {
    pub status: StatusCode,
    pub message: String,
    pub data: Json,
    /// What really happened, for the log only.
    pub cause: Option<String>,
    /// The machine is to blame; whoever runs the server should hear of it.
    pub fault: bool,
}

/// On an answer that failed because of the machine, with the cause.
#[derive(Clone)]
pub struct Fault(pub String);

/// The cause of an error response, on its way to the log.
#[derive(Clone)]
pub struct Cause(pub String);

const GENERIC: &str = "Something went wrong while processing your request.";

impl ApiError {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), data: json!({}), cause: None, fault: false }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The same with another message where it is a 400; what else went wrong is told as it is.
    pub fn told_as(self, message: &str) -> Self {
        if self.status == StatusCode::BAD_REQUEST { Self { message: message.to_owned(), ..self } } else { self }
    }

    /// The 400 that tells nothing.
    pub fn generic() -> Self {
        Self::bad_request(GENERIC)
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The request requires valid record authorization token.")
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub fn missing_route() -> Self {
        Self::not_found("The requested resource wasn't found.")
    }

    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request entity too large.")
    }

    /// The disk is full.
    pub fn no_space(cause: impl Into<String>) -> Self {
        let message = "There is no space left on the disk of the server.";
        Self { fault: true, ..Self::new(StatusCode::INSUFFICIENT_STORAGE, message).because(cause) }
    }

    /// A bug or a broken server, never the client's fault.
    pub fn internal(cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, GENERIC) }
    }

    pub fn with_data(mut self, data: &ErrorTree) -> Self {
        self.data = data.to_json();
        self
    }

    /// The body of the response.
    pub fn to_json(&self) -> Json {
        let message = match sentence(&self.message) {
            message if message.is_empty() => usual_message(self.status),
            message => message,
        };
        json!({ "data": self.data, "message": message, "status": self.status.as_u16() })
    }

    fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response<Body> {
        let mut response = json_response(self.to_json().to_string().into_bytes());
        *response.status_mut() = self.status;
        let cause = self.cause.unwrap_or(self.message);
        if self.fault {
            response.extensions_mut().insert(Fault(cause.clone()));
        }
        response.extensions_mut().insert(Cause(cause));
        response
    }
}

/// The status of a refusal; what is none is a 400, whoever chose it.
fn of_an_error(status: u16) -> StatusCode {
    let status = StatusCode::from_u16(status).ok();
    status.filter(|status| status.is_client_error() || status.is_server_error()).unwrap_or(StatusCode::BAD_REQUEST)
}

/// What a client is told where nobody said anything.
fn usual_message(status: StatusCode) -> String {
    match status {
        StatusCode::BAD_REQUEST | StatusCode::INTERNAL_SERVER_ERROR => GENERIC.to_owned(),
        StatusCode::UNAUTHORIZED => "Missing or invalid authentication.".to_owned(),
        StatusCode::FORBIDDEN => "You are not allowed to perform this request.".to_owned(),
        StatusCode::NOT_FOUND => "The requested resource wasn't found.".to_owned(),
        status => sentence(status.canonical_reason().unwrap_or(GENERIC)),
    }
}

/// A 200 with a JSON body.
pub fn json_response(body: Vec<u8>) -> Response<Body> {
    /// With those of the middleware and of axum.
    const HEADERS: usize = 8;
    let mut response = Response::new(Body::from(body));
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    *response.headers_mut() = headers;
    response
}

/// A 204, where there is nothing to tell.
pub fn no_content() -> Response<Body> {
    let mut response = ended();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// The empty 200 of a request that a handler ended.
pub fn ended() -> Response<Body> {
    Response::new(Body::empty())
}

impl From<RecordError> for ApiError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Refused { status, message, data } => Self::new(of_an_error(status), message).with_data(&data),
            RecordError::Full(cause) => Self::no_space(cause),
            RecordError::Failed { status, message, cause } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                Self::new(status, message).because(cause)
            }
            RecordError::Query(QueryError::Forbidden(message)) => Self::forbidden(message),
            RecordError::Query(error) => Self::generic().because(error.to_string()),
            RecordError::Db(error) => error.into(),
        }
    }
}

impl From<InvalidFields> for ApiError {
    fn from(error: InvalidFields) -> Self {
        Self::generic().because(error.to_string())
    }
}

impl From<EventError> for ApiError {
    fn from(error: EventError) -> Self {
        match error.status {
            Some(status) => Self::new(of_an_error(status), error.message).with_data(&error.data),
            None => Self::generic().because(error.message),
        }
    }
}

impl From<CollectionError> for ApiError {
    fn from(error: CollectionError) -> Self {
        match error {
            CollectionError::NotFound => Self::missing_route(),
            CollectionError::Refused { message, data } => Self::bad_request(message).with_data(&data),
            CollectionError::Failed { message, cause } => Self::bad_request(message).because(cause),
            CollectionError::Event(error) => error.into(),
            CollectionError::Db(error) => error.into(),
        }
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Panicked | DbError::NestedWrite => Self::internal(error.to_string()),
            DbError::Closed | DbError::Thread(_) => {
                let message = "The server cannot answer now. Try again later.";
                Self { fault: true, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, message).because(error.to_string()) }
            }
            error if error.is_busy() => {
                let message = "Another program is writing to the database. Try again later.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, message).because(error.to_string())
            }
            error if error.is_full() => Self::no_space(error.to_string()),
            error if error.is_fault() => Self { fault: true, ..Self::generic().because(error.to_string()) },
            // A client's filter may fail inside SQLite; telling more would tell about the database.
            error => Self::generic().because(error.to_string()),
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Refused { status, message, data } => Self::new(of_an_error(status), message).with_data(&data),
            AuthError::Failed { message, cause } => Self::bad_request(message).because(cause),
            AuthError::Mail(error) => Self::generic().because(error.to_string()),
            AuthError::Record(error) => error.into(),
            AuthError::Token(error) => Self::internal(error.to_string()),
        }
    }
}

/// Unknown paths and methods; 405 is never used.
pub async fn no_route(method: Method) -> ApiError {
    if method == Method::GET || method == Method::HEAD {
        ApiError::not_found("File not found.")
    } else {
        ApiError::missing_route()
    }
}

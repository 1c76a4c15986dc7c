//! The floor: axum and rusqlite with nothing between, one commit per insert, `serde_json::Value` on the way out.
//!
//! It answers the requests of `compare.py` with the same SQL and none of the work that makes a backend: no rules, no
//! filters but the one that is asked for, no validation. What pbr spends beyond it is the price of being pbr.

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::get;
use rusqlite::{Connection, Row, params, types::ValueRef};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::sync::{Arc, Mutex};

const COLUMNS: &str = "id, title, body, status, views, author, tags, created, updated";
const NOW: &str = "strftime('%Y-%m-%d %H:%M:%fZ')";

#[derive(Clone)]
struct Floor {
    file: String,
    writer: Arc<Mutex<Connection>>,
}

thread_local! {
    static READER: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

fn open(file: &str) -> Connection {
    let connection = Connection::open(file).expect("a database");
    let pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;";
    connection.execute_batch(pragmas).expect("pragmas");
    connection
}

fn object(row: &Row<'_>) -> rusqlite::Result<Value> {
    let mut object = Map::new();
    object.insert("collectionId".into(), json!("pbc_posts"));
    object.insert("collectionName".into(), json!("posts"));
    for (at, name) in COLUMNS.split(", ").enumerate() {
        let value = match row.get_ref(at)? {
            ValueRef::Integer(number) => json!(number),
            ValueRef::Real(number) => json!(number),
            ValueRef::Text(text) if name == "tags" => serde_json::from_slice(text).unwrap_or_default(),
            ValueRef::Text(text) => json!(String::from_utf8_lossy(text)),
            ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        };
        object.insert(name.into(), value);
    }
    Ok(Value::Object(object))
}

fn reading<T>(floor: &Floor, read: impl FnOnce(&Connection) -> T) -> T {
    READER.with_borrow_mut(|reader| read(reader.get_or_insert_with(|| open(&floor.file))))
}

fn one(connection: &Connection, id: &str) -> String {
    let sql = format!("SELECT {COLUMNS} FROM posts WHERE id = ?1");
    let mut statement = connection.prepare_cached(&sql).expect("a statement");
    statement.query_row([id], object).expect("a post").to_string()
}

async fn view(State(floor): State<Floor>, Path(id): Path<String>) -> String {
    reading(&floor, |connection| one(connection, &id))
}

async fn list(State(floor): State<Floor>, RawQuery(query): RawQuery) -> String {
    let query = query.unwrap_or_default();
    let least = query.rsplit_once("views%3E").and_then(|(_, rest)| rest.trim_end_matches(')').parse::<f64>().ok());
    reading(&floor, |connection| {
        let filter = "WHERE status = 'published' AND views > ?1 ORDER BY created DESC";
        let condition = if least.is_some() { filter } else { "WHERE ?1 IS NULL" };
        let sql = format!("SELECT {COLUMNS} FROM posts {condition} LIMIT 30");
        let mut statement = connection.prepare_cached(&sql).expect("a statement");
        let items: Vec<Value> =
            statement.query_map([least], object).expect("rows").map(|row| row.expect("a row")).collect();
        let total: i64 = if query.contains("skipTotal=0") {
            let mut count = connection.prepare_cached("SELECT count(*) FROM posts").expect("a statement");
            count.query_row([], |row| row.get(0)).expect("a count")
        } else {
            -1
        };
        json!({ "items": items, "page": 1, "perPage": 30, "totalItems": total, "totalPages": (total + 29) / 30 })
            .to_string()
    })
}

async fn create(State(floor): State<Floor>, body: String) -> String {
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let id: String = (0..15).map(|_| char::from(b'a' + rand::random::<u8>() % 26)).collect();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let connection = floor.writer.lock().expect("the writer");
    let sql = format!("INSERT INTO posts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, {NOW}, {NOW})");
    let values = params![
        id,
        text("title"),
        text("body"),
        text("status"),
        body["views"].as_f64(),
        text("author"),
        body["tags"].to_string()
    ];
    connection.prepare_cached(&sql).expect("a statement").execute(values).expect("an insert");
    one(&connection, &id)
}

async fn update(State(floor): State<Floor>, Path(id): Path<String>, body: String) -> String {
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let connection = floor.writer.lock().expect("the writer");
    let sql = format!("UPDATE posts SET views = ?1, status = ?2, updated = {NOW} WHERE id = ?3");
    let values = params![body["views"].as_f64(), body["status"].as_str(), id];
    connection.prepare_cached(&sql).expect("a statement").execute(values).expect("an update");
    one(&connection, &id)
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |flag: &str| arguments.iter().position(|word| word == flag).and_then(|at| arguments.get(at + 1));
    let (Some(http), Some(dir)) = (value("--http"), value("--dir")) else {
        return println!("floor: serve --http ADDRESS --dir DIRECTORY");
    };
    let file = format!("{dir}/data.db");
    let floor = Floor { writer: Arc::new(Mutex::new(open(&file))), file };
    let router = Router::new()
        .route("/api/health", get(|| async { "{}" }))
        .route("/api/collections/posts/records", get(list).post(create))
        .route("/api/collections/posts/records/{id}", get(view).patch(update))
        .with_state(floor);
    let listener = tokio::net::TcpListener::bind(http).await.expect("an address");
    axum::serve(listener, router).await.expect("a server");
}

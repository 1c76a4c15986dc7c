//! The data set of spec 02 §10.1 in memory.

use crate::query::{AuthInfo, Query, RequestInfo};
use crate::schema::{Catalog, Collection, Field, FieldKind, system};
use chrono::Utc;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use std::sync::Arc;

pub struct Fixture {
    pub catalog: Catalog,
    pub connection: Connection,
}

impl Fixture {
    pub fn new() -> Self {
        Self::altered(|_| {})
    }

    /// With collections changed before they are created.
    pub fn altered(alter: impl Fn(&mut Collection)) -> Self {
        let definitions: Vec<Json> = serde_json::from_str(include_str!("collections.json")).unwrap();
        let mut collections: Vec<Collection> =
            definitions.iter().map(|object| Collection::from_json(object.as_object().unwrap()).unwrap()).collect();
        collections.push(system::users());
        collections.iter_mut().for_each(alter);
        let catalog = Catalog::new(collections.into_iter().map(Arc::new), 1);
        let connection = Connection::open_in_memory().unwrap();
        crate::db::add_may_reach(&connection).unwrap();
        for collection in catalog.iter() {
            create_table(&connection, collection);
        }
        let fixture = Self { catalog, connection };
        for line in include_str!("records.txt").lines() {
            let (name, record) = line.split_once(' ').unwrap();
            fixture.insert(name, &serde_json::from_str(record).unwrap());
        }
        fixture
    }

    pub fn collection(&self, name: &str) -> &Collection {
        self.catalog.get(name).unwrap()
    }

    pub fn insert(&self, name: &str, record: &Map<String, Json>) {
        let collection = self.collection(name);
        let now = Utc::now().format("%Y-%m-%d %H:%M:%S%.3fZ").to_string();
        let (columns, values) = row(collection, record, &now);
        let names: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
        let marks = vec!["?"; names.len()].join(",");
        let sql = format!("INSERT INTO `{name}` ({}) VALUES ({marks})", names.join(","));
        self.connection.execute(&sql, params_from_iter(values)).unwrap();
    }

    /// The first column of every row, the second parameter list bound after the query's own.
    pub fn run(
        &self,
        sql: &str,
        query: &Query,
        request: &RequestInfo,
        more: Vec<SqlValue>,
    ) -> rusqlite::Result<Vec<String>> {
        let mut values = query.bind(request, Utc::now());
        values.extend(more);
        let mut statement = self.connection.prepare(sql)?;
        statement.query_map(params_from_iter(values), |row| row.get(0))?.collect()
    }

    /// Ids of the first page, and checks that the count agrees.
    pub fn list(&self, query: &Query, request: &RequestInfo, collection: &str) -> Result<Vec<String>, String> {
        let offset = vec![SqlValue::Integer(0)];
        let column = format!("`{collection}`.`id`");
        let ids = self.run(&query.list_sql(&column, 30), query, request, offset).map_err(|error| error.to_string())?;
        let values = query.bind(request, Utc::now());
        let count: isize =
            self.connection.query_row(&query.count_sql(), params_from_iter(values), |row| row.get(0)).unwrap();
        assert_eq!(count, ids.len() as isize, "{}", query.count_sql());
        Ok(ids)
    }
}

fn create_table(connection: &Connection, collection: &Collection) {
    let columns: Vec<String> = collection
        .fields
        .iter()
        .map(|field| match field.name.as_str() {
            "id" => "`id` TEXT PRIMARY KEY NOT NULL".to_owned(),
            name => format!("`{name}` {}", field.kind.as_type().column()),
        })
        .collect();
    connection.execute(&format!("CREATE TABLE `{}` ({})", collection.name, columns.join(", ")), []).unwrap();
}

/// The columns of a record and their values; what is missing is zero.
pub fn row<'c>(collection: &'c Collection, record: &Map<String, Json>, date: &str) -> (Vec<&'c str>, Vec<SqlValue>) {
    let value = |field: &Field| match (&field.kind, record.get(&field.name)) {
        (FieldKind::Autodate(_), _) => SqlValue::Text(date.to_owned()),
        (kind, None) => kind.as_type().zero().to_sql(),
        (FieldKind::File(_), Some(Json::Array(files))) => {
            let names: Vec<&Json> = files.iter().map(|file| &file["name"]).collect();
            SqlValue::Text(serde_json::to_string(&names).unwrap())
        }
        (kind, Some(input)) => kind.as_type().normalise(input).to_sql(),
    };
    collection.fields.iter().map(|field| (field.name.as_str(), value(field))).unzip()
}

/// A request with that body, its fields normalised.
pub fn request(collection: &Collection, body: &Map<String, Json>, user: bool) -> RequestInfo {
    let normalised = body.iter().map(|(key, input)| match collection.field(key) {
        Some(field) if !matches!(field.kind, FieldKind::File(_)) => {
            (key.clone(), field.kind.as_type().normalise(input).to_json())
        }
        _ => (key.clone(), input.clone()),
    });
    let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    RequestInfo {
        context: "default".into(),
        method: "POST".into(),
        query: pairs(&[("q", "5"), ("n", "10")]),
        headers: pairs(&[("x_my_token", "abc")]),
        body: Arc::new(normalised.collect()),
        uploaded: BTreeSet::new(),
        auth: user.then(|| auth("u1")),
    }
}

pub fn auth(id: &str) -> AuthInfo {
    AuthInfo {
        id: id.into(),
        collection_id: system::USERS_ID.into(),
        collection_name: "users".into(),
        email: format!("{id}@x.io"),
        email_visibility: false,
        verified: false,
    }
}

pub fn superuser() -> AuthInfo {
    AuthInfo {
        collection_id: "pbc_3142635823".into(),
        collection_name: "_superusers".into(),
        email: "a@b.io".into(),
        ..auth("su")
    }
}

/// The lines of a case file, split at their arrows.
pub fn cases(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines()
        .filter(|line| line.contains(" ⇒ "))
        .map(|line| line.split(" ⇒ ").map(|part| part.trim_matches(' ')).collect())
}

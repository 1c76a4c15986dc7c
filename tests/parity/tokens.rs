//! Tokens that a suite needs, signed with the keys in its data directory.

use crate::support::Project;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value as Json, json};

/// A token from its description: kind, collection, record id, and any of `exp=SECONDS` (from now), `email=ADDRESS`,
/// `new=ADDRESS`, `type=TYPE`, `key=KEY`, `alg=HS512`, `refreshable=JSON`. `exp=none` leaves it out,
/// `exp=null`, `zero` and `text` send no moment.
pub fn token(project: &Project, description: &str) -> String {
    let mut words = description.split(' ');
    let mut word = || words.next().expect("kind, collection and record");
    let (kind, collection, id) = (word(), word(), word());
    let database = project.database();
    let (collection_id, options): (String, String) = database
        .query_row("SELECT id, options FROM _collections WHERE name = ?1", [collection], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("a collection");
    let options: Json = serde_json::from_str(&options).expect("options");
    let (token_key, email): (String, String) = database
        .query_row(&format!("SELECT tokenKey, email FROM `{collection}` WHERE id = ?1"), [id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap_or_default();
    let secret = options[format!("{kind}Token")]["secret"].as_str().expect("a secret");
    let mut key = format!("{token_key}{secret}");
    let mut header = Header::new(Algorithm::HS256);
    let now = chrono::Utc::now().timestamp();
    let mut claims = json!({ "collectionId": collection_id, "exp": now + 3600, "id": id, "type": kind });
    if kind != "auth" && kind != "file" {
        claims["email"] = json!(email);
    }
    for (name, value) in words.map(|word| word.split_once('=').expect("name=value")) {
        match name {
            "exp" if value == "none" => drop(claims.as_object_mut().expect("an object").remove("exp")),
            "exp" if value == "zero" => claims["exp"] = json!(0),
            "exp" if value == "text" => claims["exp"] = json!("5"),
            "exp" if value == "null" => claims["exp"] = Json::Null,
            "exp" if value.contains('.') => claims["exp"] = json!(now as f64 + value.parse::<f64>().expect("seconds")),
            "exp" => claims["exp"] = json!(now + value.parse::<i64>().expect("seconds")),
            "new" => claims["newEmail"] = json!(value),
            "key" => value.clone_into(&mut key),
            "alg" => header.alg = value.parse().expect("an algorithm"),
            "refreshable" => claims[name] = serde_json::from_str(value).expect("JSON"),
            name => claims[name] = json!(value),
        }
    }
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key.as_bytes())).expect("a token")
}

//! Writes a row to the collection `audit` with every change of a record, in one transaction with it, and prints the row
//! once it is committed.
//!
//! ```sh
//! cargo run --example audit -- pb_data 127.0.0.1:8090
//! ```

use pbr::prelude::*;
use serde_json::json;
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().unwrap_or_else(|| "pb_data".into());
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8090".into());

    let app = App::builder(dir).open()?;
    if app.collection("audit").is_none() {
        let field = |name: &str| json!({ "name": name, "type": "text" });
        let fields = ["action", "collection", "record", "by"].map(field);
        let collection = json!({ "name": "audit", "type": "base", "fields": fields });
        app.create_collection(collection.as_object().expect("an object"))?;
    }

    let record = &app.hooks().record;
    for (action, hook) in [("create", &record.create), ("update", &record.update), ("delete", &record.delete)] {
        let app = app.clone();
        hook.bind(&[], move |event, next| {
            if event.collection.name == "audit" {
                return next.run(event);
            }
            // Both or neither: what fails in here undoes the other.
            app.transaction(|app| {
                next.run(event)?;
                let by = event.request.as_ref().and_then(|request| request.auth.as_ref());
                let row = json!({
                    "action": action,
                    "collection": event.collection.name,
                    "record": event.record.id(&event.collection),
                    "by": by.map(|auth| auth.id.as_str()).unwrap_or_default(),
                });
                app.create_record("audit", row)
            })?;
            Ok(())
        });
    }
    record.after_create_success.bind(&["audit"], |event, next| {
        let text = |field: &str| event.record.text(&event.collection, field);
        println!("{} {}/{} by {:?}", text("action"), text("collection"), text("record"), text("by"));
        next.run(event)
    });

    let server = Server::bind(app.clone(), &address, Options::default()).await?;
    println!("Server started at http://{}", server.address());
    server.run(async { drop(tokio::signal::ctrl_c().await) }).await;
    // The handlers hold the app, which would stay open without this.
    tokio::task::spawn_blocking(move || app.close(Duration::ZERO)).await?;
    Ok(())
}

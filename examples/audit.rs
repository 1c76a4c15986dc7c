//! Prints every change of every record after it is committed, as one JSON line each.
//!
//! ```sh
//! cargo run --example audit -- pb_data 127.0.0.1:8090
//! ```

use pbr::prelude::*;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().unwrap_or_else(|| "pb_data".into());
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8090".into());

    let app = App::builder(dir).open()?;
    let record = &app.hooks().record;
    for (action, hook) in [
        ("create", &record.after_create_success),
        ("update", &record.after_update_success),
        ("delete", &record.after_delete_success),
    ] {
        hook.bind(&[], move |event, next| {
            let by = event.request.as_ref().and_then(|request| request.auth.as_ref()).map(|auth| auth.id.as_str());
            let line = json!({
                "action": action,
                "collection": event.collection.name,
                "id": event.record.id(&event.collection),
                "by": by,
            });
            println!("{line}");
            next.run(event)
        });
    }

    let server = Server::bind(app, &address, Options::default()).await?;
    println!("Server started at http://{}", server.address());
    server.run(async { drop(tokio::signal::ctrl_c().await) }).await;
    Ok(())
}

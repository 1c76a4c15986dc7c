//! The API of pbr beside a route of one's own, in one axum router.
//!
//! ```sh
//! cargo run --example own_routes -- pb_data 127.0.0.1:8090
//! curl 127.0.0.1:8090/hello
//! ```

use axum::Router;
use axum::routing::get;
use pbr::prelude::*;
use std::net::SocketAddr;
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().unwrap_or_else(|| "pb_data".into());
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8090".into());

    let app = App::builder(dir).open()?;
    let greeter = app.clone();
    let hello = move || async move {
        // Reading records waits for the database, so it happens on a thread that may.
        let counted = tokio::task::spawn_blocking(move || {
            let params = ListParams { per_page: 1, ..ListParams::default() };
            greeter.list_records("users", params).map(|page| page["totalItems"].to_string())
        });
        match counted.await {
            Ok(Ok(users)) => format!("Hello from a backend with {users} users.\n"),
            _ => "Hello from a backend without users.\n".to_owned(),
        }
    };
    let router = Router::new().route("/hello", get(hello)).merge(pbr::api::router(app.clone(), Options::default()));

    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("Server started at http://{}", listener.local_addr()?);
    // What a `Server` does by itself: jobs by the clock, and an end to streams that would never end.
    app.cron().tick();
    let streams = app.clone();
    let stop = async move {
        let _ = tokio::signal::ctrl_c().await;
        streams.realtime().registry().close();
    };
    // The log, the limits of requests and the addresses of superusers need to know where a request comes from.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    tokio::task::spawn_blocking(move || app.close(Duration::from_secs(2))).await?;
    Ok(())
}

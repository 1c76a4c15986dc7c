//! Fills the slug of a post from its title, and refuses titles that leave nothing.
//!
//! In a migrated blog project (`pbr init blog --template blog && cd blog && pbr migrate`):
//!
//! ```sh
//! cargo run --example slugs -- pb_data 127.0.0.1:8090
//! ```

use pbr::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().unwrap_or_else(|| "pb_data".into());
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8090".into());

    let app = App::builder(dir).open()?;
    app.hooks().record.create.bind(&["posts"], |event, next| {
        let collection = event.collection.clone();
        if event.record.text(&collection, "slug").is_empty() {
            let slug = slug(event.record.text(&collection, "title"));
            if slug.is_empty() {
                return Err(EventError::bad_request("The title has no letters to make a slug of."));
            }
            event.record.set(&collection, "slug", Value::Text(slug));
        }
        next.run(event)
    });

    let server = Server::bind(app, &address, Options::default()).await?;
    println!("Server started at http://{}", server.address());
    server.run(async { drop(tokio::signal::ctrl_c().await) }).await;
    Ok(())
}

fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let value = |flag: &str| args.iter().position(|a| a == flag).map(|at| args[at + 1].clone()).unwrap_or_default();
    if args.len() < 3 {
        println!("pbr dev");
        return;
    }
    let app = pbr::App::builder(value("--dir")).password_hash(pbr::passwords::Scheme::Bcrypt).open().unwrap();
    let rt = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    rt.block_on(async {
        let server = pbr::api::Server::bind(app, &value("--http"), pbr::api::Cors::default()).await.unwrap();
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).unwrap();
        server
            .run(async {
                term.recv().await;
            })
            .await;
    });
}

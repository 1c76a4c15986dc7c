//! Static files beside the API, side by side with PocketBase.

use crate::support::{Project, Server, pocketbase};

fn folder() -> (Project, Server) {
    let (project, server, _root) = Project::bare();
    drop(server);
    fill(&project);
    let server = project.serve();
    (project, server)
}

fn fill(project: &Project) {
    project.write("secret.txt", "secret");
    for (name, text) in [
        ("index.html", "<p>start</p>"),
        ("app.js", "let a;"),
        ("style.css", "a {}"),
        ("data.json", "{}"),
        ("plain", "no extension"),
        (".hidden", "dot"),
        ("sub/index.html", "<p>sub</p>"),
        ("sub/a b.txt", "space"),
        ("bare/file.txt", "text"),
    ] {
        project.write(&format!("pb_public/{name}"), text);
    }
}

#[test]
fn files_redirects_and_the_start_page_are_pocketbases() {
    let (_project, server) = folder();
    let peer = Project::empty();
    pocketbase::run(&peer, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    fill(&peer);
    let peer_server = pocketbase::serve_given(&peer, &["--publicDir", "pb_public"], &[]);
    let paths = [
        "/",
        "/index.html",
        "/app.js",
        "/style.css",
        "/data.json",
        "/plain",
        "/.hidden",
        "/sub",
        "/sub/",
        "/sub/index.html",
        "/sub/a%20b.txt",
        "/bare",
        "/bare/",
        "/bare/file.txt",
        "/bare/file.txt/",
        "/missing",
        "/missing/deep/path",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/app.js?x=1",
        "/sub?x=1",
    ];
    for path in paths {
        let answers = [&server, &peer_server].map(|server| {
            let reply = server.client().get(path);
            let header = |name: &str| reply.headers.get(name).map(|value| value.to_str().expect("text").to_owned());
            let location = header("location").map(|location| location.replace("./", ""));
            (
                reply.status,
                header("content-type").filter(|_| reply.status == 200),
                location,
                header("accept-ranges"),
                reply.body.clone(),
            )
        });
        let (mine, theirs) = (&answers[0], &answers[1]);
        assert_eq!((mine.0, &mine.1, &mine.3), (theirs.0, &theirs.1, &theirs.3), "{path}");
        if mine.0 == 200 {
            assert_eq!(mine.4, theirs.4, "{path}");
        } else {
            let end =
                |location: &Option<String>| location.as_deref().unwrap_or_default().trim_start_matches('/').to_owned();
            assert!(end(&mine.2).ends_with(&end(&theirs.2)), "{path}: {mine:?} {theirs:?}");
        }
        assert!(!mine.4.contains("secret"), "{path}");
    }
    let (mine, theirs) = (server.client(), peer_server.client());
    for method in ["HEAD", "POST", "DELETE"] {
        let statuses = [&mine, &theirs].map(|client| client.send(client.request(method, "/app.js")).status);
        assert_eq!(statuses[0], statuses[1], "{method}");
    }
    let part = mine.send(mine.request("GET", "/app.js").header("range", "bytes=0-2"));
    assert_eq!((part.status, part.body.as_str()), (206, "let"));
    mine.get("/api/health").is(200);
}

#[test]
fn without_the_fallback_unknown_paths_are_404() {
    let (project, server) = folder();
    drop(server);
    let server = project.serve_with("--index-fallback false");
    server.client().get("/app.js").is(200);
    server.client().get("/missing").is(404);
    server.client().get("/bare/").is(404);
}

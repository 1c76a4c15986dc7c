//! OAuth2 from outside: what goes to a provider, what providers may do wrong, and the redirect.

use crate::support::sse::Stream;
use crate::support::{Client, Project, Provider, Server, eventually, root};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const LOGIN: &str = "/api/collections/users/auth-with-oauth2";

struct Fixture {
    provider: Provider,
    root: Client,
    guest: Client,
    _server: Server,
    project: Project,
}

impl Fixture {
    /// A bare directory whose users log in with these providers.
    fn new(providers: impl Fn(&Provider) -> Json) -> Self {
        let provider = Provider::start();
        let (project, server, root) = Project::bare();
        let guest = server.client();
        let fixture = Self { provider, root, guest, _server: server, project };
        fixture.options(json!({ "enabled": true, "providers": providers(&fixture.provider) }));
        fixture
    }

    fn oidc() -> Self {
        Self::new(|provider| json!([provider.config("oidc")]))
    }

    #[track_caller]
    fn options(&self, oauth2: Json) {
        self.root.patch("/api/collections/users", json!({ "oauth2": oauth2 })).ok();
    }

    #[track_caller]
    fn login(&self, code: &str) -> crate::support::http::Reply {
        self.guest.post(LOGIN, json!({ "provider": "oidc", "code": code }))
    }
}

fn query(url: &str) -> (String, Vec<(String, String)>) {
    let (base, query) = url.split_once('?').expect("a query");
    (base.to_owned(), form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

#[test]
fn clients_that_hang_up_do_not_make_room_for_more_exchanges() {
    /// What the server allows at once.
    const AT_ONCE: usize = 64;
    let provider = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", provider.local_addr().expect("an address"));
    let (project, server, root) = Project::bare();
    let config = json!({
        "name": "oidc", "clientId": "client", "clientSecret": "s", "authURL": url, "tokenURL": url, "userInfoURL": url,
    });
    root.patch("/api/collections/users", json!({ "oauth2": { "enabled": true, "providers": [config] } })).ok();
    let asked = Arc::<Mutex<Vec<TcpStream>>>::default();
    let connections = Arc::clone(&asked);
    // It takes what comes and never answers.
    std::thread::spawn(move || {
        provider.incoming().flatten().for_each(|stream| connections.lock().expect("no panic").push(stream));
    });
    let body = r#"{"provider":"oidc","code":"c","redirectURL":"http://h/"}"#;
    let head = format!(
        "POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let send = || {
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        stream.write_all(head.as_bytes()).expect("a written request");
        stream
    };
    let first: Vec<TcpStream> = (0..AT_ONCE).map(|_| send()).collect();
    eventually(|| asked.lock().expect("no panic").len() == AT_ONCE);
    drop(first);
    let _waiting: Vec<TcpStream> = (0..AT_ONCE).map(|_| send()).collect();
    // The server has seen all of them once it has answered who came after them.
    for _ in 0..20 {
        root.get("/api/settings").ok();
    }
    assert_eq!(asked.lock().expect("no panic").len(), AT_ONCE);
    drop(project);
}

#[test]
fn each_list_of_methods_has_new_secrets_and_a_url_that_lacks_only_the_redirect() {
    let fixture = Fixture::new(|provider| {
        let mut oidc = provider.config("oidc");
        oidc["authURL"] = json!("http://h/authz?x=1");
        oidc["displayName"] = json!("Own");
        json!([oidc, { "name": "apple", "clientId": "a&b", "clientSecret": "s" },
            { "name": "vk", "clientId": "v", "clientSecret": "s" },
            { "name": "google", "clientId": "g", "clientSecret": "s", "pkce": false },
            { "name": "notion", "clientId": "n", "clientSecret": "s" },
            { "name": "microsoft", "clientId": "m", "clientSecret": "s", "extra": { "idTokenEmailClaim": "email" } }])
    });
    let answer = fixture.guest.get("/api/collections/users/auth-methods");
    let methods = answer.ok();
    let head = r#"{"password":{"identityFields":["email"],"enabled":true},"oauth2":{"providers":[{"name":"oidc","displayName":"Own","logo":""#;
    assert!(answer.body.starts_with(head), "{}", answer.body);
    let again = fixture.guest.get("/api/collections/users/auth-methods").ok();
    let providers = methods["oauth2"]["providers"].as_array().expect("providers");
    for (provider, other) in providers.iter().zip(again["oauth2"]["providers"].as_array().expect("providers")) {
        let text = |name: &str| provider[name].as_str().expect("a text").to_owned();
        assert_eq!(provider["authURL"], provider["authUrl"]);
        assert_ne!(provider["state"], other["state"]);
        assert_eq!(text("state").len(), 30);
        assert!(text("logo").starts_with("<svg"));
        assert!(text("authURL").ends_with("&redirect_uri="), "{provider}");
        let (_, params) = query(&text("authURL"));
        assert!(params.contains(&("state".into(), text("state"))));
        if text("codeVerifier").is_empty() {
            assert_eq!((text("codeChallenge"), text("codeChallengeMethod")), (String::new(), String::new()));
            continue;
        }
        assert_eq!(text("codeVerifier").len(), 43);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(text("codeVerifier")));
        assert_eq!((text("codeChallenge"), text("codeChallengeMethod")), (challenge.clone(), "S256".into()));
        assert!(params.contains(&("code_challenge".into(), challenge)));
    }
    let urls: BTreeMap<&str, &str> = providers
        .iter()
        .map(|provider| (provider["name"].as_str().expect("a name"), provider["authURL"].as_str().expect("a URL")))
        .collect();
    let shape = |name: &str| {
        let (base, params) = query(urls[name]);
        let names: Vec<_> = params
            .into_iter()
            .map(|(name, value)| match name.as_str() {
                "state" | "code_challenge" => name,
                _ => format!("{name}={value}"),
            })
            .collect();
        format!("{base} {}", names.join(" & "))
    };
    assert_eq!(
        shape("oidc"),
        "http://h/authz x=1 & client_id=client & code_challenge & code_challenge_method=S256 & response_type=code & \
         scope=openid email profile & state & redirect_uri="
    );
    assert!(urls["oidc"].starts_with("http://h/authz?x=1&client_id=client&code_challenge="));
    assert!(urls["oidc"].contains("&scope=openid+email+profile&state="));
    assert_eq!(
        shape("apple"),
        "https://appleid.apple.com/auth/authorize client_id=a&b & code_challenge & code_challenge_method=S256 & \
         response_mode=form_post & response_type=code & scope=name email & state & redirect_uri="
    );
    assert_eq!(
        shape("google"),
        "https://accounts.google.com/o/oauth2/v2/auth client_id=g & response_type=code & \
         scope=https://www.googleapis.com/auth/userinfo.profile https://www.googleapis.com/auth/userinfo.email & state & \
         redirect_uri="
    );
    assert!(!urls["notion"].contains("scope="));
    assert!(shape("microsoft").contains("scope=User.Read openid"));
    assert!(!urls["vk"].contains("code_challenge"));
    let names = |list: &Json| -> Vec<Json> {
        list.as_array().expect("a list").iter().map(|provider| provider["displayName"].clone()).collect()
    };
    assert_eq!(names(&methods["oauth2"]["providers"]), ["Own", "Apple", "ВКонтакте", "Google", "Notion", "Microsoft"]);
    assert_eq!(names(&methods["authProviders"]), names(&methods["oauth2"]["providers"]));
    assert_eq!(methods["authProviders"][0]["logo"], "");
}

#[test]
fn the_provider_is_asked_as_the_standard_says() {
    let fixture = Fixture::oidc();
    let body = json!({
        "provider": "oidc", "code": "!auth=body;sub=a;email=a@example.com;email_verified=true",
        "codeVerifier": "verifier", "redirectURL": "http://app/call back",
    });
    fixture.guest.post(LOGIN, body).ok();
    let seen = fixture.provider.seen();
    let [first, second, user] = &seen[..] else { panic!("{seen:?}") };
    let form = |request: &Json| -> BTreeMap<String, String> {
        form_urlencoded::parse(request["body"].as_str().expect("a body").as_bytes()).into_owned().collect()
    };
    let basic = base64::engine::general_purpose::STANDARD.encode("client:s%26cret%2F1");
    assert_eq!(first["headers"]["authorization"], format!("Basic {basic}"));
    assert_eq!(form(first)["code_verifier"], "verifier");
    assert_eq!(form(first)["redirect_uri"], "http://app/call back");
    assert_eq!(form(first)["grant_type"], "authorization_code");
    assert!(!form(first).contains_key("client_secret"));
    assert!(second["headers"]["authorization"].is_null());
    assert_eq!((&*form(second)["client_id"], &*form(second)["client_secret"]), ("client", "s&cret/1"));
    assert!(user["headers"]["authorization"].as_str().expect("a header").starts_with("Bearer "));
    // Without a verifier an empty one goes, and without a redirect URL none.
    fixture.login("sub=a").ok();
    let seen = fixture.provider.seen();
    assert_eq!(form(&seen[0])["code_verifier"], "");
    assert!(!form(&seen[0]).contains_key("redirect_uri"));
}

#[test]
fn providers_with_habits_of_their_own_get_what_they_want() {
    let names = ["notion", "trakt", "twitch", "linear", "monday", "vk", "bitbucket"];
    let fixture = Fixture::new(|provider| json!(names.map(|name| provider.config(name))));
    let ask = |name: &str| {
        let body = json!({ "provider": name, "code": format!("!fixture={name}"), "codeVerifier": "v" });
        fixture.guest.post(LOGIN, body);
        fixture.provider.seen()
    };
    assert_eq!(ask("notion")[1]["headers"]["notion-version"], "2022-06-28");
    let trakt = &ask("trakt")[1]["headers"];
    assert_eq!((&trakt["trakt-api-key"], &trakt["trakt-api-version"]), (&json!("client"), &json!("2")));
    assert_eq!(ask("twitch")[1]["headers"]["client-id"], "client");
    for name in ["linear", "monday"] {
        let request = &ask(name)[1];
        assert_eq!(
            (&request["method"], &request["headers"]["content-type"]),
            (&json!("POST"), &json!("application/json"))
        );
        let query: Json = serde_json::from_str(request["body"].as_str().expect("a body")).expect("JSON");
        assert!(query["query"].as_str().is_some_and(|query| query.contains("email")), "{query}");
    }
    // Without PKCE no verifier goes.
    assert!(!ask("vk")[0]["body"].as_str().expect("a body").contains("code_verifier"));
    assert_eq!(ask("bitbucket")[2]["url"], "/user/emails");
}

#[test]
fn answers_without_end_and_redirects_of_a_code_are_refused() {
    let fixture = Fixture::oidc();
    let token = "Failed to fetch OAuth2 token.";
    let started = Instant::now();
    assert_eq!(fixture.login("!token=huge").is(400).json()["message"], token);
    assert_eq!(fixture.login("!user=huge").is(400).json()["message"], "Failed to fetch OAuth2 user.");
    assert!(started.elapsed() < Duration::from_secs(20));
    fixture.provider.seen();
    assert_eq!(fixture.login("!token=redirect").is(400).json()["message"], token);
    let urls: Vec<_> = fixture.provider.seen().into_iter().map(|request| request["url"].clone()).collect();
    assert_eq!(urls, ["/token", "/token"]);
    // A user may have moved.
    let moved = fixture.guest.post(
        LOGIN,
        json!({ "provider": "oidc", "code": "!user=redirect", "createData": { "email": "m@example.com" } }),
    );
    assert_eq!(moved.ok()["meta"]["id"], "elsewhere");
}

#[test]
fn a_provider_that_never_answers_holds_up_nobody_else() {
    let fixture = Fixture::oidc();
    let started = Instant::now();
    let slow = || {
        let request = fixture.guest.request("POST", LOGIN).timeout(Duration::from_secs(60));
        fixture.guest.send(request.json(&json!({ "provider": "oidc", "code": "!token=slow" })))
    };
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..4).map(|_| scope.spawn(slow)).collect();
        std::thread::sleep(Duration::from_millis(300));
        let asked = Instant::now();
        fixture.login("sub=b;email=b@example.com;email_verified=true").ok();
        assert!(asked.elapsed() < Duration::from_secs(5));
        for login in waiting {
            login.join().expect("an answer").is(400);
        }
    });
    assert!(started.elapsed() < Duration::from_secs(45), "{:?}", started.elapsed());
}

#[test]
fn secrets_of_a_provider_are_in_no_answer_and_no_log() {
    let fixture = Fixture::oidc();
    let methods = fixture.guest.get("/api/collections/users/auth-methods");
    let refused = fixture.login("!token=error;secret-code");
    fixture.guest.get("/api/oauth2-redirect?state=x&code=secret-code").is(307);
    let bodies = [methods.body, refused.body, fixture.root.get("/api/collections/users").body];
    assert!(bodies.iter().all(|body| !body.contains("s&cret") && !body.contains("secret-code")));
    let mut logs = String::new();
    eventually(|| {
        let database = fixture.project.file("pb_data/auxiliary.db");
        let database = rusqlite::Connection::open(database).expect("a database");
        let sql = "SELECT coalesce(group_concat(message || data), '') FROM _logs";
        logs = database.query_row(sql, [], |row| row.get(0)).expect("logs");
        logs.contains("auth-with-oauth2")
    });
    assert!(!logs.contains("cret/1") && !logs.contains("secret-code"), "{logs}");
}

#[test]
fn the_redirect_reaches_only_the_client_that_waits_for_it_and_only_once() {
    let fixture = Fixture::oidc();
    let page = |reply: &crate::support::http::Reply| {
        let location = reply.headers["location"].to_str().expect("a location").to_owned();
        assert_eq!(reply.body, "");
        location.strip_prefix("../_/#/auth/oauth2-redirect-").expect("a page").to_owned()
    };
    let stream = Stream::open(&fixture.guest);
    let path = format!("/api/oauth2-redirect?state={}&code=c%2F1", stream.id);
    // Not subscribed, or not to exactly this.
    assert_eq!(page(fixture.guest.get(&path).is(307)), "failure");
    stream.subscribe(&["@oauth2?options=%7B%7D"]);
    assert_eq!(page(fixture.guest.get(&path).is(307)), "failure");
    stream.subscribe(&["@oauth2", "users"]);
    assert_eq!(page(fixture.guest.get("/api/oauth2-redirect?state=other&code=c").is(307)), "failure");
    assert_eq!(page(fixture.guest.get(&path).is(307)), "success");
    let event = stream.next();
    assert_eq!((event.name.as_str(), event.data), ("@oauth2", json!({ "state": stream.id, "code": "c/1" })));
    assert_eq!(page(fixture.guest.get(&path).is(307)), "failure");
    assert_eq!(stream.rest(), []);
    // An error is told, and is a failure.
    stream.subscribe(&["@oauth2"]);
    let form = fixture.guest.request("POST", "/api/oauth2-redirect");
    let reply = fixture.guest.send(
        form.header("Content-Type", "application/x-www-form-urlencoded")
            .body(format!("state={}&code=c&error=denied", stream.id)),
    );
    assert_eq!(page(reply.is(303)), "failure");
    let expected = json!({ "state": stream.id, "code": "c", "error": "denied" });
    assert_eq!(stream.next().data, expected);
    stream.subscribe(&["@oauth2"]);
    let no_code = fixture.guest.get(&format!("/api/oauth2-redirect?state={}", stream.id));
    assert_eq!(page(no_code.is(307)), "failure");
    assert_eq!(stream.next().data, json!({ "state": stream.id, "code": "" }));
}

#[test]
fn the_redirect_leads_nowhere_else_whatever_it_is_asked() {
    let fixture = Fixture::oidc();
    for path in
        ["?state=http://evil.example&code=x", "?redirect=//evil.example", "?state=%0d%0aLocation:%20x&code=%00", ""]
    {
        let reply = fixture.guest.get(&format!("/api/oauth2-redirect{path}"));
        assert_eq!(reply.is(307).headers["location"], "../_/#/auth/oauth2-redirect-failure");
    }
}

#[test]
fn pictures_come_from_public_addresses_only() {
    let fixture = Fixture::oidc();
    fixture.options(json!({ "mappedFields": { "avatarURL": "avatar" } }));
    let picture = format!("{}/picture.png", fixture.provider.url);
    let code = format!("sub=p;email=p@example.com;email_verified=true;picture={picture}");
    let answer = fixture.login(&code).ok();
    assert_eq!(answer["meta"]["avatarURL"], picture);
    assert_eq!(answer["record"]["avatar"], "");
    let urls: Vec<_> = fixture.provider.seen().into_iter().map(|request| request["url"].clone()).collect();
    assert_eq!(urls, ["/token", "/user"]);
}

#[test]
fn an_issuer_that_cannot_be_discovered_is_not_offered_and_holds_nobody_up() {
    let fixture = Fixture::new(|provider| {
        let mut unknown = provider.config("oidc2");
        // It answers 404 there.
        unknown["extra"] = json!({ "issuerURL": provider.url });
        unknown["authURL"] = json!("");
        json!([provider.config("oidc"), unknown])
    });
    for _ in 0..3 {
        let methods = fixture.guest.get("/api/collections/users/auth-methods").ok();
        let names: Vec<_> =
            methods["oauth2"]["providers"].as_array().expect("a list").iter().map(|p| &p["name"]).collect();
        assert_eq!(names, ["oidc"]);
    }
    // It was asked once and not with every request.
    assert_eq!(fixture.provider.seen().len(), 1);
    fixture.guest.post(LOGIN, json!({ "provider": "oidc2", "code": "sub=a" })).is(400);
}

#[test]
fn apple_client_secrets_are_signed_with_the_given_key() {
    let (project, _server, root) = Project::bare();
    let pem = Command::new("openssl")
        .args(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
        .output()
        .expect("openssl")
        .stdout;
    project.write("key.pem", std::str::from_utf8(&pem).expect("PEM"));
    let public = Command::new("openssl")
        .current_dir(project.path())
        .args(["pkey", "-in", "key.pem", "-pubout"])
        .output()
        .expect("openssl")
        .stdout;
    let body = json!({
        "clientId": "com.example", "teamId": "1234567890", "keyId": "ABCDEFGHIJ", "duration": 3600,
        "privateKey": project.read("key.pem"),
    });
    let secret = root.post("/api/settings/apple/generate-client-secret", body).ok()["secret"].clone();
    let secret = secret.as_str().expect("a text");
    let header = URL_SAFE_NO_PAD.decode(secret.split('.').next().expect("a header")).expect("base64");
    let header: Json = serde_json::from_slice(&header).expect("JSON");
    assert_eq!(header, json!({ "alg": "ES256", "kid": "ABCDEFGHIJ", "typ": "JWT" }));
    let key = jsonwebtoken::DecodingKey::from_ec_pem(&public).expect("a key");
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_audience(&["https://appleid.apple.com"]);
    let claims = jsonwebtoken::decode::<Json>(secret, &key, &validation).expect("a valid token").claims;
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!("1234567890"), &json!("com.example")));
    assert_eq!(claims["exp"].as_i64().unwrap_or_default() - claims["iat"].as_i64().unwrap_or_default(), 3600);
    let bad = json!({
        "clientId": "c", "teamId": "1234567890", "keyId": "ABCDEFGHIJ", "duration": 1,
        "privateKey": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    });
    let refused = root.post("/api/settings/apple/generate-client-secret", bad).is(400).json();
    let message = refused["message"].as_str().expect("a message");
    assert!(message.starts_with("Failed to generate client secret. Raw error: "), "{message}");
}

#[test]
fn the_official_sdk_logs_in_through_a_real_openid_provider() {
    let (_project, server, root_client) = Project::bare();
    let app = "http://127.0.0.1:1/callback";
    let redirect = format!("{}/api/oauth2-redirect", server.url());
    let oidc = Provider::run("oidc.mjs", &[app, &redirect]);
    let provider = |name: &str, client: &str, user_info: &str| {
        json!({
            "name": name, "clientId": client, "clientSecret": "s&cret/1 of the client",
            "authURL": format!("{}/auth", oidc.url), "tokenURL": format!("{}/token", oidc.url), "userInfoURL": user_info,
        })
    };
    let user_info = format!("{}/me", oidc.url);
    let mut by_token = provider("oidc2", "posting", "");
    by_token["extra"] = json!({ "issuers": [oidc.url], "jwksURL": format!("{}/jwks", oidc.url) });
    let discovered = json!({
        "name": "oidc3", "clientId": "client", "clientSecret": "s&cret/1 of the client",
        "extra": { "issuerURL": oidc.url },
    });
    let providers = [provider("oidc", "client", &user_info), by_token, discovered];
    let oauth2 =
        json!({ "enabled": true, "providers": providers, "mappedFields": { "name": "name", "avatarURL": "avatar" } });
    root_client.patch("/api/collections/users", json!({ "oauth2": oauth2 })).ok();
    let output = Command::new("node")
        .current_dir(root().join("tests/sdk"))
        .args(["--test", "oauth2.mjs"])
        .env("PBR_URL", server.url())
        .env("APP_REDIRECT", app)
        .output()
        .expect("node");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("# fail 0") && text.contains("# skipped 0"), "{text}");
}

//! `pbr records`.

use crate::support::{Project, Server};
use serde_json::{Value as Json, json};

/// The template `blog`, seeded, with a superuser.
fn blog() -> Project {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    project
}

fn line(text: &str) -> Json {
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    serde_json::from_str(text).expect("a record")
}

/// Runs the same commands against the directory and against a server.
fn everywhere(mut session: impl FnMut(&Project, &dyn Fn(&str) -> String)) {
    let project = blog();
    session(&project, &|arguments| format!("records {arguments}"));
    let project = blog();
    let token = project.pbr("token issue root@example.com").succeeds().stdout();
    let server: Server = project.serve();
    let url = server.url().to_owned();
    session(&project, &|arguments| format!("records {arguments} --url {url} --token {}", token.trim()));
}

#[test]
fn a_record_is_created_shown_changed_listed_and_deleted() {
    everywhere(|project, at| {
        let created = project.pbr(&at("create tags name=Zebra slug=zebra")).succeeds();
        let tag = line(&created.stdout());
        let id = tag["id"].as_str().expect("an id");
        assert_eq!((&tag["name"], &tag["collectionName"]), (&json!("Zebra"), &json!("tags")));
        let shown = project.pbr(&at(&format!("get tags {id} --fields id,slug"))).succeeds().stdout();
        assert_eq!(line(&shown), json!({ "id": id, "slug": "zebra" }));
        let changed = project.pbr(&at(&format!("update tags {id} name:=\"Okapi\" --json"))).succeeds().json();
        assert_eq!((&changed["ok"], &changed["record"]["name"]), (&json!(true), &json!("Okapi")));
        let input = project.pbr_with_input(&at(&format!("update tags {id} -")), "{\"name\": \"Gnu\"}").succeeds();
        assert_eq!(line(&input.stdout())["name"], "Gnu");

        let arguments = at("list tags --sort -name --per-page 2 --fields name --filter");
        let mut arguments: Vec<&str> = arguments.split(' ').collect();
        let filter = arguments.iter().position(|argument| *argument == "--filter").expect("the flag");
        arguments.insert(filter + 1, "name != 'Gnu'");
        let run = project.pbr_args(&arguments).succeeds();
        let names: Vec<Json> = run.stdout().lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
        assert_eq!(names.len(), 2, "a record a line");
        assert!(names[0]["name"].as_str() > names[1]["name"].as_str(), "{names:?}");
        let page = project.pbr(&at("list tags --per-page 1 --page 2 --json")).succeeds().json();
        assert_eq!((&page["ok"], &page["page"], &page["perPage"]), (&json!(true), &json!(2), &json!(1)), "{page}");
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1));

        project.pbr(&at(&format!("delete tags {id}"))).succeeds().stdout_contains(id);
        project.pbr(&at(&format!("get tags {id}"))).exits(2).stderr_contains("wasn't found");
        project.pbr(&at(&format!("delete tags {id}"))).exits(2).stderr_contains("PBR-RECORDS-0001");
    });
}

#[test]
fn files_relations_and_modifiers_are_written_as_the_api_takes_them() {
    everywhere(|project, at| {
        let png = project.read_bytes("seeds/assets/cover.png");
        let user = line(&project.pbr(&at("list users --per-page 1")).succeeds().stdout());
        let author = user["id"].as_str().expect("an id");
        let tags = project.pbr(&at("list tags --per-page 2")).succeeds().stdout();
        let tags: Vec<String> = tags.lines().map(|tag| line(tag)["id"].as_str().expect("an id").to_owned()).collect();
        let command = format!(
            "create posts title=One slug=one status=draft author={author} tags={} tags={} cover@seeds/assets/cover.png --expand author",
            tags[0], tags[1]
        );
        let post = line(&project.pbr(&at(&command)).succeeds().stdout());
        assert_eq!(post["tags"], json!(tags));
        assert_eq!(post["expand"]["author"]["id"], *author);
        let (collection, id) = (post["collectionId"].as_str().expect("an id"), post["id"].as_str().expect("an id"));
        let name = post["cover"].as_str().expect("a name");
        assert_eq!(project.read_bytes(&format!("pb_data/storage/{collection}/{id}/{name}")), png);
        let less = line(&project.pbr(&at(&format!("update posts {id} tags-={} cover=", tags[0]))).succeeds().stdout());
        assert_eq!((&less["tags"], &less["cover"]), (&json!([tags[1]]), &json!("")));
    });
}

#[test]
fn a_value_for_no_field_is_a_mistake() {
    let project = blog();
    let create = |values: &str| project.pbr(&format!("records create tags name=x slug=x {values}"));
    create("colour=red").exits(2).stderr_contains("`tags` has no field `colour`");
    create("slag=y").exits(2).stderr_contains("did you mean `slug`?");
    create("x@README.md").exits(2).stderr_contains("no field `x`");
    assert_eq!(project.pbr("records list tags --filter slug='x' --json").succeeds().json()["totalItems"], 0);
}

#[test]
fn a_refusal_names_the_fields_and_mistakes_are_usage_errors() {
    everywhere(|project, at| {
        let run = project.pbr(&at("create tags slug=x --json")).exits(2).json();
        let error = &run["error"];
        assert_eq!((&error["code"], &error["meta"]["status"]), (&json!("PBR-RECORDS-0001"), &json!(400)), "{run}");
        assert_eq!(error["meta"]["data"]["name"]["code"], "validation_required", "{run}");
        project.pbr(&at("create tags slug=x")).exits(2).stderr_contains("`name`: Cannot be blank.");
        project.pbr(&at("create tags slug")).exits(2).stderr_contains("field=text, field:=JSON or field@file");
        project.pbr(&at("create tags cover@gone.png")).exits(1).stderr_contains("gone.png");
        project.pbr(&at("update tags abc")).exits(2);
        project.pbr(&at("list tags --page 0")).exits(2);
    });
    let project = blog();
    project.pbr("records list tgas").exits(2).stderr_contains("did you mean `tags`?");
    project.pbr("records list tags --filter nothing=1").exits(2).stderr_contains("makes no sense");
    project.pbr("records list tags --url http://127.0.0.1:1").exits(1).stderr_contains("http://127.0.0.1:1");
    project.pbr("records list tags --token x").exits(2);
    let server = project.serve();
    let run = project.pbr(&format!("records create tags name=A slug=aa --url {}", server.url())).exits(2);
    run.stderr_contains("pbr token issue");
    // A guest's answer does not pass for the whole.
    project.pbr("token revoke alice@example.com --collection users").succeeds();
    let revoked = project.pbr("token issue alice@example.com --collection users").succeeds().stdout();
    project.pbr("token revoke alice@example.com --collection users").succeeds();
    for token in ["x", "eyJhbGciOiJIUzI1NiJ9.e30.x", revoked.trim()] {
        let run = project.pbr(&format!("records list posts --url {} --token {token}", server.url())).exits(2);
        run.stderr_contains("does not accept the token").stderr_contains("pbr token issue");
    }
}

#[test]
fn of_several_deletions_the_one_that_fails_is_named_with_those_before_it() {
    everywhere(|project, at| {
        let ids: Vec<String> = ["aaa", "bbb"]
            .map(|slug| line(&project.pbr(&at(&format!("create tags name={slug} slug={slug}"))).succeeds().stdout()))
            .map(|tag| tag["id"].as_str().expect("an id").to_owned())
            .into();
        let [first, second] = &ids[..] else { unreachable!() };
        let run = project.pbr(&at(&format!("delete tags {first} {first} missing00000000 {second}"))).exits(2);
        run.stderr_contains("`missing00000000`: ").stderr_contains(&format!("done before it: {first}\n"));
        project.pbr(&at(&format!("get tags {second}"))).succeeds();
    });
}

#[test]
fn the_rules_of_an_account_hold_for_whoever_acts_as_it() {
    let project = blog();
    let all = project.pbr("records list posts --json").succeeds().json();
    let guest = project.pbr("records list posts --json --as guest").succeeds().json();
    assert!(guest["totalItems"].as_i64() < all["totalItems"].as_i64(), "drafts are for their authors");
    project.pbr("records create tags name=A slug=aa --as guest").exits(2);
    for account in ["alice@example.com", "alice@example.com@users"] {
        let own = project.pbr(&format!("records list posts --json --as {account}")).succeeds().json();
        assert!(own["totalItems"].as_i64() >= guest["totalItems"].as_i64(), "{own}");
    }
    project
        .pbr("records list posts --as nobody@example.com")
        .exits(2)
        .stderr_contains("there is no account")
        .stderr_contains("pbr records list users");
    project.pbr("records list posts --as root@example.com@_superusers").succeeds();
}

#[test]
fn accounts_are_created_with_passwords_from_standard_input() {
    let project = blog();
    let input = "{\"email\": \"new@example.com\", \"password\": \"secret12345\", \"name\": \"New\"}";
    let run = project.pbr_with_input("records create users -", input).succeeds();
    assert!(!run.stdout().contains("secret12345") && !run.stdout().contains("tokenKey"), "{}", run.stdout());
    project.serve().client().login("users", "new@example.com", "secret12345");
}

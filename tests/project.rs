//! From nothing to a running backend, and the inner loop after that.

use crate::support::Project;
use serde_json::json;

#[test]
fn a_newcomer_has_a_seeded_blog_in_four_commands_and_sees_a_new_field_live() {
    let project = Project::empty();
    project.pbr("init --template blog --yes").succeeds().stdout_contains("pbr migrate");
    project.pbr("schema validate").succeeds().stdout_contains("4 collections are valid");
    project.pbr("migrate").succeeds().stdout_contains("applied V");
    project.pbr("seed").succeeds().stdout_contains("14 records seeded");

    let posts = "/api/collections/posts/records?filter=slug='hello-world'&expand=author";
    let server = project.serve();
    let page = server.client().get(posts).ok();
    assert_eq!(page["items"][0]["expand"]["author"]["name"], "Alice");
    assert!(page["items"][0].get("subtitle").is_none());
    assert!(server.stop().success());

    project.replace("schema/posts.yaml", "  slug:\n", "  subtitle: { type: text, max: 200 }\n  slug:\n");
    project.pbr("migrate diff --check").exits(4);
    project.pbr("migrate diff add_subtitle").succeeds();
    let server = project.serve();
    assert_eq!(server.client().get(posts).ok()["items"][0]["subtitle"], "");
}

#[test]
fn init_needs_no_terminal_and_overwrites_nothing() {
    let project = Project::empty();
    project.pbr("init app").succeeds();
    assert!(project.file("app/pbr.yaml").exists() && project.file("app/migrations/pbr.sum").exists());
    project.pbr("init app").exits(2).stderr_contains("already is a project");

    let occupied = Project::empty();
    occupied.write("README.md", "mine");
    occupied.pbr("init").exits(2).stderr_contains("README.md is in the way");
    assert_eq!(occupied.read("README.md"), "mine");
    assert!(!occupied.file("pbr.yaml").exists());
}

#[test]
fn init_suggests_the_template_that_was_meant() {
    let project = Project::empty();
    project.pbr("init --template blgo").exits(2).stderr_contains("did you mean `blog`?");
    project.pbr_args(&["init", "--name", "a\"b"]).exits(2).stderr_contains("quotes");
}

#[test]
fn init_speaks_json() {
    let project = Project::empty();
    let made = project.pbr("init --template blog --json").succeeds().json();
    assert_eq!((&made["ok"], &made["template"]), (&json!(true), &json!("blog")));
    let files = made["files"].as_array().expect("a list");
    assert!(files.contains(&json!("schema/posts.yaml")) && files.contains(&json!(".gitignore")), "{files:?}");
}

#[test]
fn what_init_writes_is_formatted_and_passes_the_checks_of_its_own_workflow() {
    for template in ["blank", "blog", "chat", "saas", "todo"] {
        let project = Project::from_template(template);
        for check in ["schema validate", "schema fmt --check", "migrate check", "migrate diff --check"] {
            project.pbr(check).succeeds();
        }
    }
}

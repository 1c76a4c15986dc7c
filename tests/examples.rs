//! Every project of `schema-examples/` validates, migrates, seeds and serves.

use crate::support::{Project, root};

fn examples() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("schema-examples")).expect("the examples");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_example_validates_migrates_seeds_and_serves() {
    let names = examples();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        let project = Project::from_example(&name);
        let validated = project.pbr("schema validate --json").succeeds().json();
        project.pbr("schema fmt --check").succeeds();
        project.pbr("migrate diff init").succeeds();
        project.pbr("migrate").succeeds();
        project.pbr("migrate diff --check").succeeds();
        project.pbr("seed").succeeds();
        let again = project.pbr("seed --json --force").succeeds().json();
        for (collection, counts) in again["collections"].as_object().expect("collections") {
            assert_eq!((&counts["created"], &counts["updated"]), (&0.into(), &0.into()), "{name}: {collection}");
        }

        project.pbr("superuser create root@example.com secret12345").succeeds();
        let server = project.serve();
        let root = server.client().login("_superusers", "root@example.com", "secret12345");
        for collection in validated["collections"].as_array().expect("collections") {
            let collection = collection.as_str().expect("a name");
            let page = root.get(&format!("/api/collections/{collection}/records")).ok();
            assert!(page["items"].is_array(), "{name}: {collection}");
        }
    }
}

/// The YAML of the documentation, as a project would have it: `pbr.yaml` or a collection. Seeds are tried where seeds are.
#[test]
fn the_yaml_of_the_documentation_is_valid() {
    let mut files = vec![root().join("README.md")];
    files.extend(std::fs::read_dir(root().join("docs")).expect("docs").map(|entry| entry.expect("an entry").path()));
    let mut tried = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        let text = std::fs::read_to_string(file).expect("a page");
        for snippet in text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let has = |key: &str| snippet.lines().any(|line| line.starts_with(key));
            if has("records:") || has("generate:") {
                continue;
            }
            let project = Project::from_template("blank");
            if has("settings:") || has("server:") {
                project.write("pbr.yaml", &format!("version: 1\nname: docs\n{snippet}"));
                project.pbr("config list").succeeds();
            } else {
                let name = snippet.lines().find_map(|line| line.strip_prefix("collection: ")).unwrap_or("snippet");
                project.write(&format!("schema/{}.yaml", name.trim()), snippet);
                project.pbr("schema validate").succeeds();
            }
            tried += 1;
        }
    }
    assert!(tried >= 5, "{tried}");
}

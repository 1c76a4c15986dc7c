//! Mistakes in schema files: each told once, at its place, with what to write instead.

use crate::support::Project;

/// Each mistake once, however many others lean on what it breaks.
#[test]
fn one_mistake_is_one_error() {
    let project = Project::from_template("blog");
    let view = |name: &str, query: &str| {
        format!("version: 1\ncollection: {name}\ntype: view\nquery: {query}\nrules:\n  list: price > 1\n")
    };
    project.write("schema/a_stats2.yaml", &view("a_stats2", "SELECT s.id, s.price FROM stats s"));
    project.write("schema/stats.yaml", &view("stats", "SELECT p.id, p.price FROM posts p"));
    let posts = project.read("schema/posts.yaml");
    let errors = || -> Vec<String> {
        let error = project.pbr("schema validate --json").exits(9).json();
        let list = error["error"]["meta"]["errors"].as_array().expect("a list").clone();
        list.iter().map(|error| error.to_string()).collect()
    };
    let found = errors();
    assert!(found.len() == 1 && found[0].contains("schema/stats.yaml"), "{found:#?}");
    for broken in [
        posts.replace("fields:\n", "fields: [\n"),
        posts.replace("collection: users", "collection: usres"),
        posts.replace("author: { type: relation", "author: { type: relatoin"),
    ] {
        project.write("schema/posts.yaml", &broken);
        let found: Vec<String> = errors().into_iter().filter(|error| !error.contains("schema/stats.yaml")).collect();
        assert!(found.len() == 1 && found[0].contains("schema/posts.yaml"), "{found:#?}");
    }
}

#[test]
fn an_error_of_the_schema_points_at_the_word_and_says_what_to_write() {
    let project = Project::from_template("blog");
    let posts = project.read("schema/posts.yaml");
    let delete = "  delete: author = @request.auth.id\n";
    let told = |from: &str, to: &str, column: usize, words: &[&str]| {
        assert!(posts.contains(from));
        project.write("schema/posts.yaml", &posts.replace(from, to));
        let error = project.pbr("schema validate --json").exits(9).json();
        let first = &error["error"]["meta"]["errors"][0];
        assert_eq!(first["where"]["column"].as_u64(), Some(column as u64), "{first}");
        let text = first.to_string();
        assert!(words.iter().all(|word| text.contains(word)), "{words:?} in {text}");
    };
    told(delete, "  delete: title = 'or' || autor = @request.auth.id\n", 27, &["did you mean `author`?"]);
    told(delete, "  delete: author.nmae = 'x'\n", 11, &["did you mean `name`?"]);
    told(delete, "  delete: author == @request.auth.id\n", 18, &["write `=`"]);
    told(delete, "  delete: title = 'or' or author = @request.auth.id\n", 24, &["write `||`"]);
    told(delete, "  delete: title = 'a' and author = @request.auth.id\n", 23, &["write `&&`"]);
    told(delete, "  delete: true\n", 11, &["write `public` for everyone"]);
    told("  slug:\n", "  sl-ug:\n", 3, &["letters, digits and underscores", "write for example `sl_ug`"]);
    told("  body:", "  expand:", 3, &["it is reserved", "collectionName"]);
    project.write("schema/posts.yaml", &posts);
    for query in ["SELEC id FROM posts", "DELETE FROM posts"] {
        project.write("schema/v.yaml", &format!("version: 1\ncollection: v\ntype: view\nquery: {query}\n"));
        project.pbr("schema validate").exits(9).stderr_contains("it is no SELECT statement");
    }
}

#[test]
fn a_decision_with_a_wrong_name_is_answered_with_the_right_one() {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project.replace("schema/posts.yaml", "  body:", "  content:");
    let open = project.pbr("migrate diff text_of_posts").exits(5);
    open.stderr_contains("pbr migrate diff text_of_posts --rename posts.body=posts.content");
    let wrong = project.pbr("migrate diff --rename posts.body=posts.conten").exits(2);
    wrong.stderr_contains("the schema files have no `posts.conten`; did you mean `posts.content`?");
    let wrong = project.pbr("migrate diff --rename posts.bodi=posts.content").exits(2);
    wrong.stderr_contains("no such field of that type; did you mean `posts.body`?");
}

#[test]
fn a_rename_from_what_no_migration_has_is_an_error_at_its_place() {
    let project = Project::from_template("blank");
    let notes = "version: 1\ncollection: notes\nfields:\n  teaser: text\n";
    project.write("schema/notes.yaml", notes);
    project.pbr("migrate diff notes").succeeds();
    project.replace("schema/notes.yaml", "  teaser: text", "  summary: { type: text, renamedFrom: teaser2 }");
    let run = project.pbr("migrate diff").exits(9);
    run.stderr_contains("schema/notes.yaml:4:").stderr_contains("`teaser2`").stderr_contains("did you mean `teaser`?");
    project.replace("schema/notes.yaml", "teaser2", "teaser");
    project.pbr("migrate diff").succeeds();
    // It is done; what it was called before is no question any more.
    project.pbr("migrate diff --check").succeeds();
    project.replace("schema/notes.yaml", "renamedFrom: teaser", "renamedFrom: teaser2");
    project.pbr("migrate diff --check").succeeds();
    // One that a migration has renamed since is asked about.
    project.replace("schema/notes.yaml", "summary:", "abstract:").replace("schema/notes.yaml", "teaser2", "teaser");
    project.pbr("migrate diff").exits(5).stderr_contains("--rename notes.summary=notes.abstract");

    project
        .write("schema/notes.yaml", &notes.replace("teaser", "summary").replace("notes", "papers\nrenamedFrom: nots"));
    let run = project.pbr("migrate diff").exits(9);
    run.stderr_contains("no collection `nots`").stderr_contains("did you mean `notes`?");
    // Migrations that are begun anew know nothing of former names.
    begin_anew(&project);
    project.pbr("migrate diff").succeeds();
}

fn begin_anew(project: &Project) {
    for name in project.list("migrations") {
        std::fs::remove_file(project.file(&format!("migrations/{name}"))).expect("a file that goes");
    }
}

#[test]
fn migrations_that_are_begun_anew_know_no_former_names_though_users_are_always_there() {
    let project = Project::from_template("blank");
    project.write("schema/papers.yaml", "version: 1\ncollection: papers\nrenamedFrom: notes\nfields:\n  title: text\n");
    project.replace("schema/users.yaml", "fields:\n", "fields:\n  nick: { type: text, renamedFrom: nickname }\n");
    begin_anew(&project);
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate diff --check").succeeds();

    std::fs::remove_file(project.file("schema/users.yaml")).expect("a file that goes");
    begin_anew(&project);
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

#[test]
fn what_was_renamed_under_a_former_name_of_the_collection_is_known() {
    let project = Project::from_template("blank");
    let notes = "version: 1\ncollection: notes\nfields:\n  teaser: text\n  a: text\n  b: text\n";
    project.write("schema/notes.yaml", notes);
    project.pbr("migrate diff notes").succeeds();
    let swapped = "  summary: { type: text, renamedFrom: teaser }\n  a: { type: text, renamedFrom: b }\n  \
                   b: { type: text, renamedFrom: a }\n";
    project.write("schema/notes.yaml", &format!("version: 1\ncollection: notes\nfields:\n{swapped}"));
    project.pbr("migrate diff fields").succeeds();
    std::fs::remove_file(project.file("schema/notes.yaml")).expect("a file that goes");
    project.write(
        "schema/papers.yaml",
        &format!("version: 1\ncollection: papers\nrenamedFrom: notes\nfields:\n{swapped}"),
    );
    project.pbr("migrate diff papers").succeeds().stdout_contains("rename collection notes to papers");
    // The swap is not made once more.
    project.pbr("migrate diff --check").succeeds();
    project.replace("schema/papers.yaml", "summary:", "abstract:");
    project.pbr("migrate diff").exits(5).stderr_contains("--rename papers.summary=papers.abstract");
    project.pbr("migrate diff --rename papers.summary=papers.abstract").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

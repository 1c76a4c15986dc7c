use super::*;
use crate::diagnostic::Diagnostic;
use crate::schema::{Catalog, Collection, FieldKind, Rules};

fn accept(_: &Catalog, _: &Collection, _: &str) -> Result<(), String> {
    Ok(())
}

fn project(files: &[(&str, &str)]) -> Result<Project, Vec<Diagnostic>> {
    let files: Vec<_> = files.iter().map(|(name, text)| (format!("schema/{name}.yaml"), (*text).to_owned())).collect();
    parse_project(&files, &accept)
}

fn rendered(files: &[(&str, &str)]) -> String {
    let errors = project(files).expect_err("the files have errors");
    errors.iter().map(|error| error.render(false)).collect::<Vec<_>>().join("\n\n")
}

const USERS: &str = "collection: users\nid: _pb_users_auth_\ntype: auth\n";
const TAGS: &str = "collection: tags\nfields:\n  name: { type: text, required: true }\n";
const POSTS: &str = r#"
version: 1
collection: posts
description: Articles
fields:
  title:
    type: text
    required: true
    max: 200
    presentable: true
  slug:
    type: text
    required: true
    pattern: ^[a-z0-9-]+$
    renamedFrom: permalink
  body: editor
  status:
    type: select
    values: [draft, review, published]
  author:
    type: relation
    collection: users
    required: true
    maxSelect: 1
  tags: { type: relation, collection: tags, maxSelect: 20 }
  cover:
    type: file
    maxSelect: 1
    maxSize: 5MiB
    mimeTypes: [image/png, image/jpeg]
    thumbs: [100x100, 0x300]
  views: { type: number, onlyInt: true, min: 0 }
  created: { type: autodate, onCreate: true }
indexes:
  - unique: [slug]
  - fields: [status, created desc]
    where: status = 'published'
  - sql: CREATE INDEX idx_posts_lower ON posts (lower(title))
rules:
  list: status = "published" || author = @request.auth.id
  view: public
  create: '@request.auth.id != ""'
  delete: locked
x-seed: { key: slug }
"#;

#[test]
fn the_example_of_the_manual_parses() {
    let project = project(&[("posts", POSTS), ("users", USERS), ("tags", TAGS)]).unwrap();
    let file = project.file("Posts").unwrap();
    let posts = &file.collection;
    assert_eq!(posts.id, crate::schema::collection_id("base", "posts"));
    assert_eq!(posts.fields[0].name, "id");
    assert_eq!(posts.fields[1].name, "title");
    let FieldKind::Relation(author) = &posts.field("author").unwrap().kind else { panic!("not a relation") };
    assert_eq!(author.collection_id, "_pb_users_auth_");
    let FieldKind::File(cover) = &posts.field("cover").unwrap().kind else { panic!("not a file") };
    assert_eq!(cover.max_size, 5 << 20);
    assert_eq!(
        posts.indexes,
        [
            "CREATE UNIQUE INDEX `idx_posts_slug` ON `posts` (`slug`)",
            "CREATE INDEX `idx_posts_status_created` ON `posts` (\n  `status`,\n  `created` DESC\n) WHERE status = 'published'",
            "CREATE INDEX idx_posts_lower ON posts (lower(title))",
        ]
    );
    let expected = Rules {
        list: Some("status = \"published\" || author = @request.auth.id".into()),
        view: Some(String::new()),
        create: Some("@request.auth.id != \"\"".into()),
        ..Rules::default()
    };
    assert_eq!(posts.rules, expected);
    assert_eq!(file.field_renames["slug"], "permalink");
    assert_eq!(file.seed_key.as_deref(), Some("slug"));
}

#[test]
fn a_users_file_that_lists_the_default_fields_is_the_default_collection() {
    let text = r#"
collection: users
id: _pb_users_auth_
type: auth
fields:
  name: { type: text, max: 255 }
  avatar:
    type: file
    maxSelect: 1
    mimeTypes: [image/jpeg, image/png, image/svg+xml, image/gif, image/webp]
  created: { type: autodate, onCreate: true }
  updated: { type: autodate, onCreate: true, onUpdate: true }
rules:
  list: id = @request.auth.id
  view: id = @request.auth.id
  create: public
  update: id = @request.auth.id
  delete: id = @request.auth.id
auth:
  oauth2: { mappedFields: { name: name, avatarURL: avatar } }
"#;
    let project = project(&[("users", text)]).unwrap();
    let mut users = project.files[0].collection.clone();
    let mut default = crate::schema::system::users();
    for collection in [&mut users, &mut default] {
        collection.auth_mut().unwrap().tokens_mut().into_iter().for_each(|token| token.secret.clear());
    }
    assert_eq!(users, default);
}

#[test]
fn auth_options_have_units_and_placeholders() {
    let text = "collection: members\ntype: auth\nauth:\n  authToken: { duration: 5d }\n  otp: { enabled: true, length: 6 }\n  oauth2:\n    enabled: true\n    providers:\n      - { name: github, clientId: abc, clientSecret: '${env:GITHUB_SECRET}', pkce: true }\nrules:\n  auth: verified = true\n  manage: null\n";
    let project = project(&[("members", text)]).unwrap();
    let options = project.files[0].collection.auth().unwrap();
    assert_eq!(options.auth_token.duration, 432_000);
    assert_eq!((options.otp.length, options.otp.duration), (6, 180));
    assert_eq!(options.oauth2.providers[0].client_secret, "${env:GITHUB_SECRET}");
    assert_eq!(options.auth_rule.as_deref(), Some("verified = true"));
    assert_eq!(options.manage_rule, None);
}

#[test]
fn views_get_their_fields_from_the_query() {
    let recent = "collection: recent\ntype: view\nquery: |\n  SELECT t.id, t.title, u.email AS who FROM titles t JOIN users u ON u.id = t.author\nrules:\n  list: public\n";
    let titles = "collection: titles\ntype: view\nquery: SELECT id, title, author FROM posts\n";
    let project =
        project(&[("recent", recent), ("titles", titles), ("posts", POSTS), ("users", USERS), ("tags", TAGS)]).unwrap();
    let kinds: Vec<_> =
        project.files[0].collection.fields.iter().map(|field| (field.name.as_str(), field.kind.name())).collect();
    assert_eq!(kinds, [("id", "text"), ("title", "text"), ("who", "email")]);
}

#[test]
fn all_errors_of_all_files_are_reported() {
    let posts = "collection: posts\ntyp: base\nfields:\n  title:\n    type: tekst\n  body:\n    type: text\n    maxx: 200\n    min: many\n  cover: { type: file, maxSize: 5 potatoes }\n  author: { type: relation, collection: userz }\n  created: { type: autodate }\n  created: bool\nindexes:\n  - unique: [nope\n";
    let posts =
        posts.trim_end_matches('\n').to_owned() + "]\n  - colums: [body]\nrules:\n  lst: public\nx-audit: true\n";
    let members = "collection: members\ntype: auth\nauth:\n  passwordAuth: { enabled: yes }\n  authToken: { secret: abcdef, duration: 5x }\n  mfa: { enabled: true }\nquery: SELECT 1\n";
    insta::assert_snapshot!(rendered(&[("posts", &posts), ("members", members), ("users", USERS)]));
}

#[test]
fn malformed_yaml_has_a_place() {
    for (name, text) in [
        ("tab", "collection: a\nfields:\n\ttitle: text\n"),
        ("at", "collection: a\nrules:\n  list: @request.auth.id != ''\n"),
        ("open", "collection: a\nfields: [\n"),
        ("documents", "collection: a\n---\ncollection: b\n"),
        ("tag", "collection: !secret a\n"),
        ("include", "include: other.yaml\ncollection: a\n"),
        ("merge", "base: &b {type: text}\ncollection: a\nfields:\n  t:\n    <<: *b\n"),
        ("list", "- a\n- b\n"),
        ("empty", "# nothing\n"),
        ("system", "collection: _superusers\ntype: auth\n"),
    ] {
        insta::assert_snapshot!(format!("malformed_{name}"), rendered(&[(name, text)]));
    }
}

#[test]
fn aliases_have_a_budget() {
    let mut text = String::from("collection: a\nx-seed: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        text += &format!("x-b{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", "));
    }
    let errors = project(&[("bomb", &text)]).unwrap_err();
    assert!(errors.iter().any(|error| error.code == crate::diagnostic::code::TOO_LARGE));
}

#[test]
fn anchors_are_expanded() {
    let text = "collection: a\nfields:\n  one: &t { type: text, max: 5 }\n  two: *t\n";
    let project = project(&[("a", text)]).unwrap();
    assert_eq!(project.files[0].collection.fields[2].kind, project.files[0].collection.fields[1].kind);
}

#[test]
fn semantic_errors_point_at_the_file() {
    let text = "collection: a\nfields:\n  s: { type: text, min: 5, max: 2 }\n  n_via_x: bool\n  k: { type: text, pattern: '[' }\nindexes:\n  - unique: [s]\n  - unique: [s]\n    name: other\nrules:\n  list: broken\n";
    let files = [("schema/a.yaml".to_owned(), text.to_owned())];
    let refuse = |_: &Catalog, _: &Collection, rule: &str| Err(format!("unknown field \"{rule}\""));
    let errors = parse_project(&files, &refuse).unwrap_err();
    insta::assert_snapshot!(errors.iter().map(|error| error.render(false)).collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn any_text_is_read_without_panicking() {
    for text in [
        "",
        "\u{feff}",
        "{",
        "a: *a",
        "&a [*a]",
        "? [a]\n: b",
        "collection: \"\\ud800\"",
        "\0",
        "a:\n - b\n  c",
        "%YAML 1.2\n---\na: b",
    ] {
        let _ = project(&[("x", text)]);
        let _ = format("x", text);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 400, ..Default::default() })]

    #[test]
    fn broken_files_are_reported_and_formatting_keeps_the_meaning(
        edits in proptest::collection::vec((0usize..1000, "[ \\-:\\[{}&*!|>'\"%@#a\n\t,é]{0,3}", 0usize..4), 0..4),
    ) {
        let mut text: Vec<char> = POSTS.chars().collect();
        for (at, insert, remove) in edits {
            let at = at % text.len();
            let end = (at + remove).min(text.len());
            text.splice(at..end, insert.chars());
        }
        let text: String = text.into_iter().collect();
        match project(&[("posts", &text), ("users", USERS), ("tags", TAGS)]) {
            Ok(_) => {}
            Err(errors) => {
                proptest::prop_assert!(!errors.is_empty());
                for error in errors {
                    proptest::prop_assert!(error.place().is_some(), "{error:?}");
                    error.render(false);
                }
            }
        }
        if let Ok(formatted) = format("posts.yaml", &text) {
            let tree = |text: &str| node::parse(&crate::diagnostic::Source::new("x", text), &mut Vec::new());
            let (before, after) = (tree(&text.replace("\r\n", "\n")).unwrap(), tree(&formatted).unwrap());
            proptest::prop_assert!(before.same_content(&after));
            let again = format("posts.yaml", &formatted);
            proptest::prop_assert_eq!(again.as_ref(), Ok(&formatted));
        }
    }
}

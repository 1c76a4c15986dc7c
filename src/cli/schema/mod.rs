//! `pbr schema`: checking, formatting and showing the schema files. No database.

mod graph;
mod transfer;

use super::error::files as unreadable;
use super::{CliError, CliResult, Context, editor};
use crate::diagnostic::code;
use crate::migrate::write_whole;
use crate::project::{FilesError, Workspace, parse_schema};
use crate::schema::hash::schema_hash;
use crate::schema::yaml::{CollectionFile, Project, format, without_entries};
use crate::schema::{Collection, FieldKind, json_schema};
use crate::text_file;
use clap::ValueEnum;
use serde_json::json;
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;

/// Check, format and show the schema
#[derive(clap::Args)]
#[command(after_long_help = "Examples:\n  pbr schema validate\n  pbr schema show posts")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Check all schema files
    #[command(
        after_long_help = "Examples:\n  pbr schema validate\n  pbr schema validate --json | jq .error.meta.errors"
    )]
    Validate,

    /// Format schema files; comments and order stay
    #[command(
        after_long_help = "Examples:\n  pbr schema fmt\n  pbr schema fmt --check\n  pbr schema fmt schema/posts.yaml"
    )]
    Fmt {
        /// Files; all schema files when absent
        files: Vec<PathBuf>,

        /// Change nothing; exit 4 when a file would change
        #[arg(long)]
        check: bool,
    },

    /// Show collections, fields and rules
    #[command(after_long_help = "Examples:\n  pbr schema show\n  pbr schema show posts\n  pbr schema show --json")]
    Show {
        /// Only this collection
        #[arg(add = super::complete::collections())]
        collection: Option<String>,
    },

    /// Show which collection points to which
    #[command(
        after_long_help = "Examples:\n  pbr schema graph\n  pbr schema graph --format mermaid > schema.mmd\n  pbr schema graph --format dot | dot -Tsvg > schema.svg"
    )]
    Graph {
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: graph::Format,
    },

    /// Write collections that PocketBase exported into the schema files
    #[command(
        after_long_help = "Examples:\n  pbr schema import pb_schema.json\n  curl -s -H \"Authorization: $TOKEN\" http://127.0.0.1:8090/api/collections | jq .items | pbr schema import -"
    )]
    Import(transfer::Import),

    /// Print the collections in the form that PocketBase imports
    #[command(
        after_long_help = "Examples:\n  pbr schema export > pb_schema.json\n  pbr schema export --out pb_schema.json"
    )]
    Export(transfer::Export),

    /// Print the JSON Schema of a file, for editors
    #[command(
        after_long_help = "Examples:\n  mkdir -p .pbr && pbr schema json-schema > .pbr/collection.schema.json\n  pbr schema json-schema project"
    )]
    JsonSchema {
        #[arg(default_value = "collection")]
        of: SchemaOf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum SchemaOf {
    /// schema/*.yaml
    Collection,
    /// pbr.yaml
    Project,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    match args.command {
        Command::Validate => validate(context),
        Command::Fmt { files, check } => fmt(context, files, check),
        Command::Show { collection } => show(context, collection.as_deref()),
        Command::Graph { format } => graph::run(context, format),
        Command::Import(args) => transfer::import(context, &args),
        Command::Export(args) => transfer::export(context, &args),
        Command::JsonSchema { of } => {
            let schema = match of {
                SchemaOf::Collection => json_schema::collection_file(),
                SchemaOf::Project => json_schema::project_file(crate::project::server::json_schema()),
            };
            if context.global.json() {
                return context.output().done(json!({ "schema": schema }), String::new);
            }
            super::print(&serde_json::to_string_pretty(&schema).expect("a schema is plain data"))
        }
    }
}

pub use transfer::read as read_export;

/// Reads and checks the schema of a project.
///
/// # Errors
/// Exit 9 with every error of every file.
pub fn load(workspace: &Workspace) -> CliResult<Project> {
    let dir = workspace.path(&workspace.config.dirs.schema);
    let files = workspace.schema_files().map_err(|error| match error {
        FilesError::Folder { error, .. } if error.kind() == std::io::ErrorKind::NotFound => {
            let message = format!("there is no schema directory {}", dir.display());
            Box::new(CliError::new(code::NO_PROJECT, 2, message))
        }
        error => unreadable("schema", error),
    })?;
    parse_schema(&files).map_err(|errors| CliError::invalid("schema", errors))
}

/// Says which files look like schema files and are not read.
pub fn note_unread(context: &Context, workspace: &Workspace) {
    for path in workspace.unread_schema_files() {
        let dir = workspace.path(&workspace.config.dirs.schema);
        let message = format!("warning: {} is not read; put it into {} itself", path.display(), dir.display());
        context.output().note(&message);
    }
}

fn validate(context: &Context) -> CliResult {
    let workspace = context.project()?;
    note_unread(context, &workspace);
    editor::write_missing(&workspace);
    let schema = load(&workspace)?;
    let (verified, hash) = std::thread::scope(|scope| {
        let hash = scope.spawn(|| schema_hash(schema.collections()));
        (crate::migrate::verify(&schema), hash.join().expect("no panic in a hash"))
    });
    verified?;
    let names: Vec<&str> = schema.collections().map(|collection| collection.name.as_str()).collect();
    let count = names.len();
    context.output().done(json!({ "collections": names, "hash": hash }), || {
        format!("{count} {} valid", if count == 1 { "collection is" } else { "collections are" })
    })
}

fn fmt(context: &Context, files: Vec<PathBuf>, check: bool) -> CliResult {
    let mut stale = HashMap::new();
    let inputs: Vec<(String, String)> = if files.is_empty() {
        let workspace = context.project()?;
        let files = workspace.schema_files().map_err(|error| unreadable("schema", error))?;
        stale = stale_renames(context, &workspace, &files);
        files
    } else {
        let read = |path: &PathBuf| -> CliResult<_> {
            let text = text_file::read(path)
                .map_err(|error| CliError::invalid("schema", vec![error.diagnostic(code::UNREADABLE)]))?;
            Ok((path.display().to_string(), text))
        };
        files.iter().map(read).collect::<CliResult<_>>()?
    };
    let (mut changed, mut errors) = (Vec::new(), Vec::new());
    for (path, text) in &inputs {
        // Places count from behind a byte order mark.
        let bare = text.trim_start_matches('\u{feff}');
        let spans = stale.remove(path).unwrap_or_default().into_iter().map(|(_, span)| span).collect();
        let cleaned = without_entries(bare, spans);
        match format(path, &cleaned) {
            Ok(formatted) if formatted != *text => changed.push((path.clone(), formatted)),
            Ok(_) => {}
            Err(mut found) => errors.append(&mut found),
        }
    }
    if !errors.is_empty() {
        return Err(CliError::invalid("schema", errors));
    }
    let names: Vec<String> = changed.iter().map(|(path, _)| path.clone()).collect();
    if check && !changed.is_empty() {
        let message = format!("{} of {} files are not formatted", changed.len(), inputs.len());
        let error = CliError::new(code::NOT_FORMATTED, 4, message);
        return Err(error.why(names.join("\n")).next("pbr schema fmt").meta("files", names).into());
    }
    for (path, formatted) in &changed {
        write_whole(path.as_ref(), formatted)?;
    }
    let total = inputs.len();
    context.output().done(json!({ "changed": names, "files": total }), || match names.as_slice() {
        [] if total == 1 => "1 file is formatted".to_owned(),
        [] => format!("{total} files are formatted"),
        _ => names.iter().map(|name| format!("formatted {name}\n")).collect(),
    })
}

/// `renamedFrom` that the migrations have answered, by file. Files with errors keep theirs.
pub fn stale_renames(
    context: &Context,
    workspace: &Workspace,
    files: &[(String, String)],
) -> HashMap<String, Vec<(String, Range<usize>)>> {
    let Ok(schema) = parse_schema(files) else { return HashMap::new() };
    let Ok((state, made)) = crate::migrate::replayed(&context.paths(workspace)) else { return HashMap::new() };
    schema.files.iter().map(|file| (file.source.path.clone(), file.answered_renames(&state, &made))).collect()
}

fn show(context: &Context, wanted: Option<&str>) -> CliResult {
    let schema = load(&context.project()?)?;
    let files: Vec<&CollectionFile> = match wanted {
        None => schema.files.iter().collect(),
        Some(name) => vec![schema.file(name).ok_or_else(|| unknown(name, &schema))?],
    };
    let collections: Vec<_> = files.iter().map(|file| file.to_json()).collect();
    let result = json!({ "version": 1, "hash": schema_hash(schema.collections()), "collections": collections });
    context.output().done(result, || files.iter().map(|file| describe(file, &schema)).collect::<Vec<_>>().join("\n"))
}

fn unknown(name: &str, schema: &Project) -> Box<CliError> {
    let mut error = CliError::new(code::USAGE, 2, format!("there is no collection `{name}`"));
    let similar = crate::diagnostic::suggestions(name, schema.collections().map(|collection| collection.name.clone()));
    error.next = similar.into_iter().map(|name| format!("pbr schema show {name}")).collect();
    error.next("pbr schema show").into()
}

fn describe(file: &CollectionFile, schema: &Project) -> String {
    let collection = &file.collection;
    let mut text = format!("{} ({})", collection.name, collection.kind.name());
    if let Some(description) = &file.description {
        text.push_str(&format!(": {description}"));
    }
    text.push('\n');
    let width = collection.fields.iter().map(|field| field.name.len()).max().unwrap_or(0);
    for field in &collection.fields {
        let mut words = vec![field.kind.name().to_owned()];
        if let FieldKind::Relation(relation) = &field.kind {
            words.push(format!("-> {}", target(&relation.collection_id, schema)));
        }
        let multiple = field.kind.as_type().is_multiple();
        let flags =
            [(multiple, "multiple"), (field.required, "required"), (field.hidden, "hidden"), (field.system, "system")];
        words.extend(flags.into_iter().filter(|(set, _)| *set).map(|(_, word)| word.to_owned()));
        text.push_str(&format!("  {:width$}  {}\n", field.name, words.join(" ")));
    }
    for (name, rule) in rules(collection) {
        let rule = match rule.as_deref() {
            None => "locked",
            Some("") => "public",
            Some(rule) => rule,
        };
        text.push_str(&format!("  rule {name:6}  {rule}\n"));
    }
    for index in &collection.indexes {
        text.push_str(&format!("  {}\n", index.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    text
}

fn target(id: &str, schema: &Project) -> String {
    schema.catalog().by_id(id).map_or_else(|| id.to_owned(), |collection| collection.name.clone())
}

fn rules(collection: &Collection) -> Vec<(&'static str, &Option<String>)> {
    let rules = &collection.rules;
    let mut all = vec![("list", &rules.list), ("view", &rules.view)];
    if !collection.is_view() {
        all.extend([("create", &rules.create), ("update", &rules.update), ("delete", &rules.delete)]);
    }
    if let Some(options) = collection.auth() {
        all.extend([("auth", &options.auth_rule), ("manage", &options.manage_rule)]);
    }
    all
}

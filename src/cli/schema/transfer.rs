//! `pbr schema import` and `export`: PocketBase's `pb_schema.json`.

use super::super::error::io;
use super::super::{CliError, CliResult, Context, print, undo};
use super::load;
use crate::diagnostic::code;
use crate::migrate::{self, Exported, MigrateError};
use crate::project::{Workspace, parse_schema};
use crate::schema::diff::{Decisions, reconcile};
use crate::schema::view::readable_order;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Import {
    /// Exported collections, or - for stdin
    file: PathBuf,

    /// Remove the files of collections that the export does not have
    #[arg(long)]
    delete_missing: bool,
}

#[derive(clap::Args)]
pub struct Export {
    /// File to write; stdout when absent
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn import(context: &Context, args: &Import) -> CliResult {
    let workspace = context.project()?;
    let collections = read(&args.file)?;
    let schema = match load(&workspace) {
        // An empty project has no folder yet.
        Err(error) if error.code == code::NO_PROJECT => Default::default(),
        schema => schema?,
    };
    let paths = context.paths(&workspace);
    let report = migrate::import(&paths, &schema, &|files| parse_schema(files), collections, args.delete_missing)?;
    let show = |paths: &[PathBuf]| -> Vec<String> { paths.iter().map(|path| path.display().to_string()).collect() };
    let (written, removed) = (show(&report.written), show(&report.removed));
    let changes: Vec<String> = report.changes.iter().map(ToString::to_string).collect();
    let result = json!({ "changes": changes, "written": written, "removed": removed, "missingEnv": report.secrets });
    context.output().done(result, || {
        let mut text: String = changes.iter().map(|change| format!("{change}\n")).collect();
        text.extend(written.iter().map(|path| format!("wrote {path}\n")));
        text.extend(removed.iter().map(|path| format!("removed {path}\n")));
        text.extend(report.secrets.iter().map(|name| format!("set {name} where migrations are applied\n")));
        match text.is_empty() {
            true => "the schema has it all already".to_owned(),
            false => {
                let files = report.written.iter().chain(&report.removed);
                let undo = undo::commands(files, &schema).map(|commands| commands.join(" && "));
                text.push_str("next: pbr migrate diff");
                text.extend(undo.map(|undo| format!("\nundo, to what is committed: {undo}")));
                text
            }
        }
    })
}

/// Reads an export: a list of collections, or an object with that list as `collections`.
///
/// # Errors
/// Exit 9 for what is no export.
pub fn read(path: &Path) -> CliResult<Vec<Exported>> {
    let text = match path == Path::new("-") {
        true => std::io::read_to_string(std::io::stdin()),
        false => std::fs::read_to_string(path),
    }
    .map_err(|error| io(path, &error))?;
    let invalid = |reason: String| {
        CliError::new(code::MALFORMED, 9, format!("{} is no export of collections: {reason}", path.display()))
    };
    let json: Json = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        let mut refusal = invalid(error.to_string());
        refusal.where_ = Some((path.display().to_string(), error.line(), error.column()));
        refusal
    })?;
    let list = json.get("collections").unwrap_or(&json);
    let list = list.as_array().ok_or_else(|| invalid("it is no list".to_owned()))?;
    let mut collections = Vec::new();
    for (at, item) in list.iter().enumerate() {
        let object = item.as_object().ok_or_else(|| invalid(format!("item {at} is no object")))?;
        let name = object.get("name").and_then(Json::as_str).unwrap_or_default();
        if object.contains_key("schema") && !object.contains_key("fields") {
            let reason = format!("`{name}` has the form of PocketBase before 0.23");
            return Err(invalid(reason).why("open the data directory once with a newer PocketBase").into());
        }
        collections.push(Exported::new(object.clone()).map_err(|error| invalid(format!("`{name}`: {error}")))?);
    }
    Ok(collections)
}

pub fn export(context: &Context, args: &Export) -> CliResult {
    let workspace = context.project()?;
    let collections = exported(context, &workspace)?;
    let text = serde_json::to_string_pretty(&collections).expect("collections are plain data") + "\n";
    match &args.out {
        None if context.global.json() => context.output().done(json!({ "collections": collections }), String::new),
        None => print(&text),
        Some(path) => {
            std::fs::write(path, &text).map_err(|error| io(path, &error))?;
            let count = collections.len();
            context.output().done(json!({ "file": path.display().to_string(), "collections": count }), || {
                format!("wrote {count} collections to {}", path.display())
            })
        }
    }
}

/// The collections in PocketBase's form, with the ids that they have in databases.
fn exported(context: &Context, workspace: &Workspace) -> CliResult<Vec<Json>> {
    let schema = load(workspace)?;
    let (state, made) = migrate::replayed(&context.paths(workspace))?;
    let decisions = Decisions { made, ..Decisions::default() };
    // A rename that is not decided yet has no id to keep.
    let desired = reconcile(&state, &schema, &decisions)
        .map_err(|_| MigrateError::UnsavedChanges(vec!["they leave a question open".to_owned()]))?;
    // PocketBase runs the queries of views in the order of the export.
    Ok(readable_order(desired.iter().collect())
        .into_iter()
        .map(|collection| {
            let mut json = serde_json::to_value(collection).expect("a collection is plain data");
            if let Some(object) = json.as_object_mut() {
                object.remove("created");
                object.remove("updated");
                if let Some(oauth2) = object.get_mut("oauth2").and_then(Json::as_object_mut) {
                    // As PocketBase exports: providers hold what belongs to one installation.
                    oauth2.remove("providers");
                }
            }
            json
        })
        .collect())
}

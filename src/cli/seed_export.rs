//! `pbr seed export`.

use super::{CliError, CliResult, Context, app, error::io, print};
use crate::diagnostic::code;
use crate::records::RecordError;
use crate::seed::{self, ExportError, ExportOptions};
use serde_json::json;
use std::path::PathBuf;

/// Write records as a seed file
///
/// What the records refer to comes with them. Relations are written as labels, passwords as ${env:SEED_PASSWORD}; token
/// keys and stored files are left out.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr seed export --collection posts --limit 50 --out seeds/90_posts.yaml
  pbr seed export --collection posts,comments --anonymize email,name
  pbr seed export --collection users --filter \"verified = true\" --group test")]
pub struct Args {
    /// The collections
    #[arg(long, value_name = "COLLECTION", value_delimiter = ',', required = true, add = super::complete::collections())]
    collection: Vec<String>,

    /// Only records that match, in the filter language of the API
    #[arg(long, value_name = "FILTER", default_value = "", hide_default_value = true)]
    filter: String,

    /// At most so many records of each of the collections
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,

    /// Fields that get made-up values, in whatever collection
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    anonymize: Vec<String>,

    /// The group of the seeds: required, dev, demo or test
    #[arg(long, value_name = "GROUP", default_value = "dev")]
    group: String,

    /// The file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let group = super::seed::named_group(&args.group, "pbr seed export …")?;
    let app = app::open_patiently(context)?;
    let collections = args.collection.iter().map(|name| app::collection(&app, name)).collect::<CliResult<Vec<_>>>()?;
    if let Some(view) = collections.iter().find(|collection| collection.is_view()) {
        let message = format!("`{}` is a view and has no records of its own", view.name);
        return Err(CliError::new(code::USAGE, 2, message).into());
    }
    let keys = match context.find_project()? {
        Some(project) => super::seed::seed_keys(&project)?,
        None => seed::SeedKeys::default(),
    };
    let options = ExportOptions {
        collections: &collections,
        filter: &args.filter,
        limit: args.limit as usize,
        anonymize: &args.anonymize,
        group,
        keys: &keys,
    };
    let exported = seed::export(app.records(), &options).map_err(failed)?;
    if exported.files > 0 {
        let (files, are) = if exported.files == 1 { ("file", "is") } else { ("files", "are") };
        context.output().note(&format!("{} stored {files} {are} not in the seeds", exported.files));
    }
    let counts: serde_json::Map<_, _> =
        exported.counts.iter().map(|(name, count)| (name.clone(), json!(count))).collect();
    let file = args.out.as_ref().map(|path| path.display().to_string());
    let result = json!({ "collections": counts, "files": exported.files, "file": file });
    match &args.out {
        None if context.global.json() => {
            let mut result = result;
            result["seeds"] = exported.text.into();
            context.output().done(result, String::new)
        }
        None => print(&exported.text),
        Some(path) => {
            std::fs::write(path, &exported.text).map_err(|error| io(path, &error))?;
            context.output().done(result, || {
                let noun = |count: usize| if count == 1 { "record" } else { "records" };
                let lines = exported.counts.iter().map(|(name, count)| format!("{name}  {count} {}\n", noun(*count)));
                format!("{}in {}", lines.collect::<String>(), path.display())
            })
        }
    }
}

fn failed(error: ExportError) -> Box<CliError> {
    let exit = match &error {
        ExportError::UnknownField(_) | ExportError::TooMany(_) | ExportError::Record(RecordError::Query(_)) => 2,
        ExportError::Record(_) | ExportError::Db(_) => 1,
    };
    let code = if exit == 2 { code::USAGE } else { code::DATA_DIR };
    CliError::new(code, exit, error.to_string()).into()
}

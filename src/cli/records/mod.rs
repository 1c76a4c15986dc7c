//! `pbr records`.

mod place;
mod show;
mod values;

use super::remote::Server;
use super::{CliResult, Context, complete};
use crate::records::ListParams;
use clap::builder::NonEmptyStringValueParser;
use place::Place;
use serde_json::json;
use std::collections::HashSet;
use std::io::IsTerminal;

/// List, show and change records
///
/// On the data directory with the rights of a superuser, or with those of somebody else: --as. Hooks that an embedding
/// program has do not run there. With --url in a running server, as whoever the token belongs to, hooks included.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr records list posts --filter \"status = 'draft'\" --sort -created
  pbr records create tags name=Zig slug=zig
  pbr records list posts --as ada@example.com
  PBR_TOKEN=$(pbr token issue admin@example.com) pbr records list posts --url https://example.com")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the records of a collection, a page at a time
    #[command(after_long_help = "\
Examples:
  pbr records list posts
  pbr records list posts --filter \"author.name ~ 'ada'\" --sort -created --per-page 100 --expand author
  pbr records list posts --fields id,title --json | jq .items")]
    List(List),
    /// Show a record
    #[command(after_long_help = "\
Examples:
  pbr records get posts 1h3k5j7l9m2n4p6 --expand author
  pbr records get posts 1h3k5j7l9m2n4p6 --json | jq .record.title")]
    Get(Get),
    /// Create a record
    ///
    /// Values are written field=text, field:=JSON or field@file; the keys may have the modifiers of the API. With - an
    /// object of values is read from standard input, which is the way for passwords.
    #[command(after_long_help = "\
Examples:
  pbr records create tags name=Zig slug=zig
  pbr records create posts title=Hello slug=hello status=draft author=USER_ID tags=TAG_ID cover@photo.jpg
  echo '{\"email\": \"ada@example.com\", \"password\": \"…\"}' | pbr records create users -")]
    Create(Create),
    /// Change fields of a record
    ///
    /// Values are written as for `pbr records create`.
    #[command(after_long_help = "\
Examples:
  pbr records update posts 1h3k5j7l9m2n4p6 title=Goodbye tags+=TAG_ID
  pbr records update users 1h3k5j7l9m2n4p6 verified:=true
  pbr records update posts 1h3k5j7l9m2n4p6 - < changes.json")]
    Update(Update),
    /// Delete records, with all that their relations ask for
    #[command(after_long_help = "\
Examples:
  pbr records delete posts 1h3k5j7l9m2n4p6
  pbr records delete posts 1h3k5j7l9m2n4p6 2h3k5j7l9m2n4p6 --url https://example.com")]
    Delete(Delete),
}

/// Where the records are, and who asks.
#[derive(clap::Args)]
struct Target {
    #[command(flatten)]
    server: Server,

    /// With the rights of this account instead of a superuser's: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`
    #[arg(long = "as", value_name = "ACCOUNT", conflicts_with = "url")]
    account: Option<String>,
}

/// What is shown of records.
#[derive(clap::Args)]
struct Shown {
    /// Relations to follow: author,tags
    #[arg(long, value_name = "FIELDS", default_value = "", hide_default_value = true)]
    expand: String,

    /// Only these fields, as in the API: id,title,body:excerpt(80)
    #[arg(long, value_name = "FIELDS", default_value = "", hide_default_value = true)]
    fields: String,
}

#[derive(clap::Args)]
struct List {
    /// The collection, by name or id
    #[arg(add = complete::collections())]
    collection: String,

    /// Only records that match, in the filter language of the API
    #[arg(long, value_name = "FILTER", default_value = "", hide_default_value = true)]
    filter: String,

    /// The order: -created,title
    #[arg(long, value_name = "SORT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    sort: String,

    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..))]
    page: i64,

    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=1000))]
    per_page: i64,

    #[command(flatten)]
    shown: Shown,

    #[command(flatten)]
    target: Target,
}

#[derive(clap::Args)]
struct Get {
    /// The collection, by name or id
    #[arg(add = complete::collections())]
    collection: String,

    /// The id of the record
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    id: String,

    #[command(flatten)]
    shown: Shown,

    #[command(flatten)]
    target: Target,
}

#[derive(clap::Args)]
struct Create {
    /// The collection, by name or id
    #[arg(add = complete::collections())]
    collection: String,

    /// field=text, field:=JSON, field@file, or - for an object on standard input
    #[arg(value_name = "VALUE")]
    values: Vec<String>,

    #[command(flatten)]
    shown: Shown,

    #[command(flatten)]
    target: Target,
}

#[derive(clap::Args)]
struct Update {
    /// The collection, by name or id
    #[arg(add = complete::collections())]
    collection: String,

    /// The id of the record
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    id: String,

    /// field=text, field:=JSON, field@file, or - for an object on standard input
    #[arg(value_name = "VALUE", required = true)]
    values: Vec<String>,

    #[command(flatten)]
    shown: Shown,

    #[command(flatten)]
    target: Target,
}

#[derive(clap::Args)]
struct Delete {
    /// The collection, by name or id
    #[arg(add = complete::collections())]
    collection: String,

    /// The ids of the records
    #[arg(value_name = "ID", required = true, value_parser = NonEmptyStringValueParser::new())]
    ids: Vec<String>,

    #[command(flatten)]
    target: Target,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    match args.command {
        Command::List(args) => {
            let List { collection, filter, sort, page, per_page, shown, target } = args;
            let params = ListParams { page, per_page, skip_total: false, filter, sort, expand: shown.expand };
            let page = Place::open(context, &target)?.list(&collection, &params, &shown.fields)?;
            show::page(context, &page)
        }
        Command::Get(Get { collection, id, shown, target }) => {
            let record = Place::open(context, &target)?.get(&collection, &id, &shown)?;
            show::record(context, &record)
        }
        Command::Create(Create { collection, values, shown, target }) => {
            let values = values::read(&values, &mut std::io::stdin().lock())?;
            let record = Place::open(context, &target)?.write(&collection, None, values, &shown)?;
            show::record(context, &record)
        }
        Command::Update(Update { collection, id, values, shown, target }) => {
            let values = values::read(&values, &mut std::io::stdin().lock())?;
            let record = Place::open(context, &target)?.write(&collection, Some(&id), values, &shown)?;
            show::record(context, &record)
        }
        Command::Delete(Delete { collection, ids, target }) => {
            let place = Place::open(context, &target)?;
            let mut ids = ids;
            let mut seen = HashSet::new();
            ids.retain(|id| seen.insert(id.clone()));
            for (at, id) in ids.iter().enumerate() {
                place.delete(&collection, id).map_err(|error| Box::new(error.about_one_of(id, &ids[..at])))?;
            }
            let count = ids.len();
            let piped = !std::io::stdout().is_terminal();
            context.output().done(json!({ "deleted": &ids }), || match count {
                _ if piped => ids.join("\n"),
                1 => format!("deleted {} of {collection}", ids[0]),
                _ => format!("deleted {count} records of {collection}"),
            })
        }
    }
}

//! `pbr explain CODE`.

use super::{CliError, CliResult, Context};
use crate::diagnostic::{CODES, code, explain, suggestions};
use serde_json::json;

/// Explain an error code
#[derive(clap::Args)]
#[command(after_long_help = "Examples:\n  pbr explain PBR-SCHEMA-0007\n  pbr explain --json PBR-MIGRATE-0003")]
pub struct Args {
    /// The code of an error; all codes when absent
    #[arg(add = super::complete::codes())]
    code: Option<String>,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let Some(wanted) = args.code else {
        let list: Vec<_> = CODES.iter().map(|info| json!({ "code": info.code, "title": info.title })).collect();
        return context.output().done(json!({ "codes": list }), || {
            CODES.iter().map(|info| format!("{}  {}\n", info.code, info.title)).collect()
        });
    };
    let Some(info) = explain(&wanted) else {
        let mut error = CliError::new(code::USAGE, 2, format!("there is no code `{wanted}`"));
        let similar = suggestions(&in_full(&wanted), CODES.iter().map(|info| info.code));
        error.next = similar.into_iter().map(|code| format!("pbr explain {code}")).collect();
        return Err(error.next("pbr explain").into());
    };
    let result = json!({ "code": info.code, "title": info.title, "explanation": info.explanation });
    context.output().done(result, || format!("{}: {}\n\n{}", info.code, info.title, info.explanation))
}

/// `PBR-SCHEMA-0003` of `schema-3`.
fn in_full(code: &str) -> String {
    let code = code.to_uppercase();
    let bare = code.strip_prefix("PBR-").unwrap_or(&code);
    match bare.rsplit_once(['-', ' ']) {
        Some((room, number)) => format!("PBR-{room}-{number:0>4}"),
        None => code,
    }
}

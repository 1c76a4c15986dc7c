//! `pbr doctor`.

use super::{CliError, CliResult, Context, print};
use crate::diagnostic::code;
use crate::doctor::{self, Check, Outcome, Patient};
use crate::settings::Encryption;
use serde_json::{Value as Json, json};

/// Check the project, its data directory and this machine
///
/// Every line is pass, warn, fail or skip; what did not pass has a remedy. Exit 4 when something fails.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr doctor
  pbr doctor --dir /srv/app/pb_data
  pbr doctor --network --json | jq '.checks[] | select(.outcome != \"pass\")'")]
pub struct Args {
    /// Also reach out to the mail server and the buckets of the settings
    #[arg(long)]
    network: bool,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let (project, config_error) = match context.find_project() {
        Ok(project) => (project, None),
        Err(error) => (None, Some(told(&error))),
    };
    let configured = project.as_ref().and_then(|project| project.config.server.http.clone());
    let patient = Patient {
        // The default, where the project cannot say.
        data: context.data_dir().unwrap_or_else(|_| "pb_data".into()),
        address: configured.or_else(|| context.user.http()).unwrap_or_else(|| "127.0.0.1:8090".to_owned()),
        encryption: encryption(context)?,
        network: args.network,
        project: project.as_ref(),
        config_error,
    };
    let checks = doctor::examine(&patient);
    let failed = checks.iter().filter(|check| check.outcome == Outcome::Fail).count();
    let list: Vec<Json> = checks
        .iter()
        .map(|check| {
            json!({ "name": check.name, "outcome": check.outcome.name(), "message": check.message, "remedy": check.remedy })
        })
        .collect();
    if failed == 0 {
        return context.output().done(json!({ "checks": list }), || report(&checks));
    }
    if !context.global.json() && !context.global.quiet {
        print(&report(&checks))?;
    }
    let message = if failed == 1 { "1 check failed".to_owned() } else { format!("{failed} checks failed") };
    let mut error = CliError::new(code::DOCTOR, 4, message).meta("checks", list);
    let remedies =
        checks.iter().filter(|check| check.outcome == Outcome::Fail).filter_map(|check| check.remedy.clone());
    error.next = remedies.collect();
    Err(error.into())
}

/// An error of the configuration with its place.
fn told(error: &CliError) -> String {
    match &error.where_ {
        Some((file, line, column)) => format!("{file}:{line}:{column}: {}", error.message),
        None => error.message.clone(),
    }
}

fn encryption(context: &Context) -> CliResult<Encryption> {
    let Some(name) = &context.global.encryption_env else { return Ok(Encryption::none()) };
    let key = std::env::var(name).ok();
    Ok(Encryption::new(name, key.as_deref()).map_err(|error| CliError::new(code::DATA_DIR, 2, error.to_string()))?)
}

fn report(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for check in checks {
        lines.push(format!("{}  {:width$}  {}", check.outcome.name(), check.name, check.message));
        if let Some(remedy) = &check.remedy {
            lines.push(format!("      {:width$}  -> {remedy}", ""));
        }
    }
    lines.join("\n")
}

//! `pbr doctor`.

use super::{CliError, CliResult, Context, app, listen, print, serve};
use crate::diagnostic::code;
use crate::doctor::{self, Check, Outcome, Patient};
use crate::project::CONFIG_FILE;
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
    let listening = listen::ListenArgs::default().resolve(project.as_ref(), context.user.http());
    let metrics = project
        .as_ref()
        .zip(listening.as_ref().ok())
        .filter(|(project, _)| project.config.server.metrics == Some(true));
    let metrics = metrics.map(|(project, listening)| {
        let file = project.config.server.metrics_token_file.as_ref().map(|file| project.path(file));
        serve::metrics(true, file.as_deref(), listening).map(drop).map_err(|error| error.message)
    });
    let patient = Patient {
        // The default, where the project cannot say.
        data: context.data_dir().unwrap_or_else(|_| "pb_data".into()),
        addresses: listening.map(|listening| listening.addresses()).map_err(|error| error.message),
        metrics,
        encryption: app::encryption(context).map_err(|error| CliError::new(code::DATA_DIR, 2, error.to_string()))?,
        network: args.network,
        project: project.as_ref(),
        config_error,
        config_file: context.global.config.clone().unwrap_or_else(|| CONFIG_FILE.into()),
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

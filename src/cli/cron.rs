//! `pbr cron`.

use super::remote::{Server, escaped};
use super::{CliError, CliResult, Context, app};
use crate::diagnostic::code;
use serde_json::{Value as Json, json};

/// List and run the jobs by the clock
///
/// On the data directory, or with --url in a running server. A program that embeds pbr has its own jobs only there.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr cron list
  pbr cron run __pbLogsCleanup__
  PBR_TOKEN=$(pbr token issue admin@example.com) pbr cron list --url https://example.com")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the jobs and when they run, in UTC
    #[command(after_long_help = "Examples:\n  pbr cron list\n  pbr cron list --url http://127.0.0.1:8090 --json")]
    List(Server),
    /// Run a job now; without --url the command waits for its end
    #[command(
        after_long_help = "Examples:\n  pbr cron run __pbLogsCleanup__\n  pbr cron run nightly --url http://127.0.0.1:8090"
    )]
    Run {
        /// Id of the job
        name: String,
        #[command(flatten)]
        server: Server,
    },
}

pub fn run(args: Args, context: &Context) -> CliResult {
    match args.command {
        Command::List(server) => list(&server, context),
        Command::Run { name, server } => run_job(&name, &server, context),
    }
}

fn list(server: &Server, context: &Context) -> CliResult {
    let jobs: Vec<(String, String)> = match &server.url {
        None => app::open_existing(context)?.cron().list(),
        Some(url) => {
            let answer = ask(server, url, "GET", "/api/crons")?;
            let text = |job: &Json, key: &str| job[key].as_str().unwrap_or_default().to_owned();
            let jobs = answer.as_array().map(Vec::as_slice).unwrap_or_default();
            jobs.iter().map(|job| (text(job, "id"), text(job, "expression"))).collect()
        }
    };
    let result = jobs.iter().map(|(id, expression)| json!({ "id": id, "expression": expression })).collect::<Vec<_>>();
    context.output().done(json!({ "jobs": result }), || {
        let width = jobs.iter().map(|(id, _)| id.chars().count()).max().unwrap_or_default();
        jobs.iter().map(|(id, expression)| format!("{id:width$}  {expression}\n")).collect()
    })
}

fn run_job(name: &str, server: &Server, context: &Context) -> CliResult {
    let missing = || {
        let error = CliError::new(code::NO_JOB, 2, format!("there is no job `{name}`"));
        error.next("pbr cron list")
    };
    let done = match &server.url {
        None => {
            let app = app::open_existing(context)?;
            match app.cron().run(name) {
                None => return Err(missing().into()),
                Some(false) => return Err(CliError::new(code::INTERNAL, 1, format!("job `{name}` panicked")).into()),
                Some(true) => "ran",
            }
        }
        Some(url) => {
            ask(server, url, "POST", &format!("/api/crons/{}", escaped(name)))?;
            "started"
        }
    };
    context.output().done(json!({ "job": name, "done": done }), || format!("{done} {name}"))
}

/// The JSON of a success, `null` for an empty one.
fn ask(server: &Server, url: &str, method: &str, path: &str) -> CliResult<Json> {
    let answer = server.send(url, method, path, None)?;
    if answer.succeeded() {
        return Ok(answer.json());
    }
    let (status, message) = (answer.status, answer.message());
    let exit = if status < 500 { 2 } else { 1 };
    let error = CliError::new(code::SERVER, exit, format!("the server refused with {status}: {message}"));
    Err(Box::new(match status {
        401 | 403 => error.next("PBR_TOKEN=$(pbr token issue EMAIL) pbr cron …"),
        404 => error.next("pbr cron list --url …"),
        _ => error,
    }))
}

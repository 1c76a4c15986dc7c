//! `pbr serve`.

use super::error::io;
use super::listen::{self, ListenArgs, Listening};
use super::{CliError, CliResult, Context, app};
use crate::App;
use crate::api::{Cors, MetricsAccess, Options, Public};
use crate::auth::LoginOptions;
use crate::diagnostic::code;
use crate::logs::{Level, Mirror};
use crate::migrate::{self, UpOptions};
use crate::passwords::Scheme;
use crate::project::{SchemaEdits, Workspace};
use crate::server::Server;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Run the server
///
/// In a project it applies pending migrations first. Outside one it serves any PocketBase data directory as it is.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr serve                                   the project, or pb_data in this directory
  pbr serve --http 0.0.0.0:8090               listen on all interfaces
  pbr serve --dir /srv/app/pb_data            a PocketBase data directory
  pbr serve example.com                       HTTPS with a certificate that it obtains and renews
  pbr serve --https 0.0.0.0:443 --tls-cert chain.pem --tls-key key.pem")]
pub struct Args {
    #[command(flatten)]
    listen: ListenArgs,

    /// Where the log is shown beside being stored: warnings and errors of the server for people, or every row as a line of JSON
    #[arg(long, env = "PBR_LOG_FORMAT", hide_env = true, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,

    /// Origins that browsers may call from, `*` and `?` allowed [default: *]
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',')]
    origins: Vec<String>,

    /// Seconds after which a read is interrupted
    #[arg(long, alias = "queryTimeout", value_name = "SECONDS", default_value_t = 30)]
    query_timeout: u64,

    /// Pending migrations: apply them, refuse to start, or start anyway
    #[arg(long, value_name = "MODE", default_value = "auto")]
    migrate: MigrateMode,

    /// Consent to the data loss of a pending migration
    #[arg(long, value_name = "TOKEN")]
    confirm: Vec<String>,

    /// Hash new passwords with argon2id or bcrypt [default: argon2id in a project, bcrypt in a bare directory]
    #[arg(long, value_name = "HASH")]
    password_hash: Option<Scheme>,

    /// Let accounts have an authenticator app, whose code is needed after the password [default: logins.totp of pbr.yaml]
    #[arg(long)]
    totp: bool,

    /// Make logins wait after wrong passwords, longer each time [default: logins.backOff of pbr.yaml]
    #[arg(long)]
    login_back_off: bool,

    /// Folder of static files, served beside the API [default: pb_public beside the data directory]
    #[arg(long, alias = "publicDir", value_name = "DIR")]
    public_dir: Option<PathBuf>,

    /// Answer unknown paths with the start page of the static files
    #[arg(long, alias = "indexFallback", value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    index_fallback: bool,

    /// Print every SQL statement, without its values, and every row of the log
    #[arg(long)]
    dev: bool,

    /// Stop when standard input ends, so that no server outlives who started it
    #[arg(long, hide = true)]
    stop_with_stdin: bool,

    /// Serve /metrics to Prometheus: for the token of PBR_METRICS_TOKEN, or for programs of this machine
    #[arg(long)]
    metrics: bool,

    /// File with the token that /metrics asks for
    #[arg(long, value_name = "FILE", requires = "metrics")]
    metrics_token_file: Option<PathBuf>,

    /// Changes of collections through the API [default: deny in a project, allow in a bare directory]
    #[arg(long, value_name = "MODE")]
    schema_edits: Option<SchemaEdits>,

    /// Start although the directory has JavaScript hooks or migrations, which are not run
    #[arg(long, value_name = "MODE")]
    hooks: Option<HooksMode>,

    /// Where JavaScript hooks would be [default: pb_hooks beside the data directory]
    #[arg(long, alias = "hooksDir", value_name = "DIR")]
    hooks_dir: Option<PathBuf>,

    /// Where JavaScript migrations would be [default: pb_migrations beside the data directory]
    #[arg(long, alias = "migrationsDir", value_name = "DIR")]
    migrations_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum MigrateMode {
    Auto,
    Check,
    Off,
}

/// Who may see the metrics: whoever has the token, or without one the programs of this machine.
fn metrics(args: &Args, listening: &Listening) -> CliResult<Option<MetricsAccess>> {
    let token = match &args.metrics_token_file {
        Some(file) => Some(std::fs::read_to_string(file).map_err(|error| io(file, &error))?),
        None => std::env::var("PBR_METRICS_TOKEN").ok(),
    };
    if !args.metrics {
        return Ok(None);
    }
    match token.as_deref().map(str::trim) {
        Some("") => Err(Box::new(CliError::new(code::USAGE, 2, "the token of --metrics is empty"))),
        Some(token) => Ok(Some(MetricsAccess::token(token))),
        None if listening.is_local() => Ok(Some(MetricsAccess::Local)),
        None => {
            let error = CliError::new(code::USAGE, 2, "--metrics needs a token where others can reach the server");
            let error = error.why("metrics tell who is served what, and how much");
            Err(Box::new(
                error
                    .next("PBR_METRICS_TOKEN=… pbr serve --metrics")
                    .next("pbr serve --metrics --metrics-token-file FILE"),
            ))
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum HooksMode {
    Ignore,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let project = context.find_project()?;
    let dir = context.data_dir()?;
    let listening = args.listen.resolve(project.as_ref(), context.user.http())?;
    let metrics = metrics(&args, &listening)?;
    if args.hooks != Some(HooksMode::Ignore) {
        refuse_javascript(&args, project.as_ref(), &dir)?;
    }
    if let Some(project) = &project {
        bring_up_to_date(&args, context, project)?;
    }
    let builder = App::builder(&dir)
        .password_hash(app::password_scheme(args.password_hash, project.as_ref()))
        .query_timeout(Duration::from_secs(args.query_timeout))
        .logins(logins(&args, project.as_ref()));
    let builder = if args.dev { builder.trace(print_statement) } else { builder };
    let app = app::open(context, builder, &dir)?;
    app.logs().mirror(mirror(&args));
    if let Some(project) = &project {
        let env = |name: &str| std::env::var(name).ok();
        app.overlay_settings(&project.config.settings, &env)
            .map_err(|error| CliError::new(code::CONFIG_INVALID, 9, format!("settings of pbr.yaml: {error}")))?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::new(code::INTERNAL, 1, format!("cannot start threads: {error}")))?;
    // Asked here: the server's threads may not wait for the database.
    let installer = crate::auth::superusers::installer_token(app.records())
        .map_err(|error| CliError::new(code::INTERNAL, 1, format!("cannot prepare the first superuser: {error}")))?;
    runtime.block_on(serve(&args, context, project.as_ref(), listening, metrics, app, installer))
}

/// What the command line or the project asks for.
fn logins(args: &Args, project: Option<&Workspace>) -> LoginOptions {
    let configured = project.map(|project| project.config.logins).unwrap_or_default();
    LoginOptions { totp: args.totp || configured.totp, back_off: args.login_back_off || configured.back_off }
}

async fn serve(
    args: &Args,
    context: &Context,
    project: Option<&Workspace>,
    listening: Listening,
    metrics: Option<MetricsAccess>,
    app: App,
    installer: Option<String>,
) -> CliResult {
    let origins = match project.map(|project| project.config.server.origins.clone()) {
        _ if !args.origins.is_empty() => args.origins.clone(),
        Some(configured) if !configured.is_empty() => configured,
        _ => vec!["*".to_owned()],
    };
    let public = Public {
        dir: args.public_dir.clone().unwrap_or_else(|| app.dir().parent().unwrap_or(Path::new("")).join("pb_public")),
        index_fallback: args.index_fallback,
    };
    let schema_locked = !may_edit_schema(args, project);
    let options = Options { cors: Cors::new(origins), schema_locked, public: Some(public), metrics };
    let server = listen::bind(listening, app.clone(), options).await?;
    // Listened for before anybody is told that the server is up.
    let stop = stop(args.stop_with_stdin);
    announce(context, project, &app, &url(&server, &args.listen), installer.as_deref())?;
    server.run(stop).await;
    if !context.global.quiet && !context.global.json() {
        context.output().note("stopped");
    }
    Ok(())
}

/// In a project the schema comes from git, and a change made elsewhere would be lost at the next migration.
fn may_edit_schema(args: &Args, project: Option<&Workspace>) -> bool {
    let configured = project.map(|project| project.config.schema_edits.unwrap_or(SchemaEdits::Deny));
    args.schema_edits.or(configured) != Some(SchemaEdits::Deny)
}

fn print_statement(sql: &str, time: Duration) {
    let _ = writeln!(anstream::stderr().lock(), "[{:.2}ms] {}", time.as_secs_f64() * 1000.0, sql.trim());
}

/// JSON goes to stdout, where collectors look; for people what went wrong goes to stderr.
fn mirror(args: &Args) -> Mirror {
    match args.log_format {
        LogFormat::Json => Mirror::new(Level::DEBUG, true, |line| {
            // Whoever reads the lines may go away; the server stays.
            let _ = writeln!(std::io::stdout().lock(), "{}", line.to_json());
        }),
        LogFormat::Text if args.dev => Mirror::new(Level::DEBUG, true, |line| {
            let _ = writeln!(anstream::stderr().lock(), "{line}");
        }),
        LogFormat::Text => Mirror::new(Level::WARN, false, |line| {
            let _ = writeln!(anstream::stderr().lock(), "{line}");
        }),
    }
}

/// Where the API is found.
fn url(server: &Server, args: &ListenArgs) -> String {
    match (server.https_address(), args.domains.first()) {
        (Some(address), Some(domain)) if address.port() == 443 => format!("https://{domain}"),
        (Some(address), Some(domain)) => format!("https://{domain}:{}", address.port()),
        (Some(address), None) => format!("https://{address}"),
        (None, _) => format!("http://{}", server.address()),
    }
}

/// The banner. The token is for whoever creates the first superuser.
fn announce(
    context: &Context,
    project: Option<&Workspace>,
    app: &App,
    url: &str,
    installer: Option<&str>,
) -> CliResult {
    let count = app.catalog().iter().filter(|collection| !collection.system).count();
    let what = project.and_then(|project| project.config.name.clone());
    let mut result = json!({ "event": "started", "url": url, "dir": app.dir(), "collections": count });
    let install = installer.map(|token| format!("{url}/_/#/pbinstall/{token}"));
    if let Some(install) = &install {
        result["installer"] = json!(install);
    }
    context.output().done(result, || {
        let stamp = chrono::Local::now().format("%Y/%m/%d %H:%M:%S");
        let data = match what {
            Some(name) => format!("{} of {name}", app.dir().display()),
            None => app.dir().display().to_string(),
        };
        let (branch, last) = super::output::branches();
        let plural = if count == 1 { "collection" } else { "collections" };
        let mut text = format!(
            "{stamp} Server started at {url}\n{branch} REST API:  {url}/api/\n{last} Data:      {data} ({count} {plural})"
        );
        if let Some(install) = install {
            text.push_str(&format!(
                "\n\nThere is no superuser yet. Create one within 30 minutes on this page:\n{install}\n\
                 or with a command: pbr superuser upsert EMAIL"
            ));
        }
        text
    })
}

/// Resolves at a signal, or when standard input ends.
fn stop(with_stdin: bool) -> impl Future<Output = ()> {
    let input = with_stdin.then(|| {
        let (ended, input) = tokio::sync::oneshot::channel::<()>();
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            drop(ended);
        });
        input
    });
    let signal = stop_signal();
    async move {
        let input = async {
            match input {
                Some(input) => drop(input.await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = signal => {}
            () = input => {}
        }
    }
}

/// Resolves at SIGINT or SIGTERM, for both of which it listens from the call on.
pub fn stop_signal() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok())
    };
    async move {
        #[cfg(unix)]
        {
            let [interrupt, terminate] = signals;
            tokio::select! {
                () = received(interrupt) => {}
                () = received(terminate) => {}
            }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

#[cfg(unix)]
async fn received(signal: Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(mut signal) => _ = signal.recv().await,
        None => std::future::pending().await,
    }
}

/// Somebody's business rules must not be dropped silently: without a JavaScript runtime they would be.
fn refuse_javascript(args: &Args, project: Option<&Workspace>, dir: &Path) -> CliResult {
    let beside = |name: &str| dir.parent().unwrap_or(Path::new("")).join(name);
    let hooks = args.hooks_dir.clone().unwrap_or_else(|| match project {
        Some(project) => project.path(&project.config.dirs.hooks),
        None => beside("pb_hooks"),
    });
    let migrations = args.migrations_dir.clone().unwrap_or_else(|| beside("pb_migrations"));
    let mut found = Vec::new();
    if javascript(&hooks, ".pb.js").next().is_some() {
        found.push(format!("{} has JavaScript hooks", hooks.display()));
    }
    let applied = applied_migrations(dir);
    if javascript(&migrations, ".js").any(|name| !applied.contains(&name)) {
        found.push(format!("{} has JavaScript migrations that are not applied", migrations.display()));
    }
    if found.is_empty() {
        return Ok(());
    }
    let error = CliError::new(code::JAVASCRIPT, 2, found.join("; "));
    let why = "this version of pbr does not run JavaScript: requests would be served without the rules written there";
    Err(Box::new(error.why(why).next("pbr serve --hooks ignore")))
}

fn javascript(dir: &Path, suffix: &'static str) -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(move |name| name.ends_with(suffix))
}

fn applied_migrations(dir: &Path) -> Vec<String> {
    crate::db::applied_system_migrations(&dir.join("data.db")).unwrap_or_default()
}

fn bring_up_to_date(args: &Args, context: &Context, project: &Workspace) -> CliResult {
    let paths = context.paths(project);
    if args.migrate == MigrateMode::Off || !paths.migrations.exists() {
        return Ok(());
    }
    if args.migrate == MigrateMode::Check {
        let status = migrate::status(&paths)?;
        status.integrity()?;
        let pending = status.count(migrate::State::Pending);
        if pending > 0 {
            let error = CliError::new(code::NOT_APPLIED, 4, format!("{pending} migrations are pending"));
            return Err(Box::new(error.next("pbr migrate up").next("pbr serve --migrate auto")));
        }
        return Ok(());
    }
    let report = migrate::up(&paths, &UpOptions { confirm: args.confirm.clone(), ..UpOptions::default() })?;
    for file in &report.applied {
        context.output().note(&format!("applied {}", file.file));
    }
    Ok(())
}

//! `pbr serve`.

use super::context::variable;
use super::error::{database, io, not_applied};
use super::listen::{self, ListenArgs, Listening};
use super::log_lines::{self, LogFormat, log_line};
use super::remarks::Remarks;
use super::signals::StopSignals;
use super::{CliError, CliResult, Context, app, javascript};
use crate::App;
use crate::api::{Cors, MetricsAccess, Options, Public};
use crate::app::{OpenError, OverlayError};
use crate::auth::LoginOptions;
use crate::diagnostic::code;
use crate::doctor::JavascriptPlaces;
use crate::logs::Level;
use crate::migrate::{self, UpOptions};
use crate::passwords::Scheme;
use crate::project::{SchemaEdits, Workspace, beside};
use crate::server::Server;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Time for what is still under way when requests have had theirs, and for closing the database after it.
const LAST: Duration = Duration::from_secs(2);

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

    /// Where the log is shown beside being stored: warnings and errors of the server for people, or everything as lines of JSON
    ///
    /// Default: text, or server.logFormat of pbr.yaml.
    #[arg(long, env = "PBR_LOG_FORMAT", hide_env = true, value_name = "FORMAT")]
    log_format: Option<LogFormat>,

    /// Origins that browsers may call from, `*` and `?` allowed
    ///
    /// Default: *, or server.origins of pbr.yaml.
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',')]
    origins: Vec<String>,

    /// Seconds after which a read is interrupted
    ///
    /// Default: 30, or server.queryTimeout of pbr.yaml.
    #[arg(long, alias = "queryTimeout", value_name = "SECONDS")]
    query_timeout: Option<u64>,

    /// Pending migrations: apply them, refuse to start, or start anyway
    ///
    /// Default: auto, or server.migrate of pbr.yaml.
    #[arg(long, value_name = "MODE")]
    migrate: Option<MigrateMode>,

    /// Consent to the data loss of a pending migration
    #[arg(long, value_name = "TOKEN")]
    confirm: Vec<String>,

    /// Hash new passwords with argon2id or bcrypt [default: argon2id in a project, bcrypt in a bare directory]
    #[arg(long, value_name = "HASH")]
    password_hash: Option<Scheme>,

    /// Let accounts have an authenticator app, whose code is needed after the password
    ///
    /// Default: logins.totp of pbr.yaml.
    #[arg(long)]
    totp: bool,

    /// Make logins wait after wrong passwords, longer each time
    ///
    /// Default: logins.backOff of pbr.yaml.
    #[arg(long)]
    login_back_off: bool,

    /// Folder of static files, served beside the API
    ///
    /// Default: dirs.public of pbr.yaml, or pb_public beside the data directory.
    #[arg(long, alias = "publicDir", value_name = "DIR")]
    public_dir: Option<PathBuf>,

    /// Answer unknown paths with the start page of the static files
    ///
    /// Default: true, or server.indexFallback of pbr.yaml.
    #[arg(long, alias = "indexFallback", value_name = "BOOL", action = clap::ArgAction::Set)]
    index_fallback: Option<bool>,

    /// Print every SQL statement, without its values, and every row of the log
    #[arg(long)]
    dev: bool,

    /// Stop when standard input ends, so that no server outlives who started it
    #[arg(long, hide = true)]
    stop_with_stdin: bool,

    /// Serve /metrics to Prometheus: for the token of PBR_METRICS_TOKEN, or for programs of this machine
    ///
    /// Default: server.metrics of pbr.yaml.
    #[arg(long)]
    metrics: bool,

    /// File with the token that /metrics asks for
    ///
    /// Default: server.metricsTokenFile of pbr.yaml.
    #[arg(long, value_name = "FILE")]
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

impl Args {
    /// What the project says wherever no flag does.
    fn over(mut self, project: Option<&Workspace>) -> Self {
        let Some(project) = project else { return self };
        let server = &project.config.server;
        if self.origins.is_empty() {
            self.origins.clone_from(&server.origins);
        }
        self.log_format = self.log_format.or_else(|| word(server.log_format.as_ref()));
        self.query_timeout = self.query_timeout.or(server.query_timeout);
        self.migrate = self.migrate.or_else(|| word(server.migrate.as_ref()));
        self.public_dir = self.public_dir.or_else(|| Some(project.path(&project.config.dirs.public)));
        self.index_fallback = self.index_fallback.or(server.index_fallback);
        self.metrics |= server.metrics.unwrap_or_default();
        if self.metrics && self.metrics_token_file.is_none() {
            self.metrics_token_file = server.metrics_token_file.as_ref().map(|file| project.path(file));
        }
        self
    }

    fn logs_json(&self) -> bool {
        self.log_format == Some(LogFormat::Json)
    }

    fn remarks(&self, context: &Context) -> Remarks {
        Remarks { output: context.output(), logs_json: self.logs_json() }
    }
}

/// A word that the project file was checked for.
fn word<T: clap::ValueEnum>(text: Option<&String>) -> Option<T> {
    text.and_then(|text| T::from_str(text, false).ok())
}

/// Who may see the metrics: whoever has the token, or without one the programs of this machine.
///
/// # Errors
/// Exit 2 where there has to be a token and is none, 1 where its file cannot be read.
pub fn metrics(wanted: bool, token_file: Option<&Path>, listening: &Listening) -> CliResult<Option<MetricsAccess>> {
    let token = match token_file {
        Some(_) if !wanted => {
            let error = CliError::new(code::USAGE, 2, "--metrics-token-file is of no use without --metrics");
            return Err(Box::new(error.next("pbr serve --metrics --metrics-token-file FILE")));
        }
        Some(file) => Some(std::fs::read_to_string(file).map_err(|error| io(file, &error))?),
        None => variable("PBR_METRICS_TOKEN"),
    };
    if !wanted {
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
enum HooksMode {
    Ignore,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let mut in_json = args.logs_json();
    let ended = context.find_project().and_then(|project| {
        let args = args.over(project.as_ref());
        in_json = args.logs_json();
        serve_project(&args, project, context)
    });
    match ended {
        Err(error) if in_json && !context.global.json() => {
            log_line(Level::ERROR, &error.message, &error.to_json());
            std::process::exit(i32::from(error.exit))
        }
        ended => ended,
    }
}

fn serve_project(args: &Args, project: Option<Workspace>, context: &Context) -> CliResult {
    let dir = context.data_dir()?;
    let listening = args.listen.resolve(project.as_ref(), context.user.http())?;
    let metrics = metrics(args.metrics, args.metrics_token_file.as_deref(), &listening)?;
    if args.hooks != Some(HooksMode::Ignore) {
        let mut places = JavascriptPlaces::of(project.as_ref(), &dir);
        places.hooks = args.hooks_dir.clone().unwrap_or(places.hooks);
        places.migrations = args.migrations_dir.clone().unwrap_or(places.migrations);
        javascript::refuse(&places, &dir)?;
    }
    if let Some(project) = &project {
        bring_up_to_date(args, context, project)?;
    }
    let builder = App::builder(&dir)
        .password_hash(args.password_hash.unwrap_or_else(|| app::password_scheme(project.as_ref())))
        .query_timeout(Duration::from_secs(args.query_timeout.unwrap_or(30)))
        .logins(logins(args, project.as_ref()));
    let builder = match args.dev {
        true if args.logs_json() => builder.trace(log_lines::log_statement),
        true => builder.trace(log_lines::print_statement),
        false => builder,
    };
    let app = app::open(context, builder, &dir)?;
    let _only = args.remarks(context).other_server(&dir);
    app.logs().mirror(log_lines::mirror(args.log_format.unwrap_or(LogFormat::Text), args.dev));
    if let Some(project) = &project {
        let env = |name: &str| std::env::var(name).ok();
        app.overlay_settings(&project.config.settings, &env).map_err(|error| match error {
            OverlayError::Save(OpenError::Db(error)) => database("settings of pbr.yaml", &error),
            error => Box::new(CliError::new(code::CONFIG_INVALID, 9, format!("settings of pbr.yaml: {error}"))),
        })?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::new(code::INTERNAL, 1, format!("cannot start threads: {error}")))?;
    // Asked here: the server's threads may not wait for the database.
    let installer = crate::auth::superusers::installer_token(app.records())
        .map_err(|error| CliError::new(code::INTERNAL, 1, format!("cannot prepare the first superuser: {error}")))?;
    let served = app.clone();
    runtime.block_on(serve(args, context, project.as_ref(), listening, metrics, served, installer))?;
    // Nobody waits for what goes on now: a query, or a server elsewhere that never comes to an end.
    app.records().db.interrupt();
    runtime.shutdown_timeout(LAST);
    app.close(LAST);
    if args.logs_json() {
        if !context.global.quiet {
            log_line(Level::INFO, "Server stopped", &Json::Null);
        }
    } else if !context.global.quiet && !context.global.json() {
        context.output().note("stopped");
    }
    Ok(())
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
    let origins = if args.origins.is_empty() { vec!["*".to_owned()] } else { args.origins.clone() };
    let public = Public {
        dir: args.public_dir.clone().unwrap_or_else(|| beside(app.dir(), "pb_public")),
        index_fallback: args.index_fallback.unwrap_or(true),
    };
    let schema_locked = !may_edit_schema(args, project);
    let options = Options { cors: Cors::new(origins), schema_locked, public: Some(public), metrics };
    let domain = listening.domain().map(str::to_owned);
    let server = listen::bind(listening, app.clone(), options).await?;
    // Listened for before anybody is told that the server is up.
    let stop = Stop::listen(args.stop_with_stdin);
    announce(args, context, project, &app, &url(&server, domain.as_deref()), installer.as_deref())?;
    // Whoever leaves the migrations alone is told nothing of them.
    if let Some(project) = project.filter(|_| args.migrate != Some(MigrateMode::Off)).cloned() {
        let (remarks, paths) = (args.remarks(context), context.paths(&project));
        tokio::task::spawn_blocking(move || remarks.project(&project, &paths));
    }
    drop(app);
    let (ask, asked) = oneshot::channel::<()>();
    tokio::select! {
        () = server.run(async { drop(asked.await) }) => {}
        () = stop.twice(ask) => {}
    }
    Ok(())
}

fn may_edit_schema(args: &Args, project: Option<&Workspace>) -> bool {
    args.schema_edits.unwrap_or_else(|| app::schema_edits(project)) == SchemaEdits::Allow
}

/// Where the API is found.
fn url(server: &Server, domain: Option<&str>) -> String {
    match (server.https_address(), domain) {
        (Some(address), Some(domain)) if address.port() == 443 => format!("https://{domain}"),
        (Some(address), Some(domain)) => format!("https://{domain}:{}", address.port()),
        (Some(address), None) => format!("https://{address}"),
        (None, _) => format!("http://{}", server.address()),
    }
}

/// The banner. The token is for whoever creates the first superuser.
fn announce(
    args: &Args,
    context: &Context,
    project: Option<&Workspace>,
    app: &App,
    url: &str,
    installer: Option<&str>,
) -> CliResult {
    let count = app.catalog().iter().filter(|collection| !collection.system).count();
    let what = project.and_then(|project| project.config.name.clone());
    let mut result =
        json!({ "event": "started", "url": url, "dir": app.dir().display().to_string(), "collections": count });
    let install = installer.map(|token| format!("{url}/_/#/pbinstall/{token}"));
    if let Some(install) = &install {
        result["installer"] = json!(install);
    }
    if args.logs_json() && !context.global.json() {
        if !context.global.quiet {
            result.as_object_mut().map(|data| data.remove("event"));
            log_line(Level::INFO, &format!("Server started at {url}"), &result);
        }
        return Ok(());
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

/// What asks the server to stop: signals, or the end of standard input.
struct Stop {
    signals: StopSignals,
    input: Option<oneshot::Receiver<()>>,
}

impl Stop {
    /// Listens from now on.
    fn listen(with_stdin: bool) -> Self {
        let input = with_stdin.then(|| {
            let (ended, input) = oneshot::channel::<()>();
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
                drop(ended);
            });
            input
        });
        Self { signals: StopSignals::listen(), input }
    }

    /// Passes on the first wish to stop, and resolves at a second signal: whoever sends it does not want to wait.
    async fn twice(mut self, first: oneshot::Sender<()>) {
        /// A terminal and a program in between may both send the same signal.
        const ECHO: Duration = Duration::from_millis(500);
        let Some(input) = self.input else {
            self.signals.next().await;
            let (_, asked) = (first.send(()), Instant::now());
            loop {
                self.signals.next().await;
                if asked.elapsed() > ECHO {
                    return;
                }
            }
        };
        // Whoever holds the other end ends what it started itself.
        tokio::select! {
            () = self.signals.next() => {}
            _ = input => {}
        }
        let _ = first.send(());
        std::future::pending().await
    }
}

fn bring_up_to_date(args: &Args, context: &Context, project: &Workspace) -> CliResult {
    let paths = context.paths(project);
    let mode = args.migrate.unwrap_or(MigrateMode::Auto);
    if mode == MigrateMode::Off || !paths.migrations.exists() {
        return Ok(());
    }
    if mode == MigrateMode::Check {
        let status = migrate::status(&paths)?;
        status.integrity()?;
        let pending = status.count(migrate::State::Pending);
        if pending > 0 {
            let pending = if pending == 1 { "1 migration is".to_owned() } else { format!("{pending} migrations are") };
            let error = CliError::new(code::NOT_APPLIED, 4, format!("{pending} pending"));
            return Err(Box::new(error.next("pbr migrate up").next("pbr serve --migrate auto")));
        }
        return Ok(());
    }
    let options = UpOptions { confirm: args.confirm.clone(), ..UpOptions::default() };
    let report = migrate::up(&paths, &options).map_err(|error| not_applied(error, &paths.migrations))?;
    for file in &report.applied {
        if args.logs_json() {
            log_line(Level::INFO, "Migration applied", &json!({ "file": file.file }));
        } else {
            context.output().note(&format!("applied {}", file.file));
        }
    }
    Ok(())
}

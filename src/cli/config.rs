//! `pbr config`: what holds, and where it comes from.

use super::{CliError, CliResult, Context, app};
use crate::diagnostic::{Source, code, did_you_mean};
use crate::project::{CONFIG_FILE, Config, ENV_KEYS, PasswordHash, SchemaEdits, USER_KEYS, Workspace};
use crate::schema::yaml::is_placeholder;
use crate::schema::yaml::node::{self, Node, Value};
use serde_json::{Value as Json, json};

/// Show the configuration
#[derive(clap::Args)]
#[command(after_long_help = "Examples:\n  pbr config list --origin\n  pbr config get server.http")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Show every value that holds
    #[command(after_long_help = "Examples:\n  pbr config list\n  pbr config list --origin\n  pbr config list --json")]
    List {
        /// Say where each comes from: a flag, the environment, pbr.yaml, your own file or the defaults
        #[arg(long)]
        origin: bool,
    },

    /// Print one value
    #[command(after_long_help = "Examples:\n  pbr config get dirs.data\n  pbr config get settings.meta.appName")]
    Get {
        /// For example server.http
        #[arg(add = super::complete::config_keys())]
        key: String,
    },
}

/// A value with its origin.
struct Setting {
    key: String,
    value: Json,
    origin: String,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let settings = settings(context)?;
    match args.command {
        Command::List { origin } => {
            let list: Vec<Json> = settings
                .iter()
                .map(|setting| json!({ "key": setting.key, "value": setting.value, "origin": setting.origin }))
                .collect();
            context.output().done(json!({ "settings": list }), || {
                let width = settings.iter().map(|setting| setting.key.len()).max().unwrap_or(0);
                let line = |setting: &Setting| match origin {
                    true => format!("{:width$}  {}  ({})\n", setting.key, shown(&setting.value), setting.origin),
                    false => format!("{:width$}  {}\n", setting.key, shown(&setting.value)),
                };
                settings.iter().map(line).collect()
            })
        }
        Command::Get { key } => {
            let Some(setting) = settings.iter().find(|setting| setting.key == key) else {
                let error = CliError::new(code::USAGE, 2, format!("there is no configuration key `{key}`"));
                let similar = did_you_mean(&key, settings.iter().map(|setting| setting.key.as_str()));
                return Err(match similar {
                    Some(similar) => error.next(format!("pbr config get {similar}")).into(),
                    None => error.next("pbr config list").into(),
                });
            };
            let result = json!({ "key": setting.key, "value": setting.value, "origin": setting.origin });
            context.output().done(result, || shown(&setting.value))
        }
    }
}

fn shown(value: &Json) -> String {
    match value {
        Json::Null => "-".to_owned(),
        Json::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn settings(context: &Context) -> CliResult<Vec<Setting>> {
    let project = context.find_project()?;
    let mut config = project.as_ref().map(|project| project.config.clone()).unwrap_or_default();
    let file = project.as_ref().and_then(read_file);
    let mut list = vec![
        preference(context, "color", json!(context.colour().name()), context.global.color.is_some(), "--color"),
        preference(context, "noInput", json!(context.no_input()), context.global.no_input, "--no-input"),
    ];
    config.server.http = config.server.http.or_else(|| context.user.http());
    // What these are by default depends on whether there is a project.
    config.password_hash = Some(app::password_hash(project.as_ref()));
    config.schema_edits = Some(app::schema_edits(project.as_ref()));
    for (key, value) in values(&config) {
        let origin = origin(context, &key, file.as_ref());
        let value = match (&context.global.dir, key.as_str()) {
            (Some(dir), "dirs.data") => json!(dir.display().to_string()),
            _ => redacted(&key, value),
        };
        list.push(Setting { key, value, origin });
    }
    Ok(list)
}

/// What is a matter of the user, not of the project.
fn preference(context: &Context, key: &str, value: Json, flagged: bool, flag: &str) -> Setting {
    let origin = match flagged {
        true => flag.to_owned(),
        false => set_variable(key).unwrap_or_else(|| users_place(context, key)),
    };
    Setting { key: key.to_owned(), value, origin }
}

/// The variable that sets a key.
fn set_variable(key: &str) -> Option<String> {
    let users = USER_KEYS.iter().map(|(key, variable)| (variable, key));
    let mut known = ENV_KEYS.iter().map(|(variable, key)| (variable, key)).chain(users);
    let (variable, _) = known.find(|(_, known)| **known == key)?;
    std::env::var(variable).is_ok_and(|value| !value.is_empty()).then(|| (*variable).to_owned())
}

/// Where a key stands in the user's own file; `default` where it does not.
fn users_place(context: &Context, key: &str) -> String {
    let place = context.user.source().and_then(|(source, root)| Some((source, find(root, key)?)));
    place.map_or_else(|| "default".to_owned(), |(source, at)| format!("{}:{}", source.path, source.line_column(at).0))
}

/// Secrets are placeholders in the file; the environment could still hold one.
fn redacted(key: &str, value: Json) -> Json {
    let secret = key.ends_with(".password") || key.ends_with(".secret");
    match &value {
        Json::String(text) if secret && !text.is_empty() && !is_placeholder(text) => json!("[redacted]"),
        _ => value,
    }
}

struct File {
    shown: String,
    source: std::sync::Arc<Source>,
    root: Node,
}

fn read_file(project: &Workspace) -> Option<File> {
    let path = project.root.join(CONFIG_FILE);
    let text = crate::text_file::read(&path).ok()?;
    let source = Source::new(path.display().to_string(), text.trim_start_matches('\u{feff}'));
    let root = node::parse(&source, &mut Vec::new())?;
    Some(File { shown: path.display().to_string(), source, root })
}

fn origin(context: &Context, key: &str, file: Option<&File>) -> String {
    if key == "dirs.data" && context.global.dir.is_some() && std::env::args().any(|arg| arg.starts_with("--dir")) {
        return "--dir".to_owned();
    }
    if let Some(name) = set_variable(key) {
        return name;
    }
    let place = file.and_then(|file| Some((file, find(&file.root, key)?)));
    match place {
        Some((file, at)) => format!("{}:{}", file.shown, file.source.line_column(at).0),
        None => users_place(context, key),
    }
}

/// Where a dotted key stands.
fn find(root: &Node, key: &str) -> Option<usize> {
    let mut node = root;
    let mut place = None;
    for step in key.split('.') {
        if !matches!(node.value, Value::Map(_)) {
            // `trustedProxy: [X-Real-IP]` stands for its `headers`.
            return place;
        }
        let entry = node.entry(step)?;
        place = Some(entry.key_span.start);
        node = &entry.value;
    }
    place
}

/// Every key.
pub fn keys(config: &Config) -> Vec<String> {
    let of_users = ["color", "noInput"].map(str::to_owned);
    of_users.into_iter().chain(values(config).into_iter().map(|(key, _)| key)).collect()
}

/// Every key with its value, in the order of the file format.
fn values(config: &Config) -> Vec<(String, Json)> {
    let dirs = &config.dirs;
    let owned = |(key, value): (&str, Json)| (key.to_owned(), value);
    let mut values = [
        ("name", json!(config.name)),
        ("environment", json!(config.environment.name())),
        ("dirs.data", json!(dirs.data)),
        ("dirs.schema", json!(dirs.schema)),
        ("dirs.migrations", json!(dirs.migrations)),
        ("dirs.seeds", json!(dirs.seeds)),
        ("dirs.hooks", json!(dirs.hooks)),
        ("dirs.public", json!(dirs.public)),
    ]
    .map(owned)
    .to_vec();
    values.extend(config.server.values().into_iter().map(|(key, value)| (format!("server.{key}"), value)));
    let rest = [
        ("passwordHash", json!(config.password_hash.map(PasswordHash::name))),
        ("schemaEdits", json!(config.schema_edits.map(SchemaEdits::name))),
        ("logins.totp", json!(config.logins.totp)),
        ("logins.backOff", json!(config.logins.back_off)),
    ];
    values.extend(rest.map(owned));
    flatten("settings", &Json::Object(config.settings.clone()), &mut values);
    values
}

fn flatten(prefix: &str, value: &Json, values: &mut Vec<(String, Json)>) {
    match value {
        Json::Object(object) => {
            for (key, value) in object {
                flatten(&format!("{prefix}.{key}"), value, values);
            }
        }
        value => values.push((prefix.to_owned(), value.clone())),
    }
}

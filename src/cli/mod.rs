//! The command line: parses, asks, prints, shows progress. It calls the other rooms and knows neither SQL nor HTTP.
//!
//! A command is a file with `Args` (clap) and `run`, and one line in the list below.

mod app;
mod backup;
mod complete;
mod completions;
mod config;
mod context;
mod crash;
mod cron;
mod data;
mod dev;
mod doctor;
mod editor;
mod error;
mod explain;
mod files;
mod init;
mod interrupt;
mod javascript;
mod listen;
mod log_lines;
mod logs;
mod man;
mod migrate;
mod output;
mod password;
mod progress;
mod questions;
mod records;
mod remarks;
mod remote;
mod schema;
mod seed;
mod seed_export;
mod serve;
mod shapes;
mod signals;
mod superuser;
mod table;
mod token;
mod topics;
mod undo;
mod verbose;

pub use context::{Context, Global};
pub use error::{CliError, CliResult};
pub use output::{Output, print};

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser};
use std::ffi::OsString;
use std::time::{Duration, Instant};

macro_rules! commands {
    ($($group:literal => $($variant:ident = $module:ident),+;)*) => {
        #[derive(clap::Subcommand)]
        enum Command {
            $($($variant($module::Args),)+)*
        }

        impl Command {
            /// Titles of the help page and the commands below each.
            const GROUPS: &[(&str, &[&str])] = &[$(($group, &[$(stringify!($module)),+])),*];

            fn run(self, context: &Context) -> CliResult {
                match self {
                    $($(Self::$variant(args) => $module::run(args, context),)+)*
                }
            }
        }
    };
}

commands! {
    "Project" => Init = init, Dev = dev, Doctor = doctor;
    "Schema" => Schema = schema, Migrate = migrate;
    "Data" => Seed = seed, Data = data, Records = records, Files = files, Backup = backup;
    "Server" => Serve = serve, Logs = logs, Cron = cron;
    "Keys" => Token = token, Superuser = superuser;
    "Shell" => Config = config, Explain = explain, Completions = completions, Man = man;
}

/// A backend you keep in git
///
/// Collections in YAML, every change a reviewed SQL migration, and a PocketBase-compatible server in one binary.
#[derive(Parser)]
#[command(name = "pbr", disable_version_flag = true, disable_help_subcommand = false, max_term_width = 100)]
struct Cli {
    /// Print the version
    #[arg(short = 'V', long, action = ArgAction::SetTrue)]
    version: bool,

    #[command(flatten)]
    global: Global,

    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  pbr init blog --template blog    start a project
  pbr dev                          serve it, and follow every change of schema/
  pbr migrate diff                 write a migration for what changed in schema/
  pbr migrate                      bring the database to the schema
  pbr seed                         fill it with the records of seeds/
  pbr serve                        run the server";

/// Parses the arguments, runs the command and returns the exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> u8 {
    // Ends here when a shell asks what could come next.
    clap_complete::CompleteEnv::with_factory(command).bin("pbr").complete();
    let args: Vec<OsString> = args.into_iter().collect();
    output::set_colour(asked_colour(&args));
    if let Some(text) = help_topic(&args) {
        return text.and_then(|text| print(&text)).map_or_else(|error| error.report(false), |()| 0);
    }
    crash::install();
    let matches = match command().try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return report_usage(&error, &args),
    };
    let cli = Cli::from_arg_matches(&matches).expect("the matches come from the same definition");
    let started = Instant::now();
    let as_json = cli.global.json();
    let user = match context::user_config() {
        Ok(user) => user,
        Err(error) => return error.report(as_json),
    };
    let context = Context::new(cli.global, user);
    output::set_colour(context.colour());
    verbose::trace_sql(&context);
    let work = std::panic::AssertUnwindSafe(|| {
        recover(&context)?;
        match cli.command {
            _ if cli.version => version(&context),
            Some(command) => command.run(&context),
            None => print(&command_line_help()),
        }
    });
    let done = std::panic::catch_unwind(work);
    // Short, unless something is stuck.
    crate::db::wait_until_closed(Duration::from_secs(2));
    context.output().timing("in all", started.elapsed());
    match done {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => error.report(as_json),
        // The hook has said what there is to say.
        Err(_) => crash::EXIT,
    }
}

/// The colour of what is printed before the arguments are read: help, and mistakes in them.
fn asked_colour(args: &[OsString]) -> context::Colour {
    let words: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).take_while(|word| word != "--").collect();
    let mut flags = words.iter().enumerate().filter_map(|(at, word)| match word.strip_prefix("--color")? {
        "" => words.get(at + 1).map(|word| word.to_string()),
        value => value.strip_prefix('=').map(str::to_owned),
    });
    let flag = flags.next().and_then(|word| <context::Colour as clap::ValueEnum>::from_str(&word, false).ok());
    // What is wrong with the user's own file is said later.
    let user = context::user_config().unwrap_or_default();
    Context::new(Global { color: flag, ..Global::default() }, user).colour()
}

/// `pbr help TOPIC`, and `pbr help json COMMAND`, which clap knows nothing of.
fn help_topic(args: &[OsString]) -> Option<CliResult<String>> {
    let words = args.iter().skip(1).map(|word| word.to_string_lossy());
    // `--json` and others change nothing about a page.
    let words: Vec<_> = words.filter(|word| !word.starts_with('-')).collect();
    match words.iter().map(|word| &**word).collect::<Vec<_>>().as_slice() {
        ["help", topic] => topics::topic(topic).map(Ok),
        ["help", "json", command @ ..] => Some(shapes::schema(command)),
        _ => None,
    }
}

/// Ends what a restore began that broke off, and refuses what is no directory, before a command looks at the data directory.
fn recover(context: &Context) -> CliResult {
    // A command that needs the configuration says what is wrong with it.
    let Ok(dir) = context.data_dir() else { return Ok(()) };
    if dir.exists() && !dir.is_dir() {
        let message = format!("{} is no directory", dir.display());
        let error = CliError::new(crate::diagnostic::code::DATA_DIR, 2, message);
        return Err(error.why("the data directory is a folder, with the database data.db in it").into());
    }
    crate::backup::recover(&dir).map_err(|error| {
        let message = format!("the restore of a backup broke off in {} and cannot be ended", dir.display());
        Box::new(CliError::new(crate::diagnostic::code::DATA_DIR, 1, message).why(error.to_string()))
    })
}

/// An empty variable counts as absent.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |arg: &clap::Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    command
        .mut_args(|arg| if is_empty(&arg) { arg.env(None::<&'static str>) } else { arg })
        .mut_subcommands(without_empty_variables)
}

/// The command line with its help page grouped.
fn command() -> clap::Command {
    let command = without_empty_variables(Cli::command());
    let mut groups = groups(&command);
    let topics: Vec<String> = topics::TOPICS.iter().map(|(name, about, _)| format!("  {name:12} {about}")).collect();
    groups.push_str(&format!("\n\nTopics (pbr help TOPIC):\n{}", topics.join("\n")));
    command
        .help_template(
            "{about-with-newline}\n{usage-heading} pbr [OPTIONS] <COMMAND>{after-help}\n\nOptions:\n{options}",
        )
        .after_help(groups.clone())
        .after_long_help(format!("{groups}\n\n{EXAMPLES}"))
}

fn groups(command: &clap::Command) -> String {
    const WIDTH: usize = 12;
    let line = |name: &&str| {
        let about = command.find_subcommand(name).and_then(clap::Command::get_about).map(ToString::to_string);
        format!("  {name:WIDTH$} {}", about.unwrap_or_default())
    };
    let group = |(title, names): &(&str, &[&str])| {
        format!("{title}:\n{}", names.iter().map(line).collect::<Vec<_>>().join("\n"))
    };
    Command::GROUPS.iter().map(group).collect::<Vec<_>>().join("\n\n")
}

/// What `pbr` alone prints.
fn command_line_help() -> String {
    let command = command();
    format!(
        "pbr {}: a backend you keep in git\n\n{}\n\n{EXAMPLES}\n\nAll options: pbr --help",
        env!("CARGO_PKG_VERSION"),
        groups(&command)
    )
}

fn version(context: &Context) -> CliResult {
    let version = env!("CARGO_PKG_VERSION");
    let sqlite = crate::db::sqlite_version();
    let result = serde_json::json!({
        "version": version,
        // Set by whoever builds a release.
        "commit": option_env!("PBR_COMMIT"),
        "sqlite": sqlite,
        "features": crate::db::sqlite_features(),
    });
    context.output().done(result, || format!("pbr {version}"))
}

/// clap's own messages: help goes to stdout with 0, mistakes to stderr with 2.
fn report_usage(error: &clap::Error, args: &[OsString]) -> u8 {
    let mistake = error.use_stderr();
    let as_json = |arg: &OsString| arg == "--json" || arg.to_string_lossy().starts_with("--json=");
    if mistake && args.iter().any(as_json) {
        let text = error.render().to_string();
        // The first paragraph, which names what is missing.
        let lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
        let message = lines.collect::<Vec<_>>().join(" ").trim_start_matches("error: ").to_owned();
        let error = CliError::new(crate::diagnostic::code::USAGE, 2, message).why(text);
        return error.report(true);
    }
    // A closed pipe is no reason to complain.
    let _ = error.print();
    if mistake { 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent_and_every_command_is_in_a_group() {
        let command = command();
        command.clone().debug_assert();
        for subcommand in command.get_subcommands() {
            let grouped = Command::GROUPS.iter().any(|(_, names)| names.contains(&subcommand.get_name()));
            assert!(grouped, "{}", subcommand.get_name());
            assert!(subcommand.get_about().is_some(), "{}", subcommand.get_name());
        }
    }

    /// The help of every command as it was reviewed; a change shows in the difference of its snapshot.
    #[test]
    fn help_pages_are_as_reviewed() {
        fn visit(command: &mut clap::Command, path: &str) {
            let help = command.render_long_help().to_string();
            let name = format!("help_{}", path.replace(' ', "_"));
            insta::assert_snapshot!(name, help);
            for subcommand in command.get_subcommands_mut().filter(|subcommand| subcommand.get_name() != "help") {
                let path = format!("{path} {}", subcommand.get_name());
                visit(subcommand, &path);
            }
        }
        visit(&mut command(), "pbr");
    }

    #[test]
    fn every_command_shows_examples_of_itself() {
        fn visit(command: &mut clap::Command, path: &str) {
            let help = command.render_long_help().to_string();
            let examples = help.split_once("Examples:").map_or("", |(_, examples)| examples);
            assert!(examples.contains(path), "{path}");
            // `help` is clap's own.
            for subcommand in command.get_subcommands_mut().filter(|subcommand| subcommand.get_name() != "help") {
                let path = format!("{path} {}", subcommand.get_name());
                visit(subcommand, &path);
            }
        }
        visit(&mut command(), "pbr");
    }
}

//! `pbr help TOPIC`: what is not about one command.

use crate::project::ENV_KEYS;

/// Name, one line, and the text.
type Topic = (&'static str, &'static str, fn() -> String);

/// All topics.
pub const TOPICS: &[Topic] = &[
    ("environment", "the variables that pbr reads", environment),
    ("exit-codes", "what the exit codes mean", exit_codes),
    ("formatting", "--json, colours, pipes and prompts", formatting),
    ("json", "what --json prints, as JSON Schemas", json),
];

fn json() -> String {
    let mut text = String::from(
        "With --json every command prints one object. Its shape is stable: keys may be added, none changes its meaning.\n\
         logs and dev print such objects line by line.\n\n  \
         pbr help json migrate status     the JSON Schema of a command\n  \
         pbr help json error              that of a failure, the same for all commands\n  \
         pbr help json event              that of the lines before the result, with --json=lines\n\n\
         Commands with a schema:\n",
    );
    for name in super::shapes::names() {
        text.push_str(&format!("  {name}\n"));
    }
    text
}

/// The text of a topic.
pub fn topic(name: &str) -> Option<String> {
    TOPICS.iter().find(|(known, _, _)| *known == name).map(|(_, _, text)| text())
}

fn environment() -> String {
    let mut text = String::from(
        "Flags go over these variables, they go over pbr.yaml, that goes over your own file, and that over the defaults.\n\
         `pbr config list --origin` shows what holds. A variable that is empty counts as absent.\n\n",
    );
    for (variable, key) in ENV_KEYS {
        text.push_str(&format!("  {variable:20}  {key} of pbr.yaml\n"));
    }
    for (variable, meaning) in [
        ("PBR_CONFIG", "the project file, as --config"),
        ("PBR_COLOR", "auto, always or never, as --color"),
        ("PBR_NO_INPUT", "true or false; true never asks, as --no-input"),
        ("PBR_TOKEN", "the token of commands that ask a server with --url"),
        ("PBR_METRICS_TOKEN", "who may read /metrics"),
        ("NO_COLOR", "no colours, when not empty; FORCE_COLOR for colours in pipes"),
        ("CI", "never ask, when not empty"),
        ("VISUAL, EDITOR", "for pbr migrate diff --edit"),
    ] {
        text.push_str(&format!("  {variable:20}  {meaning}\n"));
    }
    text.push_str(
        "\nYour own file, for every project: $XDG_CONFIG_HOME/pbr/config.yaml or ~/.config/pbr/config.yaml, on macOS\n\
         ~/Library/Application Support/pbr/config.yaml, on Windows %APPDATA%\\pbr\\config.yaml. Its keys:\n  \
         color: auto, always or never\n  noInput: true never asks\n  server.http: where to listen, unless pbr.yaml says\n",
    );
    text.push_str("\nNames in ${env:NAME} of the schema and of pbr.yaml are read where they are used. A .env file is never read.\n");
    text
}

fn exit_codes() -> String {
    "\
    0    done
    1    an internal error, or a file that cannot be read or written
    2    a wrong invocation, input that is refused, or something that is needed is missing
    3    you said no at a prompt
    4    ran to the end and found something: a difference, a finding of lint, pending migrations, drift, a failed check
    5    a decision is missing and nobody can be asked: an ambiguous rename, consent to data loss
    6    integrity: an edited, missing or foreign migration
    7    a migration failed and was rolled back
    8    another process held the lock for too long
    9    the schema or the configuration is invalid
  130    interrupted (serve and dev: 0)
  143    terminated (serve and dev: 0)
"
    .to_owned()
}

fn formatting() -> String {
    "\
Results go to stdout, everything else to stderr.

  --json      one JSON object on stdout: {\"ok\": true, ...} or {\"ok\": false, \"error\": {code, message, why, next, where, meta}};
              `pbr help json` has the JSON Schema of every command
  --json=lines  before it what happens meanwhile, one event a line: progress of long commands, and notes
  --quiet     only errors
  -v          timings, on stderr
  -vv         also the SQL that runs on the database, on stderr; its values are not shown
  --color     auto, always or never; auto has no colours in pipes, with NO_COLOR and with TERM=dumb
  --no-input  never ask; where a question would be needed the command ends with 5 and names the flag that answers it
  --yes       yes to simple questions; never to the loss of data, which takes --confirm TOKEN

Lists print one record a line when piped. Sizes are bytes, durations milliseconds and times RFC 3339 in JSON.
"
    .to_owned()
}

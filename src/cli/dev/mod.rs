//! `pbr dev`: the inner loop. The server runs as a process of its own; this one watches.

mod draft;
mod seen;
mod stop;

use super::migrate::lint;
use super::{CliError, CliResult, Context, editor, error::written_anew, listen, questions, schema};
use crate::db::{ChangeWatcher, WATCH_INTERVAL};
use crate::diagnostic::code;
use crate::migrate::{self, Consent, DiffOptions, DiffReport, Finding, MigrateError, ProjectPaths, PullOptions};
use crate::migrate::{UpOptions, UpReport};
use crate::project::{Workspace, parse_schema};
use crate::schema::diff::{Decisions, Question};
use crate::seed;
use seen::{Beside, Seen};
use serde_json::{Value as Json, json};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use stop::Stop;

/// Serve the project and follow every change of the schema
///
/// Checks schema/ when a file changes, writes and applies the migration, and goes on serving. One migration is kept and
/// rewritten until it is committed. A broken file changes nothing and is shown. What the dashboard or API changes is
/// written back to schema/.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr dev                          then edit schema/posts.yaml
  pbr dev --http 127.0.0.1:0       on a free port
  pbr dev --no-seed")]
pub struct Args {
    /// Address to listen on [default: 127.0.0.1:8090, or server.http of pbr.yaml]
    #[arg(long, value_name = "ADDRESS")]
    http: Option<String>,

    /// Seed neither a database that was just made nor files that change
    #[arg(long)]
    no_seed: bool,
}

/// The exit code of an interrupted question.
const INTERRUPTED: u8 = 130;

/// Pause between two looks at the files.
const TICK: Duration = Duration::from_millis(150);

pub fn run(args: Args, context: &Context) -> CliResult {
    let project = context.project()?;
    if let Some(address) = listen::http_address(args.http.as_ref(), &project, context.user.http()) {
        listen::check_address(&address)?;
    }
    schema::note_unread(context, &project);
    editor::write_missing(&project);
    let paths = context.paths(&project);
    let stop = Stop::listen(&paths)?;
    let mut dev = Dev {
        context,
        args: &args,
        project,
        paths,
        stop: &stop,
        draft: None,
        seen: Seen::default(),
        broken: false,
        said: None,
    };
    dev.draft = dev.remembered_draft();
    dev.seen = dev.files();
    let beside = Beside::now(&dev.project);
    // What was changed in the database while nobody watched comes first, or it would be overwritten.
    dev.take_over_database();
    let fresh = !dev.paths.database().exists();
    dev.take_over_schema();
    if fresh && !args.no_seed {
        dev.seed("the new database");
    }
    let seeds = !args.no_seed && (fresh || seed::is_seeded(&dev.paths.database()));
    let mut server = dev.serve()?;
    let ended = dev.watch(&mut server, beside, seeds);
    end(&mut server);
    match ended? {
        0 => Ok(()),
        // The server has said why.
        exit => std::process::exit(i32::from(exit)),
    }
}

/// Lets the server finish its requests.
fn end(server: &mut Child) {
    drop(server.stdin.take());
    let _ = server.wait();
}

struct Dev<'a> {
    context: &'a Context,
    args: &'a Args,
    project: Workspace,
    paths: ProjectPaths,
    stop: &'a Stop,
    /// The version of the migration that is rewritten.
    draft: Option<i64>,
    /// What was there at the last look.
    seen: Seen,
    /// The last change of the files could not be taken over.
    broken: bool,
    /// What was said of the present change, so that it is not repeated.
    said: Option<String>,
}

impl Dev<'_> {
    fn say(&self, event: &str, text: &str, details: Json) {
        if self.context.global.json() {
            let mut line = json!({ "event": event, "message": text });
            line["details"] = details;
            let _ = super::print(&line.to_string());
            return;
        }
        let stamp = chrono::Local::now().format("%H:%M:%S");
        self.context.output().note(&format!("{stamp} {text}"));
    }

    fn complain(&mut self, error: &CliError) {
        self.broken = true;
        let text = error.render(true);
        if error.exit == INTERRUPTED || self.said.as_ref() == Some(&text) {
            return;
        }
        if self.context.global.json() {
            let _ = super::print(&error.to_json().to_string());
        } else {
            self.say("error", "the schema stays as it was:", Json::Null);
            self.context.output().note(&format!("{text}\n"));
        }
        self.said = Some(text);
    }

    fn files(&self) -> Seen {
        Seen::now(&self.paths)
    }

    fn serve(&self) -> CliResult<Child> {
        let failed =
            |error: std::io::Error| CliError::new(code::INTERNAL, 1, format!("cannot start the server: {error}"));
        let program = std::env::current_exe().map_err(failed)?;
        let mut command = Command::new(program);
        command
            .arg("serve")
            .args(["--schema-edits", "allow", "--migrate", "off", "--stop-with-stdin", "--plain"])
            .stdin(Stdio::piped());
        command.arg("--config").arg(self.project.root.join(crate::project::CONFIG_FILE));
        command.arg("--dir").arg(&self.paths.data);
        if let Some(http) = &self.args.http {
            command.args(["--http", http]);
        }
        if self.context.global.json() {
            command.arg("--json");
        }
        if let Some(name) = &self.context.global.encryption_env {
            command.args(["--encryption-env", name]);
        }
        Ok(command.spawn().map_err(failed)?)
    }

    /// Follows the changes until it is to stop or the server has ended; with which exit code.
    fn watch(&mut self, server: &mut Child, mut beside: Beside, seeds: bool) -> CliResult<u8> {
        let mut live = migrate::live_hash(&self.paths).ok().flatten();
        let mut watcher = ChangeWatcher::open(&self.paths.database()).ok();
        let mut looked = beside.config;
        // Seeds that failed may wait for a change of the schema.
        let mut unseeded = false;
        loop {
            std::thread::sleep(TICK);
            if self.stop.is_now() {
                return Ok(0);
            }
            if let Ok(Some(status)) = server.try_wait() {
                return Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1));
            }
            self.said = None;
            let before = self.seen.clone();
            let files = self.files();
            if files != self.seen {
                let now = migrate::live_hash(&self.paths).ok().flatten();
                if now.is_some() && now != live && !self.take_over_database() {
                    // Both sides changed one thing: nothing is applied until a person has settled it.
                    self.seen = files;
                    continue;
                }
                self.seen = self.files();
                self.take_over_schema();
                live = migrate::live_hash(&self.paths).ok().flatten();
            } else if watcher.as_mut().is_some_and(ChangeWatcher::moved) {
                let now = migrate::live_hash(&self.paths).ok().flatten();
                if now.is_some() && now != live {
                    self.take_over_database();
                    self.seen = self.files();
                    // What was answered on another terminal, and what the files have more.
                    self.take_over_schema();
                    live = migrate::live_hash(&self.paths).ok().flatten();
                }
            }
            // After the schema, which new seeds may need.
            let now = Beside::now(&self.project);
            // Not while it is being written.
            if now.config == beside.config && now.config != looked {
                self.look_at_config();
                looked = now.config;
            }
            let again = unseeded && self.seen != before;
            if seeds && (now.seeds != beside.seeds || again) {
                unseeded = !self.seed("the changed seeds");
            }
            beside = now;
        }
    }

    /// What `pbr.yaml` says holds from the next start on.
    fn look_at_config(&self) {
        match self.context.find_project() {
            Ok(Some(project)) if project.config != self.project.config => {
                self.say("configured", "pbr.yaml changed: start pbr dev again to apply it", Json::Null);
            }
            Ok(_) => {}
            Err(error) if self.context.global.json() => {
                let _ = super::print(&error.to_json().to_string());
            }
            Err(error) => self.context.output().note(&format!("{}\n", error.render(true))),
        }
    }

    /// From the files to the database.
    fn take_over_schema(&mut self) {
        let started = Instant::now();
        match self.migrate() {
            Ok((changes, findings)) => {
                let recovered = std::mem::take(&mut self.broken);
                if !changes.is_empty() {
                    let took = started.elapsed().as_millis();
                    let text = format!("{}; live after {took} ms", changes.join(", "));
                    self.say("migrated", &text, json!({ "changes": changes, "milliseconds": took as u64 }));
                    for finding in &findings {
                        // Without its place: the draft is no file to edit.
                        let text = format!("warning[{}]: {}", finding.code, finding.message);
                        self.say("warned", &text, json!({ "code": finding.code, "subject": finding.subject }));
                    }
                } else if recovered {
                    self.say("recovered", "the schema is valid again; nothing changed", Json::Null);
                }
            }
            Err(error) => self.complain(&error),
        }
    }

    /// What was changed, and what a reviewer would say of it.
    fn migrate(&mut self) -> CliResult<(Vec<String>, Vec<Finding>)> {
        // A database that another branch or a lost draft has migrated: nothing is written before that is settled.
        migrate::status(&self.paths)?.integrity()?;
        let (report, up) = loop {
            let report = self.plan()?;
            if let Some(up) = self.apply(report.as_ref())? {
                break (report, up);
            }
        };
        if let Some(copy) = up.copy.filter(|_| report.as_ref().is_some_and(|report| !report.losses.is_empty())) {
            let text = format!("the database as it was before is in {}", copy.display());
            self.say("copied", &text, json!({ "copy": copy.display().to_string() }));
        }
        let applied = up.applied;
        // A file that somebody else put behind the draft is not ours to make one with it.
        let own = report.as_ref().map(|report| report.file.version);
        if applied.iter().any(|file| Some(file.version) != own && self.draft.is_some_and(|draft| draft < file.version))
        {
            self.draft = None;
            self.remember_draft();
        }
        let mut changes: Vec<String> = applied
            .iter()
            .filter(|file| Some(file.version) != own)
            .map(|file| format!("applied {}", file.file))
            .collect();
        let mut findings = Vec::new();
        if let Some(report) = report {
            findings = lint::of_newest(&self.paths);
            self.fold(report.file.version)?;
            changes.extend(report.changes.iter().map(ToString::to_string));
        }
        if !changes.is_empty() {
            // The server has looked by then.
            std::thread::sleep(WATCH_INTERVAL * 2);
        }
        Ok((changes, findings))
    }

    /// Writes the migration to what the files say. They may change while a question stands; the answer to it is worth
    /// nothing then.
    fn plan(&self) -> CliResult<Option<DiffReport>> {
        let mut decisions = Decisions::default();
        loop {
            let files = self.files().schema;
            let schema = schema::load(&self.project)?;
            let options = DiffOptions { write: true, decisions: decisions.clone(), ..DiffOptions::default() };
            match migrate::diff(&self.paths, &schema, &options) {
                Err(MigrateError::Open(open)) if self.takes_back(&open, &mut decisions) => {}
                Err(MigrateError::Open(open)) if self.context.interactive() => {
                    questions::ask_renames(&open, &mut decisions)?;
                    if self.files().schema != files {
                        self.say("changed", "the files changed meanwhile: that answer counts for nothing", Json::Null);
                        decisions = Decisions::default();
                    }
                }
                result => return Ok(result?),
            }
        }
    }

    /// Answers what the draft answers: what it renamed has its former name again.
    fn takes_back(&self, open: &[Question], decisions: &mut Decisions) -> bool {
        let renames = self.draft.and_then(|draft| migrate::renames_of(&self.paths, draft).ok()).unwrap_or_default();
        let evident = |(old, new): &(String, String)| {
            open.iter().any(|question| question.new == *old && question.candidates.contains(new))
        };
        let back: Vec<_> = renames.into_iter().filter(evident).map(|(old, new)| (new, old)).collect();
        decisions.renames.extend(back.iter().cloned());
        !back.is_empty()
    }

    /// Applies what is pending. `None` where the files changed while a question stood, so that it has to be planned anew.
    fn apply(&self, report: Option<&DiffReport>) -> CliResult<Option<UpReport>> {
        let own = report.map(|report| report.file.version);
        let mut confirm = Vec::new();
        loop {
            let options = UpOptions { confirm: confirm.clone(), ..UpOptions::default() };
            match migrate::up(&self.paths, &options) {
                Ok(up) => return Ok(Some(up)),
                Err(MigrateError::DataLoss(consents)) if self.context.interactive() && confirm.is_empty() => {
                    if let Err(declined) = self.ask_to_lose(&consents, own) {
                        self.discard(own);
                        return Err(declined);
                    }
                    if !self.is_planned() {
                        self.discard(own);
                        self.say("changed", "the files changed meanwhile: nothing was dropped", Json::Null);
                        return Ok(None);
                    }
                    confirm.extend(consents.into_iter().map(|consent| consent.token));
                }
                Err(MigrateError::DataLoss(mut consents)) => {
                    self.discard(own);
                    // The new file is not kept, so its token would not fit the next one.
                    let name = report.map(|report| report.file.file_name.as_str());
                    consents.iter_mut().for_each(|consent| consent.anew.retain(|file| Some(file.as_str()) != name));
                    let again = "pbr migrate diff && pbr migrate up    (which names the token of the new file)";
                    let next = written_anew(&consents, &self.paths.migrations).into_iter().chain([again.to_owned()]);
                    let next = next.collect();
                    let error: Box<CliError> = MigrateError::DataLoss(consents).into();
                    return Err(Box::new(CliError { next, ..*error }));
                }
                Err(error) => {
                    self.discard(own);
                    let name = report.map(|report| report.file.file_name.as_str());
                    let is_own = matches!(
                        &error,
                        MigrateError::Failed { file, .. } | MigrateError::Replay { file, .. } if Some(file.as_str()) == name
                    );
                    let mut error: Box<CliError> = error.into();
                    if is_own {
                        // Neither is there a file to look at.
                        error.where_ = None;
                        error.next = vec![
                            "correct the schema files or the records; the migration is written anew then".to_owned(),
                            "pbr migrate diff && pbr migrate up    (which keeps the file, to be edited)".to_owned(),
                        ];
                    }
                    return Err(error);
                }
            }
        }
    }

    fn ask_to_lose(&self, consents: &[Consent], own: Option<i64>) -> CliResult {
        for (_, subject, rows) in consents.iter().flat_map(|consent| &consent.losses) {
            let noun = if *rows == 1 { "row" } else { "rows" };
            let text = format!("{subject} has values in {rows} {noun}, which will be lost");
            self.say("question", &text, Json::Null);
        }
        self.stop.while_asking(own, || questions::confirm_loss("Drop them from this database?"))
    }

    /// Whether the migrations still lead to what the files say.
    fn is_planned(&self) -> bool {
        schema::load(&self.project)
            .is_ok_and(|schema| matches!(migrate::diff(&self.paths, &schema, &DiffOptions::default()), Ok(None)))
    }

    /// A migration that cannot be applied here is no draft.
    fn discard(&self, own: Option<i64>) {
        if let Some(version) = own {
            let _ = migrate::discard(&self.paths, version);
        }
    }

    /// From the database to the files: somebody used the dashboard or the API. Changes of the files stay beside it.
    fn take_over_database(&mut self) -> bool {
        match self.pull() {
            Ok(Some(changes)) => {
                self.broken = false;
                let text = format!("from the API: {}; written to schema/", changes.join(", "));
                self.say("pulled", &text, json!({ "changes": changes }));
                true
            }
            Ok(None) => true,
            Err(error) => {
                self.complain(&error);
                false
            }
        }
    }

    fn pull(&mut self) -> CliResult<Option<Vec<String>>> {
        // What the files ask is no question to a database that has nothing more than the migrations.
        match migrate::live_hash(&self.paths)? {
            Some(live) if live != migrate::replayed_hash(&self.paths)? => {}
            _ => return Ok(None),
        }
        let status = migrate::status(&self.paths)?;
        // A database that is behind is migrated, and one that another branch has migrated is refused there.
        if status.integrity().is_err() || status.count(migrate::State::Pending) > 0 {
            return Ok(None);
        }
        let schema = schema::load(&self.project)?;
        let options = PullOptions { lock_timeout: Duration::from_secs(10), merge: true, ..PullOptions::default() };
        let report = migrate::pull(&self.paths, &schema, &|files| parse_schema(files), &options)?;
        let Some(report) = report else { return Ok(None) };
        if let Some(file) = &report.migration {
            self.fold(file.version)?;
        }
        Ok(Some(report.changes.iter().map(ToString::to_string).collect()))
    }

    /// Whether it worked.
    fn seed(&self, what: &str) -> bool {
        let program = std::env::current_exe();
        let status = program.and_then(|program| {
            let mut command = Command::new(program);
            command.args(["seed", "--quiet", "--no-input", "--config"]);
            command.arg(self.project.root.join(crate::project::CONFIG_FILE)).arg("--dir").arg(&self.paths.data);
            if let Some(name) = &self.context.global.encryption_env {
                command.args(["--encryption-env", name]);
            }
            command.status()
        });
        let worked = status.is_ok_and(|status| status.success());
        if worked {
            self.say("seeded", &format!("seeded {what}"), Json::Null);
        } else {
            self.say("error", &format!("{what} could not be seeded; see pbr seed"), Json::Null);
        }
        worked
    }
}

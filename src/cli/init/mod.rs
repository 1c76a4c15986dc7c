//! `pbr init`.

mod before;
mod from;

use super::questions::{Asking, answered};
use super::{CliError, CliResult, Context, editor, error::io, listen};
use crate::diagnostic::{code, suggestions};
use crate::migrate::{self, DiffOptions};
use crate::project::{Dirs, Workspace};
use crate::shell::path_word;
use before::Before;
use include_dir::{Dir, DirEntry, include_dir};
use serde_json::json;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/projects");
const DEFAULT_TEMPLATE: &str = "blank";

/// What each template holds.
const ABOUT_TEMPLATES: [(&str, &str); 5] = [
    ("blank", "users and nothing else"),
    ("blog", "users, posts with tags and covers, comments"),
    ("chat", "rooms, members and moderators, messages with files, presence"),
    ("saas", "teams, roles, invitations, projects and API keys"),
    ("todo", "lists that are shared with others, and their items"),
];

fn examples() -> String {
    let templates: Vec<String> = ABOUT_TEMPLATES.iter().map(|(name, _)| format!("  {}", described(name))).collect();
    format!(
        "\
Examples:
  pbr init blog --template blog
  pbr init crm --template saas
  pbr init --yes                    an empty project in this directory, no questions
  pbr init app --from ./pb_data     the schema, history and data of a PocketBase app
  pbr init app --from pb_schema.json

Templates:
{}",
        templates.join("\n")
    )
}

/// Start a new project
#[derive(clap::Args)]
#[command(after_long_help = examples())]
pub struct Args {
    /// Directory of the project, made if it is missing
    #[arg(value_name = "DIR", default_value = ".")]
    target: PathBuf,

    /// What to start from: blank, blog, chat, saas or todo
    #[arg(long, value_name = "NAME")]
    template: Option<String>,

    /// PocketBase data directory or exported collections to start from
    #[arg(long, value_name = "PB_DATA|PB_SCHEMA.JSON", conflicts_with = "template")]
    from: Option<PathBuf>,

    /// Name of the project [default: that of the directory]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Address that `pbr serve` listens on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    http: String,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    if args.target.join("pbr.yaml").exists() {
        let message = format!("{} already is a project", shown(&args.target));
        return Err(CliError::new(code::USAGE, 2, message).next("pbr init ANOTHER_DIR").into());
    }
    let source = args.from.as_deref().map(from::Source::open).transpose()?;
    let answers = ask(&args, context)?;
    check_word("name", &answers.name)?;
    check_word("address", &args.http)?;
    listen::check_address(&args.http)?;
    let template =
        TEMPLATES.get_dir(&answers.template).ok_or_else(|| unknown_template(&answers.template, &args.target))?;
    let mut files = render(template, &answers, &args.http, source.as_ref())?;
    if source.is_some() {
        files.retain(|(path, _)| !path.starts_with("schema") && !path.starts_with("seeds"));
    }
    let is_kept = |path: &Path| KEPT.iter().any(|kept| path == Path::new(kept)) && args.target.join(path).is_file();
    if let Some((taken, _)) = files.iter().find(|(path, _)| args.target.join(path).exists() && !is_kept(path)) {
        let message = format!("{} is in the way", args.target.join(taken).display());
        let error = CliError::new(code::USAGE, 2, message).why("init overwrites nothing");
        return Err(error.next("pbr init ANOTHER_DIR").into());
    }
    let dirs = Dirs::default();
    if let Some(source) = &source {
        source.check_target(&args.target.join(&dirs.data))?;
    }
    let ignored = keep_existing(&args.target, &mut files, context)?;
    let before = Before::look(&args.target, &files, &dirs, source.as_ref());
    let made = write_files(&args.target, &files).and_then(|()| {
        let written: Vec<PathBuf> = files.into_iter().map(|(path, _)| path).collect();
        if let Some(text) = &ignored {
            let path = args.target.join(IGNORE_FILE);
            std::fs::write(&path, &text.after).map_err(|error| io(&path, &error))?;
        }
        finish(&args, context, &answers, source.as_ref(), written)
    });
    if made.is_err() {
        before.restore();
        // There is another error to tell of.
        let _ = ignored.map(|text| std::fs::write(args.target.join(IGNORE_FILE), text.before));
    }
    made
}

const README_FILE: &str = "README.md";
const IGNORE_FILE: &str = ".gitignore";
/// What a repository has before there is a project in it.
const KEPT: [&str; 2] = [README_FILE, IGNORE_FILE];

/// The text of a file that gets more lines.
struct Extended {
    before: String,
    after: String,
}

/// What a repository has already is no obstacle: README.md stays as it is, and .gitignore gets the lines that it lacks.
fn keep_existing(root: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>, context: &Context) -> CliResult<Option<Extended>> {
    let mut take = |name: &str| {
        let at = files.iter().position(|(path, _)| path == Path::new(name) && root.join(path).is_file())?;
        Some(files.remove(at).1)
    };
    if take(README_FILE).is_some() {
        context.output().note("README.md stays as it is");
    }
    let Some(wanted) = take(IGNORE_FILE) else { return Ok(None) };
    let path = root.join(IGNORE_FILE);
    let before = std::fs::read_to_string(&path).map_err(|error| io(&path, &error))?;
    let mut after = before.clone();
    if !after.is_empty() && !after.ends_with('\n') {
        after.push('\n');
    }
    let wanted = String::from_utf8_lossy(&wanted);
    let is_missing = |line: &&str| !line.starts_with('#') && !before.lines().any(|known| known.trim() == *line);
    let missing: Vec<&str> = wanted.lines().filter(is_missing).collect();
    if missing.is_empty() {
        return Ok(None);
    }
    after.extend(missing.iter().map(|line| format!("{line}\n")));
    context.output().note(&format!(".gitignore gets {}", missing.join(", ")));
    Ok(Some(Extended { before, after }))
}

fn write_files(root: &Path, files: &[(PathBuf, Vec<u8>)]) -> CliResult {
    for (path, content) in files {
        let target = root.join(path);
        let folder = target.parent().unwrap_or(root);
        std::fs::create_dir_all(folder).map_err(|error| io(folder, &error))?;
        std::fs::write(&target, content).map_err(|error| io(&target, &error))?;
    }
    Ok(())
}

struct Answers {
    name: String,
    template: String,
}

/// Every question has a flag; without a terminal the defaults answer.
fn ask(args: &Args, context: &Context) -> CliResult<Answers> {
    let absolute = std::path::absolute(&args.target).unwrap_or_else(|_| args.target.clone());
    let folder = absolute.file_name().map_or_else(|| "app".to_owned(), |name| name.to_string_lossy().into_owned());
    let asks = context.interactive() && !context.global.yes && std::io::stdout().is_terminal();
    let _asking = asks.then(Asking::start);
    let name = match &args.name {
        Some(name) => name.clone(),
        None if asks => {
            answered(dialoguer::Input::new().with_prompt("Name of the project").default(folder).interact_text())?
        }
        None => folder,
    };
    let names = template_names();
    let template = match &args.template {
        Some(template) => template.clone(),
        None if args.from.is_some() => DEFAULT_TEMPLATE.to_owned(),
        None if asks => {
            let default = names.iter().position(|name| name == DEFAULT_TEMPLATE).unwrap_or(0);
            let items = names.iter().map(|name| described(name));
            let list = dialoguer::Select::new().with_prompt("Start from").items(items).default(default);
            names[answered(list.interact())?].clone()
        }
        None => DEFAULT_TEMPLATE.to_owned(),
    };
    Ok(Answers { name, template })
}

fn template_names() -> Vec<String> {
    TEMPLATES.dirs().map(|dir| dir.path().display().to_string()).collect()
}

/// A template with what it holds.
fn described(name: &str) -> String {
    let about = ABOUT_TEMPLATES.iter().find(|(known, _)| *known == name).map_or("", |(_, about)| *about);
    format!("{name:6}  {about}")
}

fn unknown_template(name: &str, target: &Path) -> Box<CliError> {
    let names = template_names();
    let error = CliError::new(code::USAGE, 2, format!("there is no template `{name}`"));
    let similar = suggestions(name, &names);
    let why = match similar.first() {
        Some(first) => format!("did you mean `{first}`?"),
        None => format!("the templates are {}", names.join(", ")),
    };
    let template = similar.first().map_or(DEFAULT_TEMPLATE, String::as_str);
    let target = if target == Path::new(".") { String::new() } else { format!("{} ", path_word(target)) };
    error.why(why).next(format!("pbr init {target}--template {template}")).into()
}

/// Both stand inside double quotes in the templates.
fn check_word(what: &str, text: &str) -> CliResult {
    let sound = !text.is_empty() && !text.contains(['"', '\\']) && !text.chars().any(char::is_control);
    if sound {
        return Ok(());
    }
    let message = format!("the {what} {text:?} has quotes, backslashes or control characters, or is empty");
    Err(CliError::new(code::USAGE, 2, message).into())
}

/// The files of a template by their path in the project; only `*.j2` files hold variables.
fn render(
    template: &Dir<'_>,
    answers: &Answers,
    http: &str,
    source: Option<&from::Source>,
) -> CliResult<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = Vec::new();
    let mut dirs = vec![template];
    while let Some(dir) = dirs.pop() {
        for entry in dir.entries() {
            match entry {
                DirEntry::Dir(dir) => dirs.push(dir),
                DirEntry::File(file) => {
                    let path = file.path().strip_prefix(template.path()).unwrap_or(file.path());
                    let rendered = match path.extension() {
                        Some(extension) if extension == "j2" => {
                            let text = file.contents_utf8().unwrap_or_default();
                            let variables = minijinja::context! {
                                name => answers.name.as_str(),
                                http => http,
                                taken_over => source.is_some(),
                                has_data => source.is_some_and(from::Source::has_data),
                            };
                            let rendered = minijinja::Environment::new()
                                .render_str(text, variables)
                                .map_err(|error| CliError::new(code::INTERNAL, 1, error.to_string()))?;
                            // Jinja drops the newline at the end of a file.
                            let newline = if text.ends_with('\n') && !rendered.ends_with('\n') { "\n" } else { "" };
                            (path.with_extension(""), (rendered + newline).into_bytes())
                        }
                        _ => (path.to_owned(), file.contents().to_vec()),
                    };
                    files.push(rendered);
                }
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The editor's schema, the first migration, and what to do next.
fn finish(
    args: &Args,
    context: &Context,
    answers: &Answers,
    source: Option<&from::Source>,
    mut written: Vec<PathBuf>,
) -> CliResult {
    let config = args.target.join("pbr.yaml");
    let env = |_: &str| None;
    let project = Workspace::find(Some(&config), &env)
        .map_err(|errors| CliError::invalid("template", errors))?
        .ok_or_else(|| CliError::new(code::INTERNAL, 1, "the new project cannot be found"))?;
    for (name, schema) in editor::FILES {
        written.push(editor::write(&args.target, name, &schema())?);
    }
    let paths = project.paths(None);
    let (mut has_data, mut warnings) = (false, Vec::new());
    if let Some(source) = source {
        let relative = |path: PathBuf| path.strip_prefix(&args.target).map(Path::to_owned).unwrap_or(path);
        let taken = source.take_over(context, &project, &paths)?;
        written.extend(taken.written.into_iter().map(relative));
        warnings = taken.warnings;
        has_data = source.has_data();
    }
    if !has_data {
        let schema = super::schema::load(&project)?;
        let name = if source.is_some() { migrate::BASELINE } else { "init" };
        let options = DiffOptions { name: Some(name.to_owned()), write: true, ..DiffOptions::default() };
        if let Some(report) = migrate::diff(&paths, &schema, &options)? {
            let dir = &project.config.dirs.migrations;
            written.extend([dir.join(&report.file.file_name), dir.join(migrate::SUM_FILE)]);
        }
    }
    let here = args.target == Path::new(".");
    let text = |path: &Path| path.display().to_string();
    let result = json!({
        "name": answers.name, "template": args.from.is_none().then_some(&answers.template),
        "from": args.from.as_deref().map(text), "dir": text(&args.target), "files": written.iter().map(|path| text(path)).collect::<Vec<_>>(),
        "warnings": warnings,
    });
    for warning in &warnings {
        context.output().note(&format!("warning: {warning}"));
    }
    context.output().done(result, || {
        let from = match &args.from {
            Some(source) => text(source),
            None => format!("the template {}", answers.template),
        };
        let mut text = format!("made {} from {from}:\n", shown(&args.target));
        for path in &written {
            text.push_str(&format!("  {}\n", path.display()));
        }
        let enter = if here { String::new() } else { format!("  cd {}\n", path_word(&args.target)) };
        let seeds =
            if args.target.join("seeds").exists() { "  pbr seed           fill it with sample records\n" } else { "" };
        let migrate = if has_data { "" } else { "  pbr migrate        make the database\n" };
        text + &format!("\nNext:\n{enter}{migrate}{seeds}  pbr serve          http://{}/api/", args.http)
    })
}

fn shown(dir: &Path) -> String {
    if dir == Path::new(".") { "this directory".to_owned() } else { dir.display().to_string() }
}

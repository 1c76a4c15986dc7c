//! `pbr files`.

use super::progress::{Meter, Unit};
use super::{CliError, CliResult, Context, app};
use crate::diagnostic::code;
use crate::files::transfer::{self, Outcome, Step, Total};
use crate::files::{LocalStorage, S3Storage, Storage, StorageError};
use crate::settings::{self, S3};
use crate::{App, SaveSettingsError};
use serde_json::json;

/// Move the files of records between disk and S3
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr files migrate --to s3 --dry-run    what would be copied
  pbr files migrate --to s3 --switch     copy, then serve from the bucket
  pbr files migrate --to local")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Copy all files of records to the bucket of the settings, or from there to the disk
    ///
    /// Files that are there in the same size are left alone, so an interrupted copy goes on where it ended. Each copy is
    /// read back and compared. Originals stay where they are, and the server goes on using them until the setting
    /// s3.enabled is changed.
    #[command(after_long_help = "\
Examples:
  pbr files migrate --to s3 --dry-run
  pbr files migrate --to s3
  pbr files migrate --to s3 --switch
  pbr files migrate --to local --json")]
    Migrate(Migrate),
}

#[derive(clap::Args)]
struct Migrate {
    /// Where the files are copied to
    #[arg(long, value_name = "STORAGE")]
    to: Target,

    /// Say what would be copied and copy nothing
    #[arg(long)]
    dry_run: bool,

    /// Then change the setting s3.enabled, and copy what was uploaded meanwhile
    #[arg(long, conflicts_with = "dry_run")]
    switch: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Target {
    S3,
    Local,
}

/// What one run did.
#[derive(Default)]
struct Report {
    copied: Total,
    present: Total,
    failed: Vec<(String, String)>,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let Command::Migrate(args) = args.command;
    let app = app::open_existing(context)?;
    let (s3, in_project) = bucket(context, &app)?;
    if args.switch && in_project {
        let error = CliError::new(code::USAGE, 2, "the setting s3.enabled of this project comes from pbr.yaml");
        let why = "what --switch would store is overwritten when the server starts";
        return Err(Box::new(error.why(why).next("change settings.s3.enabled in pbr.yaml after the copy")));
    }
    let (disk, bucket) = (LocalStorage::of_records(app.dir()), S3Storage::new(&s3));
    let (from, to): (&dyn Storage, &dyn Storage) = match args.to {
        Target::S3 => (&disk, &bucket),
        Target::Local => (&bucket, &disk),
    };
    let report = copy(context, from, to, args.dry_run)?;
    let mut switched = false;
    if args.switch && report.failed.is_empty() {
        switch(&app, args.to)?;
        switched = true;
        // Until this moment uploads went to the old place.
        let late = copy(context, from, to, false)?;
        return summary(context, &args, merged(report, late), switched);
    }
    summary(context, &args, report, switched)
}

/// The bucket of the settings, and whether the project says if it is used.
fn bucket(context: &Context, app: &App) -> CliResult<(S3, bool)> {
    let mut settings = crate::settings::Settings::clone(&app.settings());
    let mut in_project = false;
    if let Some(project) = context.find_project()? {
        let configured = &project.config.settings;
        let env = |name: &str| std::env::var(name).ok();
        settings = settings::overlay(&settings, configured, &env)
            .map_err(|error| CliError::new(code::CONFIG_INVALID, 9, format!("settings of pbr.yaml: {error}")))?;
        in_project = configured.get("s3").is_some_and(|s3| s3.get("enabled").is_some());
    }
    let s3 = settings.s3;
    let needed = [("endpoint", &s3.endpoint), ("bucket", &s3.bucket), ("region", &s3.region)];
    let missing: Vec<_> = needed.iter().filter(|(_, text)| text.is_empty()).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        let error = CliError::new(code::NO_BUCKET, 2, format!("the setting s3 has no {}", missing.join(", no ")));
        let why = "the bucket is the one of the setting s3, whether it is enabled or not";
        let next = "PATCH /api/settings {\"s3\": {\"endpoint\": …, \"bucket\": …, \"region\": …, \"accessKey\": …, \"secret\": …}}";
        return Err(Box::new(error.why(why).next(next)));
    }
    Ok((s3, in_project))
}

fn copy(context: &Context, from: &dyn Storage, to: &dyn Storage, dry_run: bool) -> CliResult<Report> {
    let total = transfer::total(from).map_err(|error| failed(&error))?;
    let mut meter = Meter::new(context, Unit::Bytes);
    let mut done = 0;
    let mut report = Report::default();
    let copied = transfer::copy_all(from, to, dry_run, &mut |Step { key, size, outcome }| {
        done += size;
        meter.show("files", done, Some(total.bytes));
        match outcome {
            Ok(Outcome::Copied) => report.copied.add(size),
            Ok(Outcome::Present) => report.present.add(size),
            Err(error) => report.failed.push((key.to_owned(), error.to_string())),
        }
    });
    meter.finish();
    copied.map_err(|error| failed(&error))?;
    Ok(report)
}

fn merged(first: Report, late: Report) -> Report {
    // The second run finds all that the first one copied.
    let copied = Total { files: first.copied.files + late.copied.files, bytes: first.copied.bytes + late.copied.bytes };
    Report { copied, present: first.present, failed: late.failed }
}

fn switch(app: &App, to: Target) -> CliResult {
    let change = json!({ "s3": { "enabled": to == Target::S3 } });
    let change = change.as_object().expect("an object was written above");
    let saved = app.save_settings(change).map_err(|error| match error {
        SaveSettingsError::Invalid(errors) => format!("the settings are not valid: {}", errors.to_json()),
        other => other.to_string(),
    });
    let failed = |error| CliError::new(code::DATA_DIR, 1, format!("s3.enabled was not changed: {error}"));
    saved.map(drop).map_err(|error| Box::new(failed(error)))
}

fn summary(context: &Context, args: &Migrate, report: Report, switched: bool) -> CliResult {
    let (enabled, place) = match args.to {
        Target::S3 => (true, "the bucket"),
        Target::Local => (false, "disk"),
    };
    if let Some((key, reason)) = report.failed.first() {
        let count = report.failed.len();
        let files = if count == 1 { "file was" } else { "files were" };
        let failures: Vec<_> = report.failed.iter().map(|(key, error)| json!({ "key": key, "error": error })).collect();
        let error = CliError::new(code::NOT_COPIED, 1, format!("{count} {files} not copied"));
        let error = error.why(format!("{key}: {reason}")).meta("failed", failures).meta("copied", report.copied.files);
        return Err(Box::new(error.next("run the command again: what is copied already is left alone")));
    }
    let result = json!({
        "copied": report.copied, "present": report.present, "dryRun": args.dry_run, "switched": switched,
        "s3Enabled": switched.then_some(enabled),
    });
    context.output().done(result, || {
        let verb = if args.dry_run { "would be copied" } else { "copied" };
        let Report { copied, present, .. } = report;
        let files = if copied.files == 1 { "file" } else { "files" };
        let mut text = format!("{} {files} ({}) {verb} to {place}", copied.files, bytes(copied.bytes));
        if present.files > 0 {
            text.push_str(&format!(", {} were there already", present.files));
        }
        text.push_str(&match (args.dry_run, switched) {
            (true, _) => String::new(),
            (false, true) => format!("\nThe setting s3.enabled is {enabled} now. The originals are where they were."),
            (false, false) => format!(
                "\nNothing is switched: set s3.enabled to {enabled}, then run this again for what was uploaded meanwhile;\n\
                 or let `--switch` do both."
            ),
        });
        text
    })
}

fn failed(error: &StorageError) -> Box<CliError> {
    Box::new(CliError::new(code::NOT_COPIED, 1, "the files cannot be listed").why(error.to_string()))
}

fn bytes(count: u64) -> String {
    indicatif::HumanBytes(count).to_string()
}

//! `pbr superuser`.

use super::{CliError, CliResult, Context, app, error::database, password, questions};
use crate::auth::superusers;
use crate::diagnostic::code;
use crate::project::SchemaEdits;
use crate::records::RecordError;
use serde_json::json;

/// Manage the accounts that may do everything
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr superuser create admin@example.com              asks for the password
  pbr superuser upsert admin@example.com --password-stdin < secret.txt
  pbr superuser list")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Create a superuser
    #[command(
        after_long_help = "Examples:\n  pbr superuser create admin@example.com\n  pbr superuser create admin@example.com --password-stdin < secret.txt"
    )]
    Create(Account),
    /// Create a superuser, or set the password of an existing one
    #[command(
        after_long_help = "Examples:\n  pbr superuser upsert admin@example.com\n  pbr superuser upsert admin@example.com --password-stdin < secret.txt"
    )]
    Upsert(Account),
    /// Set the password of a superuser
    #[command(
        after_long_help = "Examples:\n  pbr superuser update admin@example.com\n  pbr superuser update admin@example.com --password-stdin < secret.txt"
    )]
    Update(Account),
    /// Delete a superuser
    #[command(
        after_long_help = "Examples:\n  pbr superuser delete admin@example.com\n  pbr superuser delete admin@example.com --yes"
    )]
    Delete {
        /// Email of the account
        email: String,
    },
    /// Create a one-time password for a superuser, for collections with OTP
    #[command(after_long_help = "Examples:\n  pbr superuser otp admin@example.com")]
    Otp {
        /// Email of the account
        email: String,
    },
    /// Set the addresses that superusers may come from; none clears the list
    #[command(after_long_help = "Examples:\n  pbr superuser ips 10.0.0.0/8 192.168.1.5\n  pbr superuser ips")]
    Ips {
        /// IP addresses or CIDR ranges
        addresses: Vec<String>,
    },
    /// List the superusers
    #[command(after_long_help = "Examples:\n  pbr superuser list\n  pbr superuser list --json")]
    List,
}

#[derive(clap::Args)]
struct Account {
    /// Email of the account
    email: String,
    /// The password; visible to other users of the machine, so prefer the prompt or --password-stdin
    password: Option<String>,
    /// Read the password from standard input
    #[arg(long, conflicts_with = "password")]
    password_stdin: bool,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    match args.command {
        Command::Create(account) => {
            let (email, password) = account.read(context)?;
            let app = app::open_or_create(context)?;
            superusers::create(app.records(), &email, &password).map_err(|error| {
                refused("failed to create new superuser account", error, &format!("create {email}"))
            })?;
            done(context, "created", &email, &format!("Successfully created new superuser \"{email}\"!"))
        }
        Command::Upsert(account) => {
            let (email, password) = account.read(context)?;
            let app = app::open_or_create(context)?;
            superusers::upsert(app.records(), &email, &password)
                .map_err(|error| refused("failed to upsert superuser account", error, &format!("upsert {email}")))?;
            done(context, "saved", &email, &format!("Successfully saved superuser \"{email}\"!"))
        }
        Command::Update(account) => {
            let (email, password) = account.read(context)?;
            let app = app::open_existing(context)?;
            let what = format!("failed to change superuser \"{email}\" password");
            let found = superusers::set_password(app.records(), &email, &password)
                .map_err(|error| refused(&what, error, &format!("update {email}")))?;
            if !found {
                return Err(missing(&email));
            }
            done(context, "changed", &email, &format!("Successfully changed superuser \"{email}\" password!"))
        }
        Command::Delete { email } => {
            let app = app::open_existing(context)?;
            let what = format!("failed to delete superuser \"{email}\"");
            let emails =
                superusers::list(app.records()).map_err(|error| refused("cannot list superusers", error, "list"))?;
            let exists = emails.iter().any(|known| known.eq_ignore_ascii_case(&email));
            if exists && !context.global.yes && context.interactive() {
                questions::confirm_loss(&format!("Delete the superuser {email}?"))?;
            }
            if superusers::delete(app.records(), &email).map_err(|error| refused(&what, error, "list"))? {
                return done(context, "deleted", &email, &format!("Successfully deleted superuser \"{email}\"!"));
            }
            done(context, "missing", &email, &format!("superuser \"{email}\" is missing or already deleted"))
        }
        Command::Otp { email } => otp(context, &email),
        Command::Ips { addresses } => ips(context, &addresses),
        Command::List => {
            let app = app::open_existing(context)?;
            let emails =
                superusers::list(app.records()).map_err(|error| refused("cannot list superusers", error, "list"))?;
            context.output().done(json!({ "superusers": emails }), || emails.join("\n"))
        }
    }
}

fn otp(context: &Context, email: &str) -> CliResult {
    if !crate::schema::fields::is_email(email) {
        return Err(no_email("invalid or missing email address"));
    }
    let app = app::open_existing(context)?;
    let what = format!("failed to create OTP for superuser \"{email}\"");
    let made = superusers::otp(app.accounts(), email).map_err(|error| refused(&what, error, "list"))?;
    match made {
        superusers::OtpMade::Made { id, password, seconds } => {
            let result =
                json!({ "event": "created", "email": email, "id": id, "password": password, "valid": seconds });
            let (branch, last) = super::output::branches();
            context.output().done(result, || {
                format!(
                    "Successfully created OTP for superuser \"{email}\":\n{branch} Id:    {id}\n{branch} Pass:  {password}\n{last} Valid: {seconds}s\n"
                )
            })
        }
        superusers::OtpMade::NoAccount => Err(missing(email)),
        superusers::OtpMade::Disabled => {
            let message = "OTP auth is not enabled for the _superusers collection";
            let error = CliError::new(code::ACCOUNT_REFUSED, 2, message);
            let edits = if super::app::schema_edits(context.find_project()?.as_ref()) == SchemaEdits::Deny {
                " --schema-edits allow"
            } else {
                ""
            };
            let error = error.why("it is switched on in the collection, through a server that may change it");
            let error = error.next(format!("pbr serve{edits}"));
            Err(Box::new(error.next(format!(
                "curl -X PATCH http://127.0.0.1:8090/api/collections/_superusers \
                 -H \"Authorization: $(pbr token issue {email})\" -H 'Content-Type: application/json' \
                 -d '{{\"otp\": {{\"enabled\": true}}}}'"
            ))))
        }
    }
}

fn ips(context: &Context, addresses: &[String]) -> CliResult {
    let app = app::open_existing(context)?;
    let changes = serde_json::Map::from_iter([("superuserIPs".to_owned(), json!(addresses))]);
    app.save_settings(&changes).map_err(|error| {
        let text = match &error {
            crate::SaveSettingsError::Invalid(data) => data
                .leaves()
                .into_iter()
                .map(|(path, error)| format!("{path}: {}", error.message))
                .collect::<Vec<_>>()
                .join("; "),
            other => other.to_string(),
        };
        CliError::new(code::ACCOUNT_REFUSED, 2, text)
    })?;
    let result = json!({ "event": "saved", "superuserIPs": addresses });
    context.output().done(result, || match addresses {
        [] => "Successfully cleared SuperuserIPs setting!".to_owned(),
        [.., last] => {
            let (middle, end) = super::output::branches();
            let line = |address: &String| {
                let branch = if std::ptr::eq(address, last) { end } else { middle };
                format!("\n{branch} {address}")
            };
            let lines: String = addresses.iter().map(line).collect();
            format!("Successfully updated SuperuserIPs setting:{lines}")
        }
    })
}

impl Account {
    /// The email and the password, asked for where a person is there.
    fn read(self, context: &Context) -> CliResult<(String, String)> {
        if !crate::schema::fields::is_email(&self.email) {
            return Err(no_email("missing or invalid email address"));
        }
        let password = match self.password {
            Some(password) => password,
            None if self.password_stdin => password::from_stdin()?,
            None => password::ask(context, "Password")?,
        };
        Ok((self.email, password))
    }
}

fn done(context: &Context, event: &str, email: &str, text: &str) -> CliResult {
    context.output().done(json!({ "event": event, "email": email }), || text.to_owned())
}

fn missing(email: &str) -> Box<CliError> {
    let error = CliError::new(code::NO_ACCOUNT, 2, format!("superuser with email \"{email}\" doesn't exist"));
    Box::new(error.next(format!("pbr superuser create {email}")))
}

fn no_email(message: &str) -> Box<CliError> {
    Box::new(CliError::new(code::USAGE, 2, message).next("pbr superuser create admin@example.com"))
}

/// A refusal with its field errors: `…: password: Must be at least 8 character(s).` The command is what can be tried then:
/// `create admin@example.com`.
fn refused(what: &str, error: crate::auth::AuthError, command: &str) -> Box<CliError> {
    if let crate::auth::AuthError::Record(RecordError::Db(error)) = &error {
        return database(what, error);
    }
    let mut text = format!("{what}: {error}");
    let mut next = format!("pbr superuser {command}");
    if let crate::auth::AuthError::Record(RecordError::Refused { data, .. }) = &error {
        let leaves = data.leaves();
        let fields: Vec<String> = leaves.iter().map(|(path, error)| format!("{path}: {}", error.message)).collect();
        if !fields.is_empty() {
            text = format!("{what}: {}", fields.join("; "));
        }
        if leaves.iter().any(|(path, _)| path == "password") {
            next.push_str("    (asks for another password)");
        } else if let Some(email) = command.strip_prefix("create ") {
            next = format!("pbr superuser update {email}    (sets the password of the one there is)");
        }
    }
    CliError::new(code::ACCOUNT_REFUSED, 2, text).next(next).into()
}

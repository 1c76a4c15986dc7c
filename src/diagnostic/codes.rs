//! The table of error codes. Codes are stable: a code is never given another meaning and never removed.

/// A code, its title and what `pbr explain` says.
#[derive(Debug)]
pub struct CodeInfo {
    pub code: &'static str,
    pub title: &'static str,
    pub explanation: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal $title:literal $explanation:literal)*) => {
        /// The codes by name.
        pub mod code {
            $(#[doc = $title] pub const $name: &str = $code;)*
        }

        /// All codes, in order.
        pub const CODES: &[CodeInfo] =
            &[$(CodeInfo { code: $code, title: $title, explanation: $explanation }),*];
    };
}

/// Looks a code up without regard to case.
pub fn explain(code: &str) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code.eq_ignore_ascii_case(code))
}

codes! {
    MALFORMED = "PBR-SCHEMA-0001" "the file is not valid YAML"
        "The text does not follow YAML's grammar. Usual causes: a tab used for indentation, a missing space after a colon, an unquoted text that starts with one of `@ ` % & * ! | > { [`, or a quote that is never closed. Quote rules that start with `@`: '@request.auth.id != \"\"'."
    DUPLICATE_KEY = "PBR-SCHEMA-0002" "a key appears twice in one mapping"
        "Every key of a mapping must be unique; YAML readers disagree about which of two equal keys wins. Remove or rename one of them."
    UNKNOWN_TYPE = "PBR-SCHEMA-0003" "unknown field type"
        "A field's type is one of text, number, bool, email, url, editor, date, autodate, select, json, file, relation, password, geoPoint. Types are case-sensitive."
    UNKNOWN_KEY = "PBR-SCHEMA-0004" "unknown key"
        "The key means nothing at this place. Keys are case-sensitive. A misspelled key is an error, because a rule or option that is silently ignored is worse than a message."
    WRONG_TYPE = "PBR-SCHEMA-0005" "a value of the wrong type"
        "The key expects another kind of value, for example a number instead of text. Quote a text that looks like a number, a boolean or null."
    MISSING_KEY = "PBR-SCHEMA-0006" "a required key is missing"
        "A collection file needs `collection` (its name); a field needs `type`; a view needs `query`; a relation needs `collection`; a select needs `values`."
    UNKNOWN_OPTION = "PBR-SCHEMA-0007" "unknown field option"
        "The option does not exist for this field type. Every type shares required, hidden, presentable, help, system, id and renamedFrom; the other options depend on the type. `pbr schema json-schema` prints them all."
    UNSUPPORTED_EXTENSION = "PBR-SCHEMA-0008" "an extension that is not supported yet"
        "Keys that start with `x-` are extensions of pbr. This version knows `x-seed` in a collection and `x-default` in a field; others are refused rather than ignored, so that a file never promises what the server does not do."
    UNSUPPORTED_VERSION = "PBR-SCHEMA-0009" "unsupported file version"
        "`version` is the version of the file format. This pbr reads version 1."
    REFUSED_SYNTAX = "PBR-SCHEMA-0010" "YAML syntax that schema files may not use"
        "Includes, custom tags, merge keys, several documents in one file and non-text keys are refused: a schema file means the same to every reader. Anchors and aliases are fine."
    TOO_LARGE = "PBR-SCHEMA-0011" "the file expands beyond its budget"
        "Anchors and aliases may multiply the content of a file. After expansion a file may have 100,000 nodes and 64 levels."
    LITERAL_SECRET = "PBR-SCHEMA-0012" "a secret in the schema"
        "Schema files live in git, so secrets are written as `${env:NAME}` and taken from the environment when migrations are applied."
    INVALID_QUANTITY = "PBR-SCHEMA-0013" "an invalid size or duration"
        "Sizes are bytes or a number with a unit: 500KB, 5MB (decimal), 5MiB (binary). Durations are seconds or numbers with units: 30s, 10m, 12h, 5d, 1w, 1h30m."
    UNKNOWN_COLLECTION = "PBR-SCHEMA-0014" "unknown collection"
        "The relation names a collection that no schema file defines. Relations may point to the project's own collections and to the system collections."
    DUPLICATE_COLLECTION = "PBR-SCHEMA-0015" "two files define the same collection"
        "Collection names and ids are unique, without regard to case. Each file defines one collection."
    INVALID_NAME = "PBR-SCHEMA-0016" "an invalid name"
        "Names of collections and fields consist of ASCII letters, digits and underscores and do not contain `_via_`. Some field names are reserved: null, true, false, _rowid_, collectionId, collectionName, expand; in auth collections passwordConfirm and oldPassword too."
    INVALID_OPTION = "PBR-SCHEMA-0017" "an option has an invalid value"
        "The value breaks a rule of the option, for example `max` below `min`, a pattern that is not a regular expression, or `maxSelect` above the number of values. The message is the one that the HTTP API would give."
    INVALID_RULE = "PBR-SCHEMA-0018" "an invalid rule"
        "A rule is a filter over the collection's fields, `@request.*` and `@collection.*`. An absent rule means superusers only (write `locked`), an empty one means everyone (write `public`)."
    INVALID_INDEX = "PBR-SCHEMA-0019" "an invalid index"
        "An index is one of `unique: [field, …]`, `fields: [field, field desc, …]` with an optional `where`, or `sql: CREATE INDEX …`. Its fields must exist, and names and definitions must be unique."
    INVALID_QUERY = "PBR-SCHEMA-0020" "an invalid view query"
        "The query of a view is one SELECT statement with named columns (no `*`) and a column named exactly `id`; use `(ROW_NUMBER() OVER()) as id` when there is none. Expressions with spaces need parentheses and an alias."
    MISPLACED_KEY = "PBR-SCHEMA-0021" "a key that this collection type does not have"
        "`query` belongs to views, `auth` and the rules `auth` and `manage` to auth collections; views have no fields of their own, no indexes, and only list and view rules."
    RESERVED_COLLECTION = "PBR-SCHEMA-0022" "a system collection cannot be defined in a schema file"
        "_mfas, _otps, _externalAuths, _authOrigins and _superusers exist in every database and are managed by pbr."
    INVALID_RENAME = "PBR-SCHEMA-0023" "an invalid renamedFrom"
        "`renamedFrom` names the former name of a collection or field, once. It may not name something that still exists in the schema, and two fields cannot come from the same one. Where a field or collection is new to the migrations, they must know its former name."

    REFUSED_BY_SQLITE = "PBR-SCHEMA-0024" "SQLite refuses the schema"
        "The planned statements were run on an empty database and failed: usually an index expression, an index condition or the query of a view that names a column which does not exist."

    UNREADABLE = "PBR-SCHEMA-0025" "a file of the project cannot be read"
        "Schema files, migrations and seeds are regular files of UTF-8 text, of 64 MiB at most. Folders, pipes, devices and links that lead nowhere are refused."

    CONFIG_UNREADABLE = "PBR-CONFIG-0001" "the configuration cannot be read"
        "The file named by --config does not exist, is not readable, or is not UTF-8."
    CONFIG_INVALID = "PBR-CONFIG-0002" "an invalid value in the configuration"
        "pbr.yaml, a PBR_ environment variable or a flag has a value that is not allowed at this place."

    NO_PROJECT = "PBR-CLI-0001" "not in a project"
        "The command needs a project: a `pbr.yaml` in the current directory or named by --config. `pbr init` creates one."
    IO = "PBR-CLI-0002" "a file cannot be read or written"
        "The operating system refused an operation on a file or directory. Check that it exists and that you may access it."
    USAGE = "PBR-CLI-0003" "wrong invocation"
        "The arguments do not fit the command. Try --help."
    DECLINED = "PBR-CLI-0004" "declined at a prompt"
        "You answered no, so it was not done. The message says what had been done before."
    NOT_FORMATTED = "PBR-CLI-0005" "files are not formatted"
        "`pbr schema fmt --check` found files that `pbr schema fmt` would change."
    INTERNAL = "PBR-CLI-0006" "an internal error"
        "This is a bug in pbr, or the database is damaged. Please report it with the message."

    NO_DATABASE = "PBR-CLI-0007" "there is no database"
        "The command works on the database of a data directory, and the directory has none yet. `pbr migrate` makes it in a project, `pbr serve` elsewhere; --dir names another directory."
    DATA_DIR = "PBR-CLI-0008" "the data directory cannot be used"
        "SQLite could not open or change the files of the data directory. Usual causes: another user owns them, the disk is full or mounted read-only, or the file is no database."
    DOCTOR = "PBR-CLI-0009" "a check failed"
        "`pbr doctor` found something that does not work. Each failed line names a remedy; lines marked `warn` work, but somebody should know."
    LISTEN = "PBR-SERVE-0001" "the address cannot be listened on"
        "Another program uses the port, the port needs a privilege, or the text is no address. --http takes a host and a port; port 0 takes a free one."
    JAVASCRIPT = "PBR-SERVE-0002" "the project has JavaScript that would not run"
        "PocketBase runs the files of pb_hooks and pb_migrations. This version of pbr does not, and business rules that are silently dropped are worse than a server that does not start. `--hooks ignore` starts anyway."
    CERTIFICATE = "PBR-SERVE-0003" "a TLS certificate cannot be used"
        "--tls-cert names a PEM file with the certificate of the server and those above it, --tls-key its private key, without a password. Certificates that are obtained by themselves need a domain name that leads to this machine, and its port 443."
    SERVER = "PBR-SERVE-0004" "a server did not do what it was asked"
        "The server of --url cannot be reached or refused the request. It wants the token of a superuser: `pbr token issue EMAIL` makes one."
    NO_JOB = "PBR-SERVE-0005" "there is no such job"
        "Jobs are named by their ids, which `pbr cron list` shows. Jobs of a program that embeds pbr are known only to it: use --url."
    ACCOUNT_REFUSED = "PBR-KEYS-0001" "an account is refused"
        "Accounts are validated like every record: the email must be valid and unused, the password at least 8 characters long."
    NO_ACCOUNT = "PBR-KEYS-0002" "there is no such account"
        "No record of the auth collection has that email or id. Emails are compared exactly unless their index ignores case."
    BAD_TOKEN = "PBR-KEYS-0003" "a token that is not valid"
        "A token ends when it expires, when the password, email or token key of its account changes, when the account or collection goes, and when the collection's secret changes."

    PENDING_CHANGES = "PBR-MIGRATE-0001" "the schema is ahead of the migrations"
        "The YAML files describe a state that no migration leads to. `pbr migrate diff NAME` writes the missing migration."
    DECISION_NEEDED = "PBR-MIGRATE-0002" "a decision is missing"
        "A field or collection disappeared and a similar one appeared. Only you know whether it was renamed (its data stays) or dropped. Answer with --rename OLD=NEW or --drop OLD, or write `renamedFrom: OLD` in the YAML."
    DATA_LOSS = "PBR-MIGRATE-0003" "applying would lose data"
        "A pending migration deletes values that exist in this database. Read it, make a backup, then repeat with the token shown: --confirm TOKEN. The token changes when the file changes."
    BAD_FILE_NAME = "PBR-MIGRATE-0004" "a badly named migration file"
        "Migration files are named V<version>__<name>.sql, the name of letters, digits and underscores; a file V<version>__<name>.down.sql may stand beside it. A version is the time at which it was written, 14 digits from year to second in UTC, and unique."
    SUM_MISMATCH = "PBR-MIGRATE-0005" "pbr.sum does not match the files"
        "A migration was edited, added or removed without its line in pbr.sum. Restore the file from git, or run `pbr migrate hash` where no database has applied it. Two branches that both added migrations conflict in pbr.sum on purpose: their order needs a decision."
    DIVERGENT = "PBR-MIGRATE-0006" "an applied migration was changed"
        "The database remembers a checksum of every file it applied. This file is not the one that was applied. Restore it from git and put the change into a new migration; where it only says the same in other words, `pbr migrate repair VERSION --as edited` notes the new checksum."
    MISSING = "PBR-MIGRATE-0007" "an applied migration has no file"
        "The database applied a migration that is not in the folder: its file was deleted, it is on another branch, or it was a draft that was never committed. The message says which, and what brings the file back. Where it is not to come back, `pbr migrate repair VERSION --as reverted` takes it out of the history, and `pbr migrate drift --fix` with `pbr migrate up` takes back what it did. A branch with a database of its own (--dir) does not meet this."
    OUT_OF_ORDER = "PBR-MIGRATE-0008" "a migration is older than what is applied"
        "The file's version is lower than the newest applied version: two branches migrated, and the database has the later file already. `pbr migrate rebase` puts the files of this branch behind those of the other one and plans them again. A file that was written by hand may also get a newer version in its name (and that of its .down.sql), and then `pbr migrate hash`."
    CHAIN_BROKEN = "PBR-MIGRATE-0009" "two migrations do not fit together"
        "Each generated migration records the schema it starts from. This one starts from another state than the one before it ends with: usually two branches changed the schema at the same time."
    REPLAY_FAILED = "PBR-MIGRATE-0010" "the migrations cannot be replayed"
        "pbr runs all migration files on an empty database in memory to learn the state they lead to. One of them fails there. Statements that need rows belong between `-- pbr:data` and `-- pbr:end`, which replay skips."
    FAILED = "PBR-MIGRATE-0011" "a migration failed"
        "The statement failed and the whole file was rolled back; the database is as it was before."
    LOCKED = "PBR-MIGRATE-0012" "another process is migrating"
        "The lock file beside the database is held. Wait, or raise --lock-timeout."
    NO_HISTORY = "PBR-MIGRATE-0013" "the database has collections but no migration history"
        "The collections were made in the dashboard or by PocketBase. `pbr migrate pull` writes them as YAML with a migration that counts as applied. If the folder already has that migration, `pbr migrate baseline VERSION` says so to the database."
    UNKNOWN_VERSION = "PBR-MIGRATE-0014" "no such migration"
        "--to names a version that no file has, or one that is older than what is applied."
    NOT_APPLIED = "PBR-MIGRATE-0015" "migrations are pending"
        "`pbr migrate status --check` found migrations that this database has not applied. `pbr migrate up` applies them."
    DATABASE = "PBR-MIGRATE-0016" "the database cannot be used"
        "SQLite refused to open or read the database file."
    DRIFT = "PBR-MIGRATE-0017" "the database is not what its migrations lead to"
        "Somebody changed collections, tables or indexes past the migrations: in the dashboard, over the API, or by hand. `pbr migrate pull` takes the change over into YAML and a migration; `pbr migrate drift --fix` writes a migration that takes it back where it was made."
    NO_DOWN = "PBR-MIGRATE-0018" "a migration that cannot be taken back"
        "`pbr migrate down` runs the V…__name.down.sql beside a migration; `pbr migrate diff --down` writes one. Without it, restore the copy of the database that was made before, or write a migration that leads forward."
    CONFLICT = "PBR-MIGRATE-0019" "two branches changed the same thing"
        "Both branches gave the same option, rule or name another value, so neither migration can simply follow the other. Settle it in the YAML file and repeat."
    LINT = "PBR-MIGRATE-0020" "lint found something"
        "The codes are DS101 drop of a collection, DS102 drop of a field, DS103 narrowing, MF101 unique index on existing rows, MF102 required field with empty rows, BC101 rename, BC102 stricter rule, SEC101 rule made public, SEC102 rule of an auth collection opened, SEC103 secret in a file, LT101 table rebuild, LT102 foreign_keys pragma, LT103 transaction statements, LT104 relation without an index, NM101 naming, NM102 a renamedFrom that is answered. `-- pbr:nolint CODE reason` in the file accepts a finding, other than LT102 and LT103, which `pbr migrate up` refuses too."
    GIT = "PBR-MIGRATE-0021" "git cannot answer"
        "The command compares with a branch or commit and asks git for it. The folder must be in a repository and the reference must exist; in CI, fetch the base branch first."

    NO_BUCKET = "PBR-FILES-0001" "the settings name no bucket"
        "Files are copied to and from the bucket of the setting s3: endpoint, bucket, region, accessKey and secret. It need not be enabled. In a project it may stand under settings of pbr.yaml, with the secret as ${env:NAME}."
    NOT_COPIED = "PBR-FILES-0002" "files were not copied"
        "The disk or the S3 server refused. Nothing was switched, and the originals are where they were. Running the command again goes on where it ended."

    BACKUP = "PBR-BACKUP-0001" "a backup cannot be made, found or removed"
        "The disk, the S3 server of the setting backups.s3, or a hook refused, or there is no backup of that name. `pbr backup list` shows all."
    BACKUP_DAMAGED = "PBR-BACKUP-0002" "a backup is damaged"
        "The archive is no zip file, an entry fails its check, or SQLite finds an error in one of the databases. Nothing was restored from it."
    IN_USE = "PBR-BACKUP-0003" "the data directory is in use"
        "A server or another command has the databases open, and would go on with the data that is replaced. Stop it, or let the server restore: POST /api/backups/NAME/restore."
    CONSENT = "PBR-BACKUP-0004" "consent is missing"
        "The command replaces or deletes data, and there is no terminal to ask on. --yes consents."

    DATA_ROW = "PBR-DATA-0001" "a row that cannot be stored"
        "Imported rows go through the same validation as records that are created through the API, and a text that is no number or no date is refused instead of becoming 0 or empty. `--dry-run --on-error skip` finds all such rows of a file, `--errors FILE` writes them down."
    DATA_FORMAT = "PBR-DATA-0002" "a file that cannot be read as what it should be"
        "The format follows from the extension (.csv, .tsv, .json, .ndjson, .jsonl) or from --format. CSV begins with a row of column names, JSON is one array of objects, NDJSON is one object a line. Texts are UTF-8."
    DATA_COLUMN = "PBR-DATA-0003" "a column that is no field"
        "Columns have the names of fields, with regard to case. `--map COLUMN=FIELD` gives a column another name, `--map COLUMN=` leaves it out, `--ignore-unknown` leaves out all that are unknown."
    DATA_SQL = "PBR-DATA-0004" "SQL that cannot be run"
        "SQLite has something against the statement. Statements that change something need --write."
    RECORD_REFUSED = "PBR-RECORDS-0001" "a record operation was refused"
        "The rules of the collection, its validation or the record itself stand against it. Against a data directory the command has the rights of a superuser unless --as names somebody; with --url it has those of the token."
    SEED_INVALID = "PBR-SEED-0001" "a seed that cannot be read"
        "Seeds name a collection, a field, a label or a group that does not exist, or a value that means nothing. References are written \"@collection.label\", files \"!file path\", variables ${env:NAME} or ${env:NAME:-default}; a text that begins with @ or ! is written with a backslash before it."
    SEED_REFUSED = "PBR-SEED-0002" "a seeded record that does not validate"
        "Seeds go through the same validation as records that are created through the API. Nothing of the file was written."
    SEED_PRODUCTION = "PBR-SEED-0003" "seeding a production environment"
        "pbr.yaml marks the environment as production, where only the group `required` is seeded. Other groups need --confirm with the name of the project."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_explained() {
        for (at, info) in CODES.iter().enumerate() {
            assert!(!info.title.is_empty() && info.explanation.len() > 30, "{}", info.code);
            assert!(CODES[..at].iter().all(|other| other.code != info.code), "{}", info.code);
        }
        assert_eq!(explain("pbr-schema-0003").unwrap().title, "unknown field type");
    }
}

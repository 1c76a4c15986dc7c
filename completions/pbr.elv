
use builtin;
use str;

set edit:completion:arg-completer[pbr] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'pbr'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'pbr'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -V 'Print the version'
            cand --version 'Print the version'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand init 'Start a new project'
            cand dev 'Serve the project and follow every change of the schema'
            cand doctor 'Check the project, its data directory and this machine'
            cand schema 'Check, format and show the schema'
            cand migrate 'Bring the database to the schema; write, apply and check migrations'
            cand seed 'Put the records of the seed files into the database'
            cand data 'Move records in and out of files; run SQL'
            cand records 'List, show and change records'
            cand files 'Move the files of records between disk and S3'
            cand backup 'Make, check and restore backups'
            cand serve 'Run the server'
            cand logs 'Show the log of the server'
            cand cron 'List and run the jobs by the clock'
            cand token 'Issue, inspect and revoke tokens for scripts'
            cand superuser 'Manage the accounts that may do everything'
            cand config 'Show the configuration'
            cand explain 'Explain an error code'
            cand completions 'Print the completion script of a shell'
            cand man 'Write the manual pages, one per command'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;init'= {
            cand --template 'What to start from: blank, blog, chat, saas or todo'
            cand --from 'PocketBase data directory or exported collections to start from'
            cand --name 'Name of the project [default: that of the directory]'
            cand --http 'Address that `pbr serve` listens on'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;dev'= {
            cand --http 'Address to listen on [default: 127.0.0.1:8090, or server.http of pbr.yaml]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --no-seed 'Seed neither a database that was just made nor files that change'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;doctor'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --network 'Also reach out to the mail server and the buckets of the settings'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;schema'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand validate 'Check all schema files'
            cand fmt 'Format schema files; comments and order stay'
            cand show 'Show collections, fields and rules'
            cand graph 'Show which collection points to which'
            cand import 'Write collections that PocketBase exported into the schema files'
            cand export 'Print the collections in the form that PocketBase imports'
            cand json-schema 'Print the JSON Schema of a file, for editors'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;schema;validate'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;schema;fmt'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --check 'Change nothing; exit 4 when a file would change'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;schema;show'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;schema;graph'= {
            cand --format 'format'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;schema;import'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --delete-missing 'Remove the files of collections that the export does not have'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;schema;export'= {
            cand -o 'File to write; stdout when absent'
            cand --out 'File to write; stdout when absent'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;schema;json-schema'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;schema;help'= {
            cand validate 'Check all schema files'
            cand fmt 'Format schema files; comments and order stay'
            cand show 'Show collections, fields and rules'
            cand graph 'Show which collection points to which'
            cand import 'Write collections that PocketBase exported into the schema files'
            cand export 'Print the collections in the form that PocketBase imports'
            cand json-schema 'Print the JSON Schema of a file, for editors'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;schema;help;validate'= {
        }
        &'pbr;schema;help;fmt'= {
        }
        &'pbr;schema;help;show'= {
        }
        &'pbr;schema;help;graph'= {
        }
        &'pbr;schema;help;import'= {
        }
        &'pbr;schema;help;export'= {
        }
        &'pbr;schema;help;json-schema'= {
        }
        &'pbr;schema;help;help'= {
        }
        &'pbr;migrate'= {
            cand --lock-timeout 'Wait so long for another migrating process'
            cand --confirm 'Consent to the data loss of one file, with the token that the refusal printed'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand diff 'Write a migration for what the schema has and the migrations do not'
            cand new 'Write an empty migration for work on rows'
            cand lint 'Look for lost data, opened rules and other surprises'
            cand status 'Show which migrations are applied'
            cand up 'Apply pending migrations'
            cand down 'Take applied migrations back'
            cand drift 'Compare the database with what its migrations lead to'
            cand pull 'Take over what was changed in the database: YAML files, and a migration that counts as applied there'
            cand check 'Check the migration files alone: names, pbr.sum, the chain, replay, and the schema'
            cand rebase 'Put this branch''s migrations behind those of another, planned again'
            cand hash 'Write pbr.sum and the hashes again after an edit of files that are not applied'
            cand baseline 'Say that the database has everything up to a version already'
            cand repair 'Correct what the history of the database says of one migration'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;migrate;diff'= {
            cand --rename 'A field or collection was renamed: posts.title=posts.headline'
            cand --drop 'A field or collection is dropped, not renamed'
            cand --hints 'File with renames and drops, as JSON'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --check 'Write nothing; exit 4 when there is a difference'
            cand --stdout 'Print the migration instead of writing it'
            cand --down 'Also write the file that leads back'
            cand --edit 'Open the migration in $VISUAL or $EDITOR, then renew its hashes'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;new'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --down 'With a file that leads back'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;lint'= {
            cand --latest 'The newest so many'
            cand --base 'Those that a branch or commit does not have'
            cand --format 'How findings are written'
            cand --db 'Database file, or data directory [default: the project''s]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --all 'All of them'
            cand --strict 'Warnings are errors'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;status'= {
            cand --db 'Database file, or data directory [default: the project''s]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --check 'Exit 4 when migrations are pending'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;up'= {
            cand --steps 'So many files at most [default: all up, 1 down]'
            cand --tx 'What is one transaction'
            cand --backup 'Copy the database before: auto (when values may be lost), none, or a file'
            cand --lock-timeout 'Wait so long for another migrating process'
            cand --confirm 'Consent to the data loss of one file, with the token that the refusal printed'
            cand --db 'Database file, or data directory [default: the project''s]'
            cand --to 'The last version to apply'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --dry-run 'Run everything in a transaction that is rolled back'
            cand --allow-drift 'Apply although the database is not what its migrations lead to'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;down'= {
            cand --to 'The version to be at afterwards; taken back to 0, nothing is applied'
            cand --steps 'So many files at most [default: all up, 1 down]'
            cand --lock-timeout 'Wait so long for another migrating process'
            cand --confirm 'Consent to the data loss of one file, with the token that the refusal printed'
            cand --db 'Database file, or data directory [default: the project''s]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --dry-run 'Run everything in a transaction that is rolled back'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;drift'= {
            cand --drop 'With --fix: also drop this table, which no migration knows; repeatable'
            cand --db 'Database file, or data directory [default: the project''s]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --fix 'Write a migration that takes the drift back where it is'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;pull'= {
            cand --collection 'Only this collection; repeatable'
            cand --name 'Name of the migration; made from the changes when absent'
            cand --lock-timeout 'Wait so long for another migrating process'
            cand --db 'Database file, or data directory [default: the project''s]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --dry-run 'Show what would be written'
            cand --merge 'Although the schema files have changes of their own: both are kept'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;check'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;rebase'= {
            cand --onto 'Branch or commit whose migrations come first [default: the one being merged, or upstream]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;hash'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;baseline'= {
            cand --db 'Database file, or data directory [default: the project''s]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --allow-drift 'Although its collections are not what the migrations lead to'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;repair'= {
            cand --as 'What really happened to it'
            cand --db 'Database file, or data directory [default: the project''s]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;migrate;help'= {
            cand diff 'Write a migration for what the schema has and the migrations do not'
            cand new 'Write an empty migration for work on rows'
            cand lint 'Look for lost data, opened rules and other surprises'
            cand status 'Show which migrations are applied'
            cand up 'Apply pending migrations'
            cand down 'Take applied migrations back'
            cand drift 'Compare the database with what its migrations lead to'
            cand pull 'Take over what was changed in the database: YAML files, and a migration that counts as applied there'
            cand check 'Check the migration files alone: names, pbr.sum, the chain, replay, and the schema'
            cand rebase 'Put this branch''s migrations behind those of another, planned again'
            cand hash 'Write pbr.sum and the hashes again after an edit of files that are not applied'
            cand baseline 'Say that the database has everything up to a version already'
            cand repair 'Correct what the history of the database says of one migration'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;migrate;help;diff'= {
        }
        &'pbr;migrate;help;new'= {
        }
        &'pbr;migrate;help;lint'= {
        }
        &'pbr;migrate;help;status'= {
        }
        &'pbr;migrate;help;up'= {
        }
        &'pbr;migrate;help;down'= {
        }
        &'pbr;migrate;help;drift'= {
        }
        &'pbr;migrate;help;pull'= {
        }
        &'pbr;migrate;help;check'= {
        }
        &'pbr;migrate;help;rebase'= {
        }
        &'pbr;migrate;help;hash'= {
        }
        &'pbr;migrate;help;baseline'= {
        }
        &'pbr;migrate;help;repair'= {
        }
        &'pbr;migrate;help;help'= {
        }
        &'pbr;seed'= {
            cand --group 'Groups to seed beside `required`: dev, demo or test [default: dev, in production only with --confirm]'
            cand --only 'Only these collections'
            cand --seed 'Another number gives other ids'
            cand --count 'Generate another number of rows: posts=5000'
            cand --mode 'What happens to records that exist'
            cand --confirm 'Consent to seed a production environment with more than `required`'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --prune 'Remove records that former seeds made and these do not'
            cand --force 'Also look at records of files that have not changed since they were seeded'
            cand --dry-run 'Say what would change and change nothing'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand export 'Write records as a seed file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;seed;export'= {
            cand --collection 'The collections'
            cand --filter 'Only records that match, in the filter language of the API'
            cand --limit 'At most so many records of each of the collections'
            cand --anonymize 'Fields that get made-up values, in whatever collection'
            cand --group 'The group of the seeds: required, dev, demo or test'
            cand -o 'The file to write [default: standard output]'
            cand --out 'The file to write [default: standard output]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;seed;help'= {
            cand export 'Write records as a seed file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;seed;help;export'= {
        }
        &'pbr;seed;help;help'= {
        }
        &'pbr;data'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand import 'Write the rows of a CSV, NDJSON or JSON file into a collection'
            cand export 'Write the records of a collection as CSV, NDJSON or JSON'
            cand query 'Run SQL on the database'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;data;import'= {
            cand --format 'How the rows are written [default: by the extension of the file]'
            cand --delimiter 'What separates the cells of CSV: one character, or `tab` [default: a comma, in .tsv files a tab]'
            cand --key 'The field that tells records apart [default: id, in rows that have one]'
            cand --mode 'What happens to records that exist'
            cand --map 'Which field a column is; of none, with nothing behind the equals sign'
            cand --set 'The same value for all rows'
            cand --files 'Store the files that file columns name; paths start in this folder and never lead out of it'
            cand --batch 'At most so many rows a transaction; each also ends after 50 ms, so that a running server gets its turn'
            cand --on-error 'What happens after a row that cannot be stored'
            cand --errors 'Write the rows that cannot be stored here, as CSV: row, line, message'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --ignore-unknown 'Leave out columns that are no field'
            cand --hashed 'Take passwords that are bcrypt or argon2id hashes as they are'
            cand --atomic 'All rows or none, in one transaction; a running server cannot write meanwhile'
            cand --dry-run 'Validate all rows and change nothing'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;data;export'= {
            cand --format 'How the records are written [default: by the extension of --out, else ndjson]'
            cand --delimiter 'What separates the cells of CSV: one character, or `tab` [default: a comma, in .tsv files a tab]'
            cand -o 'The file to write, replaced when all of it is there [default: standard output]'
            cand --out 'The file to write, replaced when all of it is there [default: standard output]'
            cand --filter 'Only records that match, in the filter language of the API'
            cand --sort 'The order, as in the API: -created,title [default: that of the table]'
            cand --fields 'Only these fields, in this order'
            cand --expand 'Relations to follow, as in the API; what they lead to is in the key `expand` of each record, which imports pass by'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --with-secrets 'Export hashes of passwords and token keys too'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;data;query'= {
            cand --format 'How the rows are written [default: table on a terminal, lines in a pipe]'
            cand --timeout 'How long the statements may take: 30s, 5m'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --write 'Let the statements write, all of them in one transaction'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;data;help'= {
            cand import 'Write the rows of a CSV, NDJSON or JSON file into a collection'
            cand export 'Write the records of a collection as CSV, NDJSON or JSON'
            cand query 'Run SQL on the database'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;data;help;import'= {
        }
        &'pbr;data;help;export'= {
        }
        &'pbr;data;help;query'= {
        }
        &'pbr;data;help;help'= {
        }
        &'pbr;records'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the records of a collection, a page at a time'
            cand get 'Show a record'
            cand create 'Create a record'
            cand update 'Change fields of a record'
            cand delete 'Delete records, with all that their relations ask for'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;records;list'= {
            cand --filter 'Only records that match, in the filter language of the API'
            cand --sort 'The order: -created,title'
            cand --page 'page'
            cand --per-page 'per-page'
            cand --expand 'Relations to follow: author,tags'
            cand --fields 'Only these fields, as in the API: id,title,body:excerpt(80)'
            cand --url 'Ask a running server, with the token of a superuser'
            cand --token 'The token; visible to other users of the machine, so prefer PBR_TOKEN'
            cand --as 'With the rights of this account instead of a superuser''s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;records;get'= {
            cand --expand 'Relations to follow: author,tags'
            cand --fields 'Only these fields, as in the API: id,title,body:excerpt(80)'
            cand --url 'Ask a running server, with the token of a superuser'
            cand --token 'The token; visible to other users of the machine, so prefer PBR_TOKEN'
            cand --as 'With the rights of this account instead of a superuser''s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;records;create'= {
            cand --expand 'Relations to follow: author,tags'
            cand --fields 'Only these fields, as in the API: id,title,body:excerpt(80)'
            cand --url 'Ask a running server, with the token of a superuser'
            cand --token 'The token; visible to other users of the machine, so prefer PBR_TOKEN'
            cand --as 'With the rights of this account instead of a superuser''s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;records;update'= {
            cand --expand 'Relations to follow: author,tags'
            cand --fields 'Only these fields, as in the API: id,title,body:excerpt(80)'
            cand --url 'Ask a running server, with the token of a superuser'
            cand --token 'The token; visible to other users of the machine, so prefer PBR_TOKEN'
            cand --as 'With the rights of this account instead of a superuser''s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;records;delete'= {
            cand --url 'Ask a running server, with the token of a superuser'
            cand --token 'The token; visible to other users of the machine, so prefer PBR_TOKEN'
            cand --as 'With the rights of this account instead of a superuser''s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;records;help'= {
            cand list 'List the records of a collection, a page at a time'
            cand get 'Show a record'
            cand create 'Create a record'
            cand update 'Change fields of a record'
            cand delete 'Delete records, with all that their relations ask for'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;records;help;list'= {
        }
        &'pbr;records;help;get'= {
        }
        &'pbr;records;help;create'= {
        }
        &'pbr;records;help;update'= {
        }
        &'pbr;records;help;delete'= {
        }
        &'pbr;records;help;help'= {
        }
        &'pbr;files'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand migrate 'Copy all files of records to the bucket of the settings, or from there to the disk'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;files;migrate'= {
            cand --to 'Where the files are copied to'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --dry-run 'Say what would be copied and copy nothing'
            cand --switch 'Then change the setting s3.enabled, and copy what was uploaded meanwhile'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;files;help'= {
            cand migrate 'Copy all files of records to the bucket of the settings, or from there to the disk'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;files;help;migrate'= {
        }
        &'pbr;files;help;help'= {
        }
        &'pbr;backup'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand create 'Make a backup of the data directory; a server may go on running'
            cand list 'List the backups'
            cand verify 'Read all of a backup and check the databases in it'
            cand restore 'Put the content of a backup in the place of the data directory''s own, while no server runs'
            cand delete 'Delete a backup'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;backup;create'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;backup;list'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;backup;verify'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;backup;restore'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;backup;delete'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;backup;help'= {
            cand create 'Make a backup of the data directory; a server may go on running'
            cand list 'List the backups'
            cand verify 'Read all of a backup and check the databases in it'
            cand restore 'Put the content of a backup in the place of the data directory''s own, while no server runs'
            cand delete 'Delete a backup'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;backup;help;create'= {
        }
        &'pbr;backup;help;list'= {
        }
        &'pbr;backup;help;verify'= {
        }
        &'pbr;backup;help;restore'= {
        }
        &'pbr;backup;help;delete'= {
        }
        &'pbr;backup;help;help'= {
        }
        &'pbr;serve'= {
            cand --http 'Address to listen on'
            cand --https 'Address of HTTPS; --http leads to it then'
            cand --tls-cert 'PEM file with the TLS certificate and those above it; read again when it changes'
            cand --tls-key 'PEM file with the private key of --tls-cert'
            cand --acme-email 'Where the certificate authority writes to about certificates'
            cand --acme-directory 'Directory of the certificate authority'
            cand --acme-root 'PEM file with a root certificate to trust the authority by, for one of your own'
            cand --log-format 'Where the log is shown beside being stored: warnings and errors of the server for people, or everything as lines of JSON'
            cand --origins 'Origins that browsers may call from, `*` and `?` allowed'
            cand --query-timeout 'Seconds after which a read is interrupted'
            cand --migrate 'Pending migrations: apply them, refuse to start, or start anyway'
            cand --confirm 'Consent to the data loss of a pending migration'
            cand --password-hash 'Hash new passwords with argon2id or bcrypt [default: argon2id in a project, bcrypt in a bare directory]'
            cand --public-dir 'Folder of static files, served beside the API'
            cand --index-fallback 'Answer unknown paths with the start page of the static files'
            cand --metrics-token-file 'File with the token that /metrics asks for'
            cand --schema-edits 'Changes of collections through the API [default: deny in a project, allow in a bare directory]'
            cand --hooks 'Start although the directory has JavaScript hooks or migrations, which are not run'
            cand --hooks-dir 'Where JavaScript hooks would be [default: pb_hooks beside the data directory]'
            cand --migrations-dir 'Where JavaScript migrations would be [default: pb_migrations beside the data directory]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --plain 'Plain HTTP, whatever pbr.yaml says of domains and HTTPS'
            cand --totp 'Let accounts have an authenticator app, whose code is needed after the password'
            cand --login-back-off 'Make logins wait after wrong passwords, longer each time'
            cand --dev 'Print every SQL statement, without its values, and every row of the log'
            cand --stop-with-stdin 'Stop when standard input ends, so that no server outlives who started it'
            cand --metrics 'Serve /metrics to Prometheus: for the token of PBR_METRICS_TOKEN, or for programs of this machine'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;logs'= {
            cand --filter 'Only rows that match, in the filter language: id, created, level, message, data.url, data.status …'
            cand --level 'Only rows of this level and above'
            cand --since 'Only rows since then: a time ago such as 30m, 1h or 7d, or a date'
            cand -n 'The last so many rows'
            cand --limit 'The last so many rows'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -f 'Go on with new rows as they come'
            cand --follow 'Go on with new rows as they come'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;cron'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the jobs and when they run, in UTC'
            cand run 'Run a job now; without --url the command waits for its end'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;cron;list'= {
            cand --url 'Ask a running server, with the token of a superuser'
            cand --token 'The token; visible to other users of the machine, so prefer PBR_TOKEN'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;cron;run'= {
            cand --url 'Ask a running server, with the token of a superuser'
            cand --token 'The token; visible to other users of the machine, so prefer PBR_TOKEN'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;cron;help'= {
            cand list 'List the jobs and when they run, in UTC'
            cand run 'Run a job now; without --url the command waits for its end'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;cron;help;list'= {
        }
        &'pbr;cron;help;run'= {
        }
        &'pbr;cron;help;help'= {
        }
        &'pbr;token'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand issue 'Issue a token: for scripts, or what a mail or a login would have given'
            cand inspect 'Say whose token it is, until when, and why it is invalid'
            cand revoke 'Invalidate every token of an account'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;token;issue'= {
            cand --collection 'Auth collection of the account'
            cand --kind 'What the token is for'
            cand --new-email 'The address that an email-change token is about'
            cand --duration 'Lifetime, such as 30m, 1h or 7d [default: that of the collection]'
            cand --format 'How to print it [default: raw when piped, else with explanations]'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;token;inspect'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;token;revoke'= {
            cand --collection 'Auth collection of the account'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;token;help'= {
            cand issue 'Issue a token: for scripts, or what a mail or a login would have given'
            cand inspect 'Say whose token it is, until when, and why it is invalid'
            cand revoke 'Invalidate every token of an account'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;token;help;issue'= {
        }
        &'pbr;token;help;inspect'= {
        }
        &'pbr;token;help;revoke'= {
        }
        &'pbr;token;help;help'= {
        }
        &'pbr;superuser'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand create 'Create a superuser'
            cand upsert 'Create a superuser, or set the password of an existing one'
            cand update 'Set the password of a superuser'
            cand delete 'Delete a superuser'
            cand otp 'Create a one-time password for a superuser, for collections with OTP'
            cand ips 'Set the addresses that superusers may come from; none clears the list'
            cand list 'List the superusers'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;superuser;create'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --password-stdin 'Read the password from standard input'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;superuser;upsert'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --password-stdin 'Read the password from standard input'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;superuser;update'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --password-stdin 'Read the password from standard input'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;superuser;delete'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;superuser;otp'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;superuser;ips'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;superuser;list'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;superuser;help'= {
            cand create 'Create a superuser'
            cand upsert 'Create a superuser, or set the password of an existing one'
            cand update 'Set the password of a superuser'
            cand delete 'Delete a superuser'
            cand otp 'Create a one-time password for a superuser, for collections with OTP'
            cand ips 'Set the addresses that superusers may come from; none clears the list'
            cand list 'List the superusers'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;superuser;help;create'= {
        }
        &'pbr;superuser;help;upsert'= {
        }
        &'pbr;superuser;help;update'= {
        }
        &'pbr;superuser;help;delete'= {
        }
        &'pbr;superuser;help;otp'= {
        }
        &'pbr;superuser;help;ips'= {
        }
        &'pbr;superuser;help;list'= {
        }
        &'pbr;superuser;help;help'= {
        }
        &'pbr;config'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'Show every value that holds'
            cand get 'Print one value'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;config;list'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --origin 'Say where each comes from: a flag, the environment, pbr.yaml, your own file or the defaults'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;config;get'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;config;help'= {
            cand list 'Show every value that holds'
            cand get 'Print one value'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;config;help;list'= {
        }
        &'pbr;config;help;get'= {
        }
        &'pbr;config;help;help'= {
        }
        &'pbr;explain'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;completions'= {
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand --dynamic 'A script that asks pbr itself, so that names from the project are completed too'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;man'= {
            cand --out 'Folder for the pages of all commands; without it the page of pbr goes to stdout'
            cand --dir 'Data directory [default: pb_data, or dirs.data of pbr.yaml]'
            cand --config 'Project file [default: pbr.yaml in the current directory]'
            cand --encryption-env 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes'
            cand --color 'Colours [default: auto]'
            cand --json 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line'
            cand -q 'Print only errors'
            cand --quiet 'Print only errors'
            cand -v 'Print how long it took; twice for the SQL too'
            cand --verbose 'Print how long it took; twice for the SQL too'
            cand --no-input 'Never ask; fail where a question would be needed'
            cand -y 'Answer yes to simple confirmations; never consents to data loss'
            cand --yes 'Answer yes to simple confirmations; never consents to data loss'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'pbr;help'= {
            cand init 'Start a new project'
            cand dev 'Serve the project and follow every change of the schema'
            cand doctor 'Check the project, its data directory and this machine'
            cand schema 'Check, format and show the schema'
            cand migrate 'Bring the database to the schema; write, apply and check migrations'
            cand seed 'Put the records of the seed files into the database'
            cand data 'Move records in and out of files; run SQL'
            cand records 'List, show and change records'
            cand files 'Move the files of records between disk and S3'
            cand backup 'Make, check and restore backups'
            cand serve 'Run the server'
            cand logs 'Show the log of the server'
            cand cron 'List and run the jobs by the clock'
            cand token 'Issue, inspect and revoke tokens for scripts'
            cand superuser 'Manage the accounts that may do everything'
            cand config 'Show the configuration'
            cand explain 'Explain an error code'
            cand completions 'Print the completion script of a shell'
            cand man 'Write the manual pages, one per command'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'pbr;help;init'= {
        }
        &'pbr;help;dev'= {
        }
        &'pbr;help;doctor'= {
        }
        &'pbr;help;schema'= {
            cand validate 'Check all schema files'
            cand fmt 'Format schema files; comments and order stay'
            cand show 'Show collections, fields and rules'
            cand graph 'Show which collection points to which'
            cand import 'Write collections that PocketBase exported into the schema files'
            cand export 'Print the collections in the form that PocketBase imports'
            cand json-schema 'Print the JSON Schema of a file, for editors'
        }
        &'pbr;help;schema;validate'= {
        }
        &'pbr;help;schema;fmt'= {
        }
        &'pbr;help;schema;show'= {
        }
        &'pbr;help;schema;graph'= {
        }
        &'pbr;help;schema;import'= {
        }
        &'pbr;help;schema;export'= {
        }
        &'pbr;help;schema;json-schema'= {
        }
        &'pbr;help;migrate'= {
            cand diff 'Write a migration for what the schema has and the migrations do not'
            cand new 'Write an empty migration for work on rows'
            cand lint 'Look for lost data, opened rules and other surprises'
            cand status 'Show which migrations are applied'
            cand up 'Apply pending migrations'
            cand down 'Take applied migrations back'
            cand drift 'Compare the database with what its migrations lead to'
            cand pull 'Take over what was changed in the database: YAML files, and a migration that counts as applied there'
            cand check 'Check the migration files alone: names, pbr.sum, the chain, replay, and the schema'
            cand rebase 'Put this branch''s migrations behind those of another, planned again'
            cand hash 'Write pbr.sum and the hashes again after an edit of files that are not applied'
            cand baseline 'Say that the database has everything up to a version already'
            cand repair 'Correct what the history of the database says of one migration'
        }
        &'pbr;help;migrate;diff'= {
        }
        &'pbr;help;migrate;new'= {
        }
        &'pbr;help;migrate;lint'= {
        }
        &'pbr;help;migrate;status'= {
        }
        &'pbr;help;migrate;up'= {
        }
        &'pbr;help;migrate;down'= {
        }
        &'pbr;help;migrate;drift'= {
        }
        &'pbr;help;migrate;pull'= {
        }
        &'pbr;help;migrate;check'= {
        }
        &'pbr;help;migrate;rebase'= {
        }
        &'pbr;help;migrate;hash'= {
        }
        &'pbr;help;migrate;baseline'= {
        }
        &'pbr;help;migrate;repair'= {
        }
        &'pbr;help;seed'= {
            cand export 'Write records as a seed file'
        }
        &'pbr;help;seed;export'= {
        }
        &'pbr;help;data'= {
            cand import 'Write the rows of a CSV, NDJSON or JSON file into a collection'
            cand export 'Write the records of a collection as CSV, NDJSON or JSON'
            cand query 'Run SQL on the database'
        }
        &'pbr;help;data;import'= {
        }
        &'pbr;help;data;export'= {
        }
        &'pbr;help;data;query'= {
        }
        &'pbr;help;records'= {
            cand list 'List the records of a collection, a page at a time'
            cand get 'Show a record'
            cand create 'Create a record'
            cand update 'Change fields of a record'
            cand delete 'Delete records, with all that their relations ask for'
        }
        &'pbr;help;records;list'= {
        }
        &'pbr;help;records;get'= {
        }
        &'pbr;help;records;create'= {
        }
        &'pbr;help;records;update'= {
        }
        &'pbr;help;records;delete'= {
        }
        &'pbr;help;files'= {
            cand migrate 'Copy all files of records to the bucket of the settings, or from there to the disk'
        }
        &'pbr;help;files;migrate'= {
        }
        &'pbr;help;backup'= {
            cand create 'Make a backup of the data directory; a server may go on running'
            cand list 'List the backups'
            cand verify 'Read all of a backup and check the databases in it'
            cand restore 'Put the content of a backup in the place of the data directory''s own, while no server runs'
            cand delete 'Delete a backup'
        }
        &'pbr;help;backup;create'= {
        }
        &'pbr;help;backup;list'= {
        }
        &'pbr;help;backup;verify'= {
        }
        &'pbr;help;backup;restore'= {
        }
        &'pbr;help;backup;delete'= {
        }
        &'pbr;help;serve'= {
        }
        &'pbr;help;logs'= {
        }
        &'pbr;help;cron'= {
            cand list 'List the jobs and when they run, in UTC'
            cand run 'Run a job now; without --url the command waits for its end'
        }
        &'pbr;help;cron;list'= {
        }
        &'pbr;help;cron;run'= {
        }
        &'pbr;help;token'= {
            cand issue 'Issue a token: for scripts, or what a mail or a login would have given'
            cand inspect 'Say whose token it is, until when, and why it is invalid'
            cand revoke 'Invalidate every token of an account'
        }
        &'pbr;help;token;issue'= {
        }
        &'pbr;help;token;inspect'= {
        }
        &'pbr;help;token;revoke'= {
        }
        &'pbr;help;superuser'= {
            cand create 'Create a superuser'
            cand upsert 'Create a superuser, or set the password of an existing one'
            cand update 'Set the password of a superuser'
            cand delete 'Delete a superuser'
            cand otp 'Create a one-time password for a superuser, for collections with OTP'
            cand ips 'Set the addresses that superusers may come from; none clears the list'
            cand list 'List the superusers'
        }
        &'pbr;help;superuser;create'= {
        }
        &'pbr;help;superuser;upsert'= {
        }
        &'pbr;help;superuser;update'= {
        }
        &'pbr;help;superuser;delete'= {
        }
        &'pbr;help;superuser;otp'= {
        }
        &'pbr;help;superuser;ips'= {
        }
        &'pbr;help;superuser;list'= {
        }
        &'pbr;help;config'= {
            cand list 'Show every value that holds'
            cand get 'Print one value'
        }
        &'pbr;help;config;list'= {
        }
        &'pbr;help;config;get'= {
        }
        &'pbr;help;explain'= {
        }
        &'pbr;help;completions'= {
        }
        &'pbr;help;man'= {
        }
        &'pbr;help;help'= {
        }
    ]
    $completions[$command]
}

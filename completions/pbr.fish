# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_pbr_global_optspecs
    string join \n V/version dir= config= encryption-env= color= json= q/quiet v/verbose no-input y/yes h/help
end

function __fish_pbr_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_pbr_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_pbr_using_subcommand
    set -l cmd (__fish_pbr_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c pbr -n "__fish_pbr_needs_command" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_needs_command" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_needs_command" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_needs_command" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_needs_command" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_needs_command" -s V -l version -d 'Print the version'
complete -c pbr -n "__fish_pbr_needs_command" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_needs_command" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_needs_command" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_needs_command" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "init" -d 'Start a new project'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "dev" -d 'Serve the project and follow every change of the schema'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "doctor" -d 'Check the project, its data directory and this machine'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "schema" -d 'Check, format and show the schema'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "migrate" -d 'Bring the database to the schema; write, apply and check migrations'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "seed" -d 'Put the records of the seed files into the database'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "data" -d 'Move records in and out of files; run SQL'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "records" -d 'List, show and change records'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "files" -d 'Move the files of records between disk and S3'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "backup" -d 'Make, check and restore backups'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "serve" -d 'Run the server'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "logs" -d 'Show the log of the server'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "cron" -d 'List and run the jobs by the clock'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "token" -d 'Issue, inspect and revoke tokens for scripts'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "superuser" -d 'Manage the accounts that may do everything'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "config" -d 'Show the configuration'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "explain" -d 'Explain an error code'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "man" -d 'Write the manual pages, one per command'
complete -c pbr -n "__fish_pbr_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand init" -l template -d 'What to start from: blank, blog, chat, saas or todo' -r
complete -c pbr -n "__fish_pbr_using_subcommand init" -l from -d 'PocketBase data directory or exported collections to start from' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand init" -l name -d 'Name of the project [default: that of the directory]' -r
complete -c pbr -n "__fish_pbr_using_subcommand init" -l http -d 'Address that `pbr serve` listens on' -r
complete -c pbr -n "__fish_pbr_using_subcommand init" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand init" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand init" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand init" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand init" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand init" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand init" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand init" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand init" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand dev" -l http -d 'Address to listen on [default: 127.0.0.1:8090, or server.http of pbr.yaml]' -r
complete -c pbr -n "__fish_pbr_using_subcommand dev" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand dev" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand dev" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand dev" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand dev" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand dev" -l no-seed -d 'Seed neither a database that was just made nor files that change'
complete -c pbr -n "__fish_pbr_using_subcommand dev" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand dev" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand dev" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand dev" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand dev" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -l network -d 'Also reach out to the mail server and the buckets of the settings'
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -f -a "validate" -d 'Check all schema files'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -f -a "fmt" -d 'Format schema files; comments and order stay'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -f -a "show" -d 'Show collections, fields and rules'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -f -a "graph" -d 'Show which collection points to which'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -f -a "import" -d 'Write collections that PocketBase exported into the schema files'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -f -a "export" -d 'Print the collections in the form that PocketBase imports'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -f -a "json-schema" -d 'Print the JSON Schema of a file, for editors'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and not __fish_seen_subcommand_from validate fmt show graph import export json-schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from validate" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from validate" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from validate" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from validate" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from validate" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from validate" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from validate" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from validate" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -l check -d 'Change nothing; exit 4 when a file would change'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from fmt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from show" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from show" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from show" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from show" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from show" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -l format -r -f -a "text\t''
mermaid\t'For Markdown files'
dot\t'For Graphviz'"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from graph" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -l delete-missing -d 'Remove the files of collections that the export does not have'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -s o -l out -d 'File to write; stdout when absent' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from json-schema" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from json-schema" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from json-schema" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from json-schema" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from json-schema" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from json-schema" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from json-schema" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from json-schema" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from json-schema" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from json-schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "validate" -d 'Check all schema files'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "fmt" -d 'Format schema files; comments and order stay'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show collections, fields and rules'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "graph" -d 'Show which collection points to which'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "import" -d 'Write collections that PocketBase exported into the schema files'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "export" -d 'Print the collections in the form that PocketBase imports'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "json-schema" -d 'Print the JSON Schema of a file, for editors'
complete -c pbr -n "__fish_pbr_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -l lock-timeout -d 'Wait so long for another migrating process' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -l confirm -d 'Consent to the data loss of one file, with the token that the refusal printed' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "diff" -d 'Write a migration for what the schema has and the migrations do not'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "new" -d 'Write an empty migration for work on rows'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "lint" -d 'Look for lost data, opened rules and other surprises'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "status" -d 'Show which migrations are applied'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "up" -d 'Apply pending migrations'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "down" -d 'Take applied migrations back'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "drift" -d 'Compare the database with what its migrations lead to'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "pull" -d 'Take over what was changed in the database: YAML files, and a migration that counts as applied there'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "check" -d 'Check the migration files alone: names, pbr.sum, the chain, replay, and the schema'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "rebase" -d 'Put this branch\'s migrations behind those of another, planned again'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "hash" -d 'Write pbr.sum and the hashes again after an edit of files that are not applied'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "baseline" -d 'Say that the database has everything up to a version already'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "repair" -d 'Correct what the history of the database says of one migration'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and not __fish_seen_subcommand_from diff new lint status up down drift pull check rebase hash baseline repair help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l rename -d 'A field or collection was renamed: posts.title=posts.headline' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l drop -d 'A field or collection is dropped, not renamed' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l hints -d 'File with renames and drops, as JSON' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l check -d 'Write nothing; exit 4 when there is a difference'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l stdout -d 'Print the migration instead of writing it'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l down -d 'Also write the file that leads back'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l edit -d 'Open the migration in $VISUAL or $EDITOR, then renew its hashes'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -l down -d 'With a file that leads back'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l latest -d 'The newest so many' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l base -d 'Those that a branch or commit does not have' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l format -d 'How findings are written' -r -f -a "text\t''
json\t''
github\t'Annotations of GitHub Actions'
sarif\t'For code scanning'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l db -d 'Database file, or data directory [default: the project\'s]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l all -d 'All of them'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l strict -d 'Warnings are errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -l db -d 'Database file, or data directory [default: the project\'s]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -l check -d 'Exit 4 when migrations are pending'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l steps -d 'So many files at most [default: all up, 1 down]' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l tx -d 'What is one transaction' -r -f -a "file\t'Each file'
all\t'All files together; a repair of drift is one of its own'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l backup -d 'Copy the database before: auto (when values may be lost), none, or a file' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l lock-timeout -d 'Wait so long for another migrating process' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l confirm -d 'Consent to the data loss of one file, with the token that the refusal printed' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l db -d 'Database file, or data directory [default: the project\'s]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l to -d 'The last version to apply' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l dry-run -d 'Run everything in a transaction that is rolled back'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l allow-drift -d 'Apply although the database is not what its migrations lead to'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from up" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l to -d 'The version to be at afterwards; taken back to 0, nothing is applied' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l steps -d 'So many files at most [default: all up, 1 down]' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l lock-timeout -d 'Wait so long for another migrating process' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l confirm -d 'Consent to the data loss of one file, with the token that the refusal printed' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l db -d 'Database file, or data directory [default: the project\'s]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l dry-run -d 'Run everything in a transaction that is rolled back'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from down" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -l drop -d 'With --fix: also drop this table, which no migration knows; repeatable' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -l db -d 'Database file, or data directory [default: the project\'s]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -l fix -d 'Write a migration that takes the drift back where it is'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from drift" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l collection -d 'Only this collection; repeatable' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l name -d 'Name of the migration; made from the changes when absent' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l lock-timeout -d 'Wait so long for another migrating process' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l db -d 'Database file, or data directory [default: the project\'s]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l dry-run -d 'Show what would be written'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l merge -d 'Although the schema files have changes of their own: both are kept'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from pull" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from check" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from check" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from check" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from check" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from check" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from check" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -l onto -d 'Branch or commit whose migrations come first [default: the one being merged, or upstream]' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from rebase" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from hash" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from hash" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from hash" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from hash" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from hash" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from hash" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from hash" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from hash" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from hash" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from hash" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -l db -d 'Database file, or data directory [default: the project\'s]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -l allow-drift -d 'Although its collections are not what the migrations lead to'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from baseline" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -l as -d 'What really happened to it' -r -f -a "applied\t'It was run by hand'
reverted\t'It was taken back by hand'
edited\t'Its file was changed, not what it did'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -l db -d 'Database file, or data directory [default: the project\'s]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from repair" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "diff" -d 'Write a migration for what the schema has and the migrations do not'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "new" -d 'Write an empty migration for work on rows'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "lint" -d 'Look for lost data, opened rules and other surprises'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show which migrations are applied'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "up" -d 'Apply pending migrations'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "down" -d 'Take applied migrations back'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "drift" -d 'Compare the database with what its migrations lead to'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "pull" -d 'Take over what was changed in the database: YAML files, and a migration that counts as applied there'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "check" -d 'Check the migration files alone: names, pbr.sum, the chain, replay, and the schema'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "rebase" -d 'Put this branch\'s migrations behind those of another, planned again'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "hash" -d 'Write pbr.sum and the hashes again after an edit of files that are not applied'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "baseline" -d 'Say that the database has everything up to a version already'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "repair" -d 'Correct what the history of the database says of one migration'
complete -c pbr -n "__fish_pbr_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l group -d 'Groups to seed beside `required`: dev, demo or test [default: dev, in production only with --confirm]' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l only -d 'Only these collections' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l seed -d 'Another number gives other ids' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l count -d 'Generate another number of rows: posts=5000' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l mode -d 'What happens to records that exist' -r -f -a "upsert\t'The fields of the seed are written, others left'
insert\t'They stay as they are'
replace\t'Fields that the seed does not name get their default'"
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l confirm -d 'Consent to seed a production environment with more than `required`' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l prune -d 'Remove records that former seeds made and these do not'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l force -d 'Also look at records of files that have not changed since they were seeded'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l dry-run -d 'Say what would change and change nothing'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -f -a "export" -d 'Write records as a seed file'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and not __fish_seen_subcommand_from export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l collection -d 'The collections' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l filter -d 'Only records that match, in the filter language of the API' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l limit -d 'At most so many records of each of the collections' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l anonymize -d 'Fields that get made-up values, in whatever collection' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l group -d 'The group of the seeds: required, dev, demo or test' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -s o -l out -d 'The file to write [default: standard output]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write records as a seed file'
complete -c pbr -n "__fish_pbr_using_subcommand seed; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -f -a "import" -d 'Write the rows of a CSV, NDJSON or JSON file into a collection'
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -f -a "export" -d 'Write the records of a collection as CSV, NDJSON or JSON'
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -f -a "query" -d 'Run SQL on the database'
complete -c pbr -n "__fish_pbr_using_subcommand data; and not __fish_seen_subcommand_from import export query help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l format -d 'How the rows are written [default: by the extension of the file]' -r -f -a "csv\t''
json\t''
ndjson\t''"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l delimiter -d 'What separates the cells of CSV: one character, or `tab` [default: a comma, in .tsv files a tab]' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l key -d 'The field that tells records apart [default: id, in rows that have one]' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l mode -d 'What happens to records that exist' -r -f -a "insert\t'They are errors'
upsert\t'The columns of the row are written, other fields left'
skip\t'They stay as they are'"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l map -d 'Which field a column is; of none, with nothing behind the equals sign' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l set -d 'The same value for all rows' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l files -d 'Store the files that file columns name; paths start in this folder and never lead out of it' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l batch -d 'At most so many rows a transaction; each also ends after 50 ms, so that a running server gets its turn' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l on-error -d 'What happens after a row that cannot be stored' -r -f -a "stop\t'The import ends; the rows before it stay'
skip\t'The others are imported, and the exit code is 4'"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l errors -d 'Write the rows that cannot be stored here, as CSV: row, line, message' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l ignore-unknown -d 'Leave out columns that are no field'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l hashed -d 'Take passwords that are bcrypt or argon2id hashes as they are'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l atomic -d 'All rows or none, in one transaction; a running server cannot write meanwhile'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l dry-run -d 'Validate all rows and change nothing'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l format -d 'How the records are written [default: by the extension of --out, else ndjson]' -r -f -a "csv\t''
json\t''
ndjson\t''"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l delimiter -d 'What separates the cells of CSV: one character, or `tab` [default: a comma, in .tsv files a tab]' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -s o -l out -d 'The file to write, replaced when all of it is there [default: standard output]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l filter -d 'Only records that match, in the filter language of the API' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l sort -d 'The order, as in the API: -created,title [default: that of the table]' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l fields -d 'Only these fields, in this order' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l expand -d 'Relations to follow, as in the API; what they lead to is in the key `expand` of each record, which imports pass by' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l with-secrets -d 'Export hashes of passwords and token keys too'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -l format -d 'How the rows are written [default: table on a terminal, lines in a pipe]' -r -f -a "table\t''
csv\t''
json\t''
ndjson\t''"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -l timeout -d 'How long the statements may take: 30s, 5m' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -l write -d 'Let the statements write, all of them in one transaction'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from query" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from help" -f -a "import" -d 'Write the rows of a CSV, NDJSON or JSON file into a collection'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write the records of a collection as CSV, NDJSON or JSON'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from help" -f -a "query" -d 'Run SQL on the database'
complete -c pbr -n "__fish_pbr_using_subcommand data; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -f -a "list" -d 'List the records of a collection, a page at a time'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -f -a "get" -d 'Show a record'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -f -a "create" -d 'Create a record'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -f -a "update" -d 'Change fields of a record'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -f -a "delete" -d 'Delete records, with all that their relations ask for'
complete -c pbr -n "__fish_pbr_using_subcommand records; and not __fish_seen_subcommand_from list get create update delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l filter -d 'Only records that match, in the filter language of the API' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l sort -d 'The order: -created,title' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l page -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l per-page -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l expand -d 'Relations to follow: author,tags' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, as in the API: id,title,body:excerpt(80)' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l url -d 'Ask a running server, with the token of a superuser' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l token -d 'The token; visible to other users of the machine, so prefer PBR_TOKEN' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l as -d 'With the rights of this account instead of a superuser\'s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l expand -d 'Relations to follow: author,tags' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, as in the API: id,title,body:excerpt(80)' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l url -d 'Ask a running server, with the token of a superuser' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l token -d 'The token; visible to other users of the machine, so prefer PBR_TOKEN' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l as -d 'With the rights of this account instead of a superuser\'s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l expand -d 'Relations to follow: author,tags' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l fields -d 'Only these fields, as in the API: id,title,body:excerpt(80)' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l url -d 'Ask a running server, with the token of a superuser' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l token -d 'The token; visible to other users of the machine, so prefer PBR_TOKEN' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l as -d 'With the rights of this account instead of a superuser\'s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l expand -d 'Relations to follow: author,tags' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l fields -d 'Only these fields, as in the API: id,title,body:excerpt(80)' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l url -d 'Ask a running server, with the token of a superuser' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l token -d 'The token; visible to other users of the machine, so prefer PBR_TOKEN' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l as -d 'With the rights of this account instead of a superuser\'s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -l url -d 'Ask a running server, with the token of a superuser' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -l token -d 'The token; visible to other users of the machine, so prefer PBR_TOKEN' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -l as -d 'With the rights of this account instead of a superuser\'s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the records of a collection, a page at a time'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from help" -f -a "get" -d 'Show a record'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a record'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from help" -f -a "update" -d 'Change fields of a record'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete records, with all that their relations ask for'
complete -c pbr -n "__fish_pbr_using_subcommand records; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -f -a "migrate" -d 'Copy all files of records to the bucket of the settings, or from there to the disk'
complete -c pbr -n "__fish_pbr_using_subcommand files; and not __fish_seen_subcommand_from migrate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -l to -d 'Where the files are copied to' -r -f -a "s3\t''
local\t''"
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -l dry-run -d 'Say what would be copied and copy nothing'
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -l switch -d 'Then change the setting s3.enabled, and copy what was uploaded meanwhile'
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from migrate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "migrate" -d 'Copy all files of records to the bucket of the settings, or from there to the disk'
complete -c pbr -n "__fish_pbr_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -f -a "create" -d 'Make a backup of the data directory; a server may go on running'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -f -a "list" -d 'List the backups'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -f -a "verify" -d 'Read all of a backup and check the databases in it'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -f -a "restore" -d 'Put the content of a backup in the place of the data directory\'s own, while no server runs'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -f -a "delete" -d 'Delete a backup'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and not __fish_seen_subcommand_from create list verify restore delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from create" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from create" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from create" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from create" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from create" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from list" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from list" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from list" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from list" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from list" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from verify" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from verify" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from verify" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from verify" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from verify" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from restore" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from restore" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from restore" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from restore" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from restore" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from restore" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from restore" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from restore" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from restore" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from delete" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from delete" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from delete" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from delete" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from delete" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from help" -f -a "create" -d 'Make a backup of the data directory; a server may go on running'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the backups'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Read all of a backup and check the databases in it'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from help" -f -a "restore" -d 'Put the content of a backup in the place of the data directory\'s own, while no server runs'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a backup'
complete -c pbr -n "__fish_pbr_using_subcommand backup; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l http -d 'Address to listen on' -r
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l https -d 'Address of HTTPS; --http leads to it then' -r
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l tls-cert -d 'PEM file with the TLS certificate and those above it; read again when it changes' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l tls-key -d 'PEM file with the private key of --tls-cert' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l acme-email -d 'Where the certificate authority writes to about certificates' -r
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l acme-directory -d 'Directory of the certificate authority' -r
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l acme-root -d 'PEM file with a root certificate to trust the authority by, for one of your own' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l log-format -d 'Where the log is shown beside being stored: warnings and errors of the server for people, or everything as lines of JSON' -r -f -a "text\t''
json\t''"
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l origins -d 'Origins that browsers may call from, `*` and `?` allowed' -r
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l query-timeout -d 'Seconds after which a read is interrupted' -r
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l migrate -d 'Pending migrations: apply them, refuse to start, or start anyway' -r -f -a "auto\t''
check\t''
off\t''"
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l confirm -d 'Consent to the data loss of a pending migration' -r
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l password-hash -d 'Hash new passwords with argon2id or bcrypt [default: argon2id in a project, bcrypt in a bare directory]' -r
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l public-dir -d 'Folder of static files, served beside the API' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l index-fallback -d 'Answer unknown paths with the start page of the static files' -r -f -a "true\t''
false\t''"
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l metrics-token-file -d 'File with the token that /metrics asks for' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l schema-edits -d 'Changes of collections through the API [default: deny in a project, allow in a bare directory]' -r
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l hooks -d 'Start although the directory has JavaScript hooks or migrations, which are not run' -r -f -a "ignore\t''"
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l hooks-dir -d 'Where JavaScript hooks would be [default: pb_hooks beside the data directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l migrations-dir -d 'Where JavaScript migrations would be [default: pb_migrations beside the data directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l plain -d 'Plain HTTP, whatever pbr.yaml says of domains and HTTPS'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l totp -d 'Let accounts have an authenticator app, whose code is needed after the password'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l login-back-off -d 'Make logins wait after wrong passwords, longer each time'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l dev -d 'Print every SQL statement, without its values, and every row of the log'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l stop-with-stdin -d 'Stop when standard input ends, so that no server outlives who started it'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l metrics -d 'Serve /metrics to Prometheus: for the token of PBR_METRICS_TOKEN, or for programs of this machine'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand logs" -l filter -d 'Only rows that match, in the filter language: id, created, level, message, data.url, data.status …' -r
complete -c pbr -n "__fish_pbr_using_subcommand logs" -l level -d 'Only rows of this level and above' -r -f -a "debug\t''
info\t''
warn\t''
error\t''"
complete -c pbr -n "__fish_pbr_using_subcommand logs" -l since -d 'Only rows since then: a time ago such as 30m, 1h or 7d, or a date' -r
complete -c pbr -n "__fish_pbr_using_subcommand logs" -s n -l limit -d 'The last so many rows' -r
complete -c pbr -n "__fish_pbr_using_subcommand logs" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand logs" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand logs" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand logs" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand logs" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand logs" -s f -l follow -d 'Go on with new rows as they come'
complete -c pbr -n "__fish_pbr_using_subcommand logs" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand logs" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand logs" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand logs" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -f -a "list" -d 'List the jobs and when they run, in UTC'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -f -a "run" -d 'Run a job now; without --url the command waits for its end'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and not __fish_seen_subcommand_from list run help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -l url -d 'Ask a running server, with the token of a superuser' -r
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -l token -d 'The token; visible to other users of the machine, so prefer PBR_TOKEN' -r
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -l url -d 'Ask a running server, with the token of a superuser' -r
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -l token -d 'The token; visible to other users of the machine, so prefer PBR_TOKEN' -r
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the jobs and when they run, in UTC'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from help" -f -a "run" -d 'Run a job now; without --url the command waits for its end'
complete -c pbr -n "__fish_pbr_using_subcommand cron; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -f -a "issue" -d 'Issue a token: for scripts, or what a mail or a login would have given'
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -f -a "inspect" -d 'Say whose token it is, until when, and why it is invalid'
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -f -a "revoke" -d 'Invalidate every token of an account'
complete -c pbr -n "__fish_pbr_using_subcommand token; and not __fish_seen_subcommand_from issue inspect revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l collection -d 'Auth collection of the account' -r
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l kind -d 'What the token is for' -r -f -a "static\t'Authorises requests and cannot be refreshed: for scripts'
auth\t'Authorises requests and can be refreshed, as after a login'
file\t'Opens protected files: `?token=TOKEN`'
verification\t'Proves the email of the account'
password-reset\t'Sets a new password'
email-change\t'Sets the email to that of --new-email, together with the password'"
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l new-email -d 'The address that an email-change token is about' -r
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l duration -d 'Lifetime, such as 30m, 1h or 7d [default: that of the collection]' -r
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l format -d 'How to print it [default: raw when piped, else with explanations]' -r -f -a "raw\t'The token alone'
header\t'`Authorization: TOKEN`'
env\t'`PBR_TOKEN=TOKEN`'
json\t''"
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from issue" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from inspect" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from inspect" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from inspect" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from inspect" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from inspect" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from inspect" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from inspect" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from inspect" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -l collection -d 'Auth collection of the account' -r
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "issue" -d 'Issue a token: for scripts, or what a mail or a login would have given'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "inspect" -d 'Say whose token it is, until when, and why it is invalid'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Invalidate every token of an account'
complete -c pbr -n "__fish_pbr_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -f -a "create" -d 'Create a superuser'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -f -a "upsert" -d 'Create a superuser, or set the password of an existing one'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -f -a "update" -d 'Set the password of a superuser'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -f -a "delete" -d 'Delete a superuser'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -f -a "otp" -d 'Create a one-time password for a superuser, for collections with OTP'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -f -a "ips" -d 'Set the addresses that superusers may come from; none clears the list'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -f -a "list" -d 'List the superusers'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and not __fish_seen_subcommand_from create upsert update delete otp ips list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -l password-stdin -d 'Read the password from standard input'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -l password-stdin -d 'Read the password from standard input'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from upsert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -l password-stdin -d 'Read the password from standard input'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from delete" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from delete" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from delete" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from delete" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from delete" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from delete" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from otp" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from otp" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from otp" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from otp" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from otp" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from otp" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from otp" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from otp" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from otp" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from otp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from ips" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from ips" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from ips" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from ips" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from ips" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from ips" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from ips" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from ips" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from ips" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from ips" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from list" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from list" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from list" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from list" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from list" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a superuser'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from help" -f -a "upsert" -d 'Create a superuser, or set the password of an existing one'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from help" -f -a "update" -d 'Set the password of a superuser'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a superuser'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from help" -f -a "otp" -d 'Create a one-time password for a superuser, for collections with OTP'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from help" -f -a "ips" -d 'Set the addresses that superusers may come from; none clears the list'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the superusers'
complete -c pbr -n "__fish_pbr_using_subcommand superuser; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -f -a "list" -d 'Show every value that holds'
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -f -a "get" -d 'Print one value'
complete -c pbr -n "__fish_pbr_using_subcommand config; and not __fish_seen_subcommand_from list get help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -l origin -d 'Say where each comes from: a flag, the environment, pbr.yaml, your own file or the defaults'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from get" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from get" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from get" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from get" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from get" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "list" -d 'Show every value that holds'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "get" -d 'Print one value'
complete -c pbr -n "__fish_pbr_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand explain" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand explain" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand explain" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand explain" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand explain" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand explain" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand explain" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand explain" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand explain" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand completions" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand completions" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand completions" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand completions" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand completions" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand completions" -l dynamic -d 'A script that asks pbr itself, so that names from the project are completed too'
complete -c pbr -n "__fish_pbr_using_subcommand completions" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand completions" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand completions" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand completions" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand man" -l out -d 'Folder for the pages of all commands; without it the page of pbr goes to stdout' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand man" -l dir -d 'Data directory [default: pb_data, or dirs.data of pbr.yaml]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand man" -l config -d 'Project file [default: pbr.yaml in the current directory]' -r -F
complete -c pbr -n "__fish_pbr_using_subcommand man" -l encryption-env -d 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes' -r
complete -c pbr -n "__fish_pbr_using_subcommand man" -l color -d 'Colours [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pbr -n "__fish_pbr_using_subcommand man" -l json -d 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line' -r -f -a "object\t'The result'
lines\t'Events, then the result'"
complete -c pbr -n "__fish_pbr_using_subcommand man" -s q -l quiet -d 'Print only errors'
complete -c pbr -n "__fish_pbr_using_subcommand man" -s v -l verbose -d 'Print how long it took; twice for the SQL too'
complete -c pbr -n "__fish_pbr_using_subcommand man" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c pbr -n "__fish_pbr_using_subcommand man" -s y -l yes -d 'Answer yes to simple confirmations; never consents to data loss'
complete -c pbr -n "__fish_pbr_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "init" -d 'Start a new project'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "dev" -d 'Serve the project and follow every change of the schema'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "doctor" -d 'Check the project, its data directory and this machine'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "schema" -d 'Check, format and show the schema'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "migrate" -d 'Bring the database to the schema; write, apply and check migrations'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "seed" -d 'Put the records of the seed files into the database'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "data" -d 'Move records in and out of files; run SQL'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "records" -d 'List, show and change records'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "files" -d 'Move the files of records between disk and S3'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "backup" -d 'Make, check and restore backups'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "serve" -d 'Run the server'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "logs" -d 'Show the log of the server'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "cron" -d 'List and run the jobs by the clock'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "token" -d 'Issue, inspect and revoke tokens for scripts'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "superuser" -d 'Manage the accounts that may do everything'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "config" -d 'Show the configuration'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "explain" -d 'Explain an error code'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "man" -d 'Write the manual pages, one per command'
complete -c pbr -n "__fish_pbr_using_subcommand help; and not __fish_seen_subcommand_from init dev doctor schema migrate seed data records files backup serve logs cron token superuser config explain completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "validate" -d 'Check all schema files'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "fmt" -d 'Format schema files; comments and order stay'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "show" -d 'Show collections, fields and rules'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "graph" -d 'Show which collection points to which'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "import" -d 'Write collections that PocketBase exported into the schema files'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "export" -d 'Print the collections in the form that PocketBase imports'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "json-schema" -d 'Print the JSON Schema of a file, for editors'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "diff" -d 'Write a migration for what the schema has and the migrations do not'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "new" -d 'Write an empty migration for work on rows'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "lint" -d 'Look for lost data, opened rules and other surprises'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "status" -d 'Show which migrations are applied'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "up" -d 'Apply pending migrations'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "down" -d 'Take applied migrations back'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "drift" -d 'Compare the database with what its migrations lead to'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "pull" -d 'Take over what was changed in the database: YAML files, and a migration that counts as applied there'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "check" -d 'Check the migration files alone: names, pbr.sum, the chain, replay, and the schema'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "rebase" -d 'Put this branch\'s migrations behind those of another, planned again'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "hash" -d 'Write pbr.sum and the hashes again after an edit of files that are not applied'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "baseline" -d 'Say that the database has everything up to a version already'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "repair" -d 'Correct what the history of the database says of one migration'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from seed" -f -a "export" -d 'Write records as a seed file'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from data" -f -a "import" -d 'Write the rows of a CSV, NDJSON or JSON file into a collection'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from data" -f -a "export" -d 'Write the records of a collection as CSV, NDJSON or JSON'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from data" -f -a "query" -d 'Run SQL on the database'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from records" -f -a "list" -d 'List the records of a collection, a page at a time'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from records" -f -a "get" -d 'Show a record'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from records" -f -a "create" -d 'Create a record'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from records" -f -a "update" -d 'Change fields of a record'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from records" -f -a "delete" -d 'Delete records, with all that their relations ask for'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from files" -f -a "migrate" -d 'Copy all files of records to the bucket of the settings, or from there to the disk'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from backup" -f -a "create" -d 'Make a backup of the data directory; a server may go on running'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from backup" -f -a "list" -d 'List the backups'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from backup" -f -a "verify" -d 'Read all of a backup and check the databases in it'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from backup" -f -a "restore" -d 'Put the content of a backup in the place of the data directory\'s own, while no server runs'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from backup" -f -a "delete" -d 'Delete a backup'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from cron" -f -a "list" -d 'List the jobs and when they run, in UTC'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from cron" -f -a "run" -d 'Run a job now; without --url the command waits for its end'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "issue" -d 'Issue a token: for scripts, or what a mail or a login would have given'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "inspect" -d 'Say whose token it is, until when, and why it is invalid'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "revoke" -d 'Invalidate every token of an account'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from superuser" -f -a "create" -d 'Create a superuser'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from superuser" -f -a "upsert" -d 'Create a superuser, or set the password of an existing one'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from superuser" -f -a "update" -d 'Set the password of a superuser'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from superuser" -f -a "delete" -d 'Delete a superuser'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from superuser" -f -a "otp" -d 'Create a one-time password for a superuser, for collections with OTP'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from superuser" -f -a "ips" -d 'Set the addresses that superusers may come from; none clears the list'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from superuser" -f -a "list" -d 'List the superusers'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "list" -d 'Show every value that holds'
complete -c pbr -n "__fish_pbr_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "get" -d 'Print one value'

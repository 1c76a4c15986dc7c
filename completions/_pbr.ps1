
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'pbr' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'pbr'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'pbr' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print the version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print the version')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Start a new project')
            [CompletionResult]::new('dev', 'dev', [CompletionResultType]::ParameterValue, 'Serve the project and follow every change of the schema')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check the project, its data directory and this machine')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Check, format and show the schema')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Bring the database to the schema; write, apply and check migrations')
            [CompletionResult]::new('seed', 'seed', [CompletionResultType]::ParameterValue, 'Put the records of the seed files into the database')
            [CompletionResult]::new('data', 'data', [CompletionResultType]::ParameterValue, 'Move records in and out of files; run SQL')
            [CompletionResult]::new('records', 'records', [CompletionResultType]::ParameterValue, 'List, show and change records')
            [CompletionResult]::new('files', 'files', [CompletionResultType]::ParameterValue, 'Move the files of records between disk and S3')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Make, check and restore backups')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run the server')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'Show the log of the server')
            [CompletionResult]::new('cron', 'cron', [CompletionResultType]::ParameterValue, 'List and run the jobs by the clock')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Issue, inspect and revoke tokens for scripts')
            [CompletionResult]::new('superuser', 'superuser', [CompletionResultType]::ParameterValue, 'Manage the accounts that may do everything')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the configuration')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain an error code')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the manual pages, one per command')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;init' {
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'What to start from: blank, blog, chat, saas or todo')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'PocketBase data directory or exported collections to start from')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the project [default: that of the directory]')
            [CompletionResult]::new('--http', '--http', [CompletionResultType]::ParameterName, 'Address that `pbr serve` listens on')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;dev' {
            [CompletionResult]::new('--http', '--http', [CompletionResultType]::ParameterName, 'Address to listen on [default: 127.0.0.1:8090, or server.http of pbr.yaml]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--no-seed', '--no-seed', [CompletionResultType]::ParameterName, 'Seed neither a database that was just made nor files that change')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;doctor' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--network', '--network', [CompletionResultType]::ParameterName, 'Also reach out to the mail server and the buckets of the settings')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;schema' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check all schema files')
            [CompletionResult]::new('fmt', 'fmt', [CompletionResultType]::ParameterValue, 'Format schema files; comments and order stay')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show collections, fields and rules')
            [CompletionResult]::new('graph', 'graph', [CompletionResultType]::ParameterValue, 'Show which collection points to which')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Write collections that PocketBase exported into the schema files')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the collections in the form that PocketBase imports')
            [CompletionResult]::new('json-schema', 'json-schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a file, for editors')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;schema;validate' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;schema;fmt' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Change nothing; exit 4 when a file would change')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;schema;show' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;schema;graph' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'format')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;schema;import' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--delete-missing', '--delete-missing', [CompletionResultType]::ParameterName, 'Remove the files of collections that the export does not have')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;schema;export' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'File to write; stdout when absent')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'File to write; stdout when absent')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;schema;json-schema' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;schema;help' {
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check all schema files')
            [CompletionResult]::new('fmt', 'fmt', [CompletionResultType]::ParameterValue, 'Format schema files; comments and order stay')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show collections, fields and rules')
            [CompletionResult]::new('graph', 'graph', [CompletionResultType]::ParameterValue, 'Show which collection points to which')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Write collections that PocketBase exported into the schema files')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the collections in the form that PocketBase imports')
            [CompletionResult]::new('json-schema', 'json-schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a file, for editors')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;schema;help;validate' {
            break
        }
        'pbr;schema;help;fmt' {
            break
        }
        'pbr;schema;help;show' {
            break
        }
        'pbr;schema;help;graph' {
            break
        }
        'pbr;schema;help;import' {
            break
        }
        'pbr;schema;help;export' {
            break
        }
        'pbr;schema;help;json-schema' {
            break
        }
        'pbr;schema;help;help' {
            break
        }
        'pbr;migrate' {
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'Wait so long for another migrating process')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Consent to the data loss of one file, with the token that the refusal printed')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Write a migration for what the schema has and the migrations do not')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Write an empty migration for work on rows')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Look for lost data, opened rules and other surprises')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show which migrations are applied')
            [CompletionResult]::new('up', 'up', [CompletionResultType]::ParameterValue, 'Apply pending migrations')
            [CompletionResult]::new('down', 'down', [CompletionResultType]::ParameterValue, 'Take applied migrations back')
            [CompletionResult]::new('drift', 'drift', [CompletionResultType]::ParameterValue, 'Compare the database with what its migrations lead to')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Take over what was changed in the database: YAML files, and a migration that counts as applied there')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the migration files alone: names, pbr.sum, the chain, replay, and the schema')
            [CompletionResult]::new('rebase', 'rebase', [CompletionResultType]::ParameterValue, 'Put this branch''s migrations behind those of another, planned again')
            [CompletionResult]::new('hash', 'hash', [CompletionResultType]::ParameterValue, 'Write pbr.sum and the hashes again after an edit of files that are not applied')
            [CompletionResult]::new('baseline', 'baseline', [CompletionResultType]::ParameterValue, 'Say that the database has everything up to a version already')
            [CompletionResult]::new('repair', 'repair', [CompletionResultType]::ParameterValue, 'Correct what the history of the database says of one migration')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;migrate;diff' {
            [CompletionResult]::new('--rename', '--rename', [CompletionResultType]::ParameterName, 'A field or collection was renamed: posts.title=posts.headline')
            [CompletionResult]::new('--drop', '--drop', [CompletionResultType]::ParameterName, 'A field or collection is dropped, not renamed')
            [CompletionResult]::new('--hints', '--hints', [CompletionResultType]::ParameterName, 'File with renames and drops, as JSON')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Write nothing; exit 4 when there is a difference')
            [CompletionResult]::new('--stdout', '--stdout', [CompletionResultType]::ParameterName, 'Print the migration instead of writing it')
            [CompletionResult]::new('--down', '--down', [CompletionResultType]::ParameterName, 'Also write the file that leads back')
            [CompletionResult]::new('--edit', '--edit', [CompletionResultType]::ParameterName, 'Open the migration in $VISUAL or $EDITOR, then renew its hashes')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;new' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--down', '--down', [CompletionResultType]::ParameterName, 'With a file that leads back')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;lint' {
            [CompletionResult]::new('--latest', '--latest', [CompletionResultType]::ParameterName, 'The newest so many')
            [CompletionResult]::new('--base', '--base', [CompletionResultType]::ParameterName, 'Those that a branch or commit does not have')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How findings are written')
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'Database file, or data directory [default: the project''s]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All of them')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Warnings are errors')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;status' {
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'Database file, or data directory [default: the project''s]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Exit 4 when migrations are pending')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;up' {
            [CompletionResult]::new('--steps', '--steps', [CompletionResultType]::ParameterName, 'So many files at most [default: all up, 1 down]')
            [CompletionResult]::new('--tx', '--tx', [CompletionResultType]::ParameterName, 'What is one transaction')
            [CompletionResult]::new('--backup', '--backup', [CompletionResultType]::ParameterName, 'Copy the database before: auto (when values may be lost), none, or a file')
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'Wait so long for another migrating process')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Consent to the data loss of one file, with the token that the refusal printed')
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'Database file, or data directory [default: the project''s]')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The last version to apply')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Run everything in a transaction that is rolled back')
            [CompletionResult]::new('--allow-drift', '--allow-drift', [CompletionResultType]::ParameterName, 'Apply although the database is not what its migrations lead to')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;down' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The version to be at afterwards; taken back to 0, nothing is applied')
            [CompletionResult]::new('--steps', '--steps', [CompletionResultType]::ParameterName, 'So many files at most [default: all up, 1 down]')
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'Wait so long for another migrating process')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Consent to the data loss of one file, with the token that the refusal printed')
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'Database file, or data directory [default: the project''s]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Run everything in a transaction that is rolled back')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;drift' {
            [CompletionResult]::new('--drop', '--drop', [CompletionResultType]::ParameterName, 'With --fix: also drop this table, which no migration knows; repeatable')
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'Database file, or data directory [default: the project''s]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Write a migration that takes the drift back where it is')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;pull' {
            [CompletionResult]::new('--collection', '--collection', [CompletionResultType]::ParameterName, 'Only this collection; repeatable')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the migration; made from the changes when absent')
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'Wait so long for another migrating process')
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'Database file, or data directory [default: the project''s]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be written')
            [CompletionResult]::new('--merge', '--merge', [CompletionResultType]::ParameterName, 'Although the schema files have changes of their own: both are kept')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;check' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;rebase' {
            [CompletionResult]::new('--onto', '--onto', [CompletionResultType]::ParameterName, 'Branch or commit whose migrations come first [default: the one being merged, or upstream]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;hash' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;baseline' {
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'Database file, or data directory [default: the project''s]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--allow-drift', '--allow-drift', [CompletionResultType]::ParameterName, 'Although its collections are not what the migrations lead to')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;repair' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'What really happened to it')
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'Database file, or data directory [default: the project''s]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;migrate;help' {
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Write a migration for what the schema has and the migrations do not')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Write an empty migration for work on rows')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Look for lost data, opened rules and other surprises')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show which migrations are applied')
            [CompletionResult]::new('up', 'up', [CompletionResultType]::ParameterValue, 'Apply pending migrations')
            [CompletionResult]::new('down', 'down', [CompletionResultType]::ParameterValue, 'Take applied migrations back')
            [CompletionResult]::new('drift', 'drift', [CompletionResultType]::ParameterValue, 'Compare the database with what its migrations lead to')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Take over what was changed in the database: YAML files, and a migration that counts as applied there')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the migration files alone: names, pbr.sum, the chain, replay, and the schema')
            [CompletionResult]::new('rebase', 'rebase', [CompletionResultType]::ParameterValue, 'Put this branch''s migrations behind those of another, planned again')
            [CompletionResult]::new('hash', 'hash', [CompletionResultType]::ParameterValue, 'Write pbr.sum and the hashes again after an edit of files that are not applied')
            [CompletionResult]::new('baseline', 'baseline', [CompletionResultType]::ParameterValue, 'Say that the database has everything up to a version already')
            [CompletionResult]::new('repair', 'repair', [CompletionResultType]::ParameterValue, 'Correct what the history of the database says of one migration')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;migrate;help;diff' {
            break
        }
        'pbr;migrate;help;new' {
            break
        }
        'pbr;migrate;help;lint' {
            break
        }
        'pbr;migrate;help;status' {
            break
        }
        'pbr;migrate;help;up' {
            break
        }
        'pbr;migrate;help;down' {
            break
        }
        'pbr;migrate;help;drift' {
            break
        }
        'pbr;migrate;help;pull' {
            break
        }
        'pbr;migrate;help;check' {
            break
        }
        'pbr;migrate;help;rebase' {
            break
        }
        'pbr;migrate;help;hash' {
            break
        }
        'pbr;migrate;help;baseline' {
            break
        }
        'pbr;migrate;help;repair' {
            break
        }
        'pbr;migrate;help;help' {
            break
        }
        'pbr;seed' {
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'Groups to seed beside `required`: dev, demo or test [default: dev, in production only with --confirm]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only these collections')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Another number gives other ids')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Generate another number of rows: posts=5000')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'What happens to records that exist')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Consent to seed a production environment with more than `required`')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Remove records that former seeds made and these do not')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Also look at records of files that have not changed since they were seeded')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would change and change nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write records as a seed file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;seed;export' {
            [CompletionResult]::new('--collection', '--collection', [CompletionResultType]::ParameterName, 'The collections')
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Only records that match, in the filter language of the API')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most so many records of each of the collections')
            [CompletionResult]::new('--anonymize', '--anonymize', [CompletionResultType]::ParameterName, 'Fields that get made-up values, in whatever collection')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'The group of the seeds: required, dev, demo or test')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The file to write [default: standard output]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'The file to write [default: standard output]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;seed;help' {
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write records as a seed file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;seed;help;export' {
            break
        }
        'pbr;seed;help;help' {
            break
        }
        'pbr;data' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Write the rows of a CSV, NDJSON or JSON file into a collection')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write the records of a collection as CSV, NDJSON or JSON')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'Run SQL on the database')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;data;import' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the rows are written [default: by the extension of the file]')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'What separates the cells of CSV: one character, or `tab` [default: a comma, in .tsv files a tab]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The field that tells records apart [default: id, in rows that have one]')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'What happens to records that exist')
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'Which field a column is; of none, with nothing behind the equals sign')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'The same value for all rows')
            [CompletionResult]::new('--files', '--files', [CompletionResultType]::ParameterName, 'Store the files that file columns name; paths start in this folder and never lead out of it')
            [CompletionResult]::new('--batch', '--batch', [CompletionResultType]::ParameterName, 'At most so many rows a transaction; each also ends after 50 ms, so that a running server gets its turn')
            [CompletionResult]::new('--on-error', '--on-error', [CompletionResultType]::ParameterName, 'What happens after a row that cannot be stored')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Write the rows that cannot be stored here, as CSV: row, line, message')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--ignore-unknown', '--ignore-unknown', [CompletionResultType]::ParameterName, 'Leave out columns that are no field')
            [CompletionResult]::new('--hashed', '--hashed', [CompletionResultType]::ParameterName, 'Take passwords that are bcrypt or argon2id hashes as they are')
            [CompletionResult]::new('--atomic', '--atomic', [CompletionResultType]::ParameterName, 'All rows or none, in one transaction; a running server cannot write meanwhile')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Validate all rows and change nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;data;export' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the records are written [default: by the extension of --out, else ndjson]')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'What separates the cells of CSV: one character, or `tab` [default: a comma, in .tsv files a tab]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The file to write, replaced when all of it is there [default: standard output]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'The file to write, replaced when all of it is there [default: standard output]')
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Only records that match, in the filter language of the API')
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'The order, as in the API: -created,title [default: that of the table]')
            [CompletionResult]::new('--fields', '--fields', [CompletionResultType]::ParameterName, 'Only these fields, in this order')
            [CompletionResult]::new('--expand', '--expand', [CompletionResultType]::ParameterName, 'Relations to follow, as in the API; what they lead to is in the key `expand` of each record, which imports pass by')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--with-secrets', '--with-secrets', [CompletionResultType]::ParameterName, 'Export hashes of passwords and token keys too')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;data;query' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the rows are written [default: table on a terminal, lines in a pipe]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the statements may take: 30s, 5m')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Let the statements write, all of them in one transaction')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;data;help' {
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Write the rows of a CSV, NDJSON or JSON file into a collection')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write the records of a collection as CSV, NDJSON or JSON')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'Run SQL on the database')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;data;help;import' {
            break
        }
        'pbr;data;help;export' {
            break
        }
        'pbr;data;help;query' {
            break
        }
        'pbr;data;help;help' {
            break
        }
        'pbr;records' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the records of a collection, a page at a time')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show a record')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a record')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change fields of a record')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete records, with all that their relations ask for')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;records;list' {
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Only records that match, in the filter language of the API')
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'The order: -created,title')
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'page')
            [CompletionResult]::new('--per-page', '--per-page', [CompletionResultType]::ParameterName, 'per-page')
            [CompletionResult]::new('--expand', '--expand', [CompletionResultType]::ParameterName, 'Relations to follow: author,tags')
            [CompletionResult]::new('--fields', '--fields', [CompletionResultType]::ParameterName, 'Only these fields, as in the API: id,title,body:excerpt(80)')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Ask a running server, with the token of a superuser')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'The token; visible to other users of the machine, so prefer PBR_TOKEN')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'With the rights of this account instead of a superuser''s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;records;get' {
            [CompletionResult]::new('--expand', '--expand', [CompletionResultType]::ParameterName, 'Relations to follow: author,tags')
            [CompletionResult]::new('--fields', '--fields', [CompletionResultType]::ParameterName, 'Only these fields, as in the API: id,title,body:excerpt(80)')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Ask a running server, with the token of a superuser')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'The token; visible to other users of the machine, so prefer PBR_TOKEN')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'With the rights of this account instead of a superuser''s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;records;create' {
            [CompletionResult]::new('--expand', '--expand', [CompletionResultType]::ParameterName, 'Relations to follow: author,tags')
            [CompletionResult]::new('--fields', '--fields', [CompletionResultType]::ParameterName, 'Only these fields, as in the API: id,title,body:excerpt(80)')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Ask a running server, with the token of a superuser')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'The token; visible to other users of the machine, so prefer PBR_TOKEN')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'With the rights of this account instead of a superuser''s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;records;update' {
            [CompletionResult]::new('--expand', '--expand', [CompletionResultType]::ParameterName, 'Relations to follow: author,tags')
            [CompletionResult]::new('--fields', '--fields', [CompletionResultType]::ParameterName, 'Only these fields, as in the API: id,title,body:excerpt(80)')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Ask a running server, with the token of a superuser')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'The token; visible to other users of the machine, so prefer PBR_TOKEN')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'With the rights of this account instead of a superuser''s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;records;delete' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Ask a running server, with the token of a superuser')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'The token; visible to other users of the machine, so prefer PBR_TOKEN')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'With the rights of this account instead of a superuser''s: EMAIL_OR_ID, EMAIL_OR_ID@COLLECTION, or `guest`')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;records;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the records of a collection, a page at a time')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show a record')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a record')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change fields of a record')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete records, with all that their relations ask for')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;records;help;list' {
            break
        }
        'pbr;records;help;get' {
            break
        }
        'pbr;records;help;create' {
            break
        }
        'pbr;records;help;update' {
            break
        }
        'pbr;records;help;delete' {
            break
        }
        'pbr;records;help;help' {
            break
        }
        'pbr;files' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Copy all files of records to the bucket of the settings, or from there to the disk')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;files;migrate' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Where the files are copied to')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would be copied and copy nothing')
            [CompletionResult]::new('--switch', '--switch', [CompletionResultType]::ParameterName, 'Then change the setting s3.enabled, and copy what was uploaded meanwhile')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;files;help' {
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Copy all files of records to the bucket of the settings, or from there to the disk')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;files;help;migrate' {
            break
        }
        'pbr;files;help;help' {
            break
        }
        'pbr;backup' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a backup of the data directory; a server may go on running')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the backups')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Read all of a backup and check the databases in it')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put the content of a backup in the place of the data directory''s own, while no server runs')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a backup')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;backup;create' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;backup;list' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;backup;verify' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;backup;restore' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;backup;delete' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;backup;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a backup of the data directory; a server may go on running')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the backups')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Read all of a backup and check the databases in it')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put the content of a backup in the place of the data directory''s own, while no server runs')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a backup')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;backup;help;create' {
            break
        }
        'pbr;backup;help;list' {
            break
        }
        'pbr;backup;help;verify' {
            break
        }
        'pbr;backup;help;restore' {
            break
        }
        'pbr;backup;help;delete' {
            break
        }
        'pbr;backup;help;help' {
            break
        }
        'pbr;serve' {
            [CompletionResult]::new('--http', '--http', [CompletionResultType]::ParameterName, 'Address to listen on')
            [CompletionResult]::new('--https', '--https', [CompletionResultType]::ParameterName, 'Address of HTTPS; --http leads to it then')
            [CompletionResult]::new('--tls-cert', '--tls-cert', [CompletionResultType]::ParameterName, 'PEM file with the TLS certificate and those above it; read again when it changes')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'PEM file with the private key of --tls-cert')
            [CompletionResult]::new('--acme-email', '--acme-email', [CompletionResultType]::ParameterName, 'Where the certificate authority writes to about certificates')
            [CompletionResult]::new('--acme-directory', '--acme-directory', [CompletionResultType]::ParameterName, 'Directory of the certificate authority')
            [CompletionResult]::new('--acme-root', '--acme-root', [CompletionResultType]::ParameterName, 'PEM file with a root certificate to trust the authority by, for one of your own')
            [CompletionResult]::new('--log-format', '--log-format', [CompletionResultType]::ParameterName, 'Where the log is shown beside being stored: warnings and errors of the server for people, or everything as lines of JSON')
            [CompletionResult]::new('--origins', '--origins', [CompletionResultType]::ParameterName, 'Origins that browsers may call from, `*` and `?` allowed')
            [CompletionResult]::new('--query-timeout', '--query-timeout', [CompletionResultType]::ParameterName, 'Seconds after which a read is interrupted')
            [CompletionResult]::new('--migrate', '--migrate', [CompletionResultType]::ParameterName, 'Pending migrations: apply them, refuse to start, or start anyway')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Consent to the data loss of a pending migration')
            [CompletionResult]::new('--password-hash', '--password-hash', [CompletionResultType]::ParameterName, 'Hash new passwords with argon2id or bcrypt [default: argon2id in a project, bcrypt in a bare directory]')
            [CompletionResult]::new('--public-dir', '--public-dir', [CompletionResultType]::ParameterName, 'Folder of static files, served beside the API')
            [CompletionResult]::new('--index-fallback', '--index-fallback', [CompletionResultType]::ParameterName, 'Answer unknown paths with the start page of the static files')
            [CompletionResult]::new('--metrics-token-file', '--metrics-token-file', [CompletionResultType]::ParameterName, 'File with the token that /metrics asks for')
            [CompletionResult]::new('--schema-edits', '--schema-edits', [CompletionResultType]::ParameterName, 'Changes of collections through the API [default: deny in a project, allow in a bare directory]')
            [CompletionResult]::new('--hooks', '--hooks', [CompletionResultType]::ParameterName, 'Start although the directory has JavaScript hooks or migrations, which are not run')
            [CompletionResult]::new('--hooks-dir', '--hooks-dir', [CompletionResultType]::ParameterName, 'Where JavaScript hooks would be [default: pb_hooks beside the data directory]')
            [CompletionResult]::new('--migrations-dir', '--migrations-dir', [CompletionResultType]::ParameterName, 'Where JavaScript migrations would be [default: pb_migrations beside the data directory]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--plain', '--plain', [CompletionResultType]::ParameterName, 'Plain HTTP, whatever pbr.yaml says of domains and HTTPS')
            [CompletionResult]::new('--totp', '--totp', [CompletionResultType]::ParameterName, 'Let accounts have an authenticator app, whose code is needed after the password')
            [CompletionResult]::new('--login-back-off', '--login-back-off', [CompletionResultType]::ParameterName, 'Make logins wait after wrong passwords, longer each time')
            [CompletionResult]::new('--dev', '--dev', [CompletionResultType]::ParameterName, 'Print every SQL statement, without its values, and every row of the log')
            [CompletionResult]::new('--stop-with-stdin', '--stop-with-stdin', [CompletionResultType]::ParameterName, 'Stop when standard input ends, so that no server outlives who started it')
            [CompletionResult]::new('--metrics', '--metrics', [CompletionResultType]::ParameterName, 'Serve /metrics to Prometheus: for the token of PBR_METRICS_TOKEN, or for programs of this machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;logs' {
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Only rows that match, in the filter language: id, created, level, message, data.url, data.status …')
            [CompletionResult]::new('--level', '--level', [CompletionResultType]::ParameterName, 'Only rows of this level and above')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only rows since then: a time ago such as 30m, 1h or 7d, or a date')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The last so many rows')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'The last so many rows')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Go on with new rows as they come')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Go on with new rows as they come')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;cron' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the jobs and when they run, in UTC')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a job now; without --url the command waits for its end')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;cron;list' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Ask a running server, with the token of a superuser')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'The token; visible to other users of the machine, so prefer PBR_TOKEN')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;cron;run' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Ask a running server, with the token of a superuser')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'The token; visible to other users of the machine, so prefer PBR_TOKEN')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;cron;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the jobs and when they run, in UTC')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a job now; without --url the command waits for its end')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;cron;help;list' {
            break
        }
        'pbr;cron;help;run' {
            break
        }
        'pbr;cron;help;help' {
            break
        }
        'pbr;token' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('issue', 'issue', [CompletionResultType]::ParameterValue, 'Issue a token: for scripts, or what a mail or a login would have given')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Say whose token it is, until when, and why it is invalid')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Invalidate every token of an account')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;token;issue' {
            [CompletionResult]::new('--collection', '--collection', [CompletionResultType]::ParameterName, 'Auth collection of the account')
            [CompletionResult]::new('--kind', '--kind', [CompletionResultType]::ParameterName, 'What the token is for')
            [CompletionResult]::new('--new-email', '--new-email', [CompletionResultType]::ParameterName, 'The address that an email-change token is about')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'Lifetime, such as 30m, 1h or 7d [default: that of the collection]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it [default: raw when piped, else with explanations]')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;token;inspect' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;token;revoke' {
            [CompletionResult]::new('--collection', '--collection', [CompletionResultType]::ParameterName, 'Auth collection of the account')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;token;help' {
            [CompletionResult]::new('issue', 'issue', [CompletionResultType]::ParameterValue, 'Issue a token: for scripts, or what a mail or a login would have given')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Say whose token it is, until when, and why it is invalid')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Invalidate every token of an account')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;token;help;issue' {
            break
        }
        'pbr;token;help;inspect' {
            break
        }
        'pbr;token;help;revoke' {
            break
        }
        'pbr;token;help;help' {
            break
        }
        'pbr;superuser' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a superuser')
            [CompletionResult]::new('upsert', 'upsert', [CompletionResultType]::ParameterValue, 'Create a superuser, or set the password of an existing one')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Set the password of a superuser')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a superuser')
            [CompletionResult]::new('otp', 'otp', [CompletionResultType]::ParameterValue, 'Create a one-time password for a superuser, for collections with OTP')
            [CompletionResult]::new('ips', 'ips', [CompletionResultType]::ParameterValue, 'Set the addresses that superusers may come from; none clears the list')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the superusers')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;superuser;create' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from standard input')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;superuser;upsert' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from standard input')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;superuser;update' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from standard input')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;superuser;delete' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;superuser;otp' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;superuser;ips' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;superuser;list' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;superuser;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a superuser')
            [CompletionResult]::new('upsert', 'upsert', [CompletionResultType]::ParameterValue, 'Create a superuser, or set the password of an existing one')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Set the password of a superuser')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a superuser')
            [CompletionResult]::new('otp', 'otp', [CompletionResultType]::ParameterValue, 'Create a one-time password for a superuser, for collections with OTP')
            [CompletionResult]::new('ips', 'ips', [CompletionResultType]::ParameterValue, 'Set the addresses that superusers may come from; none clears the list')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the superusers')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;superuser;help;create' {
            break
        }
        'pbr;superuser;help;upsert' {
            break
        }
        'pbr;superuser;help;update' {
            break
        }
        'pbr;superuser;help;delete' {
            break
        }
        'pbr;superuser;help;otp' {
            break
        }
        'pbr;superuser;help;ips' {
            break
        }
        'pbr;superuser;help;list' {
            break
        }
        'pbr;superuser;help;help' {
            break
        }
        'pbr;config' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show every value that holds')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print one value')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;config;list' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--origin', '--origin', [CompletionResultType]::ParameterName, 'Say where each comes from: a flag, the environment, pbr.yaml, your own file or the defaults')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;config;get' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;config;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show every value that holds')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print one value')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;config;help;list' {
            break
        }
        'pbr;config;help;get' {
            break
        }
        'pbr;config;help;help' {
            break
        }
        'pbr;explain' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;completions' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('--dynamic', '--dynamic', [CompletionResultType]::ParameterName, 'A script that asks pbr itself, so that names from the project are completed too')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;man' {
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Folder for the pages of all commands; without it the page of pbr goes to stdout')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Data directory [default: pb_data, or dirs.data of pbr.yaml]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Project file [default: pbr.yaml in the current directory]')
            [CompletionResult]::new('--encryption-env', '--encryption-env', [CompletionResultType]::ParameterName, 'Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print how long it took; twice for the SQL too')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail where a question would be needed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to simple confirmations; never consents to data loss')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'pbr;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Start a new project')
            [CompletionResult]::new('dev', 'dev', [CompletionResultType]::ParameterValue, 'Serve the project and follow every change of the schema')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check the project, its data directory and this machine')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Check, format and show the schema')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Bring the database to the schema; write, apply and check migrations')
            [CompletionResult]::new('seed', 'seed', [CompletionResultType]::ParameterValue, 'Put the records of the seed files into the database')
            [CompletionResult]::new('data', 'data', [CompletionResultType]::ParameterValue, 'Move records in and out of files; run SQL')
            [CompletionResult]::new('records', 'records', [CompletionResultType]::ParameterValue, 'List, show and change records')
            [CompletionResult]::new('files', 'files', [CompletionResultType]::ParameterValue, 'Move the files of records between disk and S3')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Make, check and restore backups')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run the server')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'Show the log of the server')
            [CompletionResult]::new('cron', 'cron', [CompletionResultType]::ParameterValue, 'List and run the jobs by the clock')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Issue, inspect and revoke tokens for scripts')
            [CompletionResult]::new('superuser', 'superuser', [CompletionResultType]::ParameterValue, 'Manage the accounts that may do everything')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the configuration')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain an error code')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the manual pages, one per command')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'pbr;help;init' {
            break
        }
        'pbr;help;dev' {
            break
        }
        'pbr;help;doctor' {
            break
        }
        'pbr;help;schema' {
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check all schema files')
            [CompletionResult]::new('fmt', 'fmt', [CompletionResultType]::ParameterValue, 'Format schema files; comments and order stay')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show collections, fields and rules')
            [CompletionResult]::new('graph', 'graph', [CompletionResultType]::ParameterValue, 'Show which collection points to which')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Write collections that PocketBase exported into the schema files')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the collections in the form that PocketBase imports')
            [CompletionResult]::new('json-schema', 'json-schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a file, for editors')
            break
        }
        'pbr;help;schema;validate' {
            break
        }
        'pbr;help;schema;fmt' {
            break
        }
        'pbr;help;schema;show' {
            break
        }
        'pbr;help;schema;graph' {
            break
        }
        'pbr;help;schema;import' {
            break
        }
        'pbr;help;schema;export' {
            break
        }
        'pbr;help;schema;json-schema' {
            break
        }
        'pbr;help;migrate' {
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Write a migration for what the schema has and the migrations do not')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Write an empty migration for work on rows')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Look for lost data, opened rules and other surprises')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show which migrations are applied')
            [CompletionResult]::new('up', 'up', [CompletionResultType]::ParameterValue, 'Apply pending migrations')
            [CompletionResult]::new('down', 'down', [CompletionResultType]::ParameterValue, 'Take applied migrations back')
            [CompletionResult]::new('drift', 'drift', [CompletionResultType]::ParameterValue, 'Compare the database with what its migrations lead to')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Take over what was changed in the database: YAML files, and a migration that counts as applied there')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the migration files alone: names, pbr.sum, the chain, replay, and the schema')
            [CompletionResult]::new('rebase', 'rebase', [CompletionResultType]::ParameterValue, 'Put this branch''s migrations behind those of another, planned again')
            [CompletionResult]::new('hash', 'hash', [CompletionResultType]::ParameterValue, 'Write pbr.sum and the hashes again after an edit of files that are not applied')
            [CompletionResult]::new('baseline', 'baseline', [CompletionResultType]::ParameterValue, 'Say that the database has everything up to a version already')
            [CompletionResult]::new('repair', 'repair', [CompletionResultType]::ParameterValue, 'Correct what the history of the database says of one migration')
            break
        }
        'pbr;help;migrate;diff' {
            break
        }
        'pbr;help;migrate;new' {
            break
        }
        'pbr;help;migrate;lint' {
            break
        }
        'pbr;help;migrate;status' {
            break
        }
        'pbr;help;migrate;up' {
            break
        }
        'pbr;help;migrate;down' {
            break
        }
        'pbr;help;migrate;drift' {
            break
        }
        'pbr;help;migrate;pull' {
            break
        }
        'pbr;help;migrate;check' {
            break
        }
        'pbr;help;migrate;rebase' {
            break
        }
        'pbr;help;migrate;hash' {
            break
        }
        'pbr;help;migrate;baseline' {
            break
        }
        'pbr;help;migrate;repair' {
            break
        }
        'pbr;help;seed' {
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write records as a seed file')
            break
        }
        'pbr;help;seed;export' {
            break
        }
        'pbr;help;data' {
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Write the rows of a CSV, NDJSON or JSON file into a collection')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write the records of a collection as CSV, NDJSON or JSON')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'Run SQL on the database')
            break
        }
        'pbr;help;data;import' {
            break
        }
        'pbr;help;data;export' {
            break
        }
        'pbr;help;data;query' {
            break
        }
        'pbr;help;records' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the records of a collection, a page at a time')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show a record')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a record')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change fields of a record')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete records, with all that their relations ask for')
            break
        }
        'pbr;help;records;list' {
            break
        }
        'pbr;help;records;get' {
            break
        }
        'pbr;help;records;create' {
            break
        }
        'pbr;help;records;update' {
            break
        }
        'pbr;help;records;delete' {
            break
        }
        'pbr;help;files' {
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Copy all files of records to the bucket of the settings, or from there to the disk')
            break
        }
        'pbr;help;files;migrate' {
            break
        }
        'pbr;help;backup' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a backup of the data directory; a server may go on running')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the backups')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Read all of a backup and check the databases in it')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put the content of a backup in the place of the data directory''s own, while no server runs')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a backup')
            break
        }
        'pbr;help;backup;create' {
            break
        }
        'pbr;help;backup;list' {
            break
        }
        'pbr;help;backup;verify' {
            break
        }
        'pbr;help;backup;restore' {
            break
        }
        'pbr;help;backup;delete' {
            break
        }
        'pbr;help;serve' {
            break
        }
        'pbr;help;logs' {
            break
        }
        'pbr;help;cron' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the jobs and when they run, in UTC')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a job now; without --url the command waits for its end')
            break
        }
        'pbr;help;cron;list' {
            break
        }
        'pbr;help;cron;run' {
            break
        }
        'pbr;help;token' {
            [CompletionResult]::new('issue', 'issue', [CompletionResultType]::ParameterValue, 'Issue a token: for scripts, or what a mail or a login would have given')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Say whose token it is, until when, and why it is invalid')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Invalidate every token of an account')
            break
        }
        'pbr;help;token;issue' {
            break
        }
        'pbr;help;token;inspect' {
            break
        }
        'pbr;help;token;revoke' {
            break
        }
        'pbr;help;superuser' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a superuser')
            [CompletionResult]::new('upsert', 'upsert', [CompletionResultType]::ParameterValue, 'Create a superuser, or set the password of an existing one')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Set the password of a superuser')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a superuser')
            [CompletionResult]::new('otp', 'otp', [CompletionResultType]::ParameterValue, 'Create a one-time password for a superuser, for collections with OTP')
            [CompletionResult]::new('ips', 'ips', [CompletionResultType]::ParameterValue, 'Set the addresses that superusers may come from; none clears the list')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the superusers')
            break
        }
        'pbr;help;superuser;create' {
            break
        }
        'pbr;help;superuser;upsert' {
            break
        }
        'pbr;help;superuser;update' {
            break
        }
        'pbr;help;superuser;delete' {
            break
        }
        'pbr;help;superuser;otp' {
            break
        }
        'pbr;help;superuser;ips' {
            break
        }
        'pbr;help;superuser;list' {
            break
        }
        'pbr;help;config' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show every value that holds')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print one value')
            break
        }
        'pbr;help;config;list' {
            break
        }
        'pbr;help;config;get' {
            break
        }
        'pbr;help;explain' {
            break
        }
        'pbr;help;completions' {
            break
        }
        'pbr;help;man' {
            break
        }
        'pbr;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}

//! The commands, as the help tells of them.

use super::Project;

/// Every command with its subcommands, from the help itself.
pub fn commands() -> Vec<String> {
    let project = Project::empty();
    let mut found = Vec::new();
    let mut waiting = vec![String::new()];
    while let Some(path) = waiting.pop() {
        let help = project.pbr(&format!("{path} --help")).succeeds().stdout();
        if !path.is_empty() {
            found.push(path.clone());
        }
        let listed = if path.is_empty() {
            help.split("Topics").next().unwrap_or_default().to_owned()
        } else {
            help.split_once("Commands:")
                .map(|(_, rest)| rest.split("\n\n").next().unwrap_or_default().to_owned())
                .unwrap_or_default()
        };
        for line in listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let name = line.split_whitespace().next().unwrap_or_default();
            let word =
                !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !name.starts_with('-');
            if word && name != "help" && name != "pbr" {
                waiting.push(format!("{path} {name}").trim().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Those of them that do something: not those that only have subcommands.
pub fn runnable() -> Vec<String> {
    let needs_another = |command: &str| {
        let help = Project::empty().pbr(&format!("{command} --help")).stdout();
        help.lines().any(|line| line.starts_with("Usage:") && line.contains("<COMMAND>"))
    };
    commands().into_iter().filter(|command| !needs_another(command)).collect()
}

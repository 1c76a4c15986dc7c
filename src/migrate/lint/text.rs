//! What the SQL itself says: rebuilt tables, pragmas, transactions, secrets.

use super::Subject;
use crate::migrate::file::MigrationFile;
use crate::migrate::statements::{Statement, statements};
use crate::schema::yaml::is_placeholder;

impl Subject<'_> {
    pub fn text(&mut self) {
        let statements = statements(&self.file.sql);
        for statement in &statements {
            let words: Vec<String> = statement.code.split_whitespace().take(4).map(str::to_ascii_uppercase).collect();
            let word = |at: usize| words.get(at).map_or("", String::as_str);
            match (word(0), word(1)) {
                ("PRAGMA", name) if name.starts_with("FOREIGN_KEYS") => {
                    let message = "foreign keys are off around every migration and checked at its end; \
                                   switching them inside does nothing, or deletes rows";
                    self.add_at("LT102", "foreign_keys", statement.line, message.to_owned(), None);
                }
                ("BEGIN" | "COMMIT" | "END" | "ROLLBACK" | "SAVEPOINT" | "RELEASE", _) => {
                    let message = "every migration is one transaction; it cannot begin or end one".to_owned();
                    self.add_at("LT103", &word(0).to_lowercase(), statement.line, message, None);
                }
                ("DROP", "TABLE") => self.rebuild(statement),
                ("DELETE", "FROM") if !statement.code.to_uppercase().contains("WHERE") => {
                    let message = "deletes every row of a table".to_owned();
                    self.add_at("DS101", "delete", statement.line, message, None);
                }
                _ => {}
            }
        }
        for name in self.file.headers("rebuild").map(str::to_owned).collect::<Vec<_>>() {
            let message = format!("the table {name} is written anew, which takes time and space on large tables");
            self.add("LT101", &name, "pbr:rebuild", message, None);
        }
        self.secrets();
    }

    /// A table that goes and whose collection stays was rebuilt.
    fn rebuild(&mut self, statement: &Statement) {
        let stays = |name: &str| {
            self.before.iter().any(|old| old.name == name) && self.after.iter().any(|new| new.name == name)
        };
        let name = self
            .file
            .sql
            .lines()
            .nth(statement.line - 1)
            .and_then(|line| line.split_whitespace().last())
            .map(|name| name.trim_matches(|c: char| !c.is_alphanumeric() && c != '_').to_owned());
        let Some(name) = name.filter(|name| stays(name)) else { return };
        let comes_back = self.file.sql.lines().any(|line| {
            let line = line.to_uppercase();
            let words: Vec<&str> = line.split_whitespace().collect();
            let named = words.last().is_some_and(|word| {
                word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_') == name.to_uppercase()
            });
            named && words.iter().rev().nth(1) == Some(&"TO")
        });
        if !comes_back {
            let message = format!("drops the table of the collection {name} with all its rows");
            self.add_at("DS101", &name, statement.line, message, None);
        } else {
            let message = format!("the table {name} is written anew, which takes time and space on large tables");
            self.add_at("LT101", &name, statement.line, message, None);
        }
    }

    fn secrets(&mut self) {
        let lines: Vec<(usize, String)> = secret_lines(self.file);
        for (line, key) in lines {
            let message = format!("`{key}` holds a secret; write ${{env:NAME}} and set NAME where it is applied");
            self.add_at("SEC103", &key, line, message, None);
        }
    }
}

/// Lines with a value for a key that is secret.
fn secret_lines(file: &MigrationFile) -> Vec<(usize, String)> {
    const KEYS: [&str; 3] = ["clientSecret", "secret", "password"];
    let mut found = Vec::new();
    for (at, line) in file.sql.lines().enumerate() {
        for key in KEYS {
            let Some((_, rest)) = line.split_once(&format!("\"{key}\":")) else { continue };
            let value = rest.trim().trim_start_matches('"').split('"').next().unwrap_or_default();
            if rest.trim().starts_with('"') && !value.is_empty() && !is_placeholder(value) {
                found.push((at + 1, key.to_owned()));
            }
        }
    }
    found
}

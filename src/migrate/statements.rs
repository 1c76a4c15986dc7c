//! The statements of a script, told apart by their semicolons.

/// A statement without its comments and texts.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    /// Where it begins, from 1.
    pub line: usize,
    pub code: String,
}

impl Statement {
    /// Whether it may drop a table or a column: only what begins with the drop of something else does not.
    pub fn may_drop(&self) -> bool {
        let words = self.code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(str::to_ascii_uppercase).collect();
        let harmless = |at: usize| {
            at == 0 && words.get(1).is_some_and(|what| matches!(what.as_str(), "INDEX" | "VIEW" | "TRIGGER"))
        };
        words.iter().enumerate().any(|(at, word)| word == "DROP" && !harmless(at))
    }
}

/// Splits a script at its semicolons; a trigger is one statement with the ones inside it.
pub fn statements(sql: &str) -> Vec<Statement> {
    let mut statements = Vec::new();
    let (mut code, mut line, mut start) = (String::new(), 1, 1);
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => {
                line += 1;
                code.push(' ');
            }
            '-' if chars.peek() == Some(&'-') => {
                while chars.peek().is_some_and(|c| *c != '\n') {
                    chars.next();
                }
            }
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                code.push(' ');
                let mut before = ' ';
                for c in chars.by_ref() {
                    line += usize::from(c == '\n');
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            '\'' | '"' | '`' | '[' => {
                let end = if c == '[' { ']' } else { c };
                for c in chars.by_ref() {
                    line += usize::from(c == '\n');
                    if c == end {
                        break;
                    }
                }
                code.push_str("''");
            }
            ';' => {
                let trigger = is_trigger(&code) && !ends_trigger(&code);
                if trigger {
                    code.push(';');
                    continue;
                }
                if !code.trim().is_empty() {
                    statements.push(Statement { line: start, code: std::mem::take(&mut code) });
                }
                code.clear();
            }
            c => {
                if code.trim().is_empty() && !c.is_whitespace() {
                    start = line;
                }
                code.push(c);
            }
        }
    }
    if !code.trim().is_empty() {
        statements.push(Statement { line: start, code });
    }
    statements
}

fn is_trigger(code: &str) -> bool {
    let words: Vec<String> = code.split_whitespace().take(3).map(str::to_ascii_uppercase).collect();
    words.first().is_some_and(|word| word == "CREATE") && words[1..].iter().any(|word| word == "TRIGGER")
}

fn ends_trigger(code: &str) -> bool {
    let word = |c: char| c == ';' || c.is_whitespace();
    code.trim_end().rsplit(word).next().is_some_and(|word| word.eq_ignore_ascii_case("end"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_comments_and_triggers_hide_what_they_hold() {
        let sql = "-- BEGIN;\nSELECT 'COMMIT; x';\n/* PRAGMA\n foreign_keys */\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n  \
                   DELETE FROM b;\nEND;\n  BEGIN;\n";
        let statements = statements(sql);
        let lines: Vec<usize> = statements.iter().map(|statement| statement.line).collect();
        assert_eq!(lines, [2, 5, 8]);
        assert_eq!(statements[2].code.trim(), "BEGIN");
    }

    #[test]
    fn a_drop_is_seen_however_it_is_written() {
        for sql in [
            "DROP TABLE t;",
            "drop  table t",
            "DROP\tTABLE IF EXISTS t",
            "DROP/* the */TABLE t",
            "DROP -- the\nTABLE t",
            "DROP/*/*/TABLE t",
            "ALTER TABLE t DROP COLUMN c",
            "ALTER TABLE t DROP c",
            "ALTER TABLE`t`DROP`c`",
            "ALTER TABLE t DROP view",
            "CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END ; DROP TABLE t",
            "CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1;\n\tEND\n;\nDROP TABLE t",
        ] {
            assert!(statements(sql).iter().any(Statement::may_drop), "{sql}");
        }
        let sql = "-- DROP TABLE t\nDROP INDEX IF EXISTS i; DROP VIEW v; DROP TRIGGER a;\nUPDATE t SET a = 'DROP TABLE t', dropped = \"drop\"";
        assert!(!statements(sql).iter().any(Statement::may_drop));
    }
}

//! The statements of a script, told apart by their semicolons.

/// A statement without its comments and texts.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    /// Where it begins, from 1.
    pub line: usize,
    pub code: String,
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
    code.rsplit([';', ' ']).next().is_some_and(|word| word.eq_ignore_ascii_case("end"))
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
}

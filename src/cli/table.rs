//! Rows for people: columns beside each other, no wider than the terminal.

use dialoguer::console::{Term, measure_text_width, truncate_str};

/// Columns wider than this are cut.
const MAX_COLUMN: usize = 40;
const GAP: usize = 2;

/// The header and a line for each row, cut at the width of the terminal.
pub fn table(header: &[String], rows: &[Vec<String>]) -> String {
    let terminal = Term::stdout();
    // 80 where nobody knows.
    let width = terminal.size_checked().map_or(80, |(_, columns)| usize::from(columns));
    render(header, rows, width)
}

fn render(header: &[String], rows: &[Vec<String>], width: usize) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| printable(cell)).collect()).collect();
    let widths: Vec<usize> = (0..header.len())
        .map(|at| {
            let cells = rows.iter().filter_map(|row| row.get(at)).chain(header.get(at));
            cells.map(|cell| measure_text_width(cell)).max().unwrap_or_default().min(MAX_COLUMN)
        })
        .collect();
    let line = |cells: &[String]| {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            let cut = truncate_str(cell, *width, "…");
            line.push_str(&cut);
            line.push_str(&" ".repeat(width + GAP - measure_text_width(&cut).min(*width)));
        }
        truncate_str(line.trim_end(), width, "…").into_owned()
    };
    let lines: Vec<String> = std::iter::once(line(header)).chain(rows.iter().map(|row| line(row))).collect();
    lines.join("\n")
}

/// What records hold must not move the cursor of a terminal.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' | '\r' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_and_nothing_is_wider_than_the_terminal() {
        let row = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        let rows = [row("1", "two\nlines"), row("日本", "\u{1b}[2J"), row("3", &"x".repeat(99))];
        let text = render(&row("id", "title"), &rows, 20);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..3], ["id    title", "1     two lines", "日本  \u{fffd}[2J"]);
        assert_eq!(lines[3], "3     xxxxxxxxxxxxx…");
    }
}

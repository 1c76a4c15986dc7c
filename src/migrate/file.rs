//! Migration files: names, machine comments, data blocks.

use super::statements::statements;
use crate::schema::hash::sha256;

/// One `V<version>__<name>.sql`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationFile {
    pub version: i64,
    pub name: String,
    /// With the extension, without the folder.
    pub file_name: String,
    /// LF line ends, no byte order mark.
    pub sql: String,
}

impl MigrationFile {
    /// `None` for a name that is not a migration's.
    pub fn new(file_name: &str, text: &str) -> Option<Self> {
        let (version, name) = parse_name(file_name)?;
        Some(Self { version, name, file_name: file_name.to_owned(), sql: normalise(text) })
    }

    pub fn hash(&self) -> String {
        sha256(self.sql.as_bytes())
    }

    /// `V7__add_slug`, what refinery reads.
    pub fn stem(&self) -> &str {
        self.file_name.trim_end_matches(".sql")
    }

    /// What `--confirm` must say for this very text.
    pub fn token(&self) -> String {
        format!("V{}-{}", self.version, &self.hash()[..8])
    }

    /// The value of a `-- pbr:key=value` comment.
    pub fn header(&self, key: &'static str) -> Option<&str> {
        self.headers(key).next()
    }

    /// All values of a repeated `-- pbr:key=value` comment.
    pub fn headers(&self, key: &'static str) -> impl Iterator<Item = &str> {
        self.sql.lines().filter_map(move |line| {
            let comment = line.trim().strip_prefix("-- pbr:")?;
            let (name, value) = comment.split_once('=')?;
            (name == key).then(|| value.trim())
        })
    }

    /// The file with another value of a `-- pbr:key=value` comment that it has.
    pub fn with_header(&self, key: &'static str, value: &str) -> Self {
        let is_header = |line: &str| {
            line.trim().strip_prefix("-- pbr:").and_then(|comment| comment.split_once('=')).is_some_and(|c| c.0 == key)
        };
        let line = |line: &str| if is_header(line) { format!("-- pbr:{key}={value}\n") } else { format!("{line}\n") };
        Self { sql: self.sql.lines().map(line).collect(), ..self.clone() }
    }

    /// The same text under another version.
    pub fn with_version(&self, version: i64) -> Self {
        Self { version, file_name: format!("V{version}__{}.sql", self.name), ..self.clone() }
    }

    /// The blocks between `-- pbr:data` and `-- pbr:end`, marks included.
    pub fn data_blocks(&self) -> String {
        let mut inside = false;
        let mut blocks = String::new();
        for line in self.sql.lines() {
            inside |= line.trim() == "-- pbr:data";
            if inside {
                blocks.push_str(line);
                blocks.push('\n');
            }
            inside &= line.trim() != "-- pbr:end";
        }
        blocks
    }

    /// Written by hand: no schema before and after is announced.
    pub fn is_by_hand(&self) -> bool {
        self.header("from").is_none()
    }

    /// The losses that the file admits: code and subject.
    pub fn data_losses(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers("data-loss").filter_map(|value| value.split_once(' '))
    }

    /// Whether it may drop a table or a column, whatever it says of itself.
    pub fn may_drop(&self) -> bool {
        self.data_losses().next().is_some() || statements(&self.sql).iter().any(|statement| statement.may_drop())
    }

    /// Every data block ends before the next begins.
    pub fn has_whole_blocks(&self) -> bool {
        let marks = self.sql.lines().map(str::trim).filter(|line| matches!(*line, "-- pbr:data" | "-- pbr:end"));
        let expected = ["-- pbr:data", "-- pbr:end"].into_iter().cycle();
        let marks: Vec<&str> = marks.collect();
        marks.len().is_multiple_of(2) && marks.iter().zip(expected).all(|(mark, expected)| *mark == expected)
    }

    /// The text without the blocks between `-- pbr:data` and `-- pbr:end`, which need rows. Every line keeps its number.
    pub fn without_data(&self) -> String {
        let mut inside = false;
        let mut kept = String::with_capacity(self.sql.len());
        for line in self.sql.lines() {
            match line.trim() {
                "-- pbr:data" => inside = true,
                "-- pbr:end" => inside = false,
                _ if inside => {}
                _ => kept.push_str(line),
            }
            kept.push('\n');
        }
        kept
    }
}

/// A comment edit or another editor's line ends must not make a file another one.
pub fn normalise(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n")
}

/// Version and name of `V7__add_slug.sql`. refinery would skip other spellings silently.
pub fn parse_name(file_name: &str) -> Option<(i64, String)> {
    let (version, name) = file_name.strip_prefix('V')?.strip_suffix(".sql")?.split_once("__")?;
    let digits = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    let word = is_word(name);
    (digits && word).then_some(())?;
    Some((version.parse().ok()?, name.to_owned()))
}

/// `V7__add_slug.down.sql`, which stands beside its migration and is never run by `up`.
pub fn is_down_file(file_name: &str) -> bool {
    file_name.strip_suffix(".down.sql").is_some_and(|stem| parse_name(&format!("{stem}.sql")).is_some())
}

/// Whether a text may be the name of a migration.
pub fn is_word(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_refinery_would_skip_are_no_migrations() {
        assert_eq!(parse_name("V20261122061500__add_posts.sql"), Some((20_261_122_061_500, "add_posts".into())));
        for wrong in [
            "V2__add-users.sql",
            "V3_bad.sql",
            "V4__x.up.sql",
            "U1__x.sql",
            "V1__.sql",
            "V__x.sql",
            "1__x.sql",
            "v1__x.sql",
            "V99999999999999999999__x.sql",
        ] {
            assert_eq!(parse_name(wrong), None, "{wrong}");
        }
        assert!(is_down_file("V4__x.down.sql"));
        assert!(!is_down_file("V4_x.down.sql"));
    }

    #[test]
    fn line_ends_and_marks_do_not_change_the_hash() {
        let unix = MigrationFile::new("V1__a.sql", "-- pbr:from=h1:x\nSELECT 1;\n").unwrap();
        let dos = MigrationFile::new("V1__a.sql", "\u{feff}-- pbr:from=h1:x\r\nSELECT 1;\r\n").unwrap();
        assert_eq!(unix.hash(), dos.hash());
        assert_eq!(dos.header("from"), Some("h1:x"));
    }

    #[test]
    fn data_blocks_are_left_out_of_replay() {
        let file = MigrationFile::new("V1__a.sql", "A;\n-- pbr:data\nUPDATE x;\n-- pbr:end\nB;\n").unwrap();
        assert_eq!(file.without_data(), "A;\n\n\n\nB;\n");
        assert!(file.has_whole_blocks());
        for broken in ["-- pbr:data\nA;\n", "-- pbr:end\n-- pbr:data\n", "-- pbr:data\n-- pbr:data\n"] {
            assert!(!MigrationFile::new("V1__a.sql", broken).unwrap().has_whole_blocks(), "{broken}");
        }
    }
}

//! The rooms of `ARCHITECTURE.md`: each is there, and uses only those below it.

use crate::support::root;
use std::path::{Path, PathBuf};

/// Names of the rooms, from the first column of the table of `ARCHITECTURE.md`.
fn rooms() -> Vec<String> {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map");
    let (_, table) = map.split_once("| room |").expect("the table of rooms");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let name =
        |row: &str| row.split('`').nth(1).expect("a name").trim_end_matches('/').trim_end_matches(".rs").to_owned();
    rows.map(name).collect()
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "tests" {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// What follows `crate::` in the code of a file, without comments and unit tests.
fn used(text: &str) -> Vec<&str> {
    let (code, _) = text.split_once("#[cfg(test)]").unwrap_or((text, ""));
    let lines = code.lines().map(|line| line.split_once("//").map_or(line, |(before, _)| before));
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let uses = lines.flat_map(|line| line.split("crate::").skip(1));
    // Of a list the first: what it lists are names of the app.
    uses.map(|rest| rest.trim_start_matches('{').split(|c| !is_name(c)).next().unwrap_or_default()).collect()
}

#[test]
fn rooms_use_only_those_below_them() {
    let (rooms, source) = (rooms(), root().join("src"));
    let place = |name: &str| rooms.iter().position(|room| room == name);
    let mut all = Vec::new();
    files(&source, &mut all);
    let mut seen = 0;
    for file in all {
        let inside = file.strip_prefix(&source).expect("a file of src");
        let room = inside.components().next().expect("a room").as_os_str().to_string_lossy();
        let room = room.trim_end_matches(".rs");
        if room == "lib" {
            continue;
        }
        let own = place(room).unwrap_or_else(|| panic!("{room} is not in the table of ARCHITECTURE.md"));
        let text = std::fs::read_to_string(&file).expect("a text");
        for name in used(&text) {
            // What lib.rs shows of a room at the top is the app's.
            let below = place(if name.starts_with(char::is_uppercase) { "app" } else { name });
            let below = below.unwrap_or_else(|| panic!("{}: crate::{name} is no room", inside.display()));
            assert!(own <= below, "{} uses {name}, which is above it", inside.display());
            seen += 1;
        }
    }
    assert!(rooms.len() > 30 && seen > 1000, "{} rooms, {seen} uses", rooms.len());
}

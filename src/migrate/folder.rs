//! The `migrations/` folder: reading it, and `pbr.sum`, which makes edits and forgotten merges visible.

use super::error::{MigrateError, SumFault};
use super::file::{MigrationFile, is_down_file, normalise};
use crate::schema::hash::sha256;
use crate::text_file;
use std::path::{Path, PathBuf};

/// Name of the file with the hashes.
pub const SUM_FILE: &str = "pbr.sum";

/// Reads all migrations, lowest version first, and checks names and hashes. A missing folder is empty.
///
/// # Errors
/// [`MigrateError::BadName`], [`MigrateError::Twins`], [`MigrateError::Sum`] or an I/O error.
pub fn read(dir: &Path) -> Result<Vec<MigrationFile>, MigrateError> {
    let files = read_unchecked(dir)?;
    let sum_path = dir.join(SUM_FILE);
    match text_file::read(&sum_path) {
        Ok(sum) => check_sum(&sum, &files)?,
        Err(error) if error.is_missing() => {
            if !files.is_empty() {
                return Err(MigrateError::Sum { reason: format!("{SUM_FILE} is missing"), fault: SumFault::Other });
            }
        }
        Err(error) => return Err(error.into()),
    }
    Ok(files)
}

/// The same without `pbr.sum`.
///
/// # Errors
/// [`MigrateError::BadName`], [`MigrateError::Twins`] or an I/O error.
pub fn read_unchecked(dir: &Path) -> Result<Vec<MigrationFile>, MigrateError> {
    let files = read_with_twins(dir)?;
    match files.windows(2).find(|pair| pair[0].version == pair[1].version) {
        None => Ok(files),
        Some(pair) => Err(MigrateError::Twins { file: pair[1].file_name.clone(), other: pair[0].file_name.clone() }),
    }
}

/// The same, though two branches may have used one version.
///
/// # Errors
/// [`MigrateError::BadName`] or an I/O error.
pub fn read_with_twins(dir: &Path) -> Result<Vec<MigrationFile>, MigrateError> {
    let io = |error| MigrateError::Io { path: dir.to_owned(), error };
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(error)),
    };
    let mut files: Vec<MigrationFile> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(io)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Hidden ones belong to editors and file systems.
        if !name.ends_with(".sql") || name.starts_with('.') || is_down_file(&name) || entry.path().is_dir() {
            continue;
        }
        let text = text_file::read(&entry.path())?;
        let bad = |reason: &str| MigrateError::BadName { file: name.clone(), reason: reason.to_owned() };
        let file = MigrationFile::new(&name, &text).ok_or_else(|| bad("it is not V<version>__<name>.sql"))?;
        if !is_time(file.version) {
            return Err(bad("its version is no time; write year to second in UTC, such as V20261122061500__name.sql"));
        }
        files.push(file);
    }
    files.sort_by(|a, b| (a.version, &a.file_name).cmp(&(b.version, &b.file_name)));
    Ok(files)
}

/// Whether a version is a moment as 14 digits. Minutes and seconds may be more than 59: of two migrations that are
/// written in one second, the later one counts on.
fn is_time(version: i64) -> bool {
    let (Ok(day), Ok(hour)) = (u32::try_from(version / 1_000_000), u32::try_from(version / 10_000 % 100)) else {
        return false;
    };
    let year = i32::try_from(day / 10_000).unwrap_or_default();
    year >= 1000 && hour < 24 && chrono::NaiveDate::from_ymd_opt(year, day / 100 % 100, day % 100).is_some()
}

/// The content of `pbr.sum`: a hash over everything, then one line a file.
pub fn sum_text(files: &[MigrationFile]) -> String {
    let lines: String = files.iter().map(|file| format!("{} h1:{}\n", file.file_name, file.hash())).collect();
    format!("h1:{}\n{lines}", sha256(lines.as_bytes()))
}

fn check_sum(sum: &str, files: &[MigrationFile]) -> Result<(), MigrateError> {
    let sum = normalise(sum);
    if sum == sum_text(files) {
        return Ok(());
    }
    let fail = |reason: String, fault: SumFault| Err(MigrateError::Sum { reason, fault });
    if sum.contains("<<<<<<<") {
        let reason = format!("{SUM_FILE} has merge conflict marks: two branches added migrations");
        return fail(reason, SumFault::Conflict);
    }
    let lines: Vec<(&str, &str)> = sum.lines().skip(1).filter_map(|line| line.split_once(" h1:")).collect();
    for file in files {
        match lines.iter().find(|(name, _)| *name == file.file_name) {
            None => return fail(format!("{} has no line in {SUM_FILE}", file.file_name), SumFault::Other),
            Some((_, hash)) if *hash != file.hash() => {
                return fail(format!("{} was edited", file.file_name), SumFault::Edited(file.file_name.clone()));
            }
            Some(_) => {}
        }
    }
    match lines.iter().find(|(name, _)| !files.iter().any(|file| file.file_name == *name)) {
        Some((name, _)) => {
            let reason = format!("{name} is listed in {SUM_FILE} but does not exist");
            fail(reason, SumFault::Deleted((*name).to_owned()))
        }
        None => fail(format!("{SUM_FILE} itself was edited"), SumFault::Other),
    }
}

/// Adds a migration and renews `pbr.sum`; each file appears whole or not at all.
///
/// # Errors
/// An I/O error.
pub fn add(dir: &Path, files: &[MigrationFile], new: &MigrationFile) -> Result<(), MigrateError> {
    std::fs::create_dir_all(dir).map_err(|error| MigrateError::Io { path: dir.to_owned(), error })?;
    let mut all = files.to_vec();
    all.push(new.clone());
    all.sort_by_key(|file| file.version);
    write_whole(&dir.join(&new.file_name), &new.sql)?;
    write_whole(&dir.join(SUM_FILE), &sum_text(&all))
}

/// Where the file that leads back from a migration stands.
pub fn down_path(dir: &Path, file: &MigrationFile) -> PathBuf {
    dir.join(format!("{}.down.sql", file.stem()))
}

/// The file that leads back from a migration, if there is one.
///
/// # Errors
/// It cannot be read.
pub fn down_of(dir: &Path, file: &MigrationFile) -> Result<Option<MigrationFile>, MigrateError> {
    match text_file::read(&down_path(dir, file)) {
        Ok(text) => Ok(Some(MigrationFile {
            file_name: format!("{}.down.sql", file.stem()),
            sql: normalise(&text),
            ..file.clone()
        })),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Puts `new` in the place of `old`: writes what changed, removes what is gone with the file that leads back from it,
/// renews `pbr.sum`.
///
/// # Errors
/// An I/O error.
pub fn replace(dir: &Path, old: &[MigrationFile], new: &[MigrationFile]) -> Result<(), MigrateError> {
    let io = |path: PathBuf| move |error| MigrateError::Io { path: path.clone(), error };
    for file in new.iter().filter(|file| !old.contains(file)) {
        write_whole(&dir.join(&file.file_name), &file.sql)?;
    }
    let gone = |file: &&MigrationFile| new.iter().all(|kept| kept.file_name != file.file_name);
    for file in old.iter().filter(gone) {
        for path in [dir.join(&file.file_name), down_path(dir, file)] {
            if path.exists() {
                std::fs::remove_file(&path).map_err(io(path.clone()))?;
            }
        }
    }
    write_whole(&dir.join(SUM_FILE), &sum_text(new))
}

/// Writes to a temporary name beside the target, then renames. A link stays one.
pub fn write_whole(path: &Path, text: &str) -> Result<(), MigrateError> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let temporary = target.with_extension("tmp");
    std::fs::write(&temporary, text)
        .and_then(|()| std::fs::rename(&temporary, &target))
        .map_err(|error| MigrateError::Io { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        dir
    }

    #[test]
    fn an_edited_or_foreign_file_is_noticed() {
        let dir = folder(&[]);
        let one = MigrationFile::new("V20260101000001__one.sql", "SELECT 1;\n").unwrap();
        add(dir.path(), &[], &one).unwrap();
        assert_eq!(read(dir.path()).unwrap(), [one]);
        std::fs::write(dir.path().join("V20260101000001__one.sql"), "SELECT 1;\r\n").unwrap();
        read(dir.path()).unwrap();
        std::fs::write(dir.path().join("V20260101000001__one.sql"), "SELECT 2;\n").unwrap();
        assert!(read(dir.path()).unwrap_err().to_string().contains("V20260101000001__one.sql was edited"));
        std::fs::write(dir.path().join("V20260101000001__one.sql"), "SELECT 1;\n").unwrap();
        std::fs::write(dir.path().join("V20260101000002__two.sql"), "SELECT 1;\n").unwrap();
        assert!(read(dir.path()).unwrap_err().to_string().contains("V20260101000002__two.sql has no line"));
    }

    #[test]
    fn a_version_is_a_moment() {
        for right in [20_261_122_061_500, 20_240_229_235_960, 20_240_229_236_099] {
            assert!(is_time(right), "{right}");
        }
        for wrong in [1, 2, 20_269_901_000_000, 20_250_229_000_000, 20_260_101_240_000, 2_026_010_100_000, i64::MAX] {
            assert!(!is_time(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_down_file_goes_with_its_migration_alone() {
        let dir = folder(&[]);
        let file = |name: &str| MigrationFile::new(name, "SELECT 1;\n").unwrap();
        let (one, two) = (file("V20260101000001__change.sql"), file("V20260101000002__change.sql"));
        add(dir.path(), &[], &one).unwrap();
        add(dir.path(), std::slice::from_ref(&one), &two).unwrap();
        for file in [&one, &two] {
            std::fs::write(down_path(dir.path(), file), &file.file_name).unwrap();
        }
        let three = two.with_version(20_260_101_000_003);
        replace(dir.path(), &[one.clone(), two.clone()], &[two.clone(), three.clone()]).unwrap();
        assert!(!down_path(dir.path(), &one).exists() && !down_path(dir.path(), &three).exists());
        assert_eq!(std::fs::read_to_string(down_path(dir.path(), &two)).unwrap(), two.file_name);
    }

    #[test]
    fn bad_names_and_twins_are_refused() {
        for files in [
            &[("V20260101000001__a-b.sql", "")][..],
            &[("V20260101000001__a.sql", ""), ("V020260101000001__b.sql", "")],
        ] {
            let refused = read(folder(files).path());
            assert!(matches!(refused, Err(MigrateError::BadName { .. } | MigrateError::Twins { .. })));
        }
    }
}

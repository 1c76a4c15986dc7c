//! SQL functions that tell early that a row cannot satisfy a condition on the records it points to.
//!
//! Joining every row of a large table to what it points to costs far more than looking up the few records that satisfy the
//! condition once. Whether that pays shows only while the statement runs, so every row passes until about as many have
//! been seen as would have to be looked through.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error};
use std::sync::atomic::{AtomicU64, Ordering};

/// `pays('', size)`: whether the statement has come here for so many rows that it pays to look through a table of this size.
pub const PAYS: &str = "pbr_pays";
/// `may_reach('', column, ids)`: false only where none of a JSON array of ids is in the column, which holds one id or an
/// array of them. The array must be the same throughout the statement.
pub const MAY_REACH: &str = "pbr_may_reach";

/// Rows that always pass: most statements have no more.
const FIRST_ROWS: u64 = 64;

/// In the place of the rows that were seen, once there were enough.
const PAID: u64 = u64::MAX;

/// Makes the functions known to a connection.
///
/// # Errors
/// SQLite refuses the registration.
pub fn add_may_reach(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function(PAYS, 2, flags, pays)?;
    connection.create_scalar_function(MAY_REACH, 3, flags, may_reach)
}

// SQLite keeps what belongs to a constant argument until the statement has run; the empty text is there for that.

fn pays(context: &Context<'_>) -> rusqlite::Result<bool> {
    let seen = context.get_or_create_aux(0, |_| Ok::<_, Error>(AtomicU64::new(0)))?;
    let before = seen.load(Ordering::Relaxed);
    if before == PAID {
        return Ok(true);
    }
    let rows = before + 1;
    let size = context.get::<Option<i64>>(1)?.unwrap_or(0);
    let pays = rows > FIRST_ROWS && i64::try_from(2 * rows).is_ok_and(|rows| rows >= size);
    // One statement runs on one thread.
    seen.store(if pays { PAID } else { rows }, Ordering::Relaxed);
    Ok(pays)
}

fn may_reach(context: &Context<'_>) -> rusqlite::Result<bool> {
    let ids = context.get_or_create_aux(0, |_| {
        let ids: Option<Vec<String>> = serde_json::from_slice(context.get_raw(2).as_bytes()?).ok();
        Ok::<Option<Ids>, Error>(ids.map(Ids::new))
    })?;
    // What is no text comes from elsewhere, and is left to the condition itself.
    let (Some(ids), ValueRef::Text(value)) = (&*ids, context.get_raw(1)) else { return Ok(true) };
    let known = |id: &[u8]| ids.contains(id);
    Ok(match items(value) {
        Some(mut items) => items.any(|item| item.is_none_or(known)),
        // JSON may begin with spaces.
        None => value.first().is_some_and(u8::is_ascii_whitespace) || known(value),
    })
}

/// Ids in order: there are few as a rule, and to compare with some takes less time than to hash one.
struct Ids {
    /// Those that fit into a number, as nearly all do.
    short: Vec<u128>,
    long: Vec<String>,
}

impl Ids {
    fn new(mut ids: Vec<String>) -> Self {
        ids.sort_unstable();
        let mut short: Vec<u128> = ids.iter().filter_map(|id| packed(id.as_bytes())).collect();
        short.sort_unstable();
        ids.retain(|id| packed(id.as_bytes()).is_none());
        Self { short, long: ids }
    }

    fn contains(&self, id: &[u8]) -> bool {
        match packed(id) {
            Some(id) => self.short.binary_search(&id).is_ok(),
            None => self.long.binary_search_by(|known| known.as_bytes().cmp(id)).is_ok(),
        }
    }
}

/// An id of at most 15 bytes as a number that no other id has.
fn packed(id: &[u8]) -> Option<u128> {
    let mut bytes = [0; 16];
    if let Ok(usual) = <&[u8; 15]>::try_from(id) {
        bytes[..15].copy_from_slice(usual);
    } else {
        bytes.get_mut(..id.len()).filter(|_| id.len() < 15)?.copy_from_slice(id);
    }
    // Ids that differ in length differ here, even where they end with zeros.
    bytes[15] = u8::try_from(id.len()).ok()?;
    Some(u128::from_be_bytes(bytes))
}

/// The items of a JSON array of plain texts, `None` for what is no array. An item is `None` where it is not as simple as
/// that, and is the last.
fn items(value: &[u8]) -> Option<impl Iterator<Item = Option<&[u8]>>> {
    let mut rest = value.strip_prefix(b"[")?;
    let mut ended = false;
    Some(std::iter::from_fn(move || {
        if ended || rest == b"]" {
            return None;
        }
        let item = rest.strip_prefix(b"\"").and_then(|text| {
            let end = text.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            let after = &text[end..];
            rest = after.strip_prefix(b"\",").or_else(|| after.strip_prefix(b"\"").filter(|rest| *rest == b"]"))?;
            Some(&text[..end])
        });
        ended = item.is_none();
        Some(item)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn database(records: usize, rows: &[&str]) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        add_may_reach(&connection).unwrap();
        connection.execute_batch("CREATE TABLE `to` (id TEXT, name TEXT); CREATE TABLE `from` (ids TEXT)").unwrap();
        for number in 0..records {
            connection
                .execute("INSERT INTO `to` VALUES (?1, ?2)", (format!("id{number}"), (number % 10).to_string()))
                .unwrap();
        }
        for row in rows {
            connection.execute("INSERT INTO `from` VALUES (?1)", [row]).unwrap();
        }
        connection
    }

    fn passing(connection: &Connection, name: &str) -> Vec<String> {
        let sql = format!(
            "SELECT ids FROM `from` WHERE CASE WHEN {PAYS}('', (SELECT max(_rowid_) FROM `to`)) \
             THEN {MAY_REACH}('', ids, (SELECT json_group_array(id) FROM `to` WHERE name = ?1)) ELSE TRUE END"
        );
        let mut statement = connection.prepare_cached(&sql).unwrap();
        let rows = statement.query_map([name], |row| row.get(0)).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    }

    #[test]
    fn rows_that_cannot_reach_are_told_after_the_first() {
        let rows: Vec<String> = (0..200).map(|number| format!("id{}", number % 20)).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let connection = database(20, &rows);
        let passed = passing(&connection, "3");
        let (unseen, seen) = passed.split_at(FIRST_ROWS as usize);
        assert_eq!(unseen, &rows[..FIRST_ROWS as usize]);
        assert!(!seen.is_empty() && seen.iter().all(|id| id == "id3" || id == "id13"), "{seen:?}");
        // The next run of the same statement looks up anew.
        assert!(passing(&connection, "4").iter().any(|id| id == "id14"));
    }

    #[test]
    fn a_table_too_large_for_the_rows_is_left_alone() {
        assert_eq!(passing(&database(1_000, &["id1"; 300]), "7").len(), 300);
        assert_eq!(passing(&database(1_000, &["id1"; 600]), "7").len(), 499);
    }

    #[test]
    fn what_cannot_be_told_passes() {
        let odd = [
            "[\"id1\"",
            "[1]",
            "[\"a\\u0062\"]",
            "[ \"id2\"]",
            "[\"id2\" ]",
            " [\"id2\"]",
            "\n[]",
            "[null]",
            "[[\"id2\"]]",
            "[,]",
            "[\"id2\"]x",
        ];
        let unreachable = ["", "id2", "[]", "[\"id2\"]", "[\"id2\",\"id4\"]", "x[\"id1\"]"];
        let reachable = ["id1", "[\"id1\"]", "[\"id2\",\"id1\"]", "[\"id1\",5]"];
        let mut rows = vec!["id1"; FIRST_ROWS as usize];
        rows.extend(odd);
        rows.extend(unreachable);
        rows.extend(reachable);
        let passed = passing(&database(10, &rows), "1");
        let passed: Vec<&str> = passed.iter().skip(FIRST_ROWS as usize).map(String::as_str).collect();
        assert_eq!(passed, [&odd[..], &reachable[..]].concat());
    }

    proptest! {
        #[test]
        fn ids_are_known_whatever_their_length(ids in proptest::collection::vec("[a\0]{0,17}", 0..40), other in "[a\0]{0,17}") {
            let known = Ids::new(ids.clone());
            prop_assert!(ids.iter().all(|id| known.contains(id.as_bytes())));
            prop_assert_eq!(known.contains(other.as_bytes()), ids.contains(&other));
        }

        #[test]
        fn arrays_are_read_as_json_reads_them(ids in proptest::collection::vec("[ -~]{0,6}", 0..5)) {
            let text = serde_json::to_string(&ids).unwrap();
            let read: Option<Vec<&[u8]>> = items(text.as_bytes()).unwrap().collect();
            match read {
                Some(read) => prop_assert_eq!(read, ids.iter().map(String::as_bytes).collect::<Vec<_>>()),
                None => prop_assert!(text.contains('\\')),
            }
        }
    }
}

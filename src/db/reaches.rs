//! SQL functions that tell early that a row cannot satisfy a condition on the records it points to.
//!
//! Joining every row of a large table to what it points to costs far more than looking up the few records that satisfy the
//! condition once. Whether that pays shows only while the statement runs, so every row passes until about as many have
//! been seen as would have to be looked through.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error};
use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError, Weak};

/// `may_reach('', column, size)`: false only where none of the ids that are looked for is in the column, which holds one id
/// or an array of them. NULL where the statement has come here for so many rows that it pays to look through a table of this
/// size, and [`LOOK_UP`] is to be asked.
pub const MAY_REACH: &str = "pbr_may_reach";
/// `look_up(column, ids)`: what [`MAY_REACH`] says from now on, throughout the statement, of a JSON array of ids.
pub const LOOK_UP: &str = "pbr_look_up";

/// Rows that always pass: most statements have no more.
const FIRST_ROWS: u64 = 64;

/// Makes the functions known to a connection.
///
/// # Errors
/// SQLite refuses the registration.
pub fn add_may_reach(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    let searches = Searches::default();
    let begun = searches.clone();
    connection.create_scalar_function(MAY_REACH, 3, flags, move |context| may_reach(context, &begun))?;
    connection.create_scalar_function(LOOK_UP, 2, flags, move |context| look_up(context, &searches))
}

/// What one place of a statement knows while it runs.
#[derive(Default)]
struct Search {
    rows: AtomicU64,
    /// `None` inside where no list of ids came.
    ids: OnceLock<Option<Ids>>,
}

impl Search {
    fn may_reach(ids: Option<&Ids>, value: ValueRef<'_>) -> bool {
        // What is no text comes from elsewhere, and is left to the condition itself.
        let (Some(ids), ValueRef::Text(value)) = (ids, value) else { return true };
        match items(value) {
            Some(mut items) => items.any(|item| item.is_none_or(|id| ids.contains(id))),
            // JSON may begin with spaces.
            None => value.first().is_some_and(u8::is_ascii_whitespace) || ids.contains(value),
        }
    }
}

/// Searches of a connection that wait for their ids, the innermost last: what finds ids may have such conditions itself.
#[derive(Clone, Default)]
struct Searches {
    waiting: Arc<Mutex<Vec<Weak<Search>>>>,
}

impl Searches {
    fn begin(&self, search: &Arc<Search>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // A statement that failed left its own.
        waiting.retain(|search| search.strong_count() > 0);
        waiting.push(Arc::downgrade(search));
    }

    fn innermost(&self) -> Option<Arc<Search>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop()?.upgrade()
    }
}

// SQLite keeps what belongs to a constant argument until the statement has run; the empty text is there for that.

fn may_reach(context: &Context<'_>, searches: &Searches) -> rusqlite::Result<Option<bool>> {
    let search = context.get_or_create_aux(0, |_| Ok::<_, Error>(Search::default()))?;
    if let Some(ids) = search.ids.get() {
        return Ok(Some(Search::may_reach(ids.as_ref(), context.get_raw(1))));
    }
    let rows = search.rows.fetch_add(1, Ordering::Relaxed) + 1;
    let size = context.get::<Option<i64>>(2)?.unwrap_or(0);
    let pays = rows > FIRST_ROWS && i64::try_from(2 * rows).is_ok_and(|rows| rows >= size);
    if pays {
        searches.begin(&search);
    }
    Ok((!pays).then_some(true))
}

fn look_up(context: &Context<'_>, searches: &Searches) -> rusqlite::Result<bool> {
    let ids: Option<Vec<String>> = serde_json::from_slice(context.get_raw(1).as_bytes()?).ok();
    let ids = ids.map(Ids::new);
    let answer = Search::may_reach(ids.as_ref(), context.get_raw(0));
    if let Some(search) = searches.innermost() {
        let _ = search.ids.set(ids);
    }
    Ok(answer)
}

struct Ids {
    /// Those that fit into a number, as nearly all do.
    short: HashSet<u128, Seed>,
    long: HashSet<Vec<u8>>,
}

impl Ids {
    fn new(ids: Vec<String>) -> Self {
        let mut known = Self { short: HashSet::with_hasher(Seed::default()), long: HashSet::new() };
        for id in ids {
            match packed(id.as_bytes()) {
                Some(id) => known.short.insert(id),
                None => known.long.insert(id.into_bytes()),
            };
        }
        known
    }

    fn contains(&self, id: &[u8]) -> bool {
        match packed(id) {
            Some(id) => self.short.contains(&id),
            None => self.long.contains(id),
        }
    }
}

/// Hashes numbers of 128 bits with one multiplication: every row has some looked for. Clients choose ids, so the factors
/// are another in every process.
#[derive(Clone)]
struct Seed([u64; 2]);

impl Default for Seed {
    fn default() -> Self {
        static FACTORS: LazyLock<[u64; 2]> = LazyLock::new(|| [1, 2].map(|which| RandomState::new().hash_one(which)));
        Self(*FACTORS)
    }
}

impl BuildHasher for Seed {
    type Hasher = Multiplied;

    fn build_hasher(&self) -> Multiplied {
        Multiplied { seed: self.0, hash: 0 }
    }
}

struct Multiplied {
    seed: [u64; 2],
    hash: u64,
}

impl Hasher for Multiplied {
    fn finish(&self) -> u64 {
        self.hash
    }

    fn write_u128(&mut self, number: u128) {
        let (high, low) = ((number >> 64) as u64, number as u64);
        let product = u128::from(high ^ self.seed[0]) * u128::from(low ^ self.seed[1]);
        self.hash ^= (product >> 64) as u64 ^ product as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(16) {
            let mut number = [0; 16];
            number[..part.len()].copy_from_slice(part);
            self.write_u128(u128::from_le_bytes(number));
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
            "SELECT ids FROM `from` WHERE coalesce({MAY_REACH}('', ids, (SELECT max(_rowid_) FROM `to`)), \
             {LOOK_UP}(ids, (SELECT json_group_array(id) FROM `to` WHERE name = ?1)))"
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

//! Seeds: records written in YAML, by label and with references, put into a database as often as you like.
//!
//! The room reads texts it is given and files that seeds name with `!file`. It knows records and the schema; it does not
//! know the command line or HTTP.

mod adapt;
mod apply;
mod export;
mod fingerprint;
mod generate;
mod made;
mod parse;
mod plan;
mod row;
mod value;

pub use apply::{Counts, Mode, Options, Progress, Report, SeedError, by_collection, run};
pub use export::{ExportError, ExportOptions, Exported, export};
pub use generate::Counts as RowCounts;
pub use made::is_seeded;
pub use parse::{Group, SeedDocument, SeedRecord, parse_files};
pub use plan::SeedKeys;

use sha2::{Digest, Sha256};

/// The id of a seeded record: the same for the same collection, label and seed, whoever asks.
pub fn derived_id(collection: &str, label: &str, seed: u64) -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let digest = Sha256::new()
        .chain_update(collection.as_bytes())
        .chain_update([0])
        .chain_update(label.as_bytes())
        .chain_update([0])
        .chain_update(seed.to_le_bytes())
        .finalize();
    digest.iter().take(15).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::derived_id;

    #[test]
    fn derived_ids_are_stable_and_distinct() {
        let id = derived_id("posts", "hello", 0);
        assert_eq!(id, derived_id("posts", "hello", 0));
        assert!(id.len() == 15 && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        for other in [derived_id("posts", "hello", 1), derived_id("posts", "hell", 0), derived_id("post", "shello", 0)]
        {
            assert_ne!(id, other);
        }
    }
}

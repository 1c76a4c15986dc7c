//! Identifiers in PocketBase's formats (spec 01 §2.3).

use rand::RngExt;

/// Letters and digits of generated secrets and token keys.
pub const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Letters and digits of generated record ids.
pub const LOWER_ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// The default id of a collection: `pbc_` and the CRC32 of its type and name.
pub fn collection_id(kind: &str, name: &str) -> String {
    format!("pbc_{}", crc32fast::hash(format!("{kind}{name}").as_bytes()))
}

/// The default id of a field: its type and the CRC32 of its name.
pub fn field_id(kind: &str, name: &str) -> String {
    format!("{kind}{}", crc32fast::hash(name.as_bytes()))
}

/// `length` characters drawn from `alphabet` by a cryptographically secure generator.
pub fn random_string(length: usize, alphabet: &[u8]) -> String {
    let mut rng = rand::rng();
    let characters: Vec<u8> = (0..length).map(|_| alphabet[rng.random_range(0..alphabet.len())]).collect();
    String::from_utf8(characters).expect("alphabets are ASCII")
}

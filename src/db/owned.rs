//! The tables of rows that belong to auth records.

use rusqlite::Connection;

/// The collections whose rows go with the auth record.
pub const OWNED: [&str; 4] = ["_mfas", "_otps", "_externalAuths", "_authOrigins"];

/// Whether there is a table of authenticator apps, which only a server that offers them makes.
///
/// # Errors
/// SQLite fails.
pub fn has_totp_table(connection: &Connection) -> rusqlite::Result<bool> {
    let exists = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_pbr_totp'";
    connection.prepare_cached(exists)?.exists([])
}

/// Forgets the authenticator apps of collections that are gone.
///
/// # Errors
/// SQLite fails.
pub fn forget_orphaned_totp(connection: &Connection) -> rusqlite::Result<()> {
    if has_totp_table(connection)? {
        connection.execute("DELETE FROM _pbr_totp WHERE collectionRef NOT IN (SELECT id FROM _collections)", [])?;
    }
    Ok(())
}

//! Running files in a transaction that is rolled back: to see whether they run, and what they would destroy.

use super::file::MigrationFile;
use super::guard::Guard;
use super::loss::count_rows;
use super::runner::{check_tables, reason};
use super::{Consent, MigrateError};
use rusqlite::{Connection, TransactionBehavior};

/// Runs the files one after the other, counting before each what it would destroy.
///
/// # Errors
/// [`MigrateError::DataLoss`] for losses that no token of `confirm` consents to, [`MigrateError::Failed`].
pub fn rehearse(connection: &mut Connection, files: &[&MigrationFile], confirm: &[String]) -> Result<(), MigrateError> {
    connection.execute_batch("PRAGMA foreign_keys=OFF")?;
    let mut result = Ok(Vec::new());
    Guard::watch(connection, |connection, guard| {
        result = in_transaction(connection, guard, files, confirm);
        Ok(())
    })?;
    connection.execute_batch("PRAGMA foreign_keys=ON")?;
    let consents = result?;
    if consents.is_empty() { Ok(()) } else { Err(MigrateError::DataLoss(consents)) }
}

fn in_transaction(
    connection: &mut Connection,
    guard: &Guard,
    files: &[&MigrationFile],
    confirm: &[String],
) -> Result<Vec<Consent>, MigrateError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut consents = Vec::new();
    for file in files {
        let mut losses: Vec<(String, String, i64)> = Vec::new();
        for (code, subject) in file.data_losses() {
            let rows = count_rows(&transaction, code, subject)?;
            if rows > 0 {
                losses.push((code.to_owned(), subject.to_owned(), rows));
            }
        }
        let token = file.token();
        if !losses.is_empty() && !confirm.contains(&token) {
            consents.push(Consent { file: file.file_name.clone(), token, losses });
        }
        let run = || {
            guard.run(&transaction, &file.sql)?;
            check_tables(&transaction)
        };
        run().map_err(|error| MigrateError::Failed { file: file.file_name.clone(), reason: reason(&error) })?;
    }
    transaction.rollback()?;
    Ok(consents)
}

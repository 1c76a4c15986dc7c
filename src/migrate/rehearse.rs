//! Running files in a transaction that is rolled back: to see whether they run, and what they would destroy.

use super::file::{MigrationFile, is_down_file};
use super::guard::Guard;
use super::loss::{Loss, count_rows, find_losses};
use super::runner::{check_tables, lead_back};
use super::{Consent, MigrateError};
use crate::db::collections;
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
        let undeclared = self::undeclared(&transaction, guard, file)?;
        losses.extend(undeclared.into_iter().map(|(loss, rows)| (loss.code.to_owned(), loss.subject, rows)));
        let token = file.token();
        if !losses.is_empty() && !confirm.contains(&token) {
            consents.push(Consent { file: file.file_name.clone(), token, losses, anew: Vec::new() });
        }
        let run = || {
            match is_down_file(&file.file_name) {
                true => lead_back(&transaction, guard, file)?,
                false => guard.run(&transaction, &file.sql)?,
            }
            check_tables(&transaction)
        };
        run().map_err(|error| MigrateError::of_file(&file.file_name, error))?;
    }
    transaction.rollback()?;
    Ok(consents)
}

/// What the file destroys without a line that says so: it was written by hand, or lost the line since. Losses with the rows
/// that have something to lose.
fn undeclared(connection: &Connection, guard: &Guard, file: &MigrationFile) -> Result<Vec<(Loss, i64)>, MigrateError> {
    if !file.may_drop() {
        return Ok(Vec::new());
    }
    let before = collections::load(connection)?;
    connection.execute_batch("SAVEPOINT tried")?;
    let after = match guard.run(connection, &file.sql) {
        Ok(()) => collections::load(connection),
        // The run that counts says why.
        Err(_) => Ok(before.clone()),
    };
    connection.execute_batch("ROLLBACK TO tried; RELEASE tried")?;
    let declared: Vec<(&str, &str)> = file.data_losses().collect();
    let mut undeclared = Vec::new();
    for loss in find_losses(&before, &after?) {
        if loss.consent && !declared.contains(&(loss.code, loss.subject.as_str())) {
            let rows = count_rows(connection, loss.code, &loss.subject)?;
            if rows > 0 {
                undeclared.push((loss, rows));
            }
        }
    }
    Ok(undeclared)
}

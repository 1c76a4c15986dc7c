//! Exporting: rows of a snapshot, written as the statement steps.

use super::columns::unknown;
use super::expanded::Expanding;
use super::{Format, TransferError};
use crate::query::{Parts, RequestInfo};
use crate::records::Records;
use crate::schema::fields::{Field, write_json_string};
use crate::schema::{Collection, ddl};
use csv::{QuoteStyle, WriterBuilder};
use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Row, Rows, params_from_iter};
use std::io::{self, Write};
use std::sync::Arc;

/// What to export.
#[derive(Clone, Debug)]
pub struct Export {
    pub format: Format,
    /// Between the cells of CSV.
    pub delimiter: u8,
    /// In the filter language; empty is all.
    pub filter: String,
    /// In the language of `sort`; empty is the order of the table.
    pub sort: String,
    /// Names in the order of the columns; empty is all.
    pub fields: Vec<String>,
    /// Relations to follow, as in the API: `author,comments_via_post.user`. Not in CSV.
    pub expand: String,
    /// Hashes of passwords and token keys too.
    pub with_secrets: bool,
}

/// Writes the records as they are at this moment and returns how many there were.
///
/// # Errors
/// An unknown field, a filter or sort that cannot be compiled, or an output that cannot be written.
pub fn export(
    records: &Arc<Records>,
    collection: &Arc<Collection>,
    options: &Export,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, TransferError> {
    let fields = chosen(collection, options)?;
    let request = RequestInfo::of_operator();
    let parts = Parts {
        filter: Some(options.filter.as_str()).filter(|text| !text.is_empty()),
        sort: Some(options.sort.as_str()).filter(|text| !text.is_empty()),
        superuser: true,
        ..Parts::default()
    };
    let snapshot = records.db.readers().snapshot()?;
    let catalog = records.catalog.load();
    let mut expanding = Expanding::new(records, &snapshot, &catalog, &request, collection, &options.expand)?;
    if expanding.is_some() && options.format == Format::Csv {
        return Err(TransferError::column("CSV has no place for the records that --expand adds; write JSON or NDJSON"));
    }
    let query = records.plans.queries.get(&catalog, collection, &parts, &request);
    let query = query.map_err(crate::records::RecordError::from)?;
    let table = ddl::quote(&collection.name);
    let mut columns: Vec<String> = fields.iter().map(|field| format!("{table}.{}", ddl::quote(&field.name))).collect();
    // Where joins repeat rows, the id tells them apart.
    columns.push(format!("{table}.`id`"));
    let mut bound = query.bind(&request, chrono::Utc::now());
    bound.push(SqlValue::Integer(0));
    let mut statement = snapshot.prepare(&query.list_sql(&columns.join(", "), -1))?;
    let mut rows = statement.query(params_from_iter(bound))?;
    let count = match options.format {
        Format::Csv => write_csv(&fields, &mut rows, options.delimiter, out, progress)?,
        Format::Ndjson => write_objects(&fields, &mut rows, expanding.as_mut(), ["", "", "\n", ""], out, progress)?,
        Format::Json => {
            write_objects(&fields, &mut rows, expanding.as_mut(), ["[\n", ",\n", "", "\n]\n"], out, progress)?
        }
    };
    out.flush()?;
    Ok(count)
}

type Progress<'a> = dyn FnMut(u64) + 'a;

fn write_csv(
    fields: &[&Field],
    rows: &mut Rows<'_>,
    delimiter: u8,
    out: &mut dyn Write,
    progress: &mut Progress<'_>,
) -> Result<u64, TransferError> {
    let mut csv = WriterBuilder::new().delimiter(delimiter).quote_style(QuoteStyle::Necessary).from_writer(out);
    csv.write_record(fields.iter().map(|field| &field.name)).map_err(csv_failed)?;
    let (mut count, mut cell) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        for (at, field) in fields.iter().enumerate() {
            cell.clear();
            write_cell(field, row.get_ref(at)?, &mut cell);
            csv.write_field(&cell).map_err(csv_failed)?;
        }
        csv.write_record(None::<&[u8]>).map_err(csv_failed)?;
        count += 1;
        progress(count);
    }
    csv.flush()?;
    Ok(count)
}

/// JSON objects with texts around them: before the first, before each other one, after each, after all.
fn write_objects(
    fields: &[&Field],
    rows: &mut Rows<'_>,
    mut expanding: Option<&mut Expanding<'_>>,
    [begin, between, behind, end]: [&str; 4],
    out: &mut dyn Write,
    progress: &mut Progress<'_>,
) -> Result<u64, TransferError> {
    let mut count = 0;
    let mut take = |object: &[u8]| {
        out.write_all(if count == 0 { begin } else { between }.as_bytes())?;
        out.write_all(object)?;
        out.write_all(behind.as_bytes())?;
        count += 1;
        progress(count);
        Ok::<(), TransferError>(())
    };
    let mut object = Vec::new();
    while let Some(row) = rows.next()? {
        object.clear();
        write_object(fields, row, &mut object)?;
        match &mut expanding {
            None => take(&object)?,
            // The id is behind the fields.
            Some(expanding) => expanding.put(row.get(fields.len())?, object.clone(), &mut take)?,
        }
    }
    if let Some(expanding) = expanding {
        expanding.flush(&mut take)?;
    }
    if count == 0 && !begin.is_empty() {
        // A list without items.
        out.write_all(b"[")?;
    }
    out.write_all(end.as_bytes())?;
    Ok(count)
}

fn csv_failed(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn chosen<'c>(collection: &'c Collection, options: &Export) -> Result<Vec<&'c Field>, TransferError> {
    let secret = |field: &Field| {
        !options.with_secrets && (field.kind.as_type().is_secret() || collection.is_auth() && field.name == "tokenKey")
    };
    if options.fields.is_empty() {
        return Ok(collection.fields.iter().filter(|field| !secret(field)).collect());
    }
    let find = |name: &String| {
        let field = collection.field(name).ok_or_else(|| unknown(collection, name))?;
        if secret(field) {
            return Err(TransferError::column(format!("`{name}` is a secret; --with-secrets exports it")));
        }
        Ok(field)
    };
    options.fields.iter().map(find).collect()
}

fn write_object(fields: &[&Field], row: &Row<'_>, out: &mut Vec<u8>) -> Result<(), TransferError> {
    for (at, field) in fields.iter().enumerate() {
        out.push(if at == 0 { b'{' } else { b',' });
        write_json_string(&field.name, out);
        out.push(b':');
        let kind = field.kind.as_type();
        match row.get_ref(at)? {
            ValueRef::Text(stored) if kind.is_secret() => write_json_string(&String::from_utf8_lossy(stored), out),
            _ if kind.is_secret() => out.extend_from_slice(b"null"),
            column => kind.write_json(column, out),
        }
    }
    out.push(b'}');
    Ok(())
}

/// An empty cell for `null`.
fn write_cell(field: &Field, column: ValueRef<'_>, out: &mut Vec<u8>) {
    let kind = field.kind.as_type();
    match column {
        ValueRef::Text(stored) if kind.is_secret() => out.extend_from_slice(stored),
        column => kind.write_cell(column, out),
    }
}

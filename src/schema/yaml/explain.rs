//! What validation finds, told to whoever wrote the file: in its words, at the word that is wrong, with what to write
//! instead. Validation itself speaks as PocketBase's API does.

use super::collection::CollectionFile;
use crate::diagnostic::{Diagnostic, code, did_you_mean};
use crate::schema::view::MISSING_ID;
use crate::schema::{Catalog, Collection, CollectionKind, FieldError, FieldKind};
use std::ops::Range;
use std::sync::Arc;

const RESERVED: &str = "reserved are null, true, false, _rowid_, collectionId, collectionName and expand, \
                        in auth collections also passwordConfirm and oldPassword";

/// The error without its place. `path` is validation's, `place` that of the file.
pub fn from_validation(
    file: &CollectionFile,
    catalog: &Catalog,
    path: &str,
    place: &str,
    error: &FieldError,
) -> Diagnostic {
    let option = place.rsplit('.').next().unwrap_or(place);
    let sentence = lower_first(error.message.trim_end_matches('.'));
    let name = &file.collection.name;
    let told = match path.split('.').next().unwrap_or_default() {
        rule if rule.ends_with("Rule") => {
            let reason = raw(&sentence);
            let told = Diagnostic::new(code::INVALID_RULE, format!("invalid `{option}` rule of `{name}`: {reason}"));
            advise_rule(told, reason, &file.collection, catalog)
        }
        "name" => invalid_name(&format!("invalid collection name `{name}`"), name, &sentence, error),
        "indexes" => Diagnostic::new(code::INVALID_INDEX, format!("invalid index of `{name}`: {sentence}")),
        "viewQuery" => invalid_query(&file.collection, &sentence),
        "fields" if path.ends_with(".name") => {
            let field = place.split('.').nth(1).unwrap_or_default();
            invalid_name(&format!("invalid field name `{field}` in `{name}`"), field, &sentence, error)
        }
        "fields" => {
            let place = place.trim_start_matches("fields.").trim_end_matches('.');
            Diagnostic::new(code::INVALID_OPTION, format!("invalid `{place}` in `{name}`: {sentence}"))
        }
        _ => Diagnostic::new(code::INVALID_OPTION, format!("invalid `{place}` in `{name}`: {sentence}")),
    };
    told.next("pbr schema validate")
}

/// Where in `span`, the place of the whole value, the error is: the word of a rule that it names, where it is found.
pub fn span_of(file: &CollectionFile, path: &str, span: Range<usize>, error: &FieldError) -> Range<usize> {
    let is_rule = path.split('.').next().is_some_and(|name| name.ends_with("Rule"));
    let word = is_rule.then(|| first_quoted(&error.message)).flatten();
    word.and_then(|word| find_word(&file.source.text, &span, word)).unwrap_or(span)
}

/// The reason of a refused rule, as the filter language gives it.
fn raw(sentence: &str) -> &str {
    sentence.strip_prefix("invalid rule. Raw error: ").unwrap_or(sentence)
}

fn first_quoted(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('"')?;
    rest.split_once('"').map(|(word, _)| word).filter(|word| !word.is_empty() && !word.contains('\\'))
}

/// The first place of a word in a rule: neither a part of a longer one nor the content of a text.
fn find_word(text: &str, span: &Range<usize>, word: &str) -> Option<Range<usize>> {
    const SIGNS: &str = "=<>!~?&|";
    let rule = text.get(span.clone())?;
    let is_sign = word.starts_with(|c: char| SIGNS.contains(c));
    let is_part = |c: char| match is_sign {
        true => SIGNS.contains(c),
        false => c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | ':'),
    };
    // Quotes around the whole rule are YAML's.
    let is_quote = |c: char, at_the_edge: bool| !is_sign && !at_the_edge && matches!(c, '"' | '\'');
    let alone = |at: usize| {
        let end = at + word.len();
        let before = rule[..at].chars().next_back();
        let after = rule[end..].chars().next();
        !before.is_some_and(|c| is_part(c) || is_quote(c, at == 1))
            && !after.is_some_and(|c| is_part(c) || is_quote(c, end + 1 == rule.len()))
    };
    let at = rule.match_indices(word).map(|(at, _)| at).find(|at| alone(*at))?;
    Some(span.start + at..span.start + at + word.len())
}

/// What was meant: an operator of another language, or a field with a similar name.
fn advise_rule(told: Diagnostic, reason: &str, collection: &Collection, catalog: &Catalog) -> Diagnostic {
    let Some(word) = first_quoted(reason) else { return told };
    let operator = match word.to_lowercase().as_str() {
        "==" | "===" => "=",
        "<>" | "!==" => "!=",
        "or" | "|" => "||",
        "and" | "&" => "&&",
        _ => {
            let unknown = reason.split_once("unknown field ").and_then(|(_, rest)| first_quoted(rest));
            return match unknown.and_then(|field| similar_field(word, field, collection, catalog)) {
                Some(found) => told.help(format!("did you mean `{found}`?")),
                None => told,
            };
        }
    };
    told.help(format!("write `{operator}`"))
}

/// The name most like `unknown`, which is a part of `operand`, in the collection that the parts before it lead to.
fn similar_field(operand: &str, unknown: &str, collection: &Collection, catalog: &Catalog) -> Option<String> {
    let mut here = Arc::new(collection.clone());
    let mut parts = operand.split('.').map(|part| part.split(':').next().unwrap_or(part));
    while let Some(part) = parts.next() {
        match part {
            "@collection" => {
                let name = parts.next()?;
                here = catalog.iter().find(|known| known.name.eq_ignore_ascii_case(name))?.clone();
            }
            "@request" => {
                parts.next().filter(|part| *part == "body")?;
            }
            part if part == unknown => {
                return did_you_mean(unknown, here.fields.iter().map(|field| &field.name));
            }
            part => {
                let FieldKind::Relation(relation) = &here.field(part)?.kind else { return None };
                here = catalog.by_id(&relation.collection_id)?.clone();
            }
        }
    }
    None
}

fn invalid_name(what: &str, name: &str, sentence: &str, error: &FieldError) -> Diagnostic {
    let told = |reason: &str| Diagnostic::new(code::INVALID_NAME, format!("{what}: {reason}"));
    match error.code.as_str() {
        "validation_match_invalid" => {
            let word: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            let told = told("only ASCII letters, digits and underscores are allowed");
            if word.trim_matches('_').is_empty() { told } else { told.help(format!("write for example `{word}`")) }
        }
        "validation_not_in_invalid" => told("it is reserved").help(RESERVED),
        _ => told(sentence),
    }
}

fn invalid_query(collection: &Collection, sentence: &str) -> Diagnostic {
    let told = |reason: &str| {
        Diagnostic::new(code::INVALID_QUERY, format!("the query of `{}` is not usable: {reason}", collection.name))
    };
    let CollectionKind::View { query } = &collection.kind else { return told(sentence) };
    let first = query.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
    let selects = ["select", "with"].iter().any(|word| first.eq_ignore_ascii_case(word));
    if selects || !sentence.contains(MISSING_ID) {
        return told(sentence);
    }
    told("it is no SELECT statement").suggest(first, ["SELECT"])
}

/// For a sentence that goes on after a colon; an abbreviation stays.
fn lower_first(sentence: &str) -> String {
    let mut rest = sentence.chars();
    match rest.next() {
        Some(first) if !rest.as_str().starts_with(|c: char| c.is_uppercase()) => {
            first.to_lowercase().chain(rest).collect()
        }
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_where_it_stands_alone() {
        let find = |rule: &str, word: &str| find_word(rule, &(0..rule.len()), word).map(|span| span.start);
        assert_eq!(find("author = 1 or x = 2", "or"), Some(11));
        assert_eq!(find("a = \"or\" or b", "or"), Some(9));
        assert_eq!(find("a >= 1 && b == 2", "=="), Some(12));
        assert_eq!(find("'autor = 1'", "autor"), Some(1));
        assert_eq!(find("post.autor = 1", "autor"), None);
    }
}

//! Whether one rule plainly admits more than another, told from their texts: their conditions by `&&` and `||`.
//!
//! Each rule becomes a list of alternatives, and each alternative a set of conditions that must all hold. What a condition
//! means is not asked, so rules that differ inside their conditions cannot be compared.

use std::collections::BTreeSet;

/// Conditions that must all hold.
type Alternative = BTreeSet<String>;

/// More alternatives than these are not compared.
const MOST: usize = 64;
/// Deeper parentheses are one condition.
const DEPTH: usize = 16;

/// Whether `new` admits all that `old` admits, and something else: an alternative was added, or a condition removed.
pub fn is_weaker(old: &str, new: &str) -> bool {
    let (Some(old), Some(new)) = (alternatives(old, DEPTH), alternatives(new, DEPTH)) else { return false };
    covers(&new, &old) && !covers(&old, &new)
}

/// Whether both admit the same, as far as their texts tell.
pub fn is_same(old: &str, new: &str) -> bool {
    match (alternatives(old, DEPTH), alternatives(new, DEPTH)) {
        (Some(old), Some(new)) => covers(&new, &old) && covers(&old, &new),
        _ => old == new,
    }
}

/// Whether `old` always asks who is calling, and `new` has an alternative that does not.
pub fn forgets_the_caller(old: &str, new: &str) -> bool {
    let (Some(old), Some(new)) = (alternatives(old, DEPTH), alternatives(new, DEPTH)) else { return false };
    let asks = |alternative: &Alternative| alternative.iter().any(|condition| condition.contains("@request.auth"));
    old.iter().all(asks) && !new.iter().all(asks)
}

/// Whether all that passes one of `inner` passes one of `outer`, which asks for some of its conditions.
fn covers(outer: &[Alternative], inner: &[Alternative]) -> bool {
    inner.iter().all(|inner| outer.iter().any(|outer| outer.is_subset(inner)))
}

/// The rule as alternatives; `None` when there are too many.
fn alternatives(rule: &str, depth: usize) -> Option<Vec<Alternative>> {
    let rule = bare(rule);
    let either = split(rule, "||");
    if either.len() > 1 {
        let mut all = Vec::new();
        for part in either {
            all.extend(alternatives(part, depth)?);
        }
        return (all.len() <= MOST).then_some(all);
    }
    let both = split(rule, "&&");
    if both.len() == 1 {
        let inside = rule.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|_| depth > 0);
        return match inside {
            Some(inside) if split(rule, ")").len() == 1 => alternatives(inside, depth - 1),
            _ => Some(vec![Alternative::from([condition(rule)])]),
        };
    }
    let mut all = vec![Alternative::new()];
    for part in both {
        let more = alternatives(part, depth)?;
        all = all.iter().flat_map(|one| more.iter().map(move |other| one | other)).collect();
        if all.len() > MOST {
            return None;
        }
    }
    Some(all)
}

/// Without white space and comments around it.
fn bare(rule: &str) -> &str {
    let mut rule = rule.trim();
    while let Some(comment) = rule.strip_prefix("//") {
        rule = comment.split_once('\n').map_or("", |(_, rest)| rest).trim();
    }
    rule
}

/// The parts between separators that stand outside of quotes and parentheses.
fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for at in outside(text) {
        if at >= start && text[at..].starts_with(separator) {
            parts.push(&text[start..at]);
            start = at + separator.len();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Where the text is outside of quotes and parentheses. A parenthesis that ends the text counts as inside.
fn outside(text: &str) -> impl Iterator<Item = usize> {
    let (mut quote, mut escaped, mut depth) = (None, false, 0_usize);
    text.char_indices().filter_map(move |(at, c)| {
        match quote {
            Some(open) => {
                quote = (c != open || escaped).then_some(open);
                escaped = c == '\\' && !escaped;
                return None;
            }
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == '(' => depth += 1,
            None if c == ')' => {
                depth = depth.saturating_sub(1);
                return (depth == 0 && at + 1 < text.len()).then_some(at);
            }
            None => {}
        }
        (depth == 0 && quote.is_none()).then_some(at)
    })
}

/// A condition without its white space, the sides of an equation in order.
fn condition(text: &str) -> String {
    for operator in ["!=", "="] {
        let parts = split(text, operator);
        let compared = parts.len() == 2 && !parts[0].ends_with(['<', '>', '?', '!']);
        if let ([left, right], true) = (parts.as_slice(), compared) {
            let (left, right) = (words(left), words(right));
            let (first, second) = if left <= right { (left, right) } else { (right, left) };
            return format!("{first}{operator}{second}");
        }
    }
    words(text)
}

/// Without the white space outside of quotes; texts in one kind of quotes.
fn words(text: &str) -> String {
    let text = text.trim();
    let quoted = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    if quoted('\'') && !text.contains('"') {
        return format!("\"{}\"", &text[1..text.len() - 1]);
    }
    if quoted('"') {
        return text.to_owned();
    }
    let mut quote = None;
    let kept = text.chars().filter(|c| {
        match quote {
            Some(open) if *c == open => quote = None,
            None if matches!(c, '\'' | '"') => quote = Some(*c),
            _ => {}
        }
        quote.is_some() || !c.is_whitespace()
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alternative_more_or_a_condition_less_is_weaker() {
        for (old, new) in [
            ("a = 1", "a = 1 || b = 2"),
            ("a = 1 && b = 2", "b = 2"),
            ("a = 1 && (b = 2 || c = 3)", "a = 1"),
            ("(a = 1 && b = 2) || c = 3", "a = 1 || c = 3"),
            ("a = 1", "id != '' || (a = 1)"),
            ("a = 'x || y'", "a = \"x || y\" || b ?= 1"),
        ] {
            assert!(is_weaker(old, new), "{old} -> {new}");
            assert!(!is_weaker(new, old), "{new} -> {old}");
        }
    }

    #[test]
    fn another_order_or_spelling_is_not() {
        for (old, new) in [
            ("a = 1 && b = 2", "b=2&&a=1"),
            ("a = 1 || b = 2", "(b = 2) || ((a = 1))"),
            ("a = @request.auth.id", "@request.auth.id = a"),
            ("a = 'x'", "a  =  \"x\""),
            ("a = 1 && (b = 2 || c = 3)", "(a = 1 && c = 3) || (b = 2 && a = 1)"),
            ("(a = 1) && (b = 2)", "a = 1 && b = 2"),
            ("a = ' ) || '", "a = ' ) || '"),
            ("f(a, (b)) > 1", "f(a, (b)) > 1"),
        ] {
            assert!(!is_weaker(old, new), "{old} -> {new}");
            assert!(!is_weaker(new, old), "{new} -> {old}");
        }
        // Neither admits all of the other.
        assert!(!is_weaker("a = 1", "b = 2"));
        assert!(!is_weaker("a > 1", "a >= 1"));
    }

    #[test]
    fn a_rule_that_asks_for_nobody_is_noticed() {
        assert!(forgets_the_caller("id = @request.auth.id", "id != \"\""));
        assert!(forgets_the_caller("id = @request.auth.id", "id = @request.auth.id || a = 1"));
        assert!(!forgets_the_caller("id = @request.auth.id", "@request.auth.verified = true"));
        assert!(!forgets_the_caller("a = 1", "b = 1"));
        assert!(!forgets_the_caller("a = 1 || id = @request.auth.id", "b = 1"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_compared_with_itself(text in "[ab='\"()|& \\\\é]{0,40}") {
            proptest::prop_assert!(!is_weaker(&text, &text));
        }
    }
}

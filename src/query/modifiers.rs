//! `field:modifier` (spec 02 §3.3).

use super::error::quoted;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modifier {
    Lower,
    Length,
    Each,
    IsSet,
    Changed,
}

impl Modifier {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "lower" => Self::Lower,
            "length" => Self::Length,
            "each" => Self::Each,
            "isset" => Self::IsSet,
            "changed" => Self::Changed,
            _ => return None,
        })
    }
}

/// The name and the modifier of a segment. With more than one colon the whole is a name, though no field has it.
pub(super) fn split_modifier(segment: &str) -> Result<(&str, Option<Modifier>), String> {
    match segment.split_once(':') {
        Some((name, modifier)) if !modifier.contains(':') => match Modifier::named(modifier) {
            Some(modifier) => Ok((name, Some(modifier))),
            None => Err(format!("unknown modifier in {}", quoted(segment))),
        },
        _ => Ok((segment, None)),
    }
}

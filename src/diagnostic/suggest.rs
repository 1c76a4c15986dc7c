//! "Did you mean …".

/// The most similar of the known words, when one is similar enough to be worth naming.
pub fn did_you_mean(wanted: &str, known: impl IntoIterator<Item = impl AsRef<str>>) -> Option<String> {
    suggestions(wanted, known).into_iter().next()
}

/// Up to three similar words, best first.
pub fn suggestions(wanted: &str, known: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    const SIMILAR: f64 = 0.7;
    const SHOWN: usize = 3;
    let wanted = wanted.to_lowercase();
    let mut scored: Vec<(f64, String)> = known
        .into_iter()
        .map(|word| {
            let lower = word.as_ref().to_lowercase();
            let edit = strsim::normalized_damerau_levenshtein(&wanted, &lower);
            let score = edit.max(strsim::jaro_winkler(&wanted, &lower) - 0.1);
            (score, word.as_ref().to_owned())
        })
        .filter(|(score, _)| *score >= SIMILAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored.into_iter().take(SHOWN).map(|(_, word)| word).collect()
}

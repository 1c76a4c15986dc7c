//! Collections of a database as schema files say them: without secrets, and without white space that says nothing.

use crate::schema::yaml::is_placeholder;
use crate::schema::{Collection, CollectionKind};

/// Puts `${env:NAME}` where secrets are, or where an export left them out: the name that the migrations have, else one
/// from the collection and provider. Returns the new names too.
pub(super) fn without_secrets(mut live: Vec<Collection>, state: &[Collection]) -> (Vec<Collection>, Vec<String>) {
    let mut names = Vec::new();
    for collection in &mut live {
        let former = state.iter().find(|former| former.id == collection.id).cloned();
        let upper = |text: &str| text.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let collection_name = upper(&collection.name);
        let Some(options) = collection.auth_mut() else { continue };
        for provider in &mut options.oauth2.providers {
            if is_placeholder(&provider.client_secret) {
                continue;
            }
            let known = former.as_ref().and_then(|former| former.auth()).and_then(|former| {
                let same = former.oauth2.providers.iter().find(|other| other.name == provider.name)?;
                is_placeholder(&same.client_secret).then(|| same.client_secret.clone())
            });
            provider.client_secret = known.unwrap_or_else(|| {
                let name = format!("{collection_name}_{}_SECRET", upper(&provider.name));
                names.push(name.clone());
                format!("${{env:{name}}}")
            });
        }
    }
    (live.into_iter().map(tidy).collect(), names)
}

/// White space around rules and queries says nothing, and YAML does not keep it.
pub(super) fn tidy(mut collection: Collection) -> Collection {
    let trim = |rule: &mut Option<String>| {
        if let Some(rule) = rule {
            *rule = rule.trim().to_owned();
        }
    };
    let rules = &mut collection.rules;
    [&mut rules.list, &mut rules.view, &mut rules.create, &mut rules.update, &mut rules.delete]
        .into_iter()
        .for_each(trim);
    match &mut collection.kind {
        CollectionKind::Auth(options) => [&mut options.auth_rule, &mut options.manage_rule].into_iter().for_each(trim),
        CollectionKind::View { query } => *query = query.trim().to_owned(),
        CollectionKind::Base => {}
    }
    for index in &mut collection.indexes {
        *index = index.trim().trim_end_matches(';').to_owned();
    }
    collection
}

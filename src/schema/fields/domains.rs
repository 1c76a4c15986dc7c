//! The domain lists of `email` and `url`.

use crate::schema::errors::FieldError;

/// Whether a domain passes an allow list or a deny list; both empty allow all. The comparison is case-sensitive.
pub fn domain_allowed(domain: &str, only: &[String], except: &[String]) -> bool {
    let listed = |list: &[String]| list.iter().any(|entry| entry == domain);
    (only.is_empty() || listed(only)) && !listed(except)
}

/// Whether a domain that passed the former lists, allowed and denied, no longer does.
pub fn domains_narrow(former: (&[String], &[String]), now: (&[String], &[String])) -> bool {
    let lacks = |list: &[String], wanted: &[String]| wanted.iter().any(|entry| !list.contains(entry));
    let fewer_allowed = !now.0.is_empty() && (former.0.is_empty() || lacks(now.0, former.0));
    fewer_allowed || lacks(former.1, now.1)
}

/// The two lists exclude each other and hold domain names; empty entries pass.
pub fn check_domain_lists(only: &[String], except: &[String], errors: &mut Vec<(String, FieldError)>) {
    if !only.is_empty() && !except.is_empty() {
        errors.push(("onlyDomains".into(), FieldError::empty()));
        errors.push(("exceptDomains".into(), FieldError::empty()));
        return;
    }
    for (name, list) in [("onlyDomains", only), ("exceptDomains", except)] {
        for (at, entry) in list.iter().enumerate().filter(|(_, entry)| !entry.is_empty() && !is_domain(entry)) {
            let _ = entry;
            let error = FieldError::new("validation_is_domain", "Must be a valid domain.");
            errors.push((format!("{name}.{at}"), error));
        }
    }
}

fn is_domain(text: &str) -> bool {
    let mut labels: Vec<&str> = text.split('.').collect();
    let Some(top) = labels.pop().filter(|_| !labels.is_empty()) else { return false };
    let inner = |label: &str| {
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && bytes[0].is_ascii_alphanumeric()
            && (bytes.len() == 1
                || bytes[bytes.len() - 1].is_ascii_lowercase()
                || bytes[bytes.len() - 1].is_ascii_digit())
    };
    labels.into_iter().all(inner) && (1..=63).contains(&top.len()) && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

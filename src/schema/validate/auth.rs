//! Options of auth collections (spec 01 §2.5): their own checks first, then those that compare several of them.

use super::rule_error;
use crate::schema::fields::is_url;
use crate::schema::index::Index;
use crate::schema::options::{AuthOptions, EmailTemplate, OAuth2};
use crate::schema::{Collection, ErrorTree, FieldError};

const MIN_DURATION: i64 = 10;
/// About three years, in seconds.
const MAX_TOKEN_DURATION: i64 = 94_670_856;
const MAX_LOGIN_DURATION: i64 = 86_400;

/// The OAuth2 providers that exist.
pub const PROVIDERS: &[&str] = &[
    "apple",
    "bitbucket",
    "box",
    "discord",
    "facebook",
    "gitea",
    "gitee",
    "github",
    "gitlab",
    "google",
    "instagram2",
    "kakao",
    "lark",
    "linear",
    "livechat",
    "mailcow",
    "microsoft",
    "monday",
    "notion",
    "oidc",
    "oidc2",
    "oidc3",
    "patreon",
    "planningcenter",
    "spotify",
    "strava",
    "trakt",
    "twitch",
    "twitter",
    "vk",
    "wakatime",
    "yandex",
];

pub fn check(
    old: Option<&Collection>,
    new: &Collection,
    options: &AuthOptions,
    check_rule: &dyn Fn(&str) -> Result<(), String>,
    errors: &mut ErrorTree,
) {
    let fixed = old.filter(|old| old.system).and_then(|old| old.auth());
    if let Some(error) = rule_error(options.auth_rule.as_deref(), check_rule) {
        errors.insert("authRule", error);
    } else if fixed.is_some_and(|old| old.auth_rule != options.auth_rule) {
        errors.insert("authRule", super::system_rule_change());
    }
    if options.manage_rule.as_deref() == Some("") {
        errors.insert("manageRule", FieldError::new("validation_nil_or_not_empty_required", "Cannot be blank."));
    } else if let Some(error) = rule_error(options.manage_rule.as_deref(), check_rule) {
        errors.insert("manageRule", error);
    } else if fixed.is_some_and(|old| old.manage_rule != options.manage_rule) {
        errors.insert("manageRule", super::system_rule_change());
    }
    let mut own = Vec::new();
    check_options(options, &mut own);
    if own.is_empty() && !errors.contains("authRule") && !errors.contains("manageRule") {
        check_together(new, options, check_rule, &mut own);
    }
    for (path, error) in own {
        errors.insert(&path, error);
    }
}

type Errors = Vec<(String, FieldError)>;

fn check_options(options: &AuthOptions, errors: &mut Errors) {
    check_template("authAlert.emailTemplate", &options.auth_alert.email_template, errors);
    check_template("otp.emailTemplate", &options.otp.email_template, errors);
    check_template("verificationTemplate", &options.verification_template, errors);
    check_template("resetPasswordTemplate", &options.reset_password_template, errors);
    check_template("confirmEmailChangeTemplate", &options.confirm_email_change_template, errors);
    if options.oauth2.enabled {
        check_providers(&options.oauth2, errors);
    }
    if options.password_auth.enabled && options.password_auth.identity_fields.iter().all(String::is_empty) {
        errors.push(("passwordAuth.identityFields".into(), FieldError::required()));
    }
    if options.mfa.enabled {
        check_number("mfa.duration", options.mfa.duration, MIN_DURATION, MAX_LOGIN_DURATION, errors);
    }
    if options.otp.enabled {
        check_number("otp.duration", options.otp.duration, MIN_DURATION, MAX_LOGIN_DURATION, errors);
        check_number("otp.length", options.otp.length, 4, i64::MAX, errors);
    }
    let tokens = [
        ("authToken", &options.auth_token),
        ("passwordResetToken", &options.password_reset_token),
        ("emailChangeToken", &options.email_change_token),
        ("verificationToken", &options.verification_token),
        ("fileToken", &options.file_token),
    ];
    for (name, token) in tokens {
        if token.secret.is_empty() {
            errors.push((format!("{name}.secret"), FieldError::required()));
        } else if !token.secret.starts_with("${env:") && !(30..=255).contains(&token.secret.len()) {
            errors.push((format!("{name}.secret"), FieldError::length_out_of_range(30, 255)));
        }
        check_number(&format!("{name}.duration"), token.duration, MIN_DURATION, MAX_TOKEN_DURATION, errors);
    }
}

fn check_template(path: &str, template: &EmailTemplate, errors: &mut Errors) {
    for (name, text) in [("subject", &template.subject), ("body", &template.body)] {
        if text.is_empty() {
            errors.push((format!("{path}.{name}"), FieldError::required()));
        }
    }
}

fn check_number(path: &str, value: i64, min: i64, max: i64, errors: &mut Errors) {
    if value == 0 {
        errors.push((path.to_owned(), FieldError::required()));
    } else if value < min {
        errors.push((path.to_owned(), FieldError::min_threshold(min)));
    } else if value > max {
        errors.push((path.to_owned(), FieldError::max_threshold(max)));
    }
}

fn check_providers(oauth2: &OAuth2, errors: &mut Errors) {
    // A duplicate hides every other error of the list.
    for (at, provider) in oauth2.providers.iter().enumerate().filter(|(_, provider)| !provider.name.is_empty()) {
        if oauth2.providers[..at].iter().any(|other| other.name == provider.name) {
            let message = format!("The provider {} is already registered.", provider.name);
            let error = FieldError::new("validation_duplicated_provider", message).with("name", provider.name.as_str());
            return errors.push((format!("oauth2.providers.{at}.name"), error));
        }
    }
    for (at, provider) in oauth2.providers.iter().enumerate() {
        let path = |name: &str| format!("oauth2.providers.{at}.{name}");
        if provider.name.is_empty() {
            errors.push((path("name"), FieldError::required()));
        } else if !PROVIDERS.contains(&provider.name.as_str()) {
            let message = format!("Invalid or missing provider with name {}.", provider.name);
            let error = FieldError::new("validation_missing_provider", message).with("name", provider.name.as_str());
            errors.push((path("name"), error));
        }
        for (name, value) in [("clientId", &provider.client_id), ("clientSecret", &provider.client_secret)] {
            if value.is_empty() {
                errors.push((path(name), FieldError::required()));
            }
        }
        let urls = [
            ("authURL", &provider.auth_url),
            ("tokenURL", &provider.token_url),
            ("userInfoURL", &provider.user_info_url),
        ];
        for (name, _) in urls.into_iter().filter(|(_, url)| !url.is_empty() && !is_url(url)) {
            errors.push((path(name), FieldError::new("validation_is_url", "Must be a valid URL.")));
        }
    }
}

fn check_together(
    new: &Collection,
    options: &AuthOptions,
    check_rule: &dyn Fn(&str) -> Result<(), String>,
    errors: &mut Errors,
) {
    if options.mfa.enabled {
        let methods = [options.password_auth.enabled, options.oauth2.enabled, options.otp.enabled];
        if methods.into_iter().filter(|enabled| *enabled).count() < 2 {
            let message = "MFA requires at least 2 auth methods to be enabled.";
            return errors.push(("mfa.enabled".into(), FieldError::new("validation_mfa_not_enough_auths", message)));
        }
        if let Some(error) = rule_error(Some(&options.mfa.rule), check_rule) {
            return errors.push(("mfa.rule".into(), error));
        }
    }
    if !options.password_auth.enabled {
        return;
    }
    let indexes: Vec<Index> = new.indexes.iter().filter_map(|text| Index::parse(text)).collect();
    let path = "passwordAuth.identityFields".to_owned();
    for name in &options.password_auth.identity_fields {
        if new.field(name).is_none() {
            let message = format!("{}.", format!("Invalid or missing field {name}").trim_end());
            let error = FieldError::new("validation_missing_field", message).with("fieldName", name.as_str());
            return errors.push((path, error));
        }
        if !indexes.iter().any(|index| index.is_unique_on(name)) {
            let message = format!("The field {name} doesn't have a UNIQUE constraint.");
            let error =
                FieldError::new("validation_missing_unique_constraint", message).with("fieldName", name.as_str());
            return errors.push((path, error));
        }
    }
}

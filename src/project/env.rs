//! `PBR_*` environment variables that go over `pbr.yaml`.

use super::Config;
use crate::diagnostic::{Diagnostic, code};

/// Variables and the key of `pbr.yaml` that each sets.
pub const ENV_KEYS: &[(&str, &str)] = &[
    ("PBR_NAME", "name"),
    ("PBR_ENVIRONMENT", "environment"),
    ("PBR_DIR", "dirs.data"),
    ("PBR_SCHEMA_DIR", "dirs.schema"),
    ("PBR_MIGRATIONS_DIR", "dirs.migrations"),
    ("PBR_SEEDS_DIR", "dirs.seeds"),
    ("PBR_HOOKS_DIR", "dirs.hooks"),
    ("PBR_PUBLIC_DIR", "dirs.public"),
    ("PBR_HTTP", "server.http"),
    ("PBR_HTTPS", "server.https"),
    ("PBR_ORIGINS", "server.origins"),
    ("PBR_TLS_CERT", "server.tls.certificate"),
    ("PBR_TLS_KEY", "server.tls.key"),
    ("PBR_LOG_FORMAT", "server.logFormat"),
    ("PBR_PASSWORD_HASH", "passwordHash"),
    ("PBR_SCHEMA_EDITS", "schemaEdits"),
];

fn set(config: &mut Config, key: &str, value: &str) -> Result<(), String> {
    match key {
        "name" => config.name = Some(value.to_owned()),
        "environment" => config.environment = value.parse()?,
        "dirs.data" => config.dirs.data = value.into(),
        "dirs.schema" => config.dirs.schema = value.into(),
        "dirs.migrations" => config.dirs.migrations = value.into(),
        "dirs.seeds" => config.dirs.seeds = value.into(),
        "dirs.hooks" => config.dirs.hooks = value.into(),
        "dirs.public" => config.dirs.public = value.into(),
        "passwordHash" => config.password_hash = Some(value.parse()?),
        "schemaEdits" => config.schema_edits = Some(value.parse()?),
        other => {
            let name = other.strip_prefix("server.").unwrap_or(other);
            assert!(config.server.set(name, value)?, "{other} is not a key of the table above");
        }
    }
    Ok(())
}

/// Sets what the environment has; an empty variable counts as absent.
pub fn overlay(config: &mut Config, env: &dyn Fn(&str) -> Option<String>) -> Result<(), Box<Diagnostic>> {
    for (variable, key) in ENV_KEYS {
        let Some(value) = env(variable).filter(|value| !value.is_empty()) else { continue };
        set(config, key, &value).map_err(|reason| {
            Diagnostic::new(code::CONFIG_INVALID, format!("{variable}={value} is not valid: {reason}"))
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Environment;

    #[test]
    fn the_environment_goes_over_the_file() {
        let mut config = Config::parse("pbr.yaml", "environment: development\nserver: { http: 'a:1' }\n").unwrap();
        let env = |name: &str| match name {
            "PBR_ENVIRONMENT" => Some("production".to_owned()),
            "PBR_HTTP" => Some(String::new()),
            _ => None,
        };
        overlay(&mut config, &env).unwrap();
        assert_eq!(config.environment, Environment::Production);
        assert_eq!(config.server.http.as_deref(), Some("a:1"));
        assert!(overlay(&mut config, &|_| Some("nonsense".into())).is_err());
        // Every key of the table is one that can be set.
        for (_, key) in ENV_KEYS {
            let _ = set(&mut config, key, "bcrypt");
        }
    }
}

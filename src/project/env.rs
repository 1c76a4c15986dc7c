//! `PBR_*` environment variables that go over `pbr.yaml`.

use super::Config;
use crate::diagnostic::{Diagnostic, code};

/// A variable and the key of `pbr.yaml` that it sets.
pub struct EnvKey {
    pub variable: &'static str,
    pub key: &'static str,
    set: fn(&mut Config, &str) -> Result<(), String>,
}

/// All variables, in the order of the keys.
pub const ENV_KEYS: &[EnvKey] = &[
    EnvKey { variable: "PBR_NAME", key: "name", set: |config, value| Ok(config.name = Some(value.to_owned())) },
    EnvKey {
        variable: "PBR_ENVIRONMENT",
        key: "environment",
        set: |config, value| Ok(config.environment = value.parse()?),
    },
    EnvKey { variable: "PBR_DIR", key: "dirs.data", set: |config, value| Ok(config.dirs.data = value.into()) },
    EnvKey {
        variable: "PBR_SCHEMA_DIR",
        key: "dirs.schema",
        set: |config, value| Ok(config.dirs.schema = value.into()),
    },
    EnvKey {
        variable: "PBR_MIGRATIONS_DIR",
        key: "dirs.migrations",
        set: |config, value| Ok(config.dirs.migrations = value.into()),
    },
    EnvKey { variable: "PBR_SEEDS_DIR", key: "dirs.seeds", set: |config, value| Ok(config.dirs.seeds = value.into()) },
    EnvKey { variable: "PBR_HOOKS_DIR", key: "dirs.hooks", set: |config, value| Ok(config.dirs.hooks = value.into()) },
    EnvKey {
        variable: "PBR_PUBLIC_DIR",
        key: "dirs.public",
        set: |config, value| Ok(config.dirs.public = value.into()),
    },
    EnvKey {
        variable: "PBR_HTTP",
        key: "server.http",
        set: |config, value| Ok(config.server.http = Some(value.to_owned())),
    },
    EnvKey {
        variable: "PBR_HTTPS",
        key: "server.https",
        set: |config, value| Ok(config.server.https = Some(value.to_owned())),
    },
    EnvKey {
        variable: "PBR_ORIGINS",
        key: "server.origins",
        set: |config, value| {
            Ok(config.server.origins = value.split(',').map(|origin| origin.trim().to_owned()).collect())
        },
    },
    EnvKey {
        variable: "PBR_PASSWORD_HASH",
        key: "passwordHash",
        set: |config, value| Ok(config.password_hash = Some(value.parse()?)),
    },
    EnvKey {
        variable: "PBR_SCHEMA_EDITS",
        key: "schemaEdits",
        set: |config, value| Ok(config.schema_edits = Some(value.parse()?)),
    },
];

/// Sets what the environment has; an empty variable counts as absent.
pub fn overlay(config: &mut Config, env: &dyn Fn(&str) -> Option<String>) -> Result<(), Diagnostic> {
    for key in ENV_KEYS {
        let Some(value) = env(key.variable).filter(|value| !value.is_empty()) else { continue };
        (key.set)(config, &value).map_err(|reason| {
            Diagnostic::new(code::CONFIG_INVALID, format!("{}={value} is not valid: {reason}", key.variable))
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
    }
}

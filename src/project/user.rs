//! The file of a user: what holds in every project unless the project, the environment or a flag says otherwise.

use super::config::words;
use crate::diagnostic::{Diagnostic, Source, code};
use crate::schema::yaml::node::{self, Node, Value};
use crate::schema::yaml::reader::Reader;
use std::path::PathBuf;
use std::sync::Arc;

words! {
    /// When to use colours.
    Colour { Auto = "auto", Always = "always", Never = "never" }
}

/// Every key of the file, and the variable that goes over it.
pub const USER_KEYS: &[(&str, &str)] =
    &[("color", "PBR_COLOR"), ("noInput", "PBR_NO_INPUT"), ("server.http", "PBR_HTTP")];

/// What a user prefers: the file, with `PBR_COLOR` and `PBR_NO_INPUT` over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserConfig {
    file: Keys,
    environment: Keys,
    /// The file as it was read, to tell where a value comes from.
    source: Option<(Arc<Source>, Node)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Keys {
    color: Option<Colour>,
    no_input: Option<bool>,
    http: Option<String>,
}

impl UserConfig {
    /// Reads the file, where there is one, and the variables. An empty variable counts as absent.
    ///
    /// # Errors
    /// Every error, with its place; a file that cannot be read.
    pub fn load(env: &dyn Fn(&str) -> Option<String>) -> Result<Self, Vec<Diagnostic>> {
        let mut user = match path(std::env::consts::OS, env) {
            Some(path) => match std::fs::read_to_string(&path) {
                Ok(text) => Self::parse(&path.display().to_string(), &text)?,
                Err(error) if is_absent(&error) => Self::default(),
                Err(error) => {
                    let message = format!("cannot read {}: {error}", path.display());
                    return Err(vec![Diagnostic::new(code::CONFIG_UNREADABLE, message)]);
                }
            },
            None => Self::default(),
        };
        user.environment = environment(env).map_err(|error| vec![*error])?;
        Ok(user)
    }

    fn parse(path: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let source = Source::new(path, text.trim_start_matches('\u{feff}'));
        let mut errors = Vec::new();
        let mut user = Self::default();
        if let Some(root) = node::parse(&source, &mut errors).filter(|root| root.value != Value::Null) {
            let mut reader = Reader::new(&source);
            reader.user(&mut user.file, &root);
            errors.append(&mut reader.errors);
            user.source = Some((source, root));
        }
        if errors.is_empty() { Ok(user) } else { Err(errors) }
    }

    pub fn color(&self) -> Option<Colour> {
        self.environment.color.or(self.file.color)
    }

    pub fn no_input(&self) -> Option<bool> {
        self.environment.no_input.or(self.file.no_input)
    }

    /// Address of plain HTTP where neither the environment nor the project has one.
    pub fn http(&self) -> Option<String> {
        self.file.http.clone()
    }

    /// The file with the parsed text, where a key could stand.
    pub fn source(&self) -> Option<(&Arc<Source>, &Node)> {
        self.source.as_ref().map(|(source, root)| (source, root))
    }
}

impl Reader<'_> {
    fn user(&mut self, keys: &mut Keys, root: &Node) {
        for entry in self.map("the file", root) {
            match entry.key.as_str() {
                "color" => self.word(entry, |word| word.parse().map(|word| keys.color = Some(word))),
                "noInput" => keys.no_input = self.flag("noInput", &entry.value),
                "server" => {
                    for entry in self.map("server", &entry.value) {
                        match entry.key.as_str() {
                            "http" => keys.http = self.text("http", &entry.value).map(str::to_owned),
                            _ => self.unknown_key(entry, "`server` of a user's file", &["http"]),
                        }
                    }
                }
                _ => self.unknown_key(entry, "a user's file", &["color", "noInput", "server"]),
            }
        }
    }
}

fn environment(env: &dyn Fn(&str) -> Option<String>) -> Result<Keys, Box<Diagnostic>> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let invalid = |name: &str, value: &str, reason: String| {
        Box::new(Diagnostic::new(code::CONFIG_INVALID, format!("{name}={value} is not valid: {reason}")))
    };
    let color = set("PBR_COLOR").map(|value| value.parse().map_err(|reason| invalid("PBR_COLOR", &value, reason)));
    let no_input = set("PBR_NO_INPUT").map(|value| match value.as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(invalid("PBR_NO_INPUT", &value, "use true or false".to_owned())),
    });
    Ok(Keys { color: color.transpose()?, no_input: no_input.transpose()?, http: None })
}

/// No such file, something on the way to it that is no folder, or a home that is somebody else's: who runs pbr as another
/// user often keeps the variables of his own.
fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied)
}

/// Where the file of the user lies on a system, if it says where the home of a user is.
fn path(system: &str, env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let folder = |name: &str| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = match system {
        "windows" => env("APPDATA").filter(|value| !value.is_empty()).map(PathBuf::from),
        "macos" => folder("HOME").map(|home| home.join("Library/Application Support")),
        // A relative path counts as absent there.
        _ => folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config"))),
    };
    Some(base?.join("pbr").join("config.yaml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_place() {
        let env = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let both = env(&[("HOME", "/h/a"), ("XDG_CONFIG_HOME", "/x"), ("APPDATA", "C:\\A")]);
        assert_eq!(path("linux", &both), Some("/x/pbr/config.yaml".into()));
        assert_eq!(path("macos", &both), Some("/h/a/Library/Application Support/pbr/config.yaml".into()));
        assert!(path("windows", &both).is_some_and(|path| path.to_string_lossy().starts_with("C:\\A")));
        for relative in ["", "relative"] {
            let env = |name: &str| if name == "XDG_CONFIG_HOME" { Some(relative.to_owned()) } else { both(name) };
            assert_eq!(path("linux", &env), Some("/h/a/.config/pbr/config.yaml".into()));
        }
        assert_eq!(path("linux", &|_| None), None);
    }

    #[test]
    fn every_key_is_read_and_mistakes_have_a_place() {
        let user = UserConfig::parse("config.yaml", "color: never\nnoInput: true\nserver: { http: 'a:1' }\n").unwrap();
        let expected = Keys { color: Some(Colour::Never), no_input: Some(true), http: Some("a:1".into()) };
        assert_eq!(user.file, expected);
        let text = "colour: never\ncolor: blue\nnoInput: 7\nserver: { https: b }\n";
        let errors = UserConfig::parse("config.yaml", text).unwrap_err();
        insta::assert_snapshot!(errors.iter().map(|error| error.render(false)).collect::<Vec<_>>().join("\n\n"));
    }
}

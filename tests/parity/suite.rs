//! What a suite file says.

use indexmap::IndexMap;
use serde::Deserialize;

/// A data directory and the requests to compare on it.
///
/// Texts may hold `${name}`, a value that an earlier answer had (the id of a collection is saved under its name), and
/// `$repeat(COUNT,TEXT)`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// One JSON object a line, as `POST /api/collections` takes it. Without rules everything is public; a short `id` and
    /// the autodates `created` and `updated` are added.
    #[serde(default)]
    pub collections: String,
    /// Starts a stand-in for OAuth2 providers, whose address is `${provider}`.
    #[serde(default)]
    pub provider: bool,
    /// Files in `pb_public`: path and content, `⏎` is a line break. All were changed at the start of 2024.
    #[serde(default)]
    pub public: IndexMap<String, String>,
    /// Requests that change what the lines above made.
    #[serde(default)]
    pub setup: Vec<Case>,
    /// One record a line: the collection and JSON.
    #[serde(default)]
    pub records: String,
    /// Callers by label: collection, identity and password.
    #[serde(default)]
    pub logins: IndexMap<String, String>,
    /// Tokens by name, as [`super::tokens::token`] reads them; cases write `${name}`.
    #[serde(default)]
    pub tokens: IndexMap<String, String>,
    /// A collection for each rule, each with its own cases.
    #[serde(default)]
    pub rules: Option<Rules>,
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// A table of rules and what each lets through.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// The collection as JSON; `$name` is its name, `$rule` the rule as a JSON text.
    pub collection: String,
    /// Its record as JSON.
    pub record: String,
    pub send: String,
    /// JSON bodies that guests try on every rule, one a line.
    pub bodies: String,
    pub table: Vec<RuleCases>,
}

/// `$name` in the rule is the collection.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCases {
    pub rule: String,
    /// More requests; `send` defaults to the one of the table.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// One request, or several that differ in a value.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Case {
    /// Defaults to what is sent.
    pub name: String,
    /// Who asks: `guest`, `superuser` or labels of `logins`; one request each.
    #[serde(rename = "as")]
    pub callers: String,
    /// Method and path.
    pub send: String,
    /// Values for `$it` in all texts, one a line; `⏎` is a line break. One request each.
    #[serde(rename = "with")]
    pub values: Option<String>,
    pub query: IndexMap<String, String>,
    pub headers: IndexMap<String, String>,
    /// Bodies: JSON text, form text, multipart lines (`name=text` or `name@file.txt=content`), or any text.
    pub json: Option<String>,
    pub form: Option<String>,
    pub multipart: Option<String>,
    pub body: Option<String>,
    /// A body of any bytes, in base64.
    pub bytes: Option<String>,
    /// Values of the answer to keep: path in it and name, for example `record.id: user`.
    pub save: IndexMap<String, String>,
    /// The order of the keys does not count, because PocketBase shuffles them.
    pub unordered: bool,
}

impl Suite {
    /// Reads a suite file.
    ///
    /// # Errors
    /// It is no YAML, has unknown keys or names a case twice.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_yaml::from_str(text).map_err(|error| error.to_string())
    }

    /// All requests, each with a name of its own.
    pub fn requests(&self) -> Vec<Case> {
        let of_rules = self.rules.iter().flat_map(Rules::cases);
        let requests: Vec<Case> = of_rules.chain(self.cases.clone()).flat_map(|case| case.expand()).collect();
        let mut names: Vec<_> = requests.iter().map(|case| &case.name).collect();
        names.sort();
        for pair in names.windows(2) {
            assert_ne!(pair[0], pair[1], "two cases of one name");
        }
        requests
    }
}

impl Rules {
    /// The collections: name and rule.
    pub fn collections(&self) -> impl Iterator<Item = (String, String)> {
        self.table.iter().enumerate().map(|(at, entry)| {
            let name = format!("rule{at}");
            let rule = entry.rule.replace("$name", &name);
            (name, rule)
        })
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for ((name, _), entry) in self.collections().zip(&self.table) {
            let bodies = self.bodies.lines().map(|body| Case { json: Some(body.to_owned()), ..Case::default() });
            for mut case in bodies.chain(entry.cases.clone()) {
                let body = case.json.as_ref().or(case.multipart.as_ref());
                let what = if case.name.is_empty() { body.cloned().unwrap_or_default() } else { case.name.clone() };
                case.name = format!("{} with {}", entry.rule, what);
                let send = if case.send.is_empty() { &self.send } else { &case.send };
                case.send = send.replace("$name", &name);
                cases.push(case);
            }
        }
        cases
    }
}

impl Case {
    fn expand(&self) -> Vec<Case> {
        let callers: Vec<&str> = self.callers.split_whitespace().collect();
        let callers = if callers.is_empty() { vec!["guest"] } else { callers };
        let values: Vec<Option<&str>> =
            self.values.as_ref().map_or_else(|| vec![None], |lines| lines.lines().map(Some).collect());
        let mut cases = Vec::new();
        for value in values {
            for caller in &callers {
                let mut case = self.clone();
                if case.name.is_empty() {
                    case.name.clone_from(&case.send);
                }
                if let Some(value) = value {
                    case.name = format!("{}: {value}", case.name);
                    let value = value.replace('⏎', "\n");
                    case.edit(|text| text.replace("$it", &value));
                }
                if callers.len() > 1 {
                    case.name = format!("{} ({caller})", case.name);
                }
                case.callers = (*caller).to_owned();
                cases.push(case);
            }
        }
        cases
    }

    /// Changes all texts of the request.
    pub fn edit(&mut self, change: impl Fn(&str) -> String) {
        let bodies = [&mut self.json, &mut self.form, &mut self.multipart, &mut self.body];
        let bodies = bodies.into_iter().flatten();
        let maps = self.query.values_mut().chain(self.headers.values_mut());
        for text in bodies.chain(maps).chain([&mut self.send]) {
            *text = change(text);
        }
    }
}

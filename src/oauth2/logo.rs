//! How providers are shown: their list in the dashboard (spec 01 §4.7) and their logos.

use super::Provider;
use serde::Serialize;

impl Provider {
    /// The initial on the provider's colour: pbr ships nobody's trademark.
    pub fn logo(&self) -> String {
        let initial: String = self.display_name.chars().take(1).flat_map(char::to_uppercase).collect();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"20\" height=\"20\" viewBox=\"0 0 24 24\">\
             <rect width=\"24\" height=\"24\" rx=\"6\" fill=\"{}\"/>\
             <text x=\"12\" y=\"17\" fill=\"#fff\" font-family=\"sans-serif\" font-size=\"14\" font-weight=\"700\" \
             text-anchor=\"middle\">{initial}</text></svg>",
            self.colour
        )
    }

    /// The form of the API.
    pub fn listed(&self) -> Listed {
        Listed { name: self.name, display_name: self.display_name, logo: self.logo() }
    }
}

/// A provider with its logo as SVG.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    name: &'static str,
    display_name: &'static str,
    logo: String,
}

//! The catalogue of OAuth2 providers for the dashboard (spec 01 §4.7), in PocketBase's order.

use serde::Serialize;

/// A provider and how it is shown.
pub struct Provider {
    pub name: &'static str,
    pub display_name: &'static str,
    /// Background of the logo.
    colour: &'static str,
}

const fn provider(name: &'static str, display_name: &'static str, colour: &'static str) -> Provider {
    Provider { name, display_name, colour }
}

pub const PROVIDERS: [Provider; 32] = [
    provider("apple", "Apple", "#000000"),
    provider("google", "Google", "#4285f4"),
    provider("microsoft", "Microsoft", "#00a4ef"),
    provider("yandex", "Yandex", "#fc3f1d"),
    provider("facebook", "Facebook", "#1877f2"),
    provider("instagram2", "Instagram", "#e4405f"),
    provider("github", "GitHub", "#24292f"),
    provider("gitlab", "GitLab", "#fc6d26"),
    provider("bitbucket", "Bitbucket", "#0052cc"),
    provider("gitee", "Gitee", "#c71d23"),
    provider("gitea", "Gitea/Forgejo", "#609926"),
    provider("discord", "Discord", "#5865f2"),
    provider("twitter", "X/Twitter", "#000000"),
    provider("kakao", "Kakao", "#3c1e1e"),
    provider("vk", "ВКонтакте", "#0077ff"),
    provider("linear", "Linear", "#5e6ad2"),
    provider("notion", "Notion", "#000000"),
    provider("monday", "monday.com", "#6161ff"),
    provider("lark", "Lark", "#3370ff"),
    provider("box", "Box", "#0061d5"),
    provider("spotify", "Spotify", "#1db954"),
    provider("trakt", "Trakt", "#ed1c24"),
    provider("twitch", "Twitch", "#9146ff"),
    provider("patreon", "Patreon", "#f96854"),
    provider("strava", "Strava", "#fc4c02"),
    provider("wakatime", "WakaTime", "#000000"),
    provider("livechat", "LiveChat", "#ff5100"),
    provider("mailcow", "mailcow", "#6f4f28"),
    provider("planningcenter", "Planning Center", "#2266f7"),
    provider("oidc", "OIDC", "#f78c40"),
    provider("oidc2", "OIDC", "#f78c40"),
    provider("oidc3", "OIDC", "#f78c40"),
];

impl Provider {
    /// The initial on the provider's colour: pbr ships nobody's trademark.
    fn logo(&self) -> String {
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

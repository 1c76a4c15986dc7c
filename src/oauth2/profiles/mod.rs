//! How each provider's answer is read (spec 03 §7).

mod open_id;
mod plain;
mod verified;
mod wrapped;

pub use open_id::{apple, microsoft, oidc};
pub use plain::{
    box_ as r#box, discord, facebook, google, instagram2, lark, livechat, mailcow, spotify, strava, yandex,
};
pub use verified::{bitbucket, gitea, gitee, github, gitlab};
pub use wrapped::{kakao, linear, monday, notion, patreon, planningcenter, trakt, twitch, twitter, vk, wakatime};

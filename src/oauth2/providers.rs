//! The table of providers, in the order in which they are listed.

use super::{Provider, profiles};

/// All providers that can be configured. A new one is an entry here, its name in
/// [`PROVIDERS`](crate::schema::validate::PROVIDERS), and a function in `profiles/` where no other reads its answer.
pub static PROVIDERS: [Provider; 32] = [
    Provider::new("apple", "Apple", "#000000", profiles::apple).at("https://appleid.apple.com/auth/authorize", "https://appleid.apple.com/auth/token", "").scopes(&["name", "email"]).auth_params(&[("response_mode", "form_post")]),
    Provider::new("google", "Google", "#4285f4", profiles::google).at("https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v3/userinfo").scopes(&["https://www.googleapis.com/auth/userinfo.profile", "https://www.googleapis.com/auth/userinfo.email"]),
    Provider::new("microsoft", "Microsoft", "#00a4ef", profiles::microsoft).at("https://login.microsoftonline.com/common/oauth2/v2.0/authorize", "https://login.microsoftonline.com/common/oauth2/v2.0/token", "https://graph.microsoft.com/v1.0/me").scopes(&["User.Read"]),
    Provider::new("yandex", "Yandex", "#fc3f1d", profiles::yandex).at("https://oauth.yandex.com/authorize", "https://oauth.yandex.com/token", "https://login.yandex.ru/info").scopes(&["login:email", "login:avatar", "login:info"]),
    Provider::new("facebook", "Facebook", "#1877f2", profiles::facebook).at("https://www.facebook.com/v3.2/dialog/oauth", "https://graph.facebook.com/v3.2/oauth/access_token", "https://graph.facebook.com/me?fields=name,email,picture.type(large)").scopes(&["email"]),
    Provider::new("instagram2", "Instagram", "#e4405f", profiles::instagram2).at("https://www.instagram.com/oauth/authorize", "https://api.instagram.com/oauth/access_token", "https://graph.instagram.com/me?fields=id,username,account_type,user_id,name,profile_picture_url,followers_count,follows_count,media_count").scopes(&["instagram_business_basic"]),
    Provider::new("github", "GitHub", "#24292f", profiles::github).at("https://github.com/login/oauth/authorize", "https://github.com/login/oauth/access_token", "https://api.github.com/user").scopes(&["read:user", "user:email"]),
    Provider::new("gitlab", "GitLab", "#fc6d26", profiles::gitlab).at("https://gitlab.com/oauth/authorize", "https://gitlab.com/oauth/token", "https://gitlab.com/api/v4/user").scopes(&["read_user"]),
    Provider::new("bitbucket", "Bitbucket", "#0052cc", profiles::bitbucket).at("https://bitbucket.org/site/oauth2/authorize", "https://bitbucket.org/site/oauth2/access_token", "https://api.bitbucket.org/2.0/user").scopes(&["account"]).without_pkce(),
    Provider::new("gitee", "Gitee", "#c71d23", profiles::gitee).at("https://gitee.com/oauth/authorize", "https://gitee.com/oauth/token", "https://gitee.com/api/v5/user").scopes(&["user_info", "emails"]),
    Provider::new("gitea", "Gitea/Forgejo", "#609926", profiles::gitea).at("https://gitea.com/login/oauth/authorize", "https://gitea.com/login/oauth/access_token", "https://gitea.com/api/v1/user").scopes(&["read:user", "user:email"]),
    Provider::new("discord", "Discord", "#5865f2", profiles::discord).at("https://discord.com/api/oauth2/authorize", "https://discord.com/api/oauth2/token", "https://discord.com/api/users/@me").scopes(&["identify", "email"]),
    Provider::new("twitter", "X/Twitter", "#000000", profiles::twitter).at("https://x.com/i/oauth2/authorize", "https://api.x.com/2/oauth2/token", "https://api.x.com/2/users/me?user.fields=id,name,username,profile_image_url,confirmed_email").scopes(&["users.read", "users.email", "tweet.read"]),
    Provider::new("kakao", "Kakao", "#3c1e1e", profiles::kakao).at("https://kauth.kakao.com/oauth/authorize", "https://kauth.kakao.com/oauth/token", "https://kapi.kakao.com/v2/user/me").scopes(&["account_email", "profile_nickname", "profile_image"]),
    Provider::new("vk", "ВКонтакте", "#0077ff", profiles::vk).at("https://oauth.vk.com/authorize", "https://oauth.vk.com/access_token", "https://api.vk.com/method/users.get?fields=photo_max,screen_name&v=5.131").scopes(&["email"]).without_pkce(),
    Provider::new("linear", "Linear", "#5e6ad2", profiles::linear).at("https://linear.app/oauth/authorize", "https://api.linear.app/oauth/token", "https://api.linear.app/graphql").scopes(&["read"]).without_pkce(),
    Provider::new("notion", "Notion", "#000000", profiles::notion).at("https://api.notion.com/v1/oauth/authorize", "https://api.notion.com/v1/oauth/token", "https://api.notion.com/v1/users/me"),
    Provider::new("monday", "monday.com", "#6161ff", profiles::monday).at("https://auth.monday.com/oauth2/authorize", "https://auth.monday.com/oauth2/token", "https://api.monday.com/v2").scopes(&["me:read"]),
    Provider::new("lark", "Lark", "#3370ff", profiles::lark).at("https://accounts.feishu.cn/open-apis/authen/v1/authorize", "https://open.feishu.cn/open-apis/authen/v2/oauth/token", "https://open.feishu.cn/open-apis/authen/v1/user_info"),
    Provider::new("box", "Box", "#0061d5", profiles::r#box).at("https://account.box.com/api/oauth2/authorize", "https://api.box.com/oauth2/token", "https://api.box.com/2.0/users/me").scopes(&["root_readonly"]),
    Provider::new("spotify", "Spotify", "#1db954", profiles::spotify).at("https://accounts.spotify.com/authorize", "https://accounts.spotify.com/api/token", "https://api.spotify.com/v1/me").scopes(&["user-read-private"]),
    Provider::new("trakt", "Trakt", "#ed1c24", profiles::trakt).at("https://trakt.tv/oauth/authorize", "https://api.trakt.tv/oauth/token", "https://api.trakt.tv/users/settings"),
    Provider::new("twitch", "Twitch", "#9146ff", profiles::twitch).at("https://id.twitch.tv/oauth2/authorize", "https://id.twitch.tv/oauth2/token", "https://api.twitch.tv/helix/users").scopes(&["user:read:email"]),
    Provider::new("patreon", "Patreon", "#f96854", profiles::patreon).at("https://www.patreon.com/oauth2/authorize", "https://www.patreon.com/api/oauth2/token", "https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=full_name,email,vanity,image_url,is_email_verified").scopes(&["identity", "identity[email]"]),
    Provider::new("strava", "Strava", "#fc4c02", profiles::strava).at("https://www.strava.com/oauth/authorize", "https://www.strava.com/api/v3/oauth/token", "https://www.strava.com/api/v3/athlete").scopes(&["profile:read_all"]),
    Provider::new("wakatime", "WakaTime", "#000000", profiles::wakatime).at("https://wakatime.com/oauth/authorize", "https://wakatime.com/oauth/token", "https://wakatime.com/api/v1/users/current").scopes(&["email"]),
    Provider::new("livechat", "LiveChat", "#ff5100", profiles::livechat).at("https://accounts.livechat.com/", "https://accounts.livechat.com/token", "https://accounts.livechat.com/v2/accounts/me"),
    Provider::new("mailcow", "mailcow", "#6f4f28", profiles::mailcow).scopes(&["profile"]),
    Provider::new("planningcenter", "Planning Center", "#2266f7", profiles::planningcenter).at("https://api.planningcenteronline.com/oauth/authorize", "https://api.planningcenteronline.com/oauth/token", "https://api.planningcenteronline.com/people/v2/me").scopes(&["people"]),
    Provider::new("oidc", "OIDC", "#f78c40", profiles::oidc).scopes(&["openid", "email", "profile"]),
    Provider::new("oidc2", "OIDC", "#f78c40", profiles::oidc).scopes(&["openid", "email", "profile"]),
    Provider::new("oidc3", "OIDC", "#f78c40", profiles::oidc).scopes(&["openid", "email", "profile"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::validate;

    #[test]
    fn every_provider_that_may_be_configured_is_in_the_table() {
        let mut names: Vec<&str> = PROVIDERS.iter().map(|provider| provider.name).collect();
        names.sort_unstable();
        assert_eq!(names, validate::PROVIDERS);
    }
}

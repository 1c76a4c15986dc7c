//! Providers that put the user inside something else, or want to be asked in a way of their own.

use super::super::OAuth2Error;
use super::super::look::Look;
use super::super::profile::{Ask, Profile, texts};

type Read = Result<Profile, OAuth2Error>;

pub fn twitter(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let email = Look(&user).text("data.confirmed_email")?;
    Ok(Profile { email, ..texts(user, ["data.id", "data.name", "data.username", "data.profile_image_url"])? })
}

pub fn kakao(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let look = Look(&user);
    let id = look.integer("id")?.to_string();
    let vouched = look.flag("kakao_account.is_email_valid")? && look.flag("kakao_account.is_email_verified")?;
    let email = if vouched { look.text("kakao_account.email")? } else { String::new() };
    Ok(Profile { id, email, ..texts(user, ["", "", "properties.nickname", "properties.profile_image"])? })
}

pub fn vk(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let look = Look(&user);
    if look.items("response")?.is_empty() {
        return Err(OAuth2Error::unreadable("it is about nobody"));
    }
    let id = look.integer("response.0.id")?.to_string();
    let name = format!("{} {}", look.text("response.0.first_name")?, look.text("response.0.last_name")?);
    let (name, email) = (name.trim().to_owned(), ask.token.text("email").to_owned());
    Ok(Profile { id, name, email, ..texts(user, ["", "", "response.0.screen_name", "response.0.photo_max"])? })
}

pub fn linear(ask: &Ask<'_>) -> Read {
    let user = ask.query("query Me { viewer { id displayName name email avatarUrl active } }")?;
    let viewer = Look(&user).at("data.viewer")?;
    if !viewer.flag("active")? {
        return Err(OAuth2Error::Inactive);
    }
    let email = viewer.text("email")?;
    let paths = ["data.viewer.id", "data.viewer.name", "data.viewer.displayName", "data.viewer.avatarUrl"];
    Ok(Profile { email, ..texts(user, paths)? })
}

pub fn notion(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[("Notion-Version", "2022-06-28")])?;
    let email = Look(&user).text("bot.owner.user.person.email")?;
    let paths = ["bot.owner.user.id", "bot.owner.user.name", "", "bot.owner.user.avatar_url"];
    Ok(Profile { email, ..texts(user, paths)? })
}

pub fn monday(ask: &Ask<'_>) -> Read {
    let user = ask.query("query { me { id enabled name email is_verified photo_small }}")?;
    let me = Look(&user).at("data.me")?;
    if !me.flag("enabled")? {
        return Err(OAuth2Error::Inactive);
    }
    let email = if me.flag("is_verified")? { me.text("email")? } else { String::new() };
    Ok(Profile { email, ..texts(user, ["data.me.id", "data.me.name", "", "data.me.photo_small"])? })
}

pub fn trakt(ask: &Ask<'_>) -> Read {
    let client_id = ask.configured.config.client_id.as_str();
    let headers = [("Content-Type", "application/json"), ("trakt-api-key", client_id), ("trakt-api-version", "2")];
    texts(ask.user(&headers)?, ["user.ids.uuid", "user.name", "user.username", "user.images.avatar.full"])
}

pub fn twitch(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[("Client-Id", &ask.configured.config.client_id)])?;
    if Look(&user).items("data")?.is_empty() {
        return Err(OAuth2Error::unreadable("it is about nobody"));
    }
    let email = Look(&user).text("data.0.email")?;
    Ok(Profile {
        email,
        ..texts(user, ["data.0.id", "data.0.display_name", "data.0.login", "data.0.profile_image_url"])?
    })
}

pub fn patreon(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let attributes = Look(&user).at("data.attributes")?;
    let email = if attributes.flag("is_email_verified")? { attributes.text("email")? } else { String::new() };
    let [name, username, avatar] = ["full_name", "vanity", "image_url"].map(|name| format!("data.attributes.{name}"));
    Ok(Profile { email, ..texts(user, ["data.id", &name, &username, &avatar])? })
}

pub fn wakatime(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let data = Look(&user).at("data")?;
    let avatar_url = if data.flag("photo_public")? { data.text("photo")? } else { String::new() };
    let email = if data.flag("is_email_confirmed")? { data.text("email")? } else { String::new() };
    Ok(Profile { email, avatar_url, ..texts(user, ["data.id", "data.display_name", "data.username", ""])? })
}

pub fn planningcenter(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    if Look(&user).text("data.attributes.status")? != "active" {
        return Err(OAuth2Error::Inactive);
    }
    texts(user, ["data.id", "data.attributes.name", "", "data.attributes.avatar"])
}

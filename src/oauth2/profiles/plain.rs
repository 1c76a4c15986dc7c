//! Providers that answer with one flat object.

use super::super::OAuth2Error;
use super::super::look::Look;
use super::super::profile::{Ask, Profile, texts};

type Read = Result<Profile, OAuth2Error>;

pub fn google(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let email = if Look(&user).flag("email_verified")? { Look(&user).text("email")? } else { String::new() };
    Ok(Profile { email, ..texts(user, ["sub", "name", "", "picture"])? })
}

pub fn yandex(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let look = Look(&user);
    let (email, avatar) = (look.text("default_email")?, look.text("default_avatar_id")?);
    let avatar_url = match look.flag("is_avatar_empty")? {
        true => String::new(),
        false => format!("https://avatars.yandex.net/get-yapic/{avatar}/islands-200"),
    };
    Ok(Profile { email, avatar_url, ..texts(user, ["id", "real_name", "login", ""])? })
}

pub fn facebook(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let email = Look(&user).text("email")?;
    Ok(Profile { email, ..texts(user, ["id", "name", "", "picture.data.url"])? })
}

pub fn instagram2(ask: &Ask<'_>) -> Read {
    let mut profile = texts(ask.user(&[])?, ["user_id", "name", "username", "profile_picture_url"])?;
    let permissions = ask.token.raw.get("permissions").cloned().unwrap_or_default();
    profile.raw.insert("permissions".into(), permissions);
    Ok(profile)
}

pub fn discord(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let look = Look(&user);
    let (id, username) = (look.text("id")?, look.text("username")?);
    let (avatar, discriminator) = (look.text("avatar")?, look.text("discriminator")?);
    let name = match look.text("global_name")? {
        name if !name.is_empty() => name,
        _ if matches!(discriminator.as_str(), "" | "0") => username.clone(),
        _ => format!("{username}#{discriminator}"),
    };
    let avatar_url = match avatar.as_str() {
        "" => String::new(),
        avatar => format!("https://cdn.discordapp.com/avatars/{id}/{avatar}.png"),
    };
    let email = if look.flag("verified")? { look.text("email")? } else { String::new() };
    Ok(Profile { name, email, avatar_url, ..texts(user, ["id", "", "username", ""])? })
}

pub fn lark(ask: &Ask<'_>) -> Read {
    texts(ask.user(&[])?, ["data.union_id", "data.name", "", "data.avatar_url"])
}

pub fn box_(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    if Look(&user).text("status")? != "active" {
        return Err(OAuth2Error::Inactive);
    }
    let email = Look(&user).text("login")?;
    Ok(Profile { email, ..texts(user, ["id", "name", "", "avatar_url"])? })
}

pub fn spotify(ask: &Ask<'_>) -> Read {
    texts(ask.user(&[])?, ["id", "display_name", "", "images.0.url"])
}

pub fn strava(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let look = Look(&user);
    let id = match look.integer("id")? {
        0 => String::new(),
        id => id.to_string(),
    };
    let name = format!("{} {}", look.text("firstname")?, look.text("lastname")?);
    Ok(Profile { id, name, ..texts(user, ["", "", "username", "profile"])? })
}

pub fn livechat(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let email = if Look(&user).flag("email_verified")? { Look(&user).text("email")? } else { String::new() };
    Ok(Profile { email, ..texts(user, ["account_id", "name", "", "avatar_url"])? })
}

pub fn mailcow(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    if Look(&user).integer("active")? != 1 {
        return Err(OAuth2Error::Inactive);
    }
    let email = Look(&user).text("email")?;
    let mut profile = Profile { email, ..texts(user, ["id", "full_name", "username", ""])? };
    if let Some(at) = profile.username.find('@') {
        profile.username.truncate(at);
    }
    Ok(profile)
}

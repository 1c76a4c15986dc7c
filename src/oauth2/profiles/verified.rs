//! Homes of source code, which number their users and keep the confirmed emails apart.

use super::super::OAuth2Error;
use super::super::look::Look;
use super::super::profile::{Ask, Profile, json, texts};
use crate::schema::fields::is_email;
use serde_json::Value as Json;

type Read = Result<Profile, OAuth2Error>;

pub fn github(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let id = Look(&user).integer("id")?.to_string();
    let email = primary_email(ask)?;
    Ok(Profile { id, email, ..texts(user, ["", "name", "login", "avatar_url"])? })
}

pub fn gitea(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    if !Look(&user).flag("active")? {
        return Err(OAuth2Error::Inactive);
    }
    let id = Look(&user).integer("id")?.to_string();
    let email = primary_email(ask)?;
    Ok(Profile { id, email, ..texts(user, ["", "full_name", "login", "avatar_url"])? })
}

/// The primary email, where it is verified; none where it may not be looked at.
fn primary_email(ask: &Ask<'_>) -> Result<String, OAuth2Error> {
    let answer = ask.get(&format!("{}/emails", ask.configured.user_info_url()), &[])?;
    if matches!(answer.status().as_u16(), 401 | 403 | 404) {
        return Ok(String::new());
    }
    let emails = json(&answer)?;
    for email in Look(&emails).items("")? {
        if Look(email).flag("verified")? && Look(email).flag("primary")? {
            return Look(email).text("email");
        }
    }
    Ok(String::new())
}

pub fn gitlab(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let look = Look(&user);
    let id = look.integer("id")?.to_string();
    let confirmed = chrono::DateTime::parse_from_rfc3339(&look.text("confirmed_at")?).is_ok();
    let email = if confirmed { look.text("email")? } else { String::new() };
    Ok(Profile { id, email, ..texts(user, ["", "name", "username", "avatar_url"])? })
}

pub fn bitbucket(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    if Look(&user).text("account_status")? != "active" {
        return Err(OAuth2Error::Inactive);
    }
    let answer = ask.get(&format!("{}/emails", ask.configured.user_info_url()), &[])?;
    let mut email = String::new();
    if answer.status().as_u16() < 400 {
        let emails = json(&answer)?;
        for entry in Look(&emails).items("values")? {
            if Look(entry).flag("is_primary")? && Look(entry).flag("is_confirmed")? {
                email = Look(entry).text("email")?;
                break;
            }
        }
    }
    Ok(Profile { email, ..texts(user, ["uuid", "display_name", "username", "links.avatar.href"])? })
}

pub fn gitee(ask: &Ask<'_>) -> Read {
    let user = ask.user(&[])?;
    let id = Look(&user).integer("id")?.to_string();
    let email = match Look(&user).text("email")? {
        email if is_email(&email) => email,
        _ => confirmed_email(ask)?,
    };
    Ok(Profile { id, email, ..texts(user, ["", "name", "login", "avatar_url"])? })
}

fn confirmed_email(ask: &Ask<'_>) -> Result<String, OAuth2Error> {
    let answer = ask.get("https://gitee.com/api/v5/emails", &[])?;
    if matches!(answer.status().as_u16(), 401 | 403 | 404) {
        return Ok(String::new());
    }
    let emails = json(&answer)?;
    // Without the permission the answer is an object.
    for email in emails.as_array().into_iter().flatten() {
        let primary = Look(email).items("scope")?.iter().any(|scope| scope == &Json::from("primary"));
        if Look(email).text("state")? == "confirmed" && primary {
            return Look(email).text("email");
        }
    }
    Ok(String::new())
}

//! SMTP: one connection a mail, encrypted from the first byte or by STARTTLS where the server offers it.

use super::{MailError, Message};
use crate::settings::Smtp;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use std::time::Duration;

/// How long connecting, and each answer of the server, may take.
const PATIENCE: Duration = Duration::from_secs(15);

pub fn send(settings: &Smtp, message: &Message) -> Result<(), MailError> {
    let envelope = envelope(message)?;
    let failed = |error: lettre::transport::smtp::Error| MailError::Smtp(described(&error));
    let port = u16::try_from(settings.port).map_err(|_| MailError::Smtp("the port is no port".into()))?;
    let hello = if settings.local_name.is_empty() { "localhost" } else { &settings.local_name };
    let hello = ClientId::Domain(hello.to_owned());
    let tls = || TlsParameters::new(settings.host.clone()).map_err(failed);
    let implicit = settings.tls.then(tls).transpose()?;
    let server = (settings.host.as_str(), port);
    let mut connection =
        SmtpConnection::connect(server, Some(PATIENCE), &hello, implicit.as_ref(), None).map_err(failed)?;
    let sent = deliver(settings, &mut connection, &hello, &envelope, message);
    match &sent {
        // The mail is on its way, whatever the server says to the farewell.
        Ok(()) => drop(connection.quit()),
        Err(_) => connection.abort(),
    }
    sent
}

fn deliver(
    settings: &Smtp,
    connection: &mut SmtpConnection,
    hello: &ClientId,
    envelope: &Envelope,
    message: &Message,
) -> Result<(), MailError> {
    let failed = |error: lettre::transport::smtp::Error| MailError::Smtp(described(&error));
    if connection.can_starttls() {
        let tls = TlsParameters::new(settings.host.clone()).map_err(failed)?;
        connection.starttls(&tls, hello).map_err(failed)?;
    }
    if !settings.username.is_empty() || !settings.password.is_empty() {
        let here = matches!(settings.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if !connection.is_encrypted() && !here {
            return Err(MailError::Smtp("unencrypted connection".into()));
        }
        let mechanism = if settings.auth_method == "LOGIN" { Mechanism::Login } else { Mechanism::Plain };
        let credentials = Credentials::new(settings.username.clone(), settings.password.clone());
        connection.auth(&[mechanism], &credentials).map_err(failed)?;
    }
    connection.send(envelope, &message.to_mime()).map_err(failed)?;
    Ok(())
}

fn envelope(message: &Message) -> Result<Envelope, MailError> {
    let address = |text: &str| {
        text.parse::<lettre::Address>().map_err(|error| MailError::Smtp(format!("the address {text:?}: {error}")))
    };
    let to = message.recipients().map(address).collect::<Result<Vec<_>, _>>()?;
    Envelope::new(Some(address(&message.from.address)?), to)
        .map_err(|_| MailError::Smtp("must specify at least one recipient".into()))
}

/// The error with what caused it.
fn described(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

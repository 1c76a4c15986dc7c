//! The settings as the API shows them: no secret, keys in PocketBase's order.

use super::{Backups, Batch, Logs, Meta, RateLimits, S3, Settings, Smtp, TrustedProxy};
use serde::{Serialize, Serializer};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Public<'a> {
    #[serde(rename = "superuserIPs")]
    superuser_ips: &'a [String],
    smtp: PublicSmtp<'a>,
    backups: Backups,
    s3: S3,
    meta: &'a Meta,
    rate_limits: &'a RateLimits,
    trusted_proxy: &'a TrustedProxy,
    batch: &'a Batch,
    logs: &'a Logs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PublicSmtp<'a> {
    enabled: bool,
    port: i64,
    host: &'a str,
    username: &'a str,
    auth_method: &'a str,
    tls: bool,
    local_name: &'a str,
}

/// Settings without their secrets.
pub struct Redacted<'a>(pub &'a Settings);

impl Serialize for Redacted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Destructured, so that a new member is noticed here.
        let Settings { superuser_ips, smtp, backups, s3, meta, rate_limits, trusted_proxy, batch, logs } = self.0;
        let Smtp { enabled, port, host, username, password: _, auth_method, tls, local_name } = smtp;
        let without_secret = |s3: &S3| S3 { secret: String::new(), ..s3.clone() };
        let smtp = PublicSmtp { enabled: *enabled, port: *port, host, username, auth_method, tls: *tls, local_name };
        Public {
            superuser_ips,
            smtp,
            backups: Backups { s3: without_secret(&backups.s3), ..backups.clone() },
            s3: without_secret(s3),
            meta,
            rate_limits,
            trusted_proxy,
            batch,
            logs,
        }
        .serialize(serializer)
    }
}

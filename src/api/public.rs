//! Static files beside the API (spec 04 §2.10): an app's own pages, with its start page for every unknown path.

use super::ApiError;
use super::context::blocking;
use super::middleware::Unlogged;
use super::ranges::{Served, serve};
use crate::files::Content;
use crate::files::mime;
use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

const INDEX: &str = "index.html";
/// Bytes that tell the type of a file without an extension.
const SNIFFED: u64 = 3072;

/// A folder of files for everyone.
#[derive(Clone, Debug)]
pub struct Public {
    /// Need not exist: it is looked for with every request.
    pub dir: PathBuf,
    /// Whether unknown paths get the start page.
    pub index_fallback: bool,
}

/// What a path leads to.
enum Found {
    File(File, PathBuf),
    Redirect(String),
    Nothing,
}

impl Public {
    /// The file of a path, or 404.
    ///
    /// # Errors
    /// There is no such file.
    pub async fn get(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Response<HttpBody>, ApiError> {
        let (public, path) = (self.clone(), uri.path().to_owned());
        let found = blocking(move || public.find(&path)).await?;
        let (file, path) = match found {
            Found::File(file, path) => (file, path),
            Found::Redirect(location) => return Ok(moved(&location)),
            Found::Nothing => return Err(ApiError::not_found("File not found.")),
        };
        let opened = blocking(move || describe(file, &path)).await?;
        let (file, size, modified, content_type) = opened.map_err(|_| ApiError::not_found("File not found."))?;
        let content = Served { content: Content::Local(file), size, modified, content_type: &content_type };
        let mut response = serve(content, method, headers);
        if response.status() == StatusCode::PRECONDITION_FAILED {
            response.headers_mut().remove(header::CONTENT_TYPE);
        }
        response.extensions_mut().insert(Unlogged);
        Ok(response)
    }

    fn find(&self, path: &str) -> Found {
        let Some(segments) = segments(path) else { return self.fallback() };
        let target: PathBuf = std::iter::once(self.dir.clone().into_os_string())
            .chain(segments.iter().map(|segment| segment.clone().into()))
            .collect();
        let slash = path.ends_with('/');
        let joined = segments.join("/");
        match std::fs::metadata(&target) {
            Err(_) => self.fallback(),
            Ok(metadata) if metadata.is_dir() && !slash => Found::Redirect(format!("/{joined}/")),
            Ok(metadata) if metadata.is_dir() => open(target.join(INDEX)).unwrap_or_else(|| self.fallback()),
            Ok(_) if segments.last().is_some_and(|name| name == INDEX) => {
                let folder = segments[..segments.len() - 1].join("/");
                Found::Redirect(if folder.is_empty() { "/".into() } else { format!("/{folder}/") })
            }
            Ok(_) if slash => Found::Redirect(format!("/{joined}")),
            Ok(_) => open(target).unwrap_or(Found::Nothing),
        }
    }

    fn fallback(&self) -> Found {
        let index = self.index_fallback.then(|| open(self.dir.join(INDEX))).flatten();
        index.unwrap_or(Found::Nothing)
    }
}

/// The decoded segments of a path; `None` where one would leave the folder.
fn segments(path: &str) -> Option<Vec<String>> {
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    let segments: Vec<String> =
        decoded.split('/').filter(|segment| !segment.is_empty() && *segment != ".").map(str::to_owned).collect();
    let safe = |segment: &String| segment != ".." && !segment.contains(['\\', '\0']);
    segments.iter().all(safe).then_some(segments)
}

fn open(path: PathBuf) -> Option<Found> {
    let file = File::open(&path).ok()?;
    file.metadata().ok()?.is_file().then_some(Found::File(file, path))
}

type Described = (File, u64, std::time::SystemTime, String);

/// The type is that of the extension, or what the content looks like.
fn describe(mut file: File, path: &Path) -> std::io::Result<Described> {
    let metadata = file.metadata()?;
    let modified = metadata.modified().unwrap_or(std::time::SystemTime::UNIX_EPOCH);
    let content_type = match by_extension(path) {
        Some(text) if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        Some(other) => other.to_owned(),
        None => {
            let mut start = Vec::new();
            Read::by_ref(&mut file).take(SNIFFED).read_to_end(&mut start)?;
            file.rewind()?;
            if start.is_empty() { "text/plain; charset=utf-8".to_owned() } else { mime::header(&start) }
        }
    };
    Ok((file, metadata.len(), modified, content_type))
}

/// What PocketBase knows by other names comes first.
fn by_extension(path: &Path) -> Option<&'static str> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "mjs" => Some("text/javascript"),
        "ico" => Some("image/vnd.microsoft.icon"),
        _ => mime_guess::from_path(path).first_raw(),
    }
}

/// Never to another host: a location begins with one slash.
fn moved(location: &str) -> Response<HttpBody> {
    let encoded: String = location.split('/').map(encode).collect::<Vec<_>>().join("/");
    let mut response = Response::new(HttpBody::empty());
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    if let Ok(location) = HeaderValue::from_str(&encoded) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response.extensions_mut().insert(Unlogged);
    response
}

fn encode(segment: &str) -> String {
    percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2E", ".")
        .replace("%2D", "-")
        .replace("%5F", "_")
        .replace("%7E", "~")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_cannot_leave_the_folder() {
        for path in ["/..%2f..%2fsecret", "/%2e%2e/secret", "/a/..%2f..%2fb", "/a%5c..%5cb", "/a%00b", "/%ff"] {
            assert_eq!(segments(path), None, "{path}");
        }
        assert_eq!(segments("//a/./b%20c/"), Some(vec!["a".to_owned(), "b c".to_owned()]));
    }

    proptest! {
        #[test]
        fn any_path_stays_inside(path in "[ -~]{0,60}") {
            for segment in segments(&path).unwrap_or_default() {
                prop_assert!(segment != ".." && !segment.contains(['/', '\\', '\0']));
            }
        }
    }
}

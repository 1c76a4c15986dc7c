//! A real S3 server beside the tests.

use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const BUCKET: &str = "files";

/// A running server with one bucket; it is killed when the test is done with it.
pub struct S3Server {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl S3Server {
    #[track_caller]
    pub fn start() -> Self {
        Self::answering("CompleteMultipartUploadResult")
    }

    /// A server that answers the end of an upload in parts with another element.
    #[track_caller]
    pub fn answering(completed: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut child = Command::new("node")
            .current_dir(super::root().join("tests/sdk"))
            .args(["s3.mjs", &folder.path().to_string_lossy(), BUCKET, completed])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .expect("node starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let port = lines.next().expect("a port").expect("a readable port").parse().expect("a port");
        Self { child, port, folder }
    }

    /// Settings that keep files here.
    pub fn settings(&self) -> Json {
        settings(&format!("http://127.0.0.1:{}", self.port))
    }

    /// Keys of all objects, sorted.
    pub fn keys(&self) -> Vec<String> {
        let root = self.folder.path().join(BUCKET);
        let mut keys = Vec::new();
        collect(&root, &mut |path| {
            let key = path.strip_prefix(&root).expect("below the bucket").to_string_lossy().into_owned();
            keys.extend(key.strip_suffix("._S3rver_object").map(str::to_owned));
        });
        keys.sort();
        keys
    }

    /// The content of an object.
    #[track_caller]
    pub fn content(&self, key: &str) -> Vec<u8> {
        std::fs::read(self.path(key)).unwrap_or_else(|error| panic!("{key}: {error}"))
    }

    /// Removes an object behind the server's back, or gives it another content.
    pub fn replace(&self, key: &str, content: Option<&[u8]>) {
        let path = self.path(key);
        match content {
            Some(content) => std::fs::write(path, content).expect("a written object"),
            None => {
                for part in ["._S3rver_object", "._S3rver_metadata.json", "._S3rver_object.md5"] {
                    let _ = std::fs::remove_file(self.folder.path().join(BUCKET).join(format!("{key}{part}")));
                }
            }
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.path().join(BUCKET).join(format!("{key}._S3rver_object"))
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Settings that keep files at an address.
pub fn settings(endpoint: &str) -> Json {
    json!({
        "enabled": true, "bucket": BUCKET, "region": "us-east-1", "endpoint": endpoint,
        "accessKey": "S3RVER", "secret": "S3RVER", "forcePathStyle": true,
    })
}

fn collect(folder: &Path, each: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, each) } else { each(&path) }
    }
}

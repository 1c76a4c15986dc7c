//! An app served inside the test process, so that its hooks can be followed.

use super::Client;
use pbr::App;
use pbr::api::Options;
use pbr::server::Server;

/// A served app; it stops when the test is done with it.
pub struct Embedded {
    url: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Embedded {
    /// Serves on a free port.
    pub fn serve(app: App) -> Self {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let server = Server::bind(app, "127.0.0.1:0", Options::default()).await.expect("a free port");
                tell.send(server.address()).expect("the test waits");
                server.run(async { drop(stopped.await) }).await;
            });
        });
        let url = format!("http://{}", told.recv().expect("an address"));
        Self { url, stop: Some(stop), thread: Some(thread) }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

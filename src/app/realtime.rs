//! Realtime from code.

use super::App;
use crate::db::DbError;
use crate::query::AuthInfo;
use crate::realtime::{Broker, ClientAuth};

impl App {
    /// The broker: its clients, and messages to them.
    ///
    /// ```no_run
    /// # fn run(app: &pbr::App) {
    /// // To everyone who has subscribed to `news`.
    /// app.realtime().publish("news", &serde_json::json!({ "text": "Hello" }));
    /// # }
    /// ```
    pub fn realtime(&self) -> &Broker {
        &self.inner.broker
    }

    /// What a realtime client keeps of the record that it is logged in as; `None` when the record is gone.
    pub(crate) fn client_auth(&self, info: &AuthInfo) -> Result<Option<ClientAuth>, DbError> {
        let Some(collection) = self.catalog().by_id(&info.collection_id).cloned() else { return Ok(None) };
        let id = info.id.clone();
        let found = self.records().db.readers().run(move |connection| {
            let record = crate::records::find(connection, &collection, &id)?;
            Ok::<_, DbError>(record.map(|record| ClientAuth::of(&collection, &record)))
        });
        found?
    }
}

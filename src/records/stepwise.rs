//! The write path step by step, on the caller's thread: with hooks around every step, with uploads, with passwords to hash,
//! with expansions, with large bodies. The order of the steps is that of `store.rs`.
//!
//! No transaction spans a create or update, as in PocketBase: a handler that refuses after the statement does not undo
//! it. Where one is open on the thread, every step takes part in it, and the hooks that follow wait for its end.

use super::auth_form::{self, Access};
use super::draft::{Body, Draft, Upload, generate, stamp};
use super::renewed::{self, Intent};
use super::store::{
    CREATE_FAILED, UPDATE_FAILED, WriteRequest, nothing_more, now, refuse, rotate_token_key, superuser,
};
use super::validate::validate;
use super::{RecordError, Records, admit, error, sessions};
use crate::events::{EventError, Operation, Record, RecordEvent, Stage, Tell, Told};
use crate::query::RequestInfo;
use crate::schema::fields::{FieldKind, Value};
use crate::schema::{Catalog, Collection, ErrorTree, FieldError};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

const REPLACED: &str = "The files of the server are being replaced. Try again in a moment.";

/// What the steps of one create or update share.
pub(super) struct Save<'a> {
    pub write: &'a WriteRequest,
    pub draft: &'a Draft,
    /// What the rule of a create is asked about, which sees no generated texts.
    pub asked: &'a Draft,
    /// The request with the resolved body.
    pub request: &'a Arc<RequestInfo>,
    /// What the update of a request can be made of once more; the program's own changes are meant as they are.
    pub intent: Option<&'a Intent>,
    pub uploads: &'a [Upload],
    pub message: &'static str,
    /// Refuse an update where the token key is not that of the original any more.
    pub same_key: bool,
    /// Where watchers wait for what handlers make of the record, once it is stored.
    pub tell: RefCell<Option<Tell>>,
    /// What the form of a request was checked with; the program has none.
    pub trust: Cell<Option<Trust>>,
    /// Set when something was done that cannot be done twice.
    pub settled: Rc<Cell<bool>>,
}

/// How far whoever sent a form was trusted with the auth record.
#[derive(Clone, Copy)]
pub(super) struct Trust {
    pub access: Access,
    /// Whether the old password was asked for and found right.
    pub knows_password: bool,
}

impl Trust {
    /// Asks the form once more where its sender may less by now.
    fn confirm(self, access: Access, collection: &Collection, form: &Draft, message: &str) -> Result<(), RecordError> {
        if access >= self.access {
            return Ok(());
        }
        refuse(message, auth_form::check(collection, form, access, |_| self.knows_password))
    }
}

impl Records {
    /// [`Records::create`] step by step, with the record as it was stored; the answer is empty when a handler ended
    /// the request. The `rest` of a batch runs inside the request hook.
    pub(super) fn create_stepwise(
        self: &Arc<Self>,
        write: &WriteRequest,
        body: &Body,
        rest: &dyn Fn() -> Result<(), RecordError>,
    ) -> Result<(Vec<u8>, Record), RecordError> {
        self.begun_anew(write, |write, settled| self.create_once(write, body, rest, settled))
    }

    fn create_once(
        self: &Arc<Self>,
        write: &WriteRequest,
        body: &Body,
        rest: &dyn Fn() -> Result<(), RecordError>,
        settled: &Rc<Cell<bool>>,
    ) -> Result<(Vec<u8>, Record), RecordError> {
        let collection = &write.collection;
        let mut draft = Draft::new(collection, None, body, superuser(&write.request));
        let request = Arc::new(draft.request(&write.request));
        let access = self.read_for_step(&request, {
            let (collection, draft) = (Arc::clone(collection), draft.clone());
            move |scope| admit::create(scope, &collection, &draft)
        })?;
        let asked = draft.clone();
        generate(collection, &mut draft.record, true);
        let save = Save {
            asked: &asked,
            request: &request,
            uploads: &body.uploads,
            settled: Rc::clone(settled),
            ..Save::new(write, &draft, CREATE_FAILED)
        };
        let mut event = save.event();
        let mut answer = Vec::new();
        let tags = RecordEvent::tags(collection);
        self.around_answer(&self.bus.requests.record_create, &tags, &mut event, &mut |event| {
            self.check_form(&save, access, |_| false)?;
            self.create_saved(&save, event)?;
            answer = self.answer(&save, event.record.clone())?;
            Ok(rest()?)
        })?;
        Ok((answer, event.record))
    }

    /// [`Records::update`] step by step; empty when a handler ended the request.
    pub(super) fn update_stepwise(
        self: &Arc<Self>,
        write: &WriteRequest,
        id: &str,
        body: &Arc<Body>,
        rest: &dyn Fn() -> Result<(), RecordError>,
    ) -> Result<Vec<u8>, RecordError> {
        self.begun_anew(write, |write, settled| self.update_once(write, id, body, rest, settled))
    }

    fn update_once(
        self: &Arc<Self>,
        write: &WriteRequest,
        id: &str,
        body: &Arc<Body>,
        rest: &dyn Fn() -> Result<(), RecordError>,
        settled: &Rc<Cell<bool>>,
    ) -> Result<Vec<u8>, RecordError> {
        let collection = &write.collection;
        let (mut draft, request, access) = self.read_for_step(&write.request, {
            let (records, write, id, body) = (Arc::clone(self), write.clone(), id.to_owned(), Arc::clone(body));
            move |scope| {
                let (draft, request) = records.draft_update(scope.connection, &write, &id, &body)?;
                let request = Arc::new(request);
                let access = admit::update(&scope.with_request(&request), &write.collection, &id)?;
                Ok((draft, request, access))
            }
        })?;
        let intent = Intent { body: Arc::clone(body), applied: draft.record.clone() };
        generate(collection, &mut draft.record, false);
        rotate_token_key(collection, &mut draft);
        let save = Save {
            request: &request,
            intent: Some(&intent),
            uploads: &body.uploads,
            settled: Rc::clone(settled),
            ..Save::new(write, &draft, UPDATE_FAILED)
        };
        let mut event = save.event();
        let mut answer = Vec::new();
        let tags = RecordEvent::tags(collection);
        self.around_answer(&self.bus.requests.record_update, &tags, &mut event, &mut |event| {
            let mut paused = None;
            let checked = self.check_form(&save, access, |old| {
                let right = draft.original.as_ref().map(|record| self.is_password(collection, record, old));
                right.unwrap_or(Ok(false)).unwrap_or_else(|error| {
                    paused = Some(error);
                    false
                })
            });
            paused.map_or(checked, Err)?;
            self.update_saved(&save, event)?;
            answer = self.answer(&save, event.record.clone())?;
            Ok(rest()?)
        })?;
        Ok(answer)
    }

    /// Runs a write, and runs it again with its collection as it is by then where that has changed before the statement.
    /// What a handler has seen is not begun anew, nor what can be done only once.
    fn begun_anew<T>(
        &self,
        write: &WriteRequest,
        run: impl Fn(&WriteRequest, &Rc<Cell<bool>>) -> Result<T, RecordError>,
    ) -> Result<T, RecordError> {
        let mut write = Cow::Borrowed(write);
        loop {
            let settled = Rc::default();
            let done = run(&write, &settled);
            let seen =
                || self.bus.listens_to_writes(&write.collection) || self.forgets_with_handlers(&write.collection);
            if done.is_ok() || settled.get() || self.open().is_some() || seen() {
                return done;
            }
            drop(self.changing.read());
            let catalog = self.catalog.load();
            if catalog.holds(&write.collection) {
                return done;
            }
            write = Cow::Owned(write.renewed(&catalog)?);
        }
    }

    /// Everything of a create that is the same whoever asks for it: hooks, validation, hashing, the statement.
    pub(super) fn create_saved(self: &Arc<Self>, save: &Save<'_>, event: &mut RecordEvent) -> Result<(), EventError> {
        let collection = &save.write.collection;
        self.around_save(save, Operation::Create, event, &mut |event| {
            self.validate_hooked(save, event)?;
            self.seal(collection, &mut event.record, save.message)?;
            self.bus.around(Stage::Execute(Operation::Create), event, &mut |event| {
                stamp(collection, &mut event.record, true, &now());
                Ok(self.insert(save, &event.record)?)
            })
        })
    }

    /// The same of an update. Rows that end with the change of an auth record are deleted inside it.
    pub(super) fn update_saved(self: &Arc<Self>, save: &Save<'_>, event: &mut RecordEvent) -> Result<(), EventError> {
        let collection = &save.write.collection;
        self.around_save(save, Operation::Update, event, &mut |event| {
            self.validate_hooked(save, event)?;
            self.seal(collection, &mut event.record, save.message)?;
            self.bus.around(Stage::Execute(Operation::Update), event, &mut |event| {
                self.unlink_hooked(save, &mut event.record)?;
                stamp(collection, &mut event.record, false, &now());
                self.forget_hooked(save, &event.record, &["_otps"])?;
                event.record = self.replace(save, &event.record)?;
                Ok(())
            })?;
            Ok(self.forget_hooked(save, &event.record, &["_authOrigins", "_mfas"])?)
        })
    }

    /// The outer hooks of a save, and the after-hooks that its outcome asks for.
    fn around_save(
        &self,
        save: &Save<'_>,
        operation: Operation,
        event: &mut RecordEvent,
        action: &mut dyn FnMut(&mut RecordEvent) -> Result<(), EventError>,
    ) -> Result<(), EventError> {
        let done = self.bus.around(Stage::Whole(operation), event, action);
        self.follow(operation, event, save.tell.take(), done, save.message)
    }

    /// The hooks that follow an operation, by how it was `done`. A failure is told at once; nothing has succeeded before the
    /// transaction has that is open on this thread.
    ///
    /// # Errors
    /// That of the operation or, where it succeeded, of a handler.
    pub(super) fn follow(
        &self,
        operation: Operation,
        event: &mut RecordEvent,
        tell: Option<Tell>,
        done: Result<(), EventError>,
        message: &'static str,
    ) -> Result<(), EventError> {
        let told = |error| error::within(error, 400, message);
        if let Err(error) = done {
            // The first error decides the answer, whatever the handlers of the failure add.
            let _ = self.tell_failure(operation, event, &error.to_string());
            return Err(told(error));
        }
        let Some(transaction) = self.open() else { return self.tell_success(operation, event, tell).map_err(told) };
        if tell.is_some() || self.bus.listens_to_writes(&event.collection) {
            let mut event = event.clone();
            transaction.tell_at_end(Box::new(move |records, error| match error {
                None => records.tell_success(operation, &mut event, tell),
                Some(error) => records.tell_failure(operation, &mut event, error),
            }));
        }
        Ok(())
    }

    fn tell_failure(&self, operation: Operation, event: &mut RecordEvent, error: &str) -> Result<(), EventError> {
        event.error = Some(error.to_owned());
        EventError::caught(|| self.bus.around(Stage::AfterError(operation), event, &mut |_| Ok(())))
    }

    /// The hooks after a commit. Who watches is shown the record between those of records and those of models.
    fn tell_success(
        &self,
        operation: Operation,
        event: &mut RecordEvent,
        mut tell: Option<Tell>,
    ) -> Result<(), EventError> {
        let stage = Stage::AfterSuccess(operation);
        let collection = Arc::clone(&event.collection);
        let tags = RecordEvent::tags(&collection);
        let mut action = |event: &mut RecordEvent| {
            if let Some(tell) = tell.take() {
                tell.show(event.record.clone());
            }
            self.bus.around_model(stage, &tags, event, &mut |_| Ok(()))
        };
        EventError::caught(|| self.bus.record.at(stage).trigger(&tags, event, &mut action))
    }

    /// A place among the changes that are shown, kept until the handlers have seen the record.
    pub(super) fn keep_place(&self, collection: &Collection) -> Option<(Tell, Told)> {
        self.bus.feed.wants(collection).then(Told::pair)
    }

    fn check_form(
        &self,
        save: &Save<'_>,
        access: Access,
        matches: impl FnOnce(&str) -> bool,
    ) -> Result<(), RecordError> {
        let mut knows_password = false;
        let errors = auth_form::check(&save.write.collection, save.draft, access, |old| {
            knows_password = matches(old);
            knows_password
        });
        save.trust.set(Some(Trust { access, knows_password }));
        refuse(save.message, errors)
    }

    /// `record.validate` around the built-in checks, `model.validate` after them.
    fn validate_hooked(self: &Arc<Self>, save: &Save<'_>, event: &mut RecordEvent) -> Result<(), EventError> {
        let collection = Arc::clone(&event.collection);
        let tags = RecordEvent::tags(&collection);
        self.bus.record.validate.trigger(&tags, event, &mut |event| {
            let (collection, uploads, message) = (Arc::clone(&event.collection), save.uploads.to_vec(), save.message);
            let draft = save.with(&event.record);
            self.read_for_step(save.request, move |scope| {
                refuse(message, validate(scope, &collection, &draft, &uploads, &nothing_more)?)
            })?;
            self.bus.around_model(Stage::Validate, &tags, event, &mut |_| Ok(()))
        })
    }

    fn insert(self: &Arc<Self>, save: &Save<'_>, record: &Record) -> Result<(), RecordError> {
        let collection = &save.write.collection;
        let id = record.id(collection).to_owned();
        self.store_uploads(save, &id, record)?;
        let (tell, told) = self.keep_place(collection).unzip();
        save.tell.replace(tell);
        let stored = self.write({
            let (records, write, request) = (Arc::clone(self), save.write.clone(), Arc::clone(save.request));
            let draft = save.with(record);
            // Asked once more about the same record, for what may have changed since.
            let (asked, message, trust) = (save.asked.clone(), save.message, save.trust.get());
            move |tx| {
                let catalog = records.catalog.load();
                let scope = records.scope(tx, &catalog, &request);
                unchanged(&catalog, &write.collection, message)?;
                let access = admit::create(&scope, &write.collection, &asked)?;
                trust.map_or(Ok(()), |trust| trust.confirm(access, &write.collection, &asked, message))?;
                records.store_create(tx, &write.collection, &draft.record, told.clone())
            }
        });
        match &stored {
            Ok(_) => save.settled.set(true),
            Err(_) => self.drop_uploads(save, &id),
        }
        stored
    }

    fn replace(self: &Arc<Self>, save: &Save<'_>, record: &Record) -> Result<Record, RecordError> {
        let collection = &save.write.collection;
        let id = record.id(collection).to_owned();
        self.store_uploads(save, &id, record)?;
        let (tell, told) = self.keep_place(collection).unzip();
        save.tell.replace(tell);
        let stored = self.write({
            let (records, write, request) = (Arc::clone(self), save.write.clone(), Arc::clone(save.request));
            let (draft, id, same_key) = (save.with(record), id.clone(), save.same_key);
            let (intent, uploads, message) = (save.intent.cloned(), save.uploads.to_vec(), save.message);
            let form = save.trust.get().filter(|_| collection.is_auth()).map(|trust| (trust, save.draft.clone()));
            move |tx| {
                let catalog = records.catalog.load();
                let scope = records.scope(tx, &catalog, &request);
                unchanged(&catalog, &write.collection, message)?;
                if let Some(intent) = &intent
                    && let Some(renewed) = intent.renew(tx, &write, &draft)?
                {
                    let knows_password = form.as_ref().is_some_and(|(trust, _)| trust.knows_password);
                    renewed::check(&scope, &write, &draft, &renewed, &uploads, knows_password)?;
                    return records.store_update(tx, &write.collection, &renewed, told.clone());
                }
                let access = admit::update(&scope, &write.collection, &id)?;
                if let Some((trust, form)) = &form {
                    trust.confirm(access, &write.collection, form, message)?;
                }
                if same_key && !sessions::has_key_of(tx, &write.collection, draft.original.as_ref())? {
                    return Err(RecordError::refused(409, UPDATE_FAILED));
                }
                records.store_update(tx, &write.collection, &draft, told.clone())
            }
        });
        match &stored {
            Ok(_) => save.settled.set(true),
            Err(_) => self.drop_uploads(save, &id),
        }
        stored
    }

    /// Hashes the plain passwords of the record.
    fn seal(&self, collection: &Collection, record: &mut Record, message: &'static str) -> Result<(), RecordError> {
        let mut hashes = HashMap::new();
        for (field, value) in collection.fields.iter().zip(&record.values) {
            let Value::Password { plain: Some(plain), .. } = value else { continue };
            let cost = match &field.kind {
                FieldKind::Password(password) => password.cost,
                _ => 0,
            };
            let refused =
                |_| RecordError::invalid(message, ErrorTree::single(&field.name, FieldError::invalid_value()));
            hashes.insert(field.name.clone(), self.passwords.hash(plain, cost).map_err(refused)?);
        }
        super::draft::set_hashes(collection, record, &hashes);
        Ok(())
    }

    fn store_uploads(&self, save: &Save<'_>, id: &str, record: &Record) -> Result<(), RecordError> {
        let collection = &save.write.collection;
        let kept: Vec<&str> = record.values.iter().flat_map(Value::items).collect();
        for upload in save.uploads.iter().filter(|upload| kept.contains(&upload.stored_name.as_str())) {
            if let Err(error) = upload.store(&self.files, &collection.id, id) {
                self.drop_uploads(save, id);
                return Err(match error {
                    error if error.is_full() => RecordError::Full(error.to_string()),
                    // A restore puts other files in their place.
                    error if error.is_missing() => {
                        RecordError::Failed { status: 503, message: REPLACED, cause: error.to_string() }
                    }
                    error => RecordError::Failed { status: 400, message: save.message, cause: error.to_string() },
                });
            }
            if !upload.content.is_in_memory() {
                save.settled.set(true);
            }
            if let Some(transaction) = self.open() {
                transaction.stored_file(&collection.id, id, &upload.stored_name);
            }
        }
        Ok(())
    }

    fn drop_uploads(&self, save: &Save<'_>, id: &str) {
        let collection = &save.write.collection;
        save.uploads.iter().for_each(|upload| self.files.delete(&collection.id, id, &upload.stored_name));
    }
}

impl<'a> Save<'a> {
    /// A change that the program makes, as it is meant.
    pub(super) fn new(write: &'a WriteRequest, draft: &'a Draft, message: &'static str) -> Self {
        Self {
            write,
            draft,
            asked: draft,
            request: &write.request,
            intent: None,
            uploads: &[],
            message,
            same_key: false,
            tell: RefCell::default(),
            trust: Cell::default(),
            settled: Rc::default(),
        }
    }

    pub(super) fn event(&self) -> RecordEvent {
        RecordEvent {
            collection: Arc::clone(&self.write.collection),
            record: self.draft.record.clone(),
            original: self.draft.original.clone(),
            request: Some(Arc::clone(self.request)),
            error: None,
        }
    }

    /// The draft with the record that the handlers made of it.
    fn with(&self, record: &Record) -> Draft {
        Draft { record: record.clone(), ..self.draft.clone() }
    }
}

/// What handlers have seen and changed was a record of this collection, and of no other version of it.
fn unchanged(catalog: &Catalog, collection: &Collection, message: &str) -> Result<(), RecordError> {
    let same = catalog.holds(collection) || catalog.by_id(&collection.id).is_some_and(|known| **known == *collection);
    if same { Ok(()) } else { Err(RecordError::refused(409, message)) }
}

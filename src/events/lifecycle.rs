//! The thirteen hooks around the life of one kind of thing, and the way an event takes through two layers of them.

use super::{Bus, EventError, Hook, ModelEvent};

/// The hooks around the life of one kind of thing.
pub struct Lifecycle<E> {
    /// Around the built-in validation of a create or update.
    pub validate: Hook<E>,
    /// The whole operation, outermost.
    pub create: Hook<E>,
    /// The statement alone, after validation.
    pub create_execute: Hook<E>,
    /// After the commit. An error here, or a panic, reaches the caller although the data is stored; where several things were
    /// changed in one transaction, once the handlers of all of them have run.
    pub after_create_success: Hook<E>,
    /// After a failure, whatever caused it.
    pub after_create_error: Hook<E>,
    pub update: Hook<E>,
    pub update_execute: Hook<E>,
    pub after_update_success: Hook<E>,
    pub after_update_error: Hook<E>,
    pub delete: Hook<E>,
    pub delete_execute: Hook<E>,
    pub after_delete_success: Hook<E>,
    pub after_delete_error: Hook<E>,
}

/// Which hook of a [`Lifecycle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Validate,
    Whole(Operation),
    Execute(Operation),
    AfterSuccess(Operation),
    AfterError(Operation),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Create,
    Update,
    Delete,
}

impl Operation {
    const ALL: [Self; 3] = [Self::Create, Self::Update, Self::Delete];
}

/// What has a life of its own, seen by its own hooks and by those of all models.
pub trait Subject: Clone {
    /// What handlers may be limited to.
    fn tags(&self) -> Vec<String>;
    /// Its own hooks; `None` where it has only those of models.
    fn own(bus: &Bus) -> Option<&Lifecycle<Self>>;
    fn into_model(self) -> ModelEvent;
    /// The inverse of [`Subject::into_model`].
    fn from_model(model: &ModelEvent) -> Option<&Self>;
}

impl<E> Default for Lifecycle<E> {
    fn default() -> Self {
        Self {
            validate: Hook::default(),
            create: Hook::default(),
            create_execute: Hook::default(),
            after_create_success: Hook::default(),
            after_create_error: Hook::default(),
            update: Hook::default(),
            update_execute: Hook::default(),
            after_update_success: Hook::default(),
            after_update_error: Hook::default(),
            delete: Hook::default(),
            delete_execute: Hook::default(),
            after_delete_success: Hook::default(),
            after_delete_error: Hook::default(),
        }
    }
}

impl<E> Lifecycle<E> {
    pub fn at(&self, stage: Stage) -> &Hook<E> {
        use Operation::{Create, Delete, Update};
        match stage {
            Stage::Validate => &self.validate,
            Stage::Whole(Create) => &self.create,
            Stage::Execute(Create) => &self.create_execute,
            Stage::AfterSuccess(Create) => &self.after_create_success,
            Stage::AfterError(Create) => &self.after_create_error,
            Stage::Whole(Update) => &self.update,
            Stage::Execute(Update) => &self.update_execute,
            Stage::AfterSuccess(Update) => &self.after_update_success,
            Stage::AfterError(Update) => &self.after_update_error,
            Stage::Whole(Delete) => &self.delete,
            Stage::Execute(Delete) => &self.delete_execute,
            Stage::AfterSuccess(Delete) => &self.after_delete_success,
            Stage::AfterError(Delete) => &self.after_delete_error,
        }
    }

    /// Whether a handler would run at any stage for an event with these tags.
    pub fn concerns(&self, tags: &[&str]) -> bool {
        self.any(|hook| hook.concerns(tags))
    }

    /// Whether any handler was added at any stage.
    pub fn is_bound(&self) -> bool {
        self.any(Hook::is_bound)
    }

    fn any(&self, holds: impl Fn(&Hook<E>) -> bool) -> bool {
        let stages = [Stage::Whole, Stage::Execute, Stage::AfterSuccess, Stage::AfterError];
        holds(&self.validate)
            || Operation::ALL
                .into_iter()
                .any(|operation| stages.into_iter().any(|stage| holds(self.at(stage(operation)))))
    }
}

impl Bus {
    /// Runs the subject's own hook, inside it the model hook of the same stage, and inside that the action.
    ///
    /// # Errors
    /// The first refusal.
    pub fn around<E: Subject>(
        &self,
        stage: Stage,
        event: &mut E,
        action: &mut dyn FnMut(&mut E) -> Result<(), EventError>,
    ) -> Result<(), EventError> {
        let tags = event.tags();
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        let mut inner = |event: &mut E| self.around_model(stage, &tags, event, action);
        match E::own(self) {
            Some(life) => life.at(stage).trigger(&tags, event, &mut inner),
            None => inner(event),
        }
    }

    /// Runs the model hook around the action; what its handlers change is changed in the subject.
    ///
    /// # Errors
    /// The first refusal.
    pub fn around_model<E: Subject>(
        &self,
        stage: Stage,
        tags: &[&str],
        event: &mut E,
        action: &mut dyn FnMut(&mut E) -> Result<(), EventError>,
    ) -> Result<(), EventError> {
        let hook = self.model.at(stage);
        if !hook.concerns(tags) {
            return action(event);
        }
        let mut model = event.clone().into_model();
        let done = hook.trigger(tags, &mut model, &mut |model| {
            // A handler that puts another kind of model in its place has changed nothing.
            if let Some(changed) = E::from_model(model) {
                *event = changed.clone();
            }
            let done = action(event);
            *model = event.clone().into_model();
            done
        });
        if let Some(changed) = E::from_model(&model) {
            *event = changed.clone();
        }
        done
    }
}

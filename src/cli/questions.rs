//! Asking a person. Every question has flags that answer it, and is asked on a terminal only.

use super::{CliError, CliResult, interrupt};
use crate::diagnostic::code;
use crate::schema::diff::{Decisions, Question};
use dialoguer::console::Term;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Select};
use std::sync::atomic::{AtomicUsize, Ordering};

static OPEN: AtomicUsize = AtomicUsize::new(0);

/// Whether somebody is being asked at the moment.
pub fn is_open() -> bool {
    OPEN.load(Ordering::Relaxed) > 0
}

/// For an end of the process in the middle of a question.
pub fn show_cursor() {
    let _ = Term::stderr().show_cursor();
}

/// What puts the terminal back as it is now: a hidden prompt takes its echo away.
#[cfg(unix)]
fn terminal_as_it_is() -> impl FnOnce() + Send + 'static {
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    let state = tcgetattr(std::io::stdin()).ok();
    move || {
        if let Some(state) = state {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &state);
        }
    }
}

#[cfg(not(unix))]
fn terminal_as_it_is() -> impl FnOnce() + Send + 'static {
    || {}
}

/// A question for as long as it stands.
pub struct Asking;

impl Asking {
    /// A prompt hides the cursor or what is typed, and an interrupt would end the process before that is put back.
    pub fn start() -> Self {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            let put_back = terminal_as_it_is();
            interrupt::before_exit(|| {
                put_back();
                show_cursor();
            });
        });
        OPEN.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Asks what each new thing was, and adds the answers.
///
/// # Errors
/// Exit 130 when interrupted.
pub fn ask_renames(questions: &[Question], decisions: &mut Decisions) -> CliResult {
    let _asking = Asking::start();
    for question in questions {
        // An earlier answer may have settled this one.
        let free = |old: &&String| !decisions.renames.iter().any(|(renamed, _)| renamed == *old);
        let candidates: Vec<String> = question.candidates.iter().filter(free).cloned().collect();
        let mut choices: Vec<String> =
            candidates.iter().map(|old| format!("renamed from {old}, its data stays")).collect();
        choices.push("new".to_owned());
        let prompt = format!("Where does {} come from?", question.new);
        let theme = ColorfulTheme::default();
        let chosen =
            Select::with_theme(&theme).with_prompt(prompt).items(&choices).default(0).interact_on_opt(&Term::stderr());
        match answered(chosen)? {
            Some(at) if at < candidates.len() => decisions.renames.push((candidates[at].clone(), question.new.clone())),
            Some(_) => decisions.creates.push(question.new.clone()),
            None => return Err(declined()),
        }
    }
    Ok(())
}

/// A yes that has to be meant: no is the default.
///
/// # Errors
/// Exit 3 for no, 130 when interrupted.
pub fn confirm_loss(prompt: &str) -> CliResult {
    let _asking = Asking::start();
    let theme = ColorfulTheme::default();
    match answered(Confirm::with_theme(&theme).with_prompt(prompt).default(false).interact_on_opt(&Term::stderr()))? {
        Some(true) => Ok(()),
        _ => Err(declined()),
    }
}

/// A simple yes or no.
///
/// # Errors
/// Exit 3 for no, 130 when interrupted.
pub fn confirm(prompt: &str) -> CliResult {
    let _asking = Asking::start();
    let theme = ColorfulTheme::default();
    match answered(Confirm::with_theme(&theme).with_prompt(prompt).default(true).interact_on_opt(&Term::stderr()))? {
        Some(true) => Ok(()),
        _ => Err(declined()),
    }
}

fn declined() -> Box<CliError> {
    Box::new(CliError::new(code::DECLINED, 3, "declined, nothing was changed"))
}

/// # Errors
/// Exit 130 when interrupted.
pub fn answered<T>(answer: Result<T, dialoguer::Error>) -> CliResult<T> {
    answer.map_err(|dialoguer::Error::IO(error)| {
        // The prompt hides the cursor and does not bring it back when it is interrupted.
        show_cursor();
        let interrupted = error.kind() == std::io::ErrorKind::Interrupted;
        let exit = if interrupted { 130 } else { 1 };
        Box::new(CliError::new(code::DECLINED, exit, format!("the question was not answered: {error}")))
    })
}

//! The real PocketBase, which `tests/run.sh` puts on the PATH.

use super::{Project, Run, Server};
use std::process::Command;

/// The older PocketBase that `tests/run.sh` puts in place.
pub fn older() -> Option<String> {
    std::env::var("PBR_TEST_OLDER_POCKETBASE").ok()
}

/// The oldest PocketBase whose directories open, where `tests/run.sh` could put it in place.
pub fn oldest() -> Option<String> {
    std::env::var("PBR_TEST_OLDEST_POCKETBASE").ok().filter(|program| !program.is_empty())
}

/// Runs a command of PocketBase on the data directory of a project.
pub fn run(project: &Project, arguments: &[&str]) -> Run {
    run_with("pocketbase", project, arguments, &[])
}

/// Runs a command of one PocketBase with more environment variables.
pub fn run_with(program: &str, project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = command(program, project, arguments);
    command.envs(variables.iter().copied());
    Run::of(&arguments.join(" "), command)
}

/// Starts PocketBase on the data directory of a project.
#[track_caller]
pub fn serve(project: &Project) -> Server {
    serve_given(project, &[], &[])
}

/// Starts PocketBase with more arguments and environment variables.
#[track_caller]
pub fn serve_given(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Server {
    serve_with("pocketbase", project, arguments, variables)
}

/// Starts one PocketBase with more arguments and environment variables.
#[track_caller]
pub fn serve_with(program: &str, project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Server {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a port").port();
    let address = format!("127.0.0.1:{port}");
    let mut command = command(program, project, &[&["serve", "--http", &address], arguments].concat());
    command.envs(variables.iter().copied());
    Server::start(command)
}

fn command(program: &str, project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(project.path()).args(arguments).args(["--dir", "pb_data", "--automigrate=false"]);
    command
}

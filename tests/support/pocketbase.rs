//! The real PocketBase, which `tests/run.sh` puts on the PATH.

use super::{Project, Run, Server};
use std::process::Command;

/// The older PocketBase that `tests/run.sh` puts in place.
pub fn older() -> Option<String> {
    std::env::var("PBR_TEST_OLDER_POCKETBASE").ok()
}

/// Runs a command of PocketBase on the data directory of a project.
pub fn run(project: &Project, arguments: &[&str]) -> Run {
    run_with("pocketbase", project, arguments)
}

pub fn run_with(program: &str, project: &Project, arguments: &[&str]) -> Run {
    Run::of(&arguments.join(" "), command(program, project, arguments))
}

/// Starts PocketBase on the data directory of a project.
#[track_caller]
pub fn serve(project: &Project) -> Server {
    serve_with("pocketbase", project)
}

#[track_caller]
pub fn serve_with(program: &str, project: &Project) -> Server {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a port").port();
    Server::start(command(program, project, &["serve", "--http", &format!("127.0.0.1:{port}")]))
}

fn command(program: &str, project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(project.path()).args(arguments).args(["--dir", "pb_data", "--automigrate=false"]);
    command
}

/// Starts PocketBase with more arguments and environment variables.
#[track_caller]
pub fn serve_given(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Server {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a port").port();
    let address = format!("127.0.0.1:{port}");
    let mut command = command("pocketbase", project, &[&["serve", "--http", &address], arguments].concat());
    command.envs(variables.iter().copied());
    Server::start(command)
}

//! The real PocketBase, which `tests/run.sh` puts on the PATH.

use super::{Project, Run, Server};
use std::process::Command;

/// Runs a command of PocketBase on the data directory of a project.
pub fn run(project: &Project, arguments: &[&str]) -> Run {
    Run::of(&arguments.join(" "), command(project, arguments))
}

/// Starts PocketBase on the data directory of a project.
#[track_caller]
pub fn serve(project: &Project) -> Server {
    serve_with(project, &[], &[])
}

/// The same with more arguments and environment variables.
#[track_caller]
pub fn serve_with(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Server {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a port").port();
    let address = format!("127.0.0.1:{port}");
    let mut command = command(project, &[&["serve", "--http", &address], arguments].concat());
    command.envs(variables.iter().copied());
    Server::start(command)
}

fn command(project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new("pocketbase");
    command.current_dir(project.path()).args(arguments).args(["--dir", "pb_data", "--automigrate=false"]);
    command
}

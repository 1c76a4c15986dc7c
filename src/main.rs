use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(pbr::cli::main(std::env::args_os()))
}

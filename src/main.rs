use std::process::ExitCode;

/// SQLite's memory comes from it, too. A server allocates and frees on many threads, which it is made for.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    ExitCode::from(pbr::cli::main(std::env::args_os()))
}

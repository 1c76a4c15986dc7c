//! Lays out the program: the functions that run when a server starts, and those that requests run, stand together.
//!
//! The system takes a program into memory in pieces of 64 KiB around whatever runs. Spread over 30 MB, what a server needs
//! would keep many times its size there. `layout.txt` has prefixes of the names of these functions; benches/layout.py
//! measures and writes them. Names that no function has any more do no harm.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if !is("PROFILE", "release") || !is("CARGO_CFG_TARGET_OS", "linux") {
        return;
    }
    let script = path("OUT_DIR").join("layout.ld");
    fs::write(&script, linker_script(include_str!("layout.txt"))).expect("cargo's own directory can be written");
    let argument = format!("-Wl,-T,{}", script.display());
    if links_with(&argument) {
        println!("cargo::rustc-link-arg-bin=pbr={argument}");
    } else {
        println!("cargo::warning=this linker takes no order of functions; the program will need more memory");
    }
}

/// A section before all other code, in the order of the names.
fn linker_script(names: &str) -> String {
    let mut script = String::from("SECTIONS { .text.first : {\n");
    for name in names.lines() {
        writeln!(script, "*(.text.{name}* .text.unlikely.{name}*)").expect("writing to memory cannot fail");
    }
    script + "} } INSERT BEFORE .text;\n"
}

/// Whether a program is linked with the argument by the linker that will be used.
fn links_with(argument: &str) -> bool {
    let (source, program) = (path("OUT_DIR").join("empty.rs"), path("OUT_DIR").join("empty"));
    let target = env::var("TARGET").unwrap_or_default();
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let linker = env::var("RUSTC_LINKER").map(|linker| format!("-Clinker={linker}"));
    let written = fs::write(&source, "fn main() {}");
    written.is_ok()
        && Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .args(["--target", &target])
            .args(flags.split('\u{1f}').filter(|flag| !flag.is_empty()))
            .args(linker)
            .arg(format!("-Clink-arg={argument}"))
            .arg("-o")
            .args([program, source])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
}

/// A path that cargo tells build scripts.
fn path(name: &str) -> PathBuf {
    env::var_os(name).map(PathBuf::from).unwrap_or_else(|| panic!("cargo sets {name}"))
}

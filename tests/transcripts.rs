//! Transcripts of a terminal: `tests/transcripts/*.trycmd`, each in a folder of its own.

#[test]
fn what_the_terminal_shows_is_what_was_reviewed() {
    trycmd::TestCases::new()
        .register_bin("pbr", std::path::Path::new(env!("CARGO_BIN_EXE_pbr")))
        .case("tests/transcripts/*.trycmd");
}

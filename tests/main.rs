//! The integration tests: one program, so that the world is linked once.

mod parity;
#[allow(dead_code, reason = "helpers are for all tests, also for those to come")]
mod support;

//! The tests from outside: the built binary, real HTTP, the real PocketBase beside it.
//!
//! One program, so that the world is linked once. `tests/run.sh` puts PocketBase and the JavaScript SDK in place.

mod accounts;
mod auth_hooks;
mod auth_security;
mod backups;
mod bad_input;
mod batch;
mod branches;
mod collections;
mod command_line;
mod defaults;
mod drift;
mod durability;
mod examples;
mod files;
mod hook_results;
mod hooks;
mod keys;
mod lint;
mod logs;
mod mail;
mod metrics;
mod migrations;
mod oauth2;
mod operating;
mod pages;
mod parity;
mod pocketbase_directory;
mod project;
mod public;
mod random_filters;
mod rate_limits;
mod realtime;
mod s3;
mod sdk;
mod second_factor;
mod seed_generators;
mod seeds;
mod serving;
mod settings;
mod sql;
mod support;
mod templates;
mod tls;
mod uploads;

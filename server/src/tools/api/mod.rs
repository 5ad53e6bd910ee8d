//! The commands over the API, `connections`, `messages` and `load-test`, for people and for scripts. They are clients like
//! any other: what they show is what the API gives their caller, from anywhere that reaches it.
//!
//! Data goes to stdout, all else to stderr. Exit status: 0 done, 1 refused or failed, with the API's code on stderr,
//! 2 wrong usage, 3 not reachable, 4 timed out, 130 interrupted.

mod access;
mod answer;
mod choice;
mod client;
pub mod connections;
mod content;
mod credentials;
mod event_stream;
mod failure;
mod interruption;
pub mod load_test;
pub mod messages;
mod output;
mod page_of_facts;
mod pages;
mod progress;
mod secret;
mod table;
mod watch;
mod watching;

pub use failure::Failure;

/// What every `--help` says at its end.
const EPILOGUE: &str = "

Token: the environment variable CLOUD_CONNECTOR_TOKEN, or --token-file. On a development machine:
  export CLOUD_CONNECTOR_TOKEN=$(cloud-connector token --org 10000)
A service may use its pre-shared key instead: --service, and CLOUD_CONNECTOR_PSK or --psk-file.

Output goes to stdout, all else to stderr. Exit status: 0 done; 1 refused or failed, with the API's code on stderr;
2 wrong usage; 3 the API is not reachable; 4 timed out; 130 interrupted.";

/// The end of a `--help`.
fn epilogue(examples: &str) -> String {
    format!("{examples}{EPILOGUE}").trim_start().to_owned()
}

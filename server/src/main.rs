//! The `cloud-connector` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    connector_server::cli::main()
}

//! The bench as it is called. Cargo builds a binary beside its tests only where a test asks for it.

use std::process::Command;

#[test]
fn without_services_it_fails_and_says_what_it_needs() {
    let alone = Command::new(env!("CARGO_BIN_EXE_bench"))
        .env_remove("CONNECTOR_TEST_SERVICES")
        .output()
        .expect("it can be run");
    assert!(!alone.status.success());
    assert!(String::from_utf8_lossy(&alone.stderr).contains("scripts/services"));
}

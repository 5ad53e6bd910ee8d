//! The suite as it is called. Cargo builds a binary beside its tests only where a test asks for it.

use std::process::{Command, Output};

fn suite(arguments: &[&str]) -> Output {
    let suite = Command::new(env!("CARGO_BIN_EXE_fault-suite"))
        .args(arguments)
        .env_remove("CONNECTOR_TEST_SERVICES")
        .output();
    suite.expect("it can be run")
}

#[test]
fn an_unknown_scenario_is_wrong_usage_and_the_list_has_every_kill() {
    let unknown = suite(&["--only", "nothing"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("nothing"));
    let list = suite(&["--list"]);
    assert!(list.status.success());
    let names = String::from_utf8_lossy(&list.stdout).into_owned();
    let kills = names.lines().filter(|name| name.starts_with("kill-"));
    assert_eq!(kills.count(), 6, "{names}");
}

#[test]
fn without_services_it_fails_and_passes_nothing() {
    let alone = suite(&["--short"]);
    assert!(!alone.status.success());
    assert!(String::from_utf8_lossy(&alone.stderr).contains("scripts/services"));
}

//! The suite as a command; it attacks in `make attacks`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attack-suite"));
    let output = command.args(arguments).output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn wrong_usage_and_a_binary_that_is_not_there_are_told() {
    let (status, told) = run(&[]);
    assert_eq!(status, Some(2));
    assert!(told.contains("<BINARY>"), "{told}");
    let (status, told) = run(&["nowhere/cloud-connector"]);
    assert_eq!(status, Some(1));
    assert!(told.contains("the binary is not there"), "{told}");
}

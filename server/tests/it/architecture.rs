//! Dependencies point one way.

use std::collections::BTreeSet;
use std::process::Command;

/// Everything a crate is built with, by name.
fn built_with(name: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree", "--edges", "normal", "--prefix", "none", "--format", "{p}",
        ])
        .args([
            "--locked",
            "--offline",
            "--package",
            name,
            "--manifest-path",
        ])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_inside_builds_without_any_adapter() {
    for inside in [
        "connector-domain",
        "connector-outbox",
        "connector-schema",
        "connector-consumers",
    ] {
        let built_with = built_with(inside);
        assert!(
            built_with.contains("connector-domain"),
            "the walk finds nothing"
        );
        for adapter in [
            "sqlx",
            "rumqttc",
            "rdkafka",
            "axum",
            "connector-transport",
            "connector-store-sqlite",
            "connector-server",
        ] {
            assert!(
                !built_with.contains(adapter),
                "{inside} builds with {adapter}"
            );
        }
    }
    assert!(!built_with("connector-schema").contains("connector-consumers"));
}

#[test]
fn what_ships_builds_without_test_code() {
    let built_with = built_with("connector-server");
    assert!(built_with.contains("rdkafka"), "the walk finds nothing");
    for test_only in ["connector-testkit", "connector-store-memory", "proptest"] {
        assert!(
            !built_with.contains(test_only),
            "connector-server builds with {test_only}"
        );
    }
}

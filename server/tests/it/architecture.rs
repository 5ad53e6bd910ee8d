//! Dependencies point one way.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

fn normal_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
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
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut graph = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().expect("nodes") {
        let normal = node["deps"]
            .as_array()
            .expect("dependencies")
            .iter()
            .filter(|dependency| {
                dependency["dep_kinds"]
                    .as_array()
                    .expect("kinds")
                    .iter()
                    .any(|kind| kind["kind"].is_null())
            });
        let dependencies = normal
            .map(|dependency| dependency["pkg"].as_str().expect("an id").to_owned())
            .collect();
        graph.insert(node["id"].as_str().expect("an id").to_owned(), dependencies);
    }
    graph
}

/// Everything a crate builds with, by name.
fn closure(graph: &BTreeMap<String, BTreeSet<String>>, name: &str) -> BTreeSet<String> {
    let named = |id: &str| {
        id.rsplit(['/', '#'])
            .next()
            .unwrap_or_default()
            .split('@')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let own = |id: &&String| {
        id.starts_with("path+") && (named(id) == name || id.contains(&format!("#{name}@")))
    };
    let start = graph
        .keys()
        .find(own)
        .unwrap_or_else(|| panic!("no crate {name}"));
    let (mut seen, mut open) = (BTreeSet::new(), vec![start.clone()]);
    while let Some(id) = open.pop() {
        for next in &graph[&id] {
            if seen.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    seen.iter()
        .map(|id| {
            id.rsplit_once('#')
                .map_or(id.as_str(), |(_, name)| name)
                .split('@')
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

#[test]
fn the_inside_builds_without_any_adapter() {
    let graph = normal_dependencies();
    for inside in [
        "connector-domain",
        "connector-outbox",
        "connector-schema",
        "connector-consumers",
    ] {
        let built_with = closure(&graph, inside);
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
    let schema = closure(&graph, "connector-schema");
    assert!(!schema.contains("connector-consumers") && schema.contains("connector-domain"));
    assert!(
        closure(&graph, "connector-server").contains("rdkafka"),
        "the walk finds nothing"
    );
}

#[test]
fn no_crate_that_ships_builds_with_test_code() {
    let built_with = closure(&normal_dependencies(), "connector-server");
    for test_only in ["connector-testkit", "connector-store-memory", "proptest"] {
        assert!(
            !built_with.contains(test_only),
            "connector-server builds with {test_only}"
        );
    }
}

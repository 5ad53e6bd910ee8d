//! `load-test` as operators run it: the real binary against a platform.

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use connector_testkit::{Client, TestPlatform};
use serde_json::Value;

/// The command against a platform, with what its devices and its caller need.
fn command(platform: &TestPlatform, client: &Client, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloud-connector"));
    command
        .args(["load-test", "--json", "--devices", "6", "--broker"])
        .arg(platform.devices().to_string())
        .arg("--authority")
        .arg(platform.data_dir().join("certs/devices"))
        .args(line.split(' '))
        .env("CLOUD_CONNECTOR_URL", format!("{}/graphql", client.base))
        .env("CLOUD_CONNECTOR_TOKEN", &client.token)
        .stdin(Stdio::null());
    command
}

fn report(output: &Output) -> Value {
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_test_tells_how_long_everything_took_and_runs_again_with_the_same_devices() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    for _ in 0..2 {
        let line = "--rate 60 --status-every 3 --send-rate 10 --duration 2s --quiet";
        let output = command(&platform, &client, line).output().unwrap();
        let report = report(&output);
        assert!(output.status.success(), "{report:#}");
        assert_eq!(report["failures"], Value::Array(vec![]), "{report:#}");
        assert_eq!(report["sent"], report["responded"], "{report:#}");
        for (latency, least) in [
            ("connect", 6),
            ("firstStatusToEvent", 6),
            ("publishToPuback", 60),
            ("statusToEvent", 20),
            ("sendToAnswer", 5),
            ("sendToDevice", 5),
            ("sendToResponded", 5),
        ] {
            let latency = &report["latencies"][latency];
            assert!(latency["count"].as_u64() >= Some(least), "{report:#}");
            assert!(latency["p99Ms"].as_f64() > Some(0.0), "{report:#}");
        }
    }
    let left = client.connection("load-6").await;
    assert_eq!(left["stateReason"], "REPORTED", "{left}");
    assert_eq!(left["state"], "OFFLINE", "{left}");
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_a_load_test_with_the_report_so_far() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let mut child = command(&platform, &client, "--duration 10m")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("6 of 6 devices are connected") {
        line.clear();
        let read = std::io::BufRead::read_line(&mut told, &mut line).unwrap();
        assert!(read > 0, "it ends before its devices are connected");
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let report = report(&output);
    assert_eq!(report["interrupted"], true);
    assert_eq!(report["latencies"]["connect"]["count"], 6, "{report:#}");
    platform.stop().await;
}

#[test]
fn another_machine_is_loaded_only_when_allowed_and_what_is_not_there_is_not_reachable() {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str, url: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_cloud-connector"))
            .args(["load-test", "--devices", "1", "--data-dir"])
            .arg(folder.path())
            .args(line.split(' '))
            .env("CLOUD_CONNECTOR_URL", url)
            .env("CLOUD_CONNECTOR_TOKEN", "token")
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), stderr)
    };
    let nowhere = "http://127.0.0.1:1/graphql";
    for (line, url) in [
        ("--broker broker.example.com:8883", nowhere),
        ("--broker 127.0.0.1:1", "https://api.example.com/graphql"),
    ] {
        let (status, stderr) = run(line, url);
        assert_eq!(status, Some(2), "{stderr}");
        assert!(stderr.contains("--allow-remote"), "{stderr}");
    }
    let (status, stderr) = run("--broker 127.0.0.1:1", nowhere);
    assert_eq!(status, Some(3), "{stderr}");
}

//! Watches: what they see, and how they end.

use connector_testkit::{TestPlatform, free_port};
use serde_json::json;

use super::shell::Shell;

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_sees_a_device_come_and_go_and_resumes_where_it_was() {
    let platform = TestPlatform::start().await;
    let shell = Shell::of(&platform.client());
    let watching = shell.watch("connections watch --tag site=north --count 2 --timeout 20s");
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    drop(device);
    let ended = watching.end();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let seen = ended.lines();
    assert_eq!(
        (&seen[0]["kind"], &seen[0]["clientId"], &seen[0]["state"]),
        (&json!("APPEARED"), &json!("host-1"), &json!("ONLINE"))
    );
    assert_eq!(
        seen[0]["connection"]["tags"],
        json!([{"key": "site", "value": "north"}])
    );
    assert_eq!(
        (&seen[1]["state"], &seen[1]["reason"]),
        (&json!("OFFLINE"), &json!("LINK_LOST"))
    );

    let cursor = seen[0]["cursor"].as_str().unwrap();
    let again = format!("connections watch --after {cursor} --count 1 --timeout 20s");
    assert_eq!(shell.lines(&again)[0]["version"], seen[1]["version"]);

    let watching = shell.watch("connections watch --timeout 20s");
    watching.interrupt();
    let ended = watching.end();
    assert_eq!(
        (ended.status, ended.stdout.as_str()),
        (0, ""),
        "Ctrl-C is how a watch ends"
    );
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_outlives_a_restart_and_says_that_events_may_be_missing() {
    let port = free_port();
    let platform = TestPlatform::start_with(|config| config.http.port = port).await;
    let shell = Shell::of(&platform.client());
    let mut watching = shell.watch("connections watch --count 1 --timeout 40s");
    let mut strict = shell.watch("connections watch --strict --timeout 40s");
    // The embedded log begins anew with its process, so what a server restarted with Kafka would still have is gone.
    let platform = platform.restart().await;
    watching.until_told("warning: events may be missing here");
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    let ended = watching.end();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("connection lost, trying again"),
        "{}",
        ended.stderr
    );
    assert_eq!(ended.lines()[0]["clientId"], "host-1");
    strict.until_told("error: CURSOR_EXPIRED: ");
    assert_eq!(strict.end().status, 1);
    platform.stop().await;
}

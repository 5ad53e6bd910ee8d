//! Messages, from being sent to being looked at.

use std::io::Write;
use std::process::Stdio;

use connector_domain::caller::Permission;
use connector_testkit::TestPlatform;
use serde_json::json;

use super::online;
use super::shell::{Ended, Shell};

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_sent_answered_and_looked_at() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let shell = Shell::of(&client);
    let (stop, running) = platform.device("sim").simulate();
    online(&client, "sim").await;
    let steps = shell.watch("messages watch --mine --count 3 --timeout 20s");
    let received = shell.watch("messages watch --received --count 1 --timeout 20s");

    let sent = shell.lines(r#"messages send --client-id sim --directive echo {"n":[1.10,123456789012345678]} --metadata a=b --wait --timeout 20s"#);
    assert_eq!(sent[0]["message"]["state"], "RESPONDED");
    let answer = &sent[0]["message"]["responses"]["nodes"][0];
    assert_eq!(
        answer["content"],
        json!({"n": [1.10, 123_456_789_012_345_678_i64]})
    );
    let id = sent[0]["messageId"].as_str().unwrap();
    let states: Vec<_> = steps
        .end()
        .lines()
        .into_iter()
        .map(|mut step| step["state"].take())
        .collect();
    assert_eq!(states, ["QUEUED", "PUBLISHED", "RESPONDED"]);
    let arrival = &received.end().lines()[0]["message"];
    assert_eq!(
        (&arrival["responseTo"]["messageId"], &arrival["content"]),
        (&json!(id), &answer["content"])
    );

    let shown = shell.lines(&format!("messages show {id}"));
    assert_eq!(shown[0]["metadata"], json!({"a": "b"}));
    let page = shell.run(&format!("messages show {id} -o table")).stdout;
    assert!(
        page.contains("RESPONDED") && page.contains("ANSWER"),
        "{page}"
    );
    let listed = shell.lines("messages list --mine --since 1h --content --state responded");
    assert_eq!((listed.len(), &listed[0]["messageId"]), (1, &json!(id)));
    assert_eq!(
        shell
            .lines(&format!("messages list --response-to {id}"))
            .len(),
        1
    );

    let mut piped = shell.command("messages send --client-id sim --directive echo -");
    let mut child = piped
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"\"from a pipe\"\n")
        .unwrap();
    let ended = Ended::of(&child.wait_with_output().unwrap());
    assert_eq!(
        (ended.status, &ended.lines()[0]["message"]["state"]),
        (0, &json!("PUBLISHED"))
    );

    let some =
        shell.run("messages send --client-id sim,nobody --directive echo 1 --wait --timeout 20s");
    assert_eq!((some.status, some.lines().len()), (1, 2));
    assert!(
        some.stderr
            .contains("error: CLIENT_NOT_FOUND: 1 of 2 messages"),
        "{}",
        some.stderr
    );

    // A sender needs no more than the permission to send.
    let sender = Shell::of(&platform.client_of(Some("10000"), vec![Permission::MessageSend]));
    let sent =
        sender.lines("messages send --client-id sim --directive echo 2 --wait --timeout 20s");
    assert_eq!(sent[0]["message"]["state"], "RESPONDED");
    stop.abrupt.cancel();
    running.await.unwrap();
    platform.stop().await;
}

//! `connections` and `messages`, as people and scripts run them: the real binary as a client of a platform.

mod shell;

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use connector_domain::caller::Permission;
use connector_testkit::{Client, TestPlatform, eventually};
use serde_json::{Value, json};

use self::shell::{Ended, Shell};

async fn online(client: &Client, client_id: &str) {
    eventually(
        "the device is online",
        || client.connection(client_id),
        |seen| seen["state"] == "ONLINE",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pages_are_listed_and_filters_narrow_them() {
    const COUNT: usize = 55;
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let shell = Shell::of(&client);
    assert_eq!(shell.run("connections list -o json").stdout, "[]\n");
    let devices: Vec<_> = (0..COUNT)
        .map(|number| platform.device(&format!("sim-{number}")).simulate())
        .collect();
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    eventually(
        "all are online",
        || client.data("{ connectionStats { online } }", json!({})),
        |data| data["connectionStats"]["online"] == COUNT + 1,
    )
    .await;

    let listed = shell.lines("connections list");
    let names: BTreeSet<_> = listed
        .iter()
        .map(|device| &device["clientId"])
        .map(Value::to_string)
        .collect();
    assert_eq!((listed.len(), names.len()), (COUNT + 1, COUNT + 1));
    let listed = shell.run("connections list -o json --limit 52 --state online");
    let listed: Vec<Value> = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed.len(), 52);
    let found = |line: &str| -> Vec<Value> {
        let mut listed = shell.lines(line);
        listed
            .iter_mut()
            .map(|device| device["clientId"].take())
            .collect()
    };
    assert_eq!(
        found("connections list --tag site=north --search host.ex"),
        ["host-1"]
    );
    assert!(found("connections list --tag site=north --state offline").is_empty());
    assert_eq!(
        found("connections list --client-id host-1,sim-3 --sort client-id --descending"),
        ["sim-3", "host-1"]
    );
    assert_eq!(found("connections list --org 10000 --limit 1"), ["host-1"]);
    let foreign = shell.run("connections list --org 99999");
    assert_eq!(foreign.status, 1);
    assert!(
        foreign.stderr.starts_with("error: FORBIDDEN: "),
        "{}",
        foreign.stderr
    );

    let table = shell
        .run("connections list -o table --client-id host-1")
        .stdout;
    let mut rows = table.lines();
    assert!(
        rows.next().unwrap().starts_with("CLIENT ID  STATE"),
        "{table}"
    );
    assert!(
        rows.next().unwrap().starts_with("host-1     ONLINE"),
        "{table}"
    );
    assert!(
        !table.contains('\u{1b}'),
        "no colours where there is no terminal"
    );
    let shown = shell.lines("connections show host-1");
    assert_eq!(
        shown[0]["canonicalFacts"]["raw"]["fqdn"],
        "host.example.com"
    );
    assert_eq!(shown[0]["stateHistory"]["nodes"][0]["state"], "ONLINE");
    assert!(
        shell
            .run("connections show host-1 -o table")
            .stdout
            .contains("fqdn             host.example.com\n")
    );
    let nobody = shell.run("connections show nobody");
    assert_eq!((nobody.status, nobody.stdout.as_str()), (1, ""));
    assert!(
        nobody.stderr.starts_with("error: CLIENT_NOT_FOUND: "),
        "{}",
        nobody.stderr
    );

    for (stop, _) in &devices {
        stop.abrupt.cancel();
    }
    platform.stop().await;
}

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
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
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

#[tokio::test(flavor = "multi_thread")]
async fn a_service_asks_with_its_pre_shared_key_instead_of_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, key) = (folder.path().join("services"), folder.path().join("key"));
    let create = "psk create --client-id dispatcher --org 10000 --permission CONNECTION_READ";
    let created = Command::new(env!("CARGO_BIN_EXE_cloud-connector"))
        .args(create.split(' '))
        .arg("--append")
        .arg(&keys)
        .output()
        .unwrap();
    std::fs::write(&key, &created.stdout).unwrap();
    let platform =
        TestPlatform::start_with(|config| config.auth.psk.file = keys.display().to_string()).await;
    let with_token = Shell::of(&platform.client());
    let service = Shell {
        token: String::new(),
        url: with_token.url.clone(),
    };
    let line = "connections list --service dispatcher --service-org 10000";
    let by_file = service.run(&format!("{line} --psk-file {}", key.display()));
    assert_eq!((by_file.status, by_file.stdout.as_str()), (0, ""));
    let by_variable = |shell: &Shell, key: &str| {
        let mut command = shell.command(line);
        Ended::of(&command.env("CLOUD_CONNECTOR_PSK", key).output().unwrap())
    };
    let text = std::fs::read_to_string(&key).unwrap();
    assert_eq!(by_variable(&service, &text).status, 0);
    let wrong = by_variable(&service, "not-the-key");
    assert!(
        wrong.status == 1 && wrong.stderr.starts_with("error: UNAUTHENTICATED: "),
        "{}",
        wrong.stderr
    );
    assert!(
        !wrong.stderr.contains("not-the-key"),
        "a key is never printed"
    );
    for (shell, key) in [(&service, ""), (&with_token, text.as_str())] {
        let ended = by_variable(shell, key);
        assert_eq!(ended.status, 2, "{}", ended.stderr);
    }
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_statuses_tell_a_script_what_to_do() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let shell = Shell::of(&client);
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    online(&client, "host-1").await;
    let send = "messages send --client-id host-1 --directive";

    let refused = shell.run(&format!("{send} other 1"));
    assert_eq!(refused.status, 1);
    assert!(
        refused.stderr.contains("error: DIRECTIVE_NOT_AVAILABLE: "),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("it has echo"), "{}", refused.stderr);
    assert_eq!(
        refused.lines()[0]["errors"][0]["available"],
        json!(["echo"])
    );
    let reader = Shell::of(&platform.client_of(Some("10000"), vec![Permission::ConnectionRead]));
    let forbidden = reader.run(&format!("{send} echo 1"));
    assert!(
        forbidden.status == 1 && forbidden.stderr.starts_with("error: FORBIDDEN: "),
        "{}",
        forbidden.stderr
    );
    let forbidden = reader.run("messages watch --timeout 20s");
    assert!(
        forbidden.status == 1 && forbidden.stderr.contains("error: FORBIDDEN: "),
        "{}",
        forbidden.stderr
    );
    let stranger = Shell {
        token: "no-token-of-ours".to_owned(),
        ..Shell::of(&client)
    };
    let unknown = stranger.run("connections list");
    assert!(
        unknown.status == 1 && unknown.stderr.starts_with("error: UNAUTHENTICATED: "),
        "{}",
        unknown.stderr
    );
    assert!(
        !unknown.stderr.contains("no-token-of-ours"),
        "a token is never printed"
    );

    let tokenless = Shell {
        token: String::new(),
        ..Shell::of(&client)
    }
    .run("connections list");
    assert!(
        tokenless.status == 2 && tokenless.stderr.contains("CLOUD_CONNECTOR_TOKEN"),
        "{}",
        tokenless.stderr
    );
    for wrong in [
        "connections list --state nowhere",
        &format!("{send} echo hello"),
        "messages send --directive echo",
    ] {
        assert_eq!(shell.run(wrong).status, 2, "{wrong}");
    }

    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let nowhere = Shell {
        url: format!("http://{}/graphql", free.local_addr().unwrap()),
        ..Shell::of(&client)
    };
    drop(free);
    for line in [
        "connections list",
        "connections watch",
        &format!("{send} echo 1"),
    ] {
        let unreachable = nowhere.run(line);
        assert_eq!(
            (unreachable.status, unreachable.stdout.as_str()),
            (3, ""),
            "{}",
            unreachable.stderr
        );
    }

    let late = shell.run(&format!("{send} echo 1 --wait --timeout 1s"));
    assert_eq!(
        (late.status, &late.lines()[0]["message"]["state"]),
        (4, &json!("PUBLISHED"))
    );
    assert_eq!(
        shell.run("connections watch --count 1 --timeout 1s").status,
        4
    );
    platform.stop().await;
}

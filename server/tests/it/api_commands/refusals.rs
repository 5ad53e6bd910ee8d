//! Who asks, and what a script is told by the exit status.

use std::process::Command;

use connector_domain::caller::Permission;
use connector_testkit::{TestPlatform, free_port};
use serde_json::json;

use super::online;
use super::shell::{Ended, Shell};

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

    let nowhere = Shell {
        url: format!("http://127.0.0.1:{}/graphql", free_port()),
        ..Shell::of(&client)
    };
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

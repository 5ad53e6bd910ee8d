//! What a role refuses to start without, and how it says so.

use std::process::{Command, Output};

use connector_transport::embedded::EmbeddedKafka;

fn start(role: &str, settings: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloud-connector"));
    command.args([role, "--data-dir"]).arg(folder.path());
    for (name, value) in settings {
        command.env(format!("CLOUD_CONNECTOR__{name}"), value);
    }
    command.output().unwrap()
}

#[test]
fn an_api_server_alone_makes_no_key_that_nobody_asked_for() {
    let settings = [
        ("KAFKA__BROKERS", "127.0.0.1:1"),
        ("MQTT__URL", "mqtt://127.0.0.1:1"),
    ];
    let output = start("api-server", &settings);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(
        error.contains("auth.verification_key_file") && error.contains("cloud-connector token"),
        "{error}"
    );
}

#[test]
fn topics_that_are_missing_are_waited_for_and_then_named() {
    let control = "platform.cloud-connector.rhc-message-ingress";
    let kafka = EmbeddedKafka::start(&[(control, 1)]).unwrap();
    let settings = [
        ("KAFKA__BROKERS", kafka.bootstrap_servers().as_str()),
        ("MQTT__URL", "mqtt://127.0.0.1:1"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let output = start("mqtt-message-consumer", &settings);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(
        error.contains("waiting for kafka and its topics"),
        "{error}"
    );
    let named = "error: kafka cannot be used: the log refuses: 3 topics do not exist: \
                 platform.cloud-connector.rhc-data-ingress, platform.cloud-connector.dead-letter, \
                 platform.cloud-connector.mqtt-consumer-lease";
    assert!(error.contains(named), "{error}");
}

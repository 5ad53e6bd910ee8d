//! How commands come to their database, as an operator sees it.

use std::path::Path;
use std::process::{Command, Output};

use connector_store_sqlite::SqliteStore;

/// A command that works on a database and on Kafka, of which none answers.
fn command(data: &Path, database_url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloud-connector"));
    command
        .args(arguments)
        .arg("--data-dir")
        .arg(data)
        .env("CLOUD_CONNECTOR__DATABASE__URL", database_url)
        .env("CLOUD_CONNECTOR__DATABASE__START_PATIENCE_SECONDS", "1")
        .env("CLOUD_CONNECTOR__KAFKA__BROKERS", "127.0.0.1:9");
    command
}

fn run(data: &Path, database_url: &str, arguments: &[&str]) -> Output {
    let output = command(data, database_url, arguments).output();
    output.unwrap()
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

#[test]
fn looking_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let looked = run(&data, "", &["migrate", "--dry-run"]);
    let named: Vec<String> = text(&looked.stdout).lines().map(str::to_owned).collect();
    assert_eq!(named, SqliteStore::migrations());

    let looked = run(&data, "", &["doctor"]);
    let found = text(&looked.stdout);
    assert!(
        found.contains("wrong database         not there yet"),
        "{found}"
    );
    assert!(
        found.contains("ok    keys             not there yet"),
        "{found}"
    );
    assert!(!data.exists(), "{found}");
}

#[test]
fn what_refuses_a_database_prints_the_command_that_helps() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("my data");
    let url = format!("sqlite:{}/it's here.db", folder.path().display());
    let refused = text(&run(&data, &url, &["rebuild"]).stderr);
    let (_, helps) = refused.split_once("run: ").expect(&refused);
    let helped = Command::new("sh").args(["-c", helps]).output().unwrap();
    assert!(helped.status.success(), "{helps}{}", text(&helped.stderr));

    let missing = run(&data, &url, &["migrate", "--dry-run"]);
    assert_eq!(text(&missing.stdout), "");
    assert!(folder.path().join("it's here.db").exists());
}

#[test]
fn a_server_that_is_away_is_waited_for_and_then_named() {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(
        folder.path(),
        "postgres://me:secret@127.0.0.1:9/it",
        &["rebuild"],
    );
    let error = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{error}");
    assert!(error.contains("trying again"), "{error}");
    assert!(
        error.contains("no database within 1 s: the database it at 127.0.0.1:9"),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn an_address_that_is_none_is_wrong_usage_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    for url in [
        "mysql://me:secret@host/it",
        "postgres://me:sec#ret@host/it",
        "postgres://me:secret@host/it?sslmode=perhaps",
        "me:secret@host/it",
    ] {
        let ended = run(folder.path(), url, &["migrate"]);
        let error = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{error}");
        assert!(error.contains("database.url"), "{error}");
        assert!(
            !error.contains("secret") && !error.contains("sec#ret"),
            "{error}"
        );
    }
}

//! Lists: whole, narrowed, and in every form.

use std::collections::BTreeSet;

use connector_testkit::{TestPlatform, eventually};
use serde_json::{Value, json};

use super::shell::Shell;

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

//! PostgreSQL under the roles: away at start and later, and rebuilt from Kafka.

use connector_service_tests::{Service, Stack};
use serde_json::json;

use crate::until_state;

#[tokio::test(flavor = "multi_thread")]
async fn readiness_names_the_database_while_it_is_down_and_nothing_acknowledged_is_lost() {
    let stack = Stack::start().await;
    let client = stack.client().await;
    let id = stack.id("while-postgres-is-down");
    let mut device = stack.services.device(&id).connect().await;
    stack.services.kill(Service::Postgres).await;
    stack.api_server.until_down(&["database"]).await;
    stack.kafka_consumers[0].until_down(&["database"]).await;
    // It needs no database.
    assert_eq!(stack.mqtt_consumer.readiness().await["ready"], true);
    device.report_online("m-1").await;
    // Started while it is away, a role waits.
    let late = stack.new_kafka_consumer();

    stack.services.start(Service::Postgres).await;
    for role in stack
        .kafka_consumers
        .iter()
        .chain([&stack.api_server, &late])
    {
        role.until_ready().await;
    }
    until_state(&client, &id, "ONLINE").await;
    late.terminate().await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_gives_the_database_that_the_consumers_made() {
    let stack = Stack::start().await;
    let client = stack.client().await;
    let (gone, here) = (stack.id("rebuilt-gone"), stack.id("rebuilt-here"));
    let mut leaving = stack.services.device(&gone).connect().await;
    leaving.report_online("m-1").await;
    until_state(&client, &gone, "ONLINE").await;
    drop(leaving);
    until_state(&client, &gone, "OFFLINE").await;
    let mut staying = stack.services.device(&here).connect().await;
    staying.report_online("m-1").await;
    until_state(&client, &here, "ONLINE").await;
    let versions = [
        client.connection(&gone).await["version"].clone(),
        client.connection(&here).await["version"].clone(),
    ];
    assert_eq!(versions, [json!(2), json!(1)]);

    let rebuilt = stack.empty_database("rebuilt").await;
    stack.run_on(&rebuilt.ingest(), &["rebuild"]).await;
    for checked in [stack.database_url(), rebuilt.ingest()] {
        let report = stack.run_on(&checked, &["rebuild", "--check"]).await;
        let report = String::from_utf8_lossy(&report.stdout).into_owned();
        assert!(report.contains("all as a rebuild gives them"), "{report}");
    }
    stack.stop().await;
}

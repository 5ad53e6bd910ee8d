//! Devices get, keep and lose their tenants without their having spoken.

use std::time::Duration;

use connector_domain::clock::Clock as _;
use connector_domain::connection::Connection;
use connector_domain::id::OrgId;
use connector_domain::tenant::{Denial, Tenant, TenantLookup};
use serde_json::{Value, json};

use crate::fake::{Directory, Stage, control, eventually, online};

const ORG: &str = "10000";

fn unknown(stage: &Stage) -> TenantLookup {
    TenantLookup::Unknown(Denial {
        answered_at: stage.clock.now(),
        trusted: true,
    })
}

/// Waits until the record of a device is as it should be.
async fn is(stage: &Stage, client_id: &str, what: &str, accept: impl Fn(&Connection) -> bool) {
    let waiting = async {
        while !stage
            .connection(client_id)
            .await
            .is_some_and(|it| accept(&it))
        {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(10), waiting).await;
    waited.unwrap_or_else(|_| panic!("never: {client_id} {what}"));
}

fn is_owned(connection: &Connection) -> bool {
    connection.tenant.org_id().is_some()
}

/// Version and organisations before and after of every event about a device, as it was told.
fn told(stage: &Stage, client_id: &str) -> Vec<Value> {
    let about = |event: &Value| event["subject"] == client_id;
    let row = |event: &Value| {
        let data = &event["data"];
        let org = |side: &str| data[side]["account"]["orgId"].clone();
        json!([data["version"], org("before"), org("after")])
    };
    let events = stage.log.json("connection-events");
    events
        .iter()
        .filter(|event| about(event))
        .map(row)
        .collect()
}

fn signals(stage: &Stage) -> usize {
    let records = stage.log.records("control");
    let signals = records
        .iter()
        .filter(|record| record.header("topic").is_none());
    signals.count()
}

/// Devices that nobody's answer is known of, more than one round takes.
async fn devices_in_an_outage(stage: &mut Stage) -> Vec<String> {
    stage.directory.turns_to(TenantLookup::Unavailable);
    let ids: Vec<String> = (0..8).map(|number| format!("host-{number}")).collect();
    for id in &ids {
        control(stage, id, online("m-1", "agent")).await;
    }
    stage.start();
    stage.is_read().await;
    ids
}

#[tokio::test]
async fn devices_that_came_in_an_outage_are_adopted_when_it_ends_and_say_nothing() {
    let mut stage = Stage::set();
    let ids = devices_in_an_outage(&mut stage).await;
    let asked = stage.directory.asked();
    stage.start_retries();
    eventually("they are asked about again", || {
        stage.directory.asked() > asked + 5
    })
    .await;
    assert_eq!(
        signals(&stage),
        0,
        "nothing is written while nothing is known"
    );

    stage.directory.turns_to(Directory::owner(ORG));
    for id in &ids {
        is(&stage, id, "is somebody's", is_owned).await;
    }
    stage.is_read().await;
    stage.stop().await;
    for id in &ids {
        let appeared = [json!([1, null, null]), json!([2, null, ORG])];
        assert_eq!(told(&stage, id), appeared);
        let connection = stage.connection(id).await.expect("there");
        assert_eq!(connection.last_seen_at, connection.first_seen_at);
    }
    assert_eq!(signals(&stage), ids.len(), "one each");
    assert!(stage.log.records("dead-letter").is_empty());
}

#[tokio::test]
async fn signals_read_again_change_nothing_and_tell_what_was_not_told() {
    let mut stage = Stage::set();
    let ids = devices_in_an_outage(&mut stage).await;
    stage.log.fail("connection-events", [true]);
    stage.directory.turns_to(Directory::owner(ORG));
    stage.start_retries();
    for id in &ids {
        is(&stage, id, "is somebody's", is_owned).await;
    }
    stage.is_read().await;
    stage.stop().await;
    let before: Vec<Vec<Value>> = ids.iter().map(|id| told(&stage, id)).collect();
    for events in &before {
        let last = events.last().expect("told");
        assert_eq!(*last, json!([2, null, ORG]), "though the first try failed");
    }

    stage.directory.turns_to(Directory::owner("20000"));
    stage.reader.forget();
    stage.play().await;
    let after: Vec<Vec<Value>> = ids.iter().map(|id| told(&stage, id)).collect();
    assert_eq!(after, before);
    for id in &ids {
        let connection = stage.connection(id).await.expect("there");
        assert_eq!(connection.tenant.org_id().map(OrgId::as_str), Some(ORG));
        assert_eq!(connection.version, 2);
    }
}

#[tokio::test]
async fn a_device_that_was_nobodys_is_adopted_once_the_directory_knows_it() {
    let mut stage = Stage::set();
    stage.directory.turns_to(unknown(&stage));
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.start();
    stage.is_read().await;
    let connection = stage.connection("host-1").await.expect("there");
    assert_eq!(connection.tenant, Tenant::None);
    stage.start_retries();
    stage.directory.turns_to(Directory::owner(ORG));
    is(&stage, "host-1", "is somebody's", is_owned).await;
    stage.stop().await;
}

#[tokio::test]
async fn a_silent_device_that_the_directory_has_dropped_is_taken_after_an_hour() {
    let mut stage = Stage::set();
    control(&stage, "host-1", online("m-1", "agent")).await;
    stage.start();
    stage.is_read().await;
    stage.directory.turns_to(unknown(&stage));
    control(&stage, "host-1", online("m-2", "agent")).await;
    stage.is_read().await;
    let mut doubts = stage
        .connection("host-1")
        .await
        .expect("there")
        .tenant_doubts;
    assert!(
        doubts.is_some(),
        "it spoke when the directory had dropped it"
    );
    for _ in 0..2 {
        stage.clock.advance(Duration::from_mins(25));
        stage.directory.turns_to(unknown(&stage));
        stage.crash().await;
        stage.start();
        stage.start_retries();
        is(&stage, "host-1", "is in more doubt", |it| {
            it.tenant_doubts != doubts
        })
        .await;
        let connection = stage.connection("host-1").await.expect("there");
        assert!(is_owned(&connection), "not an hour yet");
        assert_eq!(connection.version, 1);
        doubts = connection.tenant_doubts;
    }
    stage.clock.advance(Duration::from_mins(25));
    stage.directory.turns_to(unknown(&stage));
    stage.crash().await;
    stage.start();
    stage.start_retries();
    is(&stage, "host-1", "is nobody's", |it| !is_owned(it)).await;
    stage.is_read().await;
    stage.stop().await;
    let left = [json!([1, null, ORG]), json!([2, ORG, null])];
    assert_eq!(told(&stage, "host-1"), left);
}

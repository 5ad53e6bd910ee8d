//! Devices that wait are looked up by somebody who has time, beside those that speak.

use std::time::Duration;

use connector_domain::id::ClientId;
use connector_domain::port::TenantDirectory;

use crate::gateway::{Gateway, Says};
use crate::{eventually, id, known, unknown};

fn waiting(count: usize) -> Vec<ClientId> {
    (0..count)
        .map(|number| id(&format!("waiting-{number}")))
        .collect()
}

#[tokio::test]
async fn whoever_has_time_waits_for_slow_answers_and_leaves_room_for_others() {
    let gateway = Gateway::start(|client_id| {
        let millis = if client_id == "speaking" { 0 } else { 400 };
        Says::late(millis, Says::Owner("1"))
    })
    .await;
    let directory = gateway.directory(|settings| {
        settings.patience.batch = Duration::from_millis(1);
        settings.concurrency = 8;
        settings.cache.unavailable = Duration::from_millis(1);
    });
    let batch = waiting(6);
    let speaking = [id("speaking")];
    let (answers, ()) = tokio::join!(
        directory.look_again(&batch),
        eventually("the one that speaks is known", || async {
            directory.lookup(&speaking).await == [known("1", "7")]
        })
    );
    assert_eq!(answers, vec![known("1", "7"); 6]);
    let most = gateway.most_at_once();
    assert!(most <= 3, "two of eight, and the one that speaks: {most}");
}

#[tokio::test]
async fn what_devices_that_wait_are_told_says_nothing_of_the_others() {
    let gateway = Gateway::start(|_| Says::status(404)).await;
    let directory = gateway.directory(|_| {});
    let answers = directory.look_again(&waiting(20)).await;
    assert_eq!(answers, vec![unknown(); 20]);
    assert!(directory.unknown_ratio() < f64::EPSILON);
}

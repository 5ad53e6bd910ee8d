//! A gateway that is slow, hangs, fails or is gone holds nobody up and loses nobody's tenant.

use std::time::Duration;

use connector_domain::port::TenantDirectory;
use connector_domain::tenant::TenantLookup;
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};

use crate::gateway::{Gateway, Says};
use crate::{PATIENCE, eventually, id, known};

#[tokio::test]
async fn a_slow_answer_holds_up_no_other_and_is_there_the_next_time() {
    let gateway = Gateway::start(|client_id| match client_id {
        "slow" => Says::late(3000, Says::Owner("1")),
        _ => Says::Owner("2"),
    })
    .await;
    let directory = gateway.directory(|settings| {
        settings.patience.batch = Duration::from_secs(1);
    });
    let batch = ["slow", "quick"].map(id);
    let started = Instant::now();
    let answers = directory.lookup(&batch).await;
    assert!(started.elapsed() < Duration::from_millis(2500));
    assert_eq!(answers, [TenantLookup::Unavailable, known("2", "7")]);
    let started = Instant::now();
    assert_eq!(directory.lookup(&batch).await, answers);
    let again = started.elapsed();
    assert!(
        again < Duration::from_millis(800),
        "not waited for twice: {again:?}"
    );
    eventually("the slow one is known", || async {
        directory.lookup(&batch).await == [known("1", "7"), known("2", "7")]
    })
    .await;
    assert_eq!(gateway.requests(), 2, "asked about once each");
}

#[tokio::test]
async fn slow_devices_that_talk_much_take_no_more_than_a_turn_each() {
    let gateway = Gateway::start(|client_id| match client_id {
        "slow-1" | "slow-2" => Says::never(),
        _ => Says::Owner("2"),
    })
    .await;
    let directory = gateway.directory(|settings| {
        settings.concurrency = 4;
        settings.patience.request = Duration::from_hours(1);
        settings.patience.lookup = Duration::from_hours(1);
        settings.patience.batch = Duration::from_millis(100);
        settings.patience.attempts = 1;
        settings.breaker.failures = 1000;
        // What was not answered in time is asked about with nearly every batch.
        settings.cache.unavailable = Duration::from_millis(1);
    });
    let slow = ["slow-1", "slow-2"].map(id);
    for _ in 0..20 {
        assert_eq!(
            directory.lookup(&slow).await,
            [TenantLookup::Unavailable, TenantLookup::Unavailable]
        );
    }
    eventually("there is a turn for another", || async {
        directory.lookup(&[id("quick")]).await == [known("2", "7")]
    })
    .await;
    assert_eq!(
        directory.lookup(&slow).await[0],
        TenantLookup::Unavailable,
        "they still wait"
    );
    assert_eq!(gateway.requests(), 3, "asked about once each");
}

#[tokio::test]
async fn a_gateway_that_hangs_is_left_alone_and_found_again_when_it_is_back() {
    let gateway = Gateway::start(|_| Says::never()).await;
    let directory = gateway.directory(|settings| {
        settings.patience.request = Duration::from_millis(200);
        settings.patience.batch = Duration::from_millis(500);
        settings.patience.attempts = 1;
        settings.breaker.failures = 4;
        settings.breaker.pause = Duration::from_secs(2);
        settings.cache.unavailable = Duration::from_millis(1);
    });
    let batch = ["a", "b", "c", "d", "e"].map(id);
    let nobody = vec![TenantLookup::Unavailable; batch.len()];
    assert_eq!(directory.lookup(&batch).await, nobody);
    eventually("it is left alone", || async {
        let started = Instant::now();
        assert_eq!(directory.lookup(&batch).await, nobody);
        started.elapsed() < Duration::from_millis(100)
    })
    .await;
    let asked = gateway.requests();
    for _ in 0..100 {
        directory.lookup(&batch).await;
    }
    let tries = gateway.requests() - asked;
    assert!(tries <= 2, "one at a time tries: {tries}");

    gateway.turns_to(|_| Says::Owner("1"));
    eventually("it is found again", || async {
        directory.lookup(&batch).await == vec![known("1", "7"); batch.len()]
    })
    .await;
}

#[tokio::test]
async fn kept_answers_outlast_an_outage_and_are_given_at_once() {
    let gateway = Gateway::start(|_| Says::Owner("1")).await;
    let directory = gateway.directory(|settings| {
        settings.patience.batch = Duration::from_secs(5);
    });
    directory.lookup(&[id("old")]).await;
    gateway.turns_to(|_| Says::never());
    let started = Instant::now();
    assert_eq!(directory.lookup(&[id("old")]).await, [known("1", "7")]);
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_gateway_that_is_gone_is_unavailable_and_one_that_comes_is_found() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let gateway = Gateway::serve(listener, &format!("http://{address}"), |_| Says::Owner("1"));
    let directory = gateway.directory(|settings| {
        settings.cache.known = Duration::from_millis(1);
        settings.cache.unavailable = Duration::from_millis(1);
    });
    let host = [id("host-1")];
    assert_eq!(directory.lookup(&host).await, [known("1", "7")]);
    drop(gateway);
    eventually("nobody is there", || async {
        let answer = timeout(PATIENCE, directory.lookup(&host)).await.unwrap();
        answer == [TenantLookup::Unavailable]
    })
    .await;
    let listener = TcpListener::bind(address).await.unwrap();
    let gateway = Gateway::serve(listener, &format!("http://{address}"), |_| Says::Owner("2"));
    eventually("somebody is there", || async {
        directory.lookup(&host).await == [known("2", "7")]
    })
    .await;
    drop(gateway);
}

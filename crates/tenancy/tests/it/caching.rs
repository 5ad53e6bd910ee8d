//! Answers are kept, each kind for its time, and many lookups go on at once.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::Manual;
use connector_domain::id::ClientId;
use connector_domain::port::TenantDirectory;
use connector_domain::stamp::Stamp;
use connector_domain::tenant::{Denial, TenantLookup};
use futures::future::join_all;
use tokio::time::Instant;

use crate::gateway::{Gateway, Says};
use crate::{eventually, id, known, unknown};

fn ids(count: usize) -> Vec<ClientId> {
    (0..count)
        .map(|number| id(&format!("host-{number}")))
        .collect()
}

#[tokio::test]
async fn a_batch_is_asked_about_together_and_answered_in_its_order() {
    let gateway = Gateway::start(|client_id| {
        let says = if client_id.ends_with('7') {
            Says::status(404)
        } else {
            Says::Owner("1")
        };
        Says::late(100, says)
    })
    .await;
    let directory = gateway.directory(|_| {});
    let batch = ids(500);
    let started = Instant::now();
    let answers = directory.lookup(&batch).await;
    let took = started.elapsed();
    for (client_id, answer) in batch.iter().zip(&answers) {
        let expected = if client_id.as_str().ends_with('7') {
            unknown()
        } else {
            known("1", "7")
        };
        assert_eq!(*answer, expected, "{client_id}");
    }
    assert_eq!(gateway.requests(), 500);
    let most = gateway.most_at_once();
    assert!((16..=64).contains(&most), "{most} at the same time");
    // One after the other it is 50 s; 64 at once, 0.8 s.
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!((directory.unknown_ratio() - 0.1).abs() < 0.001);
}

#[tokio::test]
async fn a_device_is_asked_about_once_however_many_want_to_know() {
    let gateway = Gateway::start(|_| Says::late(300, Says::Owner("1"))).await;
    let directory = gateway.directory(|_| {});
    let batch = vec![id("host-1"); 10];
    let answers = join_all((0..10).map(|_| directory.lookup(&batch))).await;
    let answers: Vec<_> = answers.into_iter().flatten().collect();
    assert_eq!(answers, vec![known("1", "7"); 100]);
    assert_eq!(gateway.requests(), 1);
}

#[tokio::test]
async fn each_kind_of_answer_is_kept_for_its_own_time() {
    let gateway = Gateway::start(|client_id| match client_id {
        "known" => Says::Owner("1"),
        "unknown" => Says::status(404),
        _ => Says::status(403),
    })
    .await;
    let directory = gateway.directory(|settings| {
        settings.cache.known = Duration::from_hours(1);
        settings.cache.unknown = Duration::from_hours(1);
        settings.cache.unavailable = Duration::from_millis(50);
    });
    let all = ["known", "unknown", "unavailable"].map(id);
    directory.lookup(&all).await;
    gateway.turns_to(|_| Says::Owner("2"));
    eventually("unavailable is asked about again", || async {
        directory.lookup(&all).await[2] == known("2", "7")
    })
    .await;
    let kept = directory.lookup(&all).await;
    assert_eq!(kept[..2], [known("1", "7"), unknown()]);

    let directory = gateway.directory(|settings| {
        settings.cache.known = Duration::from_millis(50);
    });
    directory.lookup(&all).await;
    gateway.turns_to(|_| Says::Owner("3"));
    eventually("a move between organisations is noticed", || async {
        directory.lookup(&all).await == vec![known("3", "7"); 3]
    })
    .await;
}

#[tokio::test]
async fn unknown_is_believed_while_few_are_and_says_when_it_was_answered() {
    let gateway = Gateway::start(|client_id| match client_id {
        "gone" => Says::status(404),
        _ => Says::Owner("1"),
    })
    .await;
    let clock = Arc::new(Manual::default());
    let directory = gateway.directory_by(clock.clone(), |settings| {
        settings.cache.unknown = Duration::from_hours(1);
    });
    let gone = [id("gone")];
    assert_eq!(directory.lookup(&gone).await, [unknown()], "all of one");
    directory.lookup(&ids(500)).await;
    clock.advance(Duration::from_mins(7));
    let kept = Denial {
        answered_at: Stamp::default(),
        trusted: true,
    };
    let answers = directory.lookup(&gone).await;
    assert_eq!(answers, [TenantLookup::Unknown(kept)], "two of 502");
}

#[tokio::test]
async fn only_so_many_answers_are_kept() {
    let gateway = Gateway::start(|_| Says::Owner("1")).await;
    let directory = gateway.directory(|settings| settings.cache.entries = 10);
    let many = ids(1000);
    directory.lookup(&many).await;
    assert_eq!(gateway.requests(), 1000);
    directory.lookup(&many).await;
    assert!(gateway.requests() > 1500, "{}", gateway.requests());
}

//! What writes read on the way.

use connector_domain::port::{ConnectionLedger, MessageLedger, MessageSender, TenantDue};

use super::{Readings, at, device};
use crate::sample::{arrival, ingest, message, online};

pub(super) async fn writes_read_what_they_write(readings: &mut Readings) {
    let known = |n: u32| device(n * 500 + 7);
    let stamp = at(100_000).as_nanos();
    readings
        .at_most(20_000, "a batch of a hundred devices", async |store| {
            let batch: Vec<_> = (0..100)
                .map(|n| online(known(n).as_str(), stamp, "4"))
                .collect();
            let applied = store.apply(ingest(), &batch).await.expect("applied");
            let told: Vec<_> = applied
                .unpublished
                .into_iter()
                .map(|change| (change.client_id, change.change.version))
                .collect();
            assert_eq!(told.len(), 100);
            let marked = ConnectionLedger::mark_published(store, ingest(), &told).await;
            marked.expect("marked");
            let seen: Vec<_> = (0..100).map(|n| (known(n), at(100_001))).collect();
            store.touch(ingest(), &seen).await.expect("touched");
        })
        .await;
    readings
        .at_most(100, "devices that wait for a tenant", async |store| {
            for due in [TenantDue::Pending, TenantDue::None, TenantDue::Doubted] {
                let found = store.tenants_due(ingest(), due, Some(&known(1)), 50).await;
                assert_eq!(found.expect("read"), [], "{due:?}");
            }
        })
        .await;
    readings
        .at_most(20_000, "a hundred arrivals", async |store| {
            let arrivals: Vec<_> = (0..100)
                .map(|n| arrival(known(n).as_str(), stamp))
                .collect();
            for new in [true, false] {
                let stored = store.arrive(ingest(), &arrivals).await.expect("stored");
                assert!(stored.iter().all(|stored| stored.new == new));
            }
        })
        .await;
}

pub(super) async fn senders_and_jobs_read_what_they_move(readings: &mut Readings) {
    readings
        .at_most(3_000, "what is sent and due", async |store| {
            store.accept(message(1)).await.expect("accepted");
            let told = store.told(&message(1).message, 1).await;
            told.expect("told");
            let now = at(200_000);
            let claimed = store.claim_abandoned(ingest(), now, now, 10).await;
            assert_eq!(claimed.expect("claimed").len(), 10);
            store.expire(ingest(), now, 10).await.expect("expired");
            let untold = MessageLedger::unpublished(store, ingest(), now, 10).await;
            assert_eq!(untold.expect("read").len(), 10);
        })
        .await;
}

//! What jobs pick up: steps not told, messages of crashed senders, messages past their time.

use connector_domain::message::{Message, MessageState, Moved, NewMessage, Step};

use super::Store;
use super::arrange::{
    answer, apply, arrival, at, details, device, ingest, message, now, receive, send, told,
};

async fn untold(store: &impl Store, before: i64, limit: u16) -> Vec<Moved> {
    let found = store.unpublished(ingest(), at(before), limit).await;
    found.expect("read")
}

/// Oldest first, only those from before the time, at most as many as asked.
pub async fn what_is_not_told_is_found_until_it_is(store: &impl Store) {
    apply(store, [device("host-1").online(1, "m", details("a"))]).await;
    let second = send(store, message("host-1", 2, 20)).await;
    let first = send(store, message("host-1", 1, 10)).await;
    let third = receive(store, arrival("host-1", "w", 30))
        .await
        .unpublished
        .remove(0);
    assert_eq!(
        untold(store, 10, 9).await,
        [],
        "not those of that very time"
    );
    assert_eq!(untold(store, 25, 9).await, [first.clone(), second.clone()]);
    let all = [first.clone(), second.clone(), third.clone()];
    assert_eq!(untold(store, 31, 9).await, all);
    assert_eq!(untold(store, 31, 2).await, all[..2]);
    told(store, &[second]).await;
    store.told(&first.message, 1).await.expect("marked");
    assert_eq!(untold(store, 31, 9).await, [third]);
}

/// Whatever became of it since: events say how it was after the step they tell.
pub async fn a_step_missed_is_told_as_it_left_the_message(store: &impl Store) {
    apply(store, [device("host-1").online(1, "m", details("a"))]).await;
    let created = send(store, message("host-1", 1, 10)).await;
    let step = Step::to(MessageState::Published, at(11));
    let published = store.step(&created.message, step).await;
    let published = published.expect("stored").expect("a step");
    let reply = answer(arrival("host-1", "w", 12), 1, MessageState::Responded);
    let stored = receive(store, reply).await;
    let missed = untold(store, 12, 9).await;
    assert_eq!(missed, [created, published]);
    told(store, &missed).await;
    let rest = untold(store, 13, 9).await;
    assert_eq!(rest.len(), 2);
    assert!(stored.unpublished.iter().all(|moved| rest.contains(moved)));
}

/// By the first who asks, until the new lease runs out; a message that moved on is nobody's.
pub async fn abandoned_messages_are_claimed_once(store: &impl Store) {
    let abandoned = send(store, message("host-1", 1, 10)).await;
    let later = send(store, message("host-1", 2, 11)).await;
    let published = send(store, message("host-1", 3, 10)).await;
    let step = Step::to(MessageState::Published, at(12));
    let stepped = store.step(&published.message, step).await;
    stepped.expect("stored").expect("a step");
    let mut past = message("host-1", 4, 10);
    past.message.expires_at = Some(at(15));
    send(store, past).await;

    let claim = async |second: i64, limit: u16| {
        let claimed = store.claim_abandoned(ingest(), at(second), at(second + 10), limit);
        claimed.await.expect("claimed")
    };
    assert_eq!(claim(20, 9).await, [], "the lease reaches to 20");
    let claimed = claim(22, 1).await;
    assert_eq!(claimed.len(), 1);
    assert!(claimed[0].redelivered);
    assert_eq!(claimed[0].key(), abandoned.message.key());
    assert!(now(store, &abandoned).await.redelivered);
    let claimed: Vec<_> = claim(22, 9).await.iter().map(Message::key).collect();
    assert_eq!(claimed, [later.message.key()]);
    assert_eq!(claim(23, 9).await, []);
    assert_eq!(claim(40, 9).await.len(), 2, "abandoned again");
}

/// Not while somebody may be publishing them.
pub async fn messages_past_their_time_expire(store: &impl Store) {
    let expiring = |n, expires_at: i64, lease_until: i64| {
        let mut new = message("host-1", n, 10);
        new.message.expires_at = Some(at(expires_at));
        NewMessage {
            lease_until: at(lease_until),
            ..new
        }
    };
    let past = send(store, expiring(1, 15, 20)).await;
    send(store, expiring(2, 15, 40)).await;
    send(store, expiring(3, 50, 20)).await;
    send(store, message("host-1", 4, 1)).await;
    let expired = store.expire(ingest(), at(30), 9).await.expect("expired");
    let [moved] = expired.as_slice() else {
        panic!("one expires: {expired:?}");
    };
    assert_eq!(moved.message.key(), past.message.key());
    assert_eq!(moved.transition.to, MessageState::Expired);
    assert_eq!((moved.transition.seq, moved.transition.at), (2, at(30)));
    assert_eq!(now(store, &past).await, moved.message);
    assert!(untold(store, 31, 9).await.contains(moved));
    assert_eq!(
        store.expire(ingest(), at(30), 9).await.expect("expired"),
        []
    );
    let limited = store.expire(ingest(), at(60), 1).await.expect("expired");
    assert_eq!(limited.len(), 1);
}

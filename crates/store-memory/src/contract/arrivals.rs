//! Messages from devices, and the answers they are.

use connector_domain::message::{Message, MessageDirection, MessageState, Moved, Step};
use connector_domain::stamp::Position;

use super::Store;
use super::arrange::{
    ORG, answer, apply, arrival, at, details, device, ingest, message, message_id, now, org,
    position, receive, send, told,
};

async fn device_and_message(store: &impl Store) -> Moved {
    apply(store, [device("host-1").online(1, "m", details("a"))]).await;
    send(store, message("host-1", 1, 5)).await
}

/// With an id of ours that a replay would give again.
pub async fn an_arrival_is_stored_under_the_organisation_of_its_device(store: &impl Store) {
    device_and_message(store).await;
    let arrived = arrival("host-1", "w1", 6);
    let stored = receive(store, arrived.clone()).await;
    assert!(stored.new);
    let [own] = stored.unpublished.as_slice() else {
        panic!("one to tell: {:?}", stored.unpublished);
    };
    assert_eq!(own.transition, own.message.first_transition());
    let message = now(store, own).await;
    assert_eq!(message, own.message);
    assert_eq!(message, arrived.clone().into_message(Some(org(ORG)), None));
    assert_eq!(message.message_id, arrived.message_id());
    assert_eq!(message.direction, MessageDirection::FromDevice);
    assert_eq!(message.created_at, at(6));
}

/// In the same transaction, and both are told.
pub async fn an_answer_moves_the_message_it_answers(store: &impl Store) {
    let sent = device_and_message(store).await;
    let rejected = answer(arrival("host-1", "w1", 6), 1, MessageState::Rejected);
    let stored = receive(store, rejected).await;
    let [own, answered] = stored.unpublished.as_slice() else {
        panic!("two to tell: {:?}", stored.unpublished);
    };
    assert_eq!(own.message.response_to, Some(message_id(1)));
    assert_eq!(answered.message.key(), sent.message.key());
    assert_eq!(answered.transition.to, MessageState::Rejected);
    assert_eq!(
        (answered.transition.seq, answered.transition.at),
        (2, at(6))
    );
    assert_eq!(now(store, &sent).await, answered.message);
}

/// Nor does one to a message that nobody sent.
pub async fn an_answer_from_another_device_does_not_count(store: &impl Store) {
    let sent = device_and_message(store).await;
    let foreign = answer(arrival("host-2", "w1", 6), 1, MessageState::Responded);
    let unknown = answer(arrival("host-1", "w2", 7), 2, MessageState::Responded);
    let own_id = receive(store, arrival("host-1", "w3", 8)).await;
    let to_itself = Message::clone(&own_id.unpublished[0].message).message_id;
    let to_an_arrival = answer(
        arrival("host-1", "w4", 9),
        to_itself.as_uuid().as_u128(),
        MessageState::Responded,
    );
    for stray in [foreign, unknown, to_an_arrival] {
        let stored = receive(store, stray).await;
        assert!(stored.new);
        assert_eq!(stored.unpublished.len(), 1);
        assert_eq!(stored.unpublished[0].message.response_to, None);
    }
    assert_eq!(now(store, &sent).await.state, MessageState::Queued);
}

/// The later answers are stored and linked all the same.
pub async fn a_late_answer_moves_an_unconfirmed_message_and_none_moves_a_final_one(
    store: &impl Store,
) {
    let sent = device_and_message(store).await;
    let step = Step::to(MessageState::Unconfirmed, at(6));
    let stepped = store.step(&sent.message, step).await;
    stepped.expect("stored").expect("a step");
    let arrivals = [
        answer(arrival("host-1", "w1", 60), 1, MessageState::Responded),
        answer(arrival("host-1", "w2", 61), 1, MessageState::Rejected),
    ];
    let stored = store.arrive(ingest(), &arrivals).await.expect("stored");
    let told: Vec<usize> = stored
        .iter()
        .map(|stored| stored.unpublished.len())
        .collect();
    assert_eq!(told, [2, 1]);
    let second = &stored[1].unpublished[0].message;
    assert_eq!(second.response_to, Some(message_id(1)));
    let message = now(store, &sent).await;
    assert_eq!((message.state, message.seq), (MessageState::Responded, 3));
}

/// A crash between commit and telling loses nothing and repeats nothing that was marked.
pub async fn a_replayed_arrival_is_stored_once_and_tells_what_was_not_told(store: &impl Store) {
    let sent = device_and_message(store).await;
    let reply = || answer(arrival("host-1", "", 6), 1, MessageState::Responded);
    let first = receive(store, reply()).await;
    // The same record may lie elsewhere when Kafka was made anew; its stamp is what counts.
    let mut moved_record = reply();
    moved_record.position = Position {
        partition: 9,
        offset: 9,
        ..position(6)
    };
    for replay in [reply(), moved_record] {
        let again = receive(store, replay).await;
        assert!(!again.new);
        assert_eq!(again.unpublished, first.unpublished);
    }
    told(store, &first.unpublished[..1]).await;
    let again = receive(store, reply()).await;
    assert_eq!(again.unpublished, first.unpublished[1..]);
    told(store, &first.unpublished[1..]).await;
    assert_eq!(receive(store, reply()).await.unpublished, []);
    // What the sender has not told of its own steps is the sender's to tell.
    assert_eq!(now(store, &sent).await.seq, 2);
}

/// Within one batch too.
pub async fn the_same_wire_id_is_stored_once_unless_it_is_empty(store: &impl Store) {
    device_and_message(store).await;
    let arrivals = [
        arrival("host-1", "w1", 6),
        arrival("host-1", "w1", 7),
        arrival("host-2", "w1", 8),
        arrival("host-1", "", 9),
        arrival("host-1", "", 10),
    ];
    let stored = store.arrive(ingest(), &arrivals).await.expect("stored");
    let new: Vec<bool> = stored.iter().map(|stored| stored.new).collect();
    assert_eq!(new, [true, false, true, true, true]);
    assert_eq!(stored[1].unpublished, stored[0].unpublished);
    let later = receive(store, arrival("host-1", "w1", 20)).await;
    assert!(!later.new);
}

//! Accepting messages and moving them on.

use connector_domain::id::OrgId;
use connector_domain::message::{
    Accepted, CommandName, Message, MessageFailure, MessageKind, MessageState, NewMessage, Step,
};
use connector_domain::port::StoreError;
use connector_domain::scope::Scope;

use super::Store;
use super::arrange::{ORG, OTHER_ORG, at, message, now, org, scope, send};

fn under(org_id: OrgId, new: NewMessage) -> NewMessage {
    NewMessage {
        message: Message {
            org_id: Some(org_id),
            ..new.message
        },
        ..new
    }
}

/// With everything that was said of it.
pub async fn an_accepted_message_is_read_back_with_its_timeline(store: &impl Store) {
    let mut new = message("host-1", 1, 5);
    new.message.kind = MessageKind::Command;
    new.message.command = Some(CommandName::Reconnect);
    new.message.directive = None;
    new.message.expires_at = Some(at(100));
    let moved = send(store, new.clone()).await;
    assert_eq!(moved.message, new.message);
    assert_eq!(moved.transition, new.message.first_transition());
    assert_eq!(now(store, &moved).await, new.message);
    let keys = [new.message.key(), new.message.key()];
    let found = store.messages(&scope(ORG), &keys).await.expect("read");
    assert_eq!(found.len(), 1, "once, however often asked for");
    let timelines = store.transitions(&scope(ORG), &keys).await.expect("read");
    assert_eq!(timelines[&keys[0]], [moved.transition]);
}

/// A retry of the whole request is told from another use of the id by the request's digest.
pub async fn the_same_request_again_is_repeated_and_another_is_a_conflict(store: &impl Store) {
    let new = message("host-1", 1, 5);
    let created = send(store, new.clone()).await;
    let step = Step::to(MessageState::Published, at(6));
    let stepped = store.step(&created.message, step).await.expect("stored");
    let published = stepped.expect("a step").message;

    let retry = NewMessage {
        lease_until: at(99),
        ..new.clone()
    };
    let repeated = store.accept(retry).await.expect("accepted");
    assert_eq!(repeated, Accepted::Repeated(published.clone()));
    let other = NewMessage {
        request_hash: "other".to_owned(),
        ..new
    };
    let conflict = store.accept(other).await.expect("accepted");
    assert_eq!(conflict, Accepted::Conflict(Some(published.clone())));
    let elsewhere = message("host-2", 1, 7);
    let conflict = store.accept(elsewhere).await.expect("accepted");
    assert_eq!(
        conflict,
        Accepted::Conflict(Some(published)),
        "unique per organisation"
    );
    let timelines = store
        .transitions(&scope(ORG), &[created.message.key()])
        .await;
    assert_eq!(timelines.expect("read")[&created.message.key()].len(), 2);
}

/// Message ids are unique per device and per organisation; two organisations may use one id.
pub async fn an_id_used_by_another_organisation_is_a_conflict_only_on_the_same_device(
    store: &impl Store,
) {
    let own = send(store, message("host-1", 1, 5)).await;
    let other = under(org(OTHER_ORG), message("host-2", 1, 6));
    send(store, other).await;
    // The device moved to a third organisation, which happens to use the id too: it is not shown the message.
    let moved = under(org("30000"), message("host-1", 1, 7));
    let refused = store.accept(moved).await.expect("accepted");
    assert_eq!(refused, Accepted::Conflict(None));
    assert_eq!(now(store, &own).await, own.message);
    let found = store
        .messages_by_id(&Scope::every_org(), own.message.message_id)
        .await;
    assert_eq!(found.expect("read").len(), 2);
}

/// Each step is stored with its transition; what cannot be is refused and changes nothing.
pub async fn steps_are_taken_in_sequence_and_impossible_ones_are_refused(store: &impl Store) {
    let created = send(store, message("host-1", 1, 5)).await;
    let key = created.message.key();
    let take = async |step| store.step(&created.message, step).await.expect("stored");
    let unconfirmed = Step {
        detail: Some("no answer from the broker".to_owned()),
        ..Step::to(MessageState::Unconfirmed, at(6))
    };
    let moved = take(unconfirmed).await.expect("a step");
    assert_eq!(moved.transition.seq, 2);
    assert_eq!(moved.transition.from, Some(MessageState::Queued));
    let refused = take(Step::to(MessageState::Expired, at(7))).await;
    let refused = refused.expect_err("no such step");
    assert_eq!(refused.from, MessageState::Unconfirmed);
    let failed = take(Step::failed("NO_SUBSCRIBER", "nobody", at(8))).await;
    let failed = failed.expect("a step");
    let stored = now(store, &created).await;
    assert_eq!(stored, failed.message);
    assert_eq!((stored.state, stored.seq), (MessageState::Failed, 3));
    let failure = MessageFailure {
        code: "NO_SUBSCRIBER".to_owned(),
        message: "nobody".to_owned(),
    };
    assert_eq!(stored.failure, Some(failure));
    let keys = [key.clone()];
    let timeline = store.transitions(&scope(ORG), &keys).await.expect("read");
    let expected = [created.transition, moved.transition, failed.transition];
    assert_eq!(timeline[&key], expected);
}

/// It was purged meanwhile, or never there, or is another organisation's.
pub async fn a_step_of_a_message_that_is_not_there_is_refused(store: &impl Store) {
    let new = message("host-1", 1, 5);
    let published = || Step::to(MessageState::Published, at(6));
    let stepped = store.step(&new.message, published()).await;
    assert!(matches!(stepped, Err(StoreError::Refused(_))));
    let told = store.told(&new.message, 1).await;
    told.expect("nothing to mark");
    let own = send(store, new.clone()).await;
    let foreign = under(org(OTHER_ORG), new).message;
    let stepped = store.step(&foreign, published()).await;
    assert!(matches!(stepped, Err(StoreError::Refused(_))));
    assert_eq!(now(store, &own).await, own.message);
}

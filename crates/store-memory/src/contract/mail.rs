//! Varied messages, and the order they are expected in.

use connector_domain::id::{CallerName, MessageKey};
use connector_domain::message::{Message, MessageKeyset, MessageKind, MessageState, Step};
use connector_domain::page::Direction;
use connector_domain::scope::Scope;

use super::Store;
use super::arrange::{
    ORG, OTHER_ORG, answer, apply, arrival, at, details, device, known, message, org, receive, send,
};

/// Forty messages to and from three devices of two customers, in every state; returns them as they are now.
pub(super) async fn mail(store: &impl Store) -> Vec<Message> {
    let says = [("host-1", ORG), ("host-2", ORG), ("host-3", OTHER_ORG)];
    let says = says.map(|(id, org_id)| device(id).of(known(org_id)).online(1, "m", details("a")));
    apply(store, says).await;
    let mut messages: Vec<Message> = Vec::new();
    for n in 0..20_u32 {
        messages.push(outgoing(store, n).await);
        messages.extend(incoming(store, n).await);
    }
    let keys: Vec<MessageKey> = messages.iter().map(Message::key).collect();
    let now = store
        .messages(&Scope::every_org(), &keys)
        .await
        .expect("read");
    assert_eq!(now.len(), keys.len());
    now
}

fn host(n: u32) -> (&'static str, &'static str) {
    [("host-1", ORG), ("host-2", ORG), ("host-3", OTHER_ORG)][n as usize % 3]
}

async fn outgoing(store: &impl Store, n: u32) -> Message {
    let (id, org_id) = host(n);
    // Two share each second, so that the order has ties.
    let mut new = message(id, 1_000 - u128::from(n), i64::from(n / 2));
    new.message.org_id = Some(org(org_id));
    if n.is_multiple_of(4) {
        new.message.kind = MessageKind::Command;
        new.message.directive = None;
    }
    if n.is_multiple_of(5) {
        new.message.sent_by = Some(CallerName::parse("Sérvice 'b'").expect("a name"));
    }
    let sent = send(store, new).await.message;
    let step = match n % 6 {
        0 => Step::to(MessageState::Published, at(100)),
        1 => Step::to(MessageState::Unconfirmed, at(100)),
        2 => Step::to(MessageState::Cancelled, at(100)),
        3 => Step::failed("X", "y", at(100)),
        _ => return sent,
    };
    let moved = store.step(&sent, step).await.expect("stored");
    moved.expect("a step").message
}

async fn incoming(store: &impl Store, n: u32) -> Option<Message> {
    let (id, _) = host(n);
    let mut arrived = arrival(id, &format!("w{n}"), i64::from(n / 2));
    if n.is_multiple_of(2) {
        arrived.kind = MessageKind::Event;
        arrived.directive = None;
    }
    // Three of each device's messages answer the same one of it.
    if n < 9 {
        arrived = answer(arrived, 1_000 - u128::from(n % 3), MessageState::Responded);
    }
    // Stamps are unique per device.
    arrived.position.stamp = at(i64::from(n / 2) + i64::from(n % 3) * 100);
    Some(receive(store, arrived).await.unpublished.remove(0).message)
}

/// Their keys, in list order.
pub(super) fn sorted(mut messages: Vec<Message>, direction: Direction) -> Vec<MessageKey> {
    messages.sort_by_key(MessageKeyset::of);
    if direction == Direction::Descending {
        messages.reverse();
    }
    messages.iter().map(Message::key).collect()
}

/// Their keys, as they come.
pub(super) fn keys(messages: &[Message]) -> Vec<MessageKey> {
    messages.iter().map(Message::key).collect()
}

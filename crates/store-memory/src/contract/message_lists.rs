//! Lists of messages, page by page.

use connector_domain::message::{
    Message, MessageDirection, MessageFilter, MessageKeyset, MessageOrder, MessageState,
};
use connector_domain::page::{Direction, PageEnd, PageRequest};
use connector_domain::scope::Scope;

use super::Store;
use super::arrange::{
    ORG, OTHER_ORG, apply, arrival, at, client, details, device, ingest, message, message_id, org,
    scope, scopes, send,
};
use super::mail::{keys, mail, sorted};
use super::walk::walk;

/// Forward and backward, in small pages, each message exactly once and in order.
pub async fn both_orders_walk_the_whole_list_once_from_either_end(store: &impl Store) {
    let mail = mail(store).await;
    let all = MessageFilter::default();
    for scope in scopes() {
        let visible = mail
            .iter()
            .filter(|message| scope.sees(message.org_id.as_ref()));
        let visible: Vec<Message> = visible.cloned().collect();
        for direction in [Direction::Ascending, Direction::Descending] {
            let order = MessageOrder { direction };
            for end in [PageEnd::First, PageEnd::Last] {
                let fetch = async |page| {
                    let page = store.message_page(&scope, &all, order, &page).await;
                    page.expect("read")
                };
                let walked = walk(end, 3, MessageKeyset::of, fetch).await;
                assert_eq!(keys(&walked), sorted(visible.clone(), direction));
            }
        }
    }
}

/// The same page of each, as if asked one by one.
pub async fn each_device_has_its_own_page(store: &impl Store) {
    mail(store).await;
    let ids = ["host-1", "host-2", "host-3", "nobody", "host-1"].map(client);
    let base = PageRequest::first(4);
    let bound = MessageKeyset {
        created_at: at(5),
        message_id: message_id(500),
        client_id: client("host-1"),
    };
    let requests = [
        base.clone(),
        PageRequest::last(4),
        PageRequest {
            after: Some(bound.clone()),
            ..base
        },
        PageRequest {
            before: Some(bound),
            ..PageRequest::last(3)
        },
    ];
    for direction in [Direction::Ascending, Direction::Descending] {
        let order = MessageOrder { direction };
        for page in &requests {
            let filter = MessageFilter {
                states: Some(vec![MessageState::Queued, MessageState::Responded]),
                ..MessageFilter::default()
            };
            let pages = store
                .message_pages(&scope(ORG), &ids, &filter, order, page)
                .await;
            let pages = pages.expect("read");
            assert_eq!(pages.len(), 4);
            for id in &ids {
                let filter = MessageFilter {
                    client_ids: Some(vec![id.clone()]),
                    ..filter.clone()
                };
                let alone = store.message_page(&scope(ORG), &filter, order, page).await;
                assert_eq!(pages[id], alone.expect("read"), "{id} {order:?} {page:?}");
            }
        }
    }
}

/// Oldest first; the answers of another device to the same id are not among them.
pub async fn each_message_has_its_own_answers(store: &impl Store) {
    let mail = mail(store).await;
    let sent: Vec<Message> = mail
        .iter()
        .filter(|message| message.direction == MessageDirection::ToDevice)
        .cloned()
        .collect();
    let every = Scope::every_org();
    for (end, count) in [(PageEnd::First, 2), (PageEnd::Last, 2), (PageEnd::First, 9)] {
        let page = PageRequest {
            end,
            ..PageRequest::first(count)
        };
        let twice = [keys(&sent), keys(&sent)].concat();
        let pages = store
            .answer_pages(&every, &twice, &page)
            .await
            .expect("read");
        assert_eq!(pages.len(), sent.len());
        for message in &sent {
            let answers = mail.iter().filter(|answer| {
                answer.client_id == message.client_id
                    && answer.response_to == Some(message.message_id)
            });
            let expected = sorted(answers.cloned().collect(), Direction::Ascending);
            let page = &pages[&message.key()];
            let found = keys(&page.items);
            let shown = expected.len().min(usize::from(count));
            match end {
                PageEnd::First => assert_eq!(found, expected[..shown]),
                PageEnd::Last => assert_eq!(found, expected[expected.len() - shown..]),
            }
            let more = if end == PageEnd::First {
                page.has_next
            } else {
                page.has_previous
            };
            assert_eq!(more, expected.len() > shown);
        }
    }
    let answered = sent
        .iter()
        .filter(|message| message.state == MessageState::Responded);
    assert!(answered.count() > 0, "some are answered");
}

/// For a caller who knows an id and not its device.
pub async fn an_id_finds_what_was_sent_before_what_arrived(store: &impl Store) {
    apply(store, [device("host-1").online(1, "m", details("a"))]).await;
    let arrived = arrival("host-1", "w", 1);
    let id = arrived.message_id();
    let stored = store.arrive(ingest(), &[arrived]).await.expect("stored");
    let number = id.as_uuid().as_u128();
    let sent = send(store, message("host-2", number, 9)).await;
    let mut other = message("host-3", number, 5);
    other.message.org_id = Some(org(OTHER_ORG));
    let other = send(store, other).await;
    let found = store
        .messages_by_id(&Scope::every_org(), id)
        .await
        .expect("read");
    let expected = [&other, &sent, &stored[0].unpublished[0]].map(|moved| moved.message.key());
    assert_eq!(keys(&found), expected);
    let found = store.messages_by_id(&scope(ORG), id).await.expect("read");
    assert_eq!(keys(&found), expected[1..]);
}

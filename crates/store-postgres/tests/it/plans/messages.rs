//! Lists of messages, and reads by key.

use connector_domain::connection::StampRange;
use connector_domain::id::{CallerName, ClientId, MessageId, MessageKey};
use connector_domain::message::{MessageFilter, MessageKeyset, MessageOrder, MessageState};
use connector_domain::page::{Direction, PageRequest};
use connector_domain::port::MessageReader;
use connector_domain::scope::Scope;
use connector_store_postgres::PostgresStore;
use uuid::Uuid;

use super::{PAGE, PAGE_READS, Readings, at, device, scopes};
use crate::sample::message;

pub(super) async fn reads_of_messages_read_little(readings: &mut Readings) {
    for (whose, scope) in scopes() {
        for (name, filter) in message_filters() {
            for direction in [Direction::Ascending, Direction::Descending] {
                let order = MessageOrder { direction };
                let what = format!("{name} in {whose}, {direction:?}");
                readings
                    .at_most(2 * PAGE_READS, &what, async |store| {
                        message_pages(store, &scope, &filter, order).await;
                    })
                    .await;
            }
        }
        readings
            .at_most(PAGE_READS, whose, async |store| {
                let some: Vec<ClientId> = (0..20).map(|n| device(n * 200 + 7)).collect();
                let (page, order) = (PageRequest::first(2), MessageOrder::default());
                let all = MessageFilter::default();
                let lists = store.message_pages(&scope, &some, &all, order, &page);
                let lists = lists.await.expect("read");
                let of_devices = lists.values().flat_map(|page| &page.items);
                let keys: Vec<MessageKey> = of_devices
                    .filter_map(|message| {
                        Some(MessageKey {
                            client_id: message.client_id.clone(),
                            message_id: message.response_to?,
                        })
                    })
                    .chain([message(1).message.key()])
                    .collect();
                store.messages(&scope, &keys).await.expect("read");
                let answers = store.answer_pages(&scope, &keys, &page).await;
                answers.expect("read");
                store.transitions(&scope, &keys).await.expect("read");
                let by_id = store.messages_by_id(&scope, keys[0].message_id).await;
                by_id.expect("read");
            })
            .await;
    }
}

async fn message_pages(
    store: &PostgresStore,
    scope: &Scope,
    filter: &MessageFilter,
    order: MessageOrder,
) {
    let first = PageRequest::first(PAGE);
    let page = store.message_page(scope, filter, order, &first).await;
    let Some(last) = page.expect("read").items.pop() else {
        return;
    };
    let next = PageRequest {
        after: Some(MessageKeyset::of(&last)),
        ..first
    };
    let page = store.message_page(scope, filter, order, &next).await;
    page.expect("read");
}

fn message_filters() -> Vec<(&'static str, MessageFilter)> {
    let base = MessageFilter::default;
    let mut filters = vec![("all", base())];
    let mut add = |name, filter| filters.push((name, filter));
    let client_ids = Some(vec![device(207)]);
    add(
        "a device",
        MessageFilter {
            client_ids,
            ..base()
        },
    );
    let states = Some(vec![MessageState::Responded]);
    add("a common state", MessageFilter { states, ..base() });
    let sent_by = Some(CallerName::parse("service-7").expect("a name"));
    add("a sender", MessageFilter { sent_by, ..base() });
    let message_ids = Some(vec![MessageId::from(Uuid::from_u128(7))]);
    add(
        "an id",
        MessageFilter {
            message_ids,
            ..base()
        },
    );
    let response_to = Some(MessageId::from(Uuid::from_u128(7)));
    add(
        "answers",
        MessageFilter {
            response_to,
            ..base()
        },
    );
    let created_at = Some(StampRange {
        from: Some(at(30_000)),
        to: Some(at(30_020)),
    });
    add(
        "a time",
        MessageFilter {
            created_at,
            ..base()
        },
    );
    filters
}

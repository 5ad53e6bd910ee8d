//! Outside its scope a caller finds nothing, whichever read it tries.

use connector_domain::connection::{ConnectionFilter, ConnectionOrder, OfflineCause};
use connector_domain::id::{ClientId, MessageKey};
use connector_domain::message::{Message, MessageFilter, MessageOrder, MessageState};
use connector_domain::page::PageRequest;
use connector_domain::port::{DueDevice, TenantDue};
use connector_domain::scope::Scope;
use connector_domain::tenant::TenantLookup;

use super::Store;
use super::arrange::{
    ORG, OTHER_ORG, answer, apply, arrival, client, details, device, ingest, known, message,
    number, org, receive, record, scope, scopes, send, unknown,
};

/// Asserts that no read of connections shows anything within the scope.
async fn sees_no_device(store: &impl Store, scope: &Scope, devices: &[ClientId]) {
    let all = ConnectionFilter::default();
    let found = store.connections(scope, devices).await.expect("read");
    assert!(found.is_empty(), "connections");
    let first = PageRequest::first(100);
    let page = store
        .connection_page(scope, &all, ConnectionOrder::default(), &first)
        .await
        .expect("read");
    assert!(page.items.is_empty(), "connection_page");
    let count = store.connection_count(scope, &all).await.expect("read");
    assert_eq!(count, 0, "connection_count");
    let stats = store.connection_stats(scope, &all).await.expect("read");
    assert_eq!((stats.total, stats.online), (0, 0), "connection_stats");
    assert!(stats.by_org.is_empty() && stats.by_dispatcher.is_empty());
    assert!(stats.by_client_version.is_empty());
    let history = PageRequest::first(100);
    let history = store
        .state_changes(scope, devices, &history)
        .await
        .expect("read");
    assert!(
        history.values().all(|page| page.items.is_empty()),
        "state_changes"
    );
    let accounts = PageRequest::first(100);
    let accounts = store.account_page(scope, &accounts).await.expect("read");
    assert!(accounts.items.is_empty(), "account_page");
    let count = store.account_count(scope).await.expect("read");
    assert_eq!(count, 0, "account_count");
    let accounts = store.accounts(scope, &[org(ORG), org(OTHER_ORG)]).await;
    assert!(accounts.expect("read").is_empty(), "accounts");
    for org_id in [ORG, OTHER_ORG] {
        let number = number(&format!("9{org_id}"));
        let account = store.account_by_number(scope, &number).await;
        assert_eq!(account.expect("read"), None, "account_by_number");
    }
}

/// Pending and belonging to nobody: invisible even to those who see every organisation.
pub async fn devices_without_a_tenant_are_in_no_read(store: &impl Store) {
    let says = [
        device("pending")
            .of(TenantLookup::Unavailable)
            .online(1, "m", details("a")),
        device("none").of(unknown(0)).online(1, "m", details("a")),
    ];
    apply(store, says).await;
    for scope in scopes() {
        sees_no_device(store, &scope, &[client("pending"), client("none")]).await;
    }
}

/// Another customer's devices are absent; those who see every organisation see them.
pub async fn devices_of_others_are_in_no_read(store: &impl Store) {
    let says = device("host-1")
        .online(1, "m", details("a"))
        .offline(2, OfflineCause::Reported);
    apply(store, [says]).await;
    sees_no_device(store, &scope(OTHER_ORG), &[client("host-1")]).await;
    // A filter narrows the scope and never widens it.
    let narrowed = ConnectionFilter {
        org_ids: Some(vec![org(ORG)]),
        ..ConnectionFilter::default()
    };
    let other = scope(OTHER_ORG);
    let count = store
        .connection_count(&other, &narrowed)
        .await
        .expect("read");
    assert_eq!(count, 0);
    let every = Scope::every_org();
    assert_eq!(
        store
            .connection_count(&every, &narrowed)
            .await
            .expect("read"),
        1
    );
    assert_eq!(store.account_count(&every).await.expect("read"), 1);
}

/// What happened before anybody was known to own it stays hidden.
pub async fn a_device_is_visible_once_adopted_and_its_past_stays_hidden(store: &impl Store) {
    let pending = device("host-1").of(TenantLookup::Unavailable);
    apply(store, [pending.online(1, "m1", details("a"))]).await;
    apply(store, [device("host-1").of(known(ORG)).alive(2)]).await;
    apply(
        store,
        [device("host-1")
            .of(known(ORG))
            .offline(3, OfflineCause::Reported)],
    )
    .await;
    let ids = [client("host-1")];
    let found = store.connections(&scope(ORG), &ids).await.expect("read");
    assert_eq!(found.len(), 1);
    let page = PageRequest::first(10);
    let history = store
        .state_changes(&scope(ORG), &ids, &page)
        .await
        .expect("read");
    let versions: Vec<i64> = history[&ids[0]].items.iter().map(|c| c.version).collect();
    assert_eq!(versions, [3], "not version 1, and 2 changed no state");
}

/// Ids and versions of the devices that are due, read in pages of two.
async fn due(store: &impl Store, due: TenantDue) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = store.tenants_due(ingest(), due, after.as_ref(), 2).await;
        let page = page.expect("read");
        let row = |device: &DueDevice| (device.client_id.as_str().to_owned(), device.version);
        found.extend(page.iter().map(row));
        match page.last() {
            Some(last) if page.len() == 2 => after = Some(last.client_id.clone()),
            _ => return found,
        }
    }
}

/// A device without a tenant is found until it has one, each kind for itself.
pub async fn devices_without_a_tenant_are_found_to_be_looked_up_again(store: &impl Store) {
    let ids = ["b", "é", "a", "B"];
    let pending = ids.map(|id| device(id).of(TenantLookup::Unavailable).alive(1));
    apply(store, pending).await;
    apply(store, [device("none").of(unknown(1)).alive(1)]).await;
    apply(store, [device("known").alive(1)]).await;
    let row = |id: &str| (id.to_owned(), 1);
    let pending = ["B", "a", "b", "é"].map(row);
    assert_eq!(due(store, TenantDue::Pending).await, pending);
    assert_eq!(due(store, TenantDue::None).await, [row("none")]);
    assert_eq!(due(store, TenantDue::Doubted).await, []);

    let answers = [
        device("a").of(known(ORG)).due(2, 1),
        device("b").of(TenantLookup::Unavailable).due(2, 1),
        device("é").of(unknown(2)).due(2, 1),
        device("none").of(known(ORG)).due(2, 7),
    ];
    apply(store, answers).await;
    assert_eq!(due(store, TenantDue::Pending).await, ["B", "b"].map(row));
    let none = [row("none"), ("é".to_owned(), 2)];
    assert_eq!(
        due(store, TenantDue::None).await,
        none,
        "7 is not its version"
    );
    let adopted = store.connections(&scope(ORG), &[client("a")]).await;
    assert_eq!(adopted.expect("read").len(), 1);
}

/// Nothing visible changes while a tenant is in doubt, and the answers are remembered.
pub async fn a_tenant_is_taken_away_by_answers_an_hour_apart(store: &impl Store) {
    apply(store, [device("host-1").online(1, "m", details("a"))]).await;
    let minute = |minute: i64| unknown(minute * 60);
    let says = |at: i64| device("host-1").of(minute(at)).alive(at * 60);
    for at in [10, 11, 45] {
        let applied = apply(store, [says(at)]).await;
        assert_eq!(applied.changed.len(), 1, "its first change is not told");
        assert_eq!(record(store, "host-1").await.version, 1);
    }
    let doubted = [("host-1".to_owned(), 1)];
    assert_eq!(due(store, TenantDue::Doubted).await, doubted);
    let page = store
        .tenants_due(ingest(), TenantDue::Doubted, None, 9)
        .await;
    let doubts = page.expect("read").pop().expect("one").doubts;
    assert_eq!(doubts, record(store, "host-1").await.tenant_doubts);
    assert!(doubts.is_some());
    let left = [device("host-1").of(minute(70)).due(71 * 60, 1)];
    let applied = apply(store, left).await;
    let change = &applied.unpublished.last().expect("told").change;
    assert_eq!(
        change.before.as_ref().and_then(|view| view.org_id()),
        Some(&org(ORG))
    );
    assert_eq!(change.after.org_id(), None);
    let ids = [client("host-1")];
    for scope in scopes() {
        let found = store.connections(&scope, &ids).await.expect("read");
        assert!(found.is_empty(), "nobody sees it");
    }
    let page = PageRequest::first(10);
    let history = store.state_changes(&scope(ORG), &ids, &page).await;
    let kept = history.expect("read")[&ids[0]].items.len();
    assert_eq!(kept, 1, "what happened stays with whose it was");
    assert_eq!(due(store, TenantDue::Doubted).await, []);
    assert_eq!(
        due(store, TenantDue::None).await,
        [("host-1".to_owned(), 2)]
    );

    apply(store, [device("host-1").of(known(ORG)).due(72 * 60, 2)]).await;
    let back = store.connections(&scope(ORG), &[client("host-1")]).await;
    assert_eq!(back.expect("read").len(), 1);
}

/// Asserts that no read of messages shows anything within the scope.
async fn sees_no_message(store: &impl Store, scope: &Scope, keys: &[MessageKey]) {
    let found = store.messages(scope, keys).await.expect("read");
    assert!(found.is_empty(), "messages");
    for key in keys {
        let found = store.messages_by_id(scope, key.message_id).await;
        assert!(found.expect("read").is_empty(), "messages_by_id");
    }
    let (all, order) = (MessageFilter::default(), MessageOrder::default());
    let page = PageRequest::first(100);
    let found = store.message_page(scope, &all, order, &page).await;
    assert!(found.expect("read").items.is_empty(), "message_page");
    let count = store.message_count(scope, &all).await.expect("read");
    assert_eq!(count, 0, "message_count");
    let devices: Vec<ClientId> = keys.iter().map(|key| key.client_id.clone()).collect();
    let pages = store
        .message_pages(scope, &devices, &all, order, &page)
        .await;
    let pages = pages.expect("read");
    assert!(
        pages.values().all(|page| page.items.is_empty()),
        "message_pages"
    );
    let answers = store.answer_pages(scope, keys, &page).await.expect("read");
    assert!(
        answers.values().all(|page| page.items.is_empty()),
        "answer_pages"
    );
    let timelines = store.transitions(scope, keys).await.expect("read");
    assert!(timelines.is_empty(), "transitions");
}

/// Messages of another customer, and those of a device whose tenant is not known, are absent.
pub async fn messages_of_others_are_in_no_read(store: &impl Store) {
    let pending = device("pending").of(TenantLookup::Unavailable);
    let says = [
        device("host-1").online(1, "m", details("a")),
        pending.online(1, "m", details("a")),
    ];
    apply(store, says).await;
    let sent = send(store, message("host-1", 1, 5)).await;
    let reply = answer(arrival("host-1", "w1", 6), 1, MessageState::Responded);
    let answered = receive(store, reply).await;
    let keys = [sent.message.key(), answered.unpublished[0].message.key()];
    sees_no_message(store, &scope(OTHER_ORG), &keys).await;

    let unowned = [arrival("pending", "w", 7), arrival("never-seen", "w", 8)];
    let mut keys = Vec::new();
    for unowned in unowned {
        let stored = receive(store, unowned).await;
        assert_eq!(stored.unpublished[0].message.org_id, None);
        keys.push(stored.unpublished[0].message.key());
    }
    let found = store
        .messages(&Scope::every_org(), &keys)
        .await
        .expect("read");
    assert!(found.is_empty());
    let (every, all) = (Scope::every_org(), MessageFilter::default());
    let count = store.message_count(&every, &all).await.expect("read");
    assert_eq!(count, 2, "those of the device whose tenant is known");
}

/// A device that moves to another customer takes nothing along.
pub async fn messages_stay_with_the_organisation_they_happened_under(store: &impl Store) {
    apply(store, [device("host-1").online(1, "m1", details("a"))]).await;
    let before = receive(store, arrival("host-1", "w1", 2)).await;
    apply(
        store,
        [device("host-1")
            .of(known(OTHER_ORG))
            .online(3, "m2", details("a"))],
    )
    .await;
    let after = receive(store, arrival("host-1", "w2", 4)).await;
    let key = |stored: &connector_domain::port::StoredArrival| stored.unpublished[0].message.key();
    let keys = [key(&before), key(&after)];
    for (org_id, own) in [(ORG, 0), (OTHER_ORG, 1)] {
        let found = store.messages(&scope(org_id), &keys).await.expect("read");
        let found: Vec<MessageKey> = found.iter().map(Message::key).collect();
        assert_eq!(found, [keys[own].clone()]);
        let page = PageRequest::first(10);
        let ids = [client("host-1")];
        let history = store.state_changes(&scope(org_id), &ids, &page).await;
        let versions = history.expect("read")[&ids[0]].items.len();
        assert_eq!(
            versions,
            usize::from(org_id == ORG),
            "the move changed no state"
        );
    }
}

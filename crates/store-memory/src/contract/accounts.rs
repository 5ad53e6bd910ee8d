//! Customers, as far as they have devices.

use connector_domain::account::Account;
use connector_domain::connection::{Details, OfflineCause};
use connector_domain::page::{PageEnd, PageRequest};
use connector_domain::scope::Scope;
use connector_domain::tenant::TenantLookup;

use super::Store;
use super::arrange::{ORG, OTHER_ORG, apply, details, device, known, number, org, scope};
use super::walk::walk;

/// Each once, by organisation id, from either end.
pub async fn customers_are_those_with_devices(store: &impl Store) {
    let orgs = ["1", "10", "2", "3", "4"];
    let says = (0..15).map(|i| {
        let says = device(&format!("host-{i}")).of(known(orgs[i % orgs.len()]));
        says.online(1, "m", details("a"))
    });
    let pending = device("pending").of(TenantLookup::Unavailable);
    apply(store, says.chain([pending.alive(1)])).await;
    let every = Scope::every_org();
    for end in [PageEnd::First, PageEnd::Last] {
        let key_of = |account: &Account| account.org_id.clone();
        let fetch = async |page| store.account_page(&every, &page).await.expect("read");
        let found = walk(end, 2, key_of, fetch).await;
        let found: Vec<&str> = found
            .iter()
            .map(|account| account.org_id.as_str())
            .collect();
        assert_eq!(found, orgs);
    }
    assert_eq!(store.account_count(&every).await.expect("read"), 5);

    let own = scope("2");
    assert_eq!(store.account_count(&own).await.expect("read"), 1);
    let page = store
        .account_page(&own, &PageRequest::first(9))
        .await
        .expect("read");
    assert_eq!(page.items.len(), 1);
    assert!(!page.has_next);
    let wanted = [org("2"), org("3"), org("none")];
    assert_eq!(store.accounts(&own, &wanted).await.expect("read").len(), 1);
    let mut found = store.accounts(&every, &wanted).await.expect("read");
    found.sort_by(|a, b| a.org_id.cmp(&b.org_id));
    let numbers: Vec<_> = found
        .into_iter()
        .map(|account| account.account_number)
        .collect();
    assert_eq!(numbers, [Some(number("92")), Some(number("93"))]);
    let by_number = store
        .account_by_number(&every, &number("910"))
        .await
        .expect("read");
    assert_eq!(by_number.map(|account| account.org_id), Some(org("10")));
}

/// Devices of one customer may have been told different numbers.
pub async fn a_customers_number_is_that_of_the_device_changed_last(store: &impl Store) {
    let account = |text: Option<&str>| {
        TenantLookup::Known(Account {
            org_id: org(ORG),
            account_number: text.map(number),
        })
    };
    let says = [
        device("a")
            .of(account(Some("old")))
            .online(1, "m", Details::default()),
        device("b")
            .of(account(Some("new")))
            .online(2, "m", Details::default()),
        device("c")
            .of(known(OTHER_ORG))
            .online(9, "m", Details::default()),
    ];
    apply(store, says).await;
    let number_now = async || {
        let found = store
            .accounts(&scope(ORG), &[org(ORG)])
            .await
            .expect("read");
        found[0].account_number.clone()
    };
    assert_eq!(number_now().await, Some(number("new")));
    // A sign of life is no change; an update is, though it changes no state.
    apply(store, [device("a").of(account(Some("old"))).alive(3)]).await;
    assert_eq!(number_now().await, Some(number("new")));
    apply(store, [device("a").of(account(Some("newest"))).alive(4)]).await;
    assert_eq!(number_now().await, Some(number("newest")));
    let gone = device("b")
        .of(account(None))
        .offline(5, OfflineCause::Reported);
    apply(store, [gone]).await;
    assert_eq!(number_now().await, None);
}

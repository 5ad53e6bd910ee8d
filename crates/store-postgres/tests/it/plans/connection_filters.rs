//! Lists of connections by every filter.

use connector_domain::connection::{
    ConnectionFilter, ConnectionOrder, ConnectionState, StampRange, StringFilter, TagFilter,
};
use connector_domain::id::{AccountNumber, OrgId};
use connector_domain::page::PageRequest;
use connector_domain::port::ConnectionReader;
use uuid::Uuid;

use super::{PAGE, PAGE_READS, Readings, at, device, scopes};

type Filter = (&'static str, ConnectionFilter);

pub(super) async fn filtered_pages_of_connections_read_little(readings: &mut Readings) {
    for (whose, scope) in scopes() {
        for (name, filter) in by_what_it_says().into_iter().chain(by_the_rest()) {
            let what = format!("{name} in {whose}");
            readings
                .at_most(PAGE_READS, &what, async |store| {
                    let order = ConnectionOrder::default();
                    let first = PageRequest::first(PAGE);
                    let page = store.connection_page(&scope, &filter, order, &first).await;
                    page.expect("read");
                })
                .await;
        }
    }
}

fn by_what_it_says() -> Vec<Filter> {
    let base = ConnectionFilter::default;
    let mut filters = vec![("all", base())];
    let mut add = |name, filter| filters.push((name, filter));
    let states = Some(vec![ConnectionState::Offline]);
    add("state", ConnectionFilter { states, ..base() });
    let client_ids = Some((0..20).map(|n| device(n * 100 + 7)).collect());
    add(
        "client ids",
        ConnectionFilter {
            client_ids,
            ..base()
        },
    );
    let fqdn = Some(StringFilter::StartsWith("NODE1234".to_owned()));
    add("fqdn from", ConnectionFilter { fqdn, ..base() });
    let fqdn = Some(StringFilter::Equals("Node207.example.com".to_owned()));
    add("fqdn", ConnectionFilter { fqdn, ..base() });
    let client_version = Some(StringFilter::Equals("3.7.RC".to_owned()));
    add(
        "version",
        ConnectionFilter {
            client_version,
            ..base()
        },
    );
    for (name, client_name) in [
        (
            "a rare client",
            StringFilter::Equals("Yggdrasil".to_owned()),
        ),
        ("a common client", StringFilter::Equals("rhcd".to_owned())),
        ("no client", StringFilter::Equals("nobody".to_owned())),
        (
            "clients",
            StringFilter::In(vec!["Yggdrasil".to_owned(), "x".to_owned()]),
        ),
        ("clients from", StringFilter::StartsWith("YGG".to_owned())),
        (
            "common clients from",
            StringFilter::StartsWith("RH".to_owned()),
        ),
    ] {
        let client_name = Some(client_name);
        add(
            name,
            ConnectionFilter {
                client_name,
                ..base()
            },
        );
    }
    let dispatchers = Some(vec!["worker-7".to_owned()]);
    add(
        "a rare dispatcher",
        ConnectionFilter {
            dispatchers,
            ..base()
        },
    );
    let dispatchers = Some(vec!["echo".to_owned()]);
    add(
        "a common dispatcher",
        ConnectionFilter {
            dispatchers,
            ..base()
        },
    );
    filters
}

fn by_the_rest() -> Vec<Filter> {
    let base = ConnectionFilter::default;
    let tag = |key: &str, value: &str| TagFilter {
        key: key.to_owned(),
        value: Some(value.to_owned()),
    };
    let within = StampRange {
        from: Some(at(30_000)),
        to: Some(at(30_020)),
    };
    let mut filters = Vec::new();
    let mut add = |name, filter| filters.push((name, filter));
    let tags = Some(vec![tag("rack", "rack-7")]);
    add("a rare tag", ConnectionFilter { tags, ..base() });
    let tags = Some(vec![tag("env", "env-1"), tag("rack", "rack-7")]);
    add("two tags", ConnectionFilter { tags, ..base() });
    let search = Some("node1234".to_owned());
    add("search", ConnectionFilter { search, ..base() });
    let insights_ids = Some(vec![Uuid::from_u128(7)]);
    add(
        "insights id",
        ConnectionFilter {
            insights_ids,
            ..base()
        },
    );
    let subscription_manager_ids = Some(vec![Uuid::from_u128(7)]);
    add(
        "subscription",
        ConnectionFilter {
            subscription_manager_ids,
            ..base()
        },
    );
    let state_changed_at = Some(within);
    add(
        "state changed",
        ConnectionFilter {
            state_changed_at,
            ..base()
        },
    );
    let last_seen_at = Some(within);
    add(
        "last seen",
        ConnectionFilter {
            last_seen_at,
            ..base()
        },
    );
    let shared_identity_suspected = Some(true);
    add(
        "suspected",
        ConnectionFilter {
            shared_identity_suspected,
            ..base()
        },
    );
    let account = AccountNumber::parse("account-org-7").expect("a number");
    let account_numbers = Some(vec![account]);
    add(
        "account",
        ConnectionFilter {
            account_numbers,
            ..base()
        },
    );
    let org_ids = Some(vec![OrgId::parse("org-7").expect("an id")]);
    add("organisation", ConnectionFilter { org_ids, ..base() });
    filters
}

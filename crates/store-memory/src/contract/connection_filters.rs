//! A store finds with a filter what `ConnectionFilter::matches` says it should.

use connector_domain::connection::{
    ConnectionFilter, ConnectionOrder, ConnectionState, StampRange, StringFilter, TagFilter,
};
use connector_domain::page::PageRequest;

use super::Store;
use super::arrange::{ORG, OTHER_ORG, at, client, number, org, scopes};
use super::fleet::{FQDNS, Fleet, client_id, ids, uuid};

/// One filter of each kind and more, over a varied fleet, in every scope.
pub async fn every_filter_finds_what_it_matches(store: &impl Store) {
    let fleet = Fleet::arrive(store).await;
    let filters = filters();
    let mut found_any = 0;
    for filter in &filters {
        for scope in scopes() {
            let mut expected: Vec<String> = fleet
                .views(&scope, filter)
                .into_iter()
                .map(|view| view.client_id.to_string())
                .collect();
            expected.sort();
            let page = PageRequest::first(100);
            let order = ConnectionOrder::default();
            let found = store.connection_page(&scope, filter, order, &page).await;
            let found = ids(&found.expect("read").items);
            assert_eq!(found, expected, "{filter:?} in {scope:?}");
            let count = store.connection_count(&scope, filter).await.expect("read");
            assert_eq!(
                count,
                i64::try_from(expected.len()).expect("small"),
                "{filter:?}"
            );
            found_any += usize::from(!expected.is_empty());
        }
    }
    assert!(
        found_any > filters.len(),
        "the filters find something: {found_any}"
    );
}

/// An empty list is not the same as no list.
pub async fn empty_lists_find_nothing(store: &impl Store) {
    Fleet::arrive(store).await;
    let base = ConnectionFilter::default;
    let filters = [
        ConnectionFilter {
            states: Some(vec![]),
            ..base()
        },
        ConnectionFilter {
            client_ids: Some(vec![]),
            ..base()
        },
        ConnectionFilter {
            org_ids: Some(vec![]),
            ..base()
        },
        ConnectionFilter {
            account_numbers: Some(vec![]),
            ..base()
        },
        ConnectionFilter {
            dispatchers: Some(vec![]),
            ..base()
        },
        ConnectionFilter {
            tags: Some(vec![]),
            ..base()
        },
        ConnectionFilter {
            fqdn: Some(StringFilter::In(vec![])),
            ..base()
        },
        ConnectionFilter {
            insights_ids: Some(vec![]),
            ..base()
        },
        ConnectionFilter {
            subscription_manager_ids: Some(vec![]),
            ..base()
        },
    ];
    for filter in filters {
        for scope in scopes() {
            let count = store.connection_count(&scope, &filter).await.expect("read");
            assert_eq!(count, 0, "{filter:?}");
        }
    }
}

fn filters() -> Vec<ConnectionFilter> {
    let mut filters = vec![ConnectionFilter::default()];
    filters.extend(by_identity());
    filters.extend(by_labels());
    filters.extend(by_text());
    filters.extend(by_search());
    filters.extend(by_time());
    filters.extend(by_several());
    filters
}

fn by_identity() -> Vec<ConnectionFilter> {
    let base = ConnectionFilter::default;
    vec![
        ConnectionFilter {
            states: Some(vec![ConnectionState::Online]),
            ..base()
        },
        ConnectionFilter {
            states: Some(vec![ConnectionState::Offline]),
            ..base()
        },
        ConnectionFilter {
            states: Some(vec![ConnectionState::Offline, ConnectionState::Online]),
            ..base()
        },
        ConnectionFilter {
            client_ids: Some(vec![
                client_id(0),
                client_id(4),
                client_id(3),
                client("nobody"),
            ]),
            ..base()
        },
        ConnectionFilter {
            client_ids: Some(vec![client_id(0), client_id(0)]),
            ..base()
        },
        ConnectionFilter {
            org_ids: Some(vec![org(ORG)]),
            ..base()
        },
        ConnectionFilter {
            org_ids: Some(vec![org(ORG), org(OTHER_ORG)]),
            ..base()
        },
        ConnectionFilter {
            account_numbers: Some(vec![number("920000")]),
            ..base()
        },
        ConnectionFilter {
            account_numbers: Some(vec![number("unused")]),
            ..base()
        },
        ConnectionFilter {
            insights_ids: Some(vec![uuid(5), uuid(6), uuid(4)]),
            ..base()
        },
        ConnectionFilter {
            subscription_manager_ids: Some(vec![uuid(1_005), uuid(1_007)]),
            ..base()
        },
        ConnectionFilter {
            shared_identity_suspected: Some(true),
            ..base()
        },
        ConnectionFilter {
            shared_identity_suspected: Some(false),
            ..base()
        },
    ]
}

fn by_labels() -> Vec<ConnectionFilter> {
    let base = ConnectionFilter::default;
    let dispatchers: [&[&str]; 5] = [
        &["echo"],
        &["Echo"],
        &["echo", "package-manager"],
        &["echo", "echo"],
        &["echo", "absent"],
    ];
    let tags: [&[(&str, Option<&str>)]; 7] = [
        &[("env", None)],
        &[("env", Some("prod"))],
        &[("env", Some("Prod")), ("région", Some("île"))],
        &[("env", Some("prod")), ("env", Some("Prod"))],
        &[("", None)],
        &[("", Some(""))],
        &[("ENV", None)],
    ];
    let by_dispatchers = dispatchers.into_iter().map(|names| ConnectionFilter {
        dispatchers: Some(names.iter().map(|&name| name.to_owned()).collect()),
        ..base()
    });
    let by_tags = tags.into_iter().map(|tags| ConnectionFilter {
        tags: Some(tags.iter().map(|&(key, value)| tag(key, value)).collect()),
        ..base()
    });
    by_dispatchers.chain(by_tags).collect()
}

fn tag(key: &str, value: Option<&str>) -> TagFilter {
    TagFilter {
        key: key.to_owned(),
        value: value.map(str::to_owned),
    }
}

fn by_text() -> Vec<ConnectionFilter> {
    let base = ConnectionFilter::default;
    let mut wanted = vec![StringFilter::In(vec![
        "Straße".into(),
        "alphb".into(),
        "none".into(),
    ])];
    for fqdn in FQDNS {
        wanted.push(StringFilter::Equals(fqdn.to_owned()));
        let prefixes = [1, 4, 5].map(|length| fqdn.chars().take(length).collect());
        wanted.extend(prefixes.map(StringFilter::StartsWith));
        wanted.push(StringFilter::StartsWith(fqdn.to_uppercase()));
        wanted.push(StringFilter::StartsWith(fqdn.to_lowercase()));
    }
    let odd = [
        "",
        "%",
        "100%_",
        "alph_",
        "a",
        "ΟΔΟΣ",
        "οδος",
        "οδοσ",
        "i",
        "alp\0",
        "\u{10FFFF}",
    ];
    wanted.extend(odd.map(|text| StringFilter::StartsWith(text.to_owned())));
    wanted.extend(odd.map(|text| StringFilter::Equals(text.to_owned())));
    let by_fqdn = wanted.into_iter().map(|wanted| ConnectionFilter {
        fqdn: Some(wanted),
        ..base()
    });
    let by_name = ["RHC", "ygg", ""].map(|text| ConnectionFilter {
        client_name: Some(StringFilter::StartsWith(text.to_owned())),
        ..base()
    });
    let by_version = [
        StringFilter::StartsWith("3.2.0-rc".to_owned()),
        StringFilter::Equals("3.2.0-rc1".to_owned()),
        StringFilter::In(vec!["V4".to_owned(), "3.1.0".to_owned()]),
    ];
    let by_version = by_version.map(|wanted| ConnectionFilter {
        client_version: Some(wanted),
        ..base()
    });
    by_fqdn.chain(by_name).chain(by_version).collect()
}

fn by_search() -> Vec<ConnectionFilter> {
    let queries = [
        "host",
        "HOST-0",
        "dévice",
        "10.0.1",
        "10.0.1.4",
        "fe80::",
        "alpha 10.0",
        "alpha nothing",
        "alpha  \t host",
        "İst",
        "\u{10FFFF}",
        "100%_",
        "%",
        "",
        "   ",
    ];
    let by_search = queries.map(|query| ConnectionFilter {
        search: Some(query.to_owned()),
        ..ConnectionFilter::default()
    });
    by_search.into()
}

fn by_time() -> Vec<ConnectionFilter> {
    let ranges = [
        (None, None),
        (Some(50), None),
        (None, Some(50)),
        (Some(50), Some(60)),
        (Some(60), Some(50)),
        (Some(55), Some(500)),
    ];
    let ranges = ranges.map(|(from, to)| StampRange {
        from: from.map(at),
        to: to.map(at),
    });
    let changed = ranges.map(|range| ConnectionFilter {
        state_changed_at: Some(range),
        ..ConnectionFilter::default()
    });
    let seen = ranges.map(|range| ConnectionFilter {
        last_seen_at: Some(range),
        ..ConnectionFilter::default()
    });
    changed.into_iter().chain(seen).collect()
}

fn by_several() -> Vec<ConnectionFilter> {
    vec![
        ConnectionFilter {
            states: Some(vec![ConnectionState::Online]),
            dispatchers: Some(vec!["echo".to_owned()]),
            client_version: Some(StringFilter::StartsWith("3".to_owned())),
            search: Some("10.0".to_owned()),
            ..ConnectionFilter::default()
        },
        ConnectionFilter {
            org_ids: Some(vec![org(OTHER_ORG)]),
            tags: Some(vec![tag("env", None)]),
            last_seen_at: Some(StampRange {
                from: Some(at(100)),
                to: None,
            }),
            ..ConnectionFilter::default()
        },
    ]
}

use crate::sample::*;
use connector_domain::connection::*;
use connector_domain::id::*;
use connector_domain::message::*;
use connector_domain::page::*;
use connector_domain::port::*;
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;
use connector_store_postgres::*;
use std::time::Instant;

#[tokio::test]
async fn big() {
    let store = PostgresStore::connect(&Options::new("postgres://postgres@127.0.0.1:15499/big?"))
        .await
        .unwrap();
    let at = |i: i64| Stamp::from_nanos(1_790_000_000_000_000_000 + i * 1_000_000_000);
    let id = |i: u64| client(&format!("host-{:06}", i));
    let mut x: u64 = 7;
    let mut rnd = || {
        x = x
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (x >> 33) % 1_000_000
    };
    for round in 0..6 {
        let ids: std::collections::BTreeSet<u64> =
            (0..1000).map(|_| rnd()).filter(|n| *n > 99_999).collect();
        let stamp = at(2_000_000 + round).as_nanos();
        let batch: Vec<_> = ids
            .iter()
            .map(|n| online(id(*n).as_str(), stamp, &format!("v{round}")))
            .collect();
        let t = Instant::now();
        store.apply(ingest(), &batch).await.unwrap();
        let a = t.elapsed();
        let seen: Vec<_> = ids
            .iter()
            .map(|n| (id(*n), at(3_000_000 + round)))
            .collect();
        let t = Instant::now();
        store.touch(ingest(), &seen).await.unwrap();
        let b = t.elapsed();
        let batch: Vec<_> = ids
            .iter()
            .map(|n| {
                let mut d = online(id(*n).as_str(), stamp + 5, "x");
                d.records[0].input = DeviceInput::Status {
                    message_id: "w".into(),
                    status: Status::Offline(OfflineCause::LastWill),
                };
                d.records[0].position.stamp = at(4_000_000 + round);
                d
            })
            .collect();
        let t = Instant::now();
        let applied = store.apply(ingest(), &batch).await.unwrap();
        let c = t.elapsed();
        let told: Vec<_> = applied
            .unpublished
            .iter()
            .map(|c| (c.client_id.clone(), c.change.version))
            .collect();
        let t = Instant::now();
        ConnectionLedger::mark_published(&store, ingest(), &told)
            .await
            .unwrap();
        let e = t.elapsed();
        let arrivals: Vec<_> = ids
            .iter()
            .map(|n| arrival(id(*n).as_str(), stamp))
            .collect();
        let t = Instant::now();
        store.arrive(ingest(), &arrivals).await.unwrap();
        let d = t.elapsed();
        eprintln!(
            "{} devices: facts+tenant change {a:?}, touch {b:?}, state change {c:?}, mark {e:?}, arrive {d:?}",
            ids.len()
        );
    }
    let scopes = [
        Scope::org(OrgId::parse("large").unwrap()),
        Scope::org(OrgId::parse("medium").unwrap()),
        Scope::org(OrgId::parse("org-7").unwrap()),
        Scope::every_org(),
    ];
    for scope in &scopes {
        for field in [
            ConnectionOrderField::ClientId,
            ConnectionOrderField::Fqdn,
            ConnectionOrderField::LastSeenAt,
            ConnectionOrderField::StateChangedAt,
        ] {
            let t = Instant::now();
            let order = ConnectionOrder {
                field,
                direction: Direction::Descending,
            };
            store
                .connection_page(
                    scope,
                    &ConnectionFilter::default(),
                    order,
                    &PageRequest::first(50),
                )
                .await
                .unwrap();
            eprintln!("{scope:?} {field:?} {:?}", t.elapsed());
        }
        let base = ConnectionFilter::default;
        for (name, f) in [
            (
                "search",
                ConnectionFilter {
                    search: Some("node1234".into()),
                    ..base()
                },
            ),
            (
                "search2",
                ConnectionFilter {
                    search: Some("node12345 example".into()),
                    ..base()
                },
            ),
            (
                "search short",
                ConnectionFilter {
                    search: Some("n".into()),
                    ..base()
                },
            ),
            (
                "dispatcher",
                ConnectionFilter {
                    dispatchers: Some(vec!["echo".into(), "worker-7".into()]),
                    ..base()
                },
            ),
            (
                "tag",
                ConnectionFilter {
                    tags: Some(vec![TagFilter {
                        key: "rack".into(),
                        value: Some("rack-7".into()),
                    }]),
                    ..base()
                },
            ),
            (
                "tag key",
                ConnectionFilter {
                    tags: Some(vec![TagFilter {
                        key: "rack".into(),
                        value: None,
                    }]),
                    ..base()
                },
            ),
            (
                "version",
                ConnectionFilter {
                    client_version: Some(StringFilter::StartsWith("3.7".into())),
                    ..base()
                },
            ),
            (
                "name",
                ConnectionFilter {
                    client_name: Some(StringFilter::Equals("none".into())),
                    ..base()
                },
            ),
            (
                "last seen",
                ConnectionFilter {
                    last_seen_at: Some(StampRange {
                        from: Some(at(30_000)),
                        to: Some(at(40_000)),
                    }),
                    ..base()
                },
            ),
        ] {
            let t = Instant::now();
            let n = store
                .connection_page(
                    scope,
                    &f,
                    ConnectionOrder::default(),
                    &PageRequest::first(50),
                )
                .await
                .unwrap()
                .items
                .len();
            let a = t.elapsed();
            let t = Instant::now();
            let r = store
                .connection_count(scope, &f)
                .await
                .map(|n| n.to_string())
                .unwrap_or_else(|e| e.to_string());
            eprintln!("{scope:?} {name} {n} {a:?} count {r} {:?}", t.elapsed());
        }
        let t = Instant::now();
        let r = store.connection_stats(scope, &base()).await.is_ok();
        eprintln!("{scope:?} stats {r} {:?}", t.elapsed());
        let t = Instant::now();
        store
            .message_page(
                scope,
                &MessageFilter::default(),
                MessageOrder::default(),
                &PageRequest::first(50),
            )
            .await
            .unwrap();
        let a = t.elapsed();
        let t = Instant::now();
        store
            .message_page(
                scope,
                &MessageFilter {
                    sent_by: Some(CallerName::parse("service-7").unwrap()),
                    ..MessageFilter::default()
                },
                MessageOrder::default(),
                &PageRequest::first(50),
            )
            .await
            .unwrap();
        let b = t.elapsed();
        let t = Instant::now();
        store
            .account_page(scope, &PageRequest::first(50))
            .await
            .unwrap();
        let c = t.elapsed();
        let t = Instant::now();
        store.account_count(scope).await.unwrap();
        eprintln!(
            "{scope:?} messages {a:?} by sender {b:?} accounts {c:?} {:?}",
            t.elapsed()
        );
    }
}

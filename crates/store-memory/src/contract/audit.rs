//! The audit trail: what is kept of what callers asked for, and who reads it.

use connector_domain::audit::{
    Actor, AuditEntry, AuditFilter, AuditKeyset, AuditOperation, AuditOutcome,
};
use connector_domain::caller::AuthMethod;
use connector_domain::connection::StampRange;
use connector_domain::id::{AuditId, CallerName};
use connector_domain::message::{Accepted, NewMessage};
use connector_domain::page::{PageEnd, PageRequest};
use connector_domain::scope::Scope;
use uuid::Uuid;

use super::Store;
use super::arrange::{ORG, OTHER_ORG, at, client, message, message_id, org, scope, scopes, send};
use super::walk::walk;

fn caller(name: &str) -> CallerName {
    CallerName::parse(name).expect("a name")
}

/// An entry of [`ORG`] with something in every field.
pub(super) fn entry(n: u128, second: i64) -> AuditEntry {
    AuditEntry {
        audit_id: AuditId::from(Uuid::from_u128(n)),
        occurred_at: at(second),
        org_id: Some(org(ORG)),
        actor: Actor {
            name: caller("Sérvice 'a'"),
            auth_method: AuthMethod::PreSharedKey,
            org_id: Some(org(OTHER_ORG)),
            cross_tenant: true,
            request_id: "request/1".to_owned(),
            remote_address: "2001:db8::1".parse().ok(),
        },
        operation: AuditOperation::SendMessage,
        client_id: Some(client("host-1")),
        directive: Some("echo".to_owned()),
        message_id: Some(message_id(n)),
        reason: Some("stolen, says 'o'".to_owned()),
        outcome: AuditOutcome::Refused,
        refusal: Some("CLIENT_OFFLINE".to_owned()),
    }
}

/// The same with nothing in it that may be left out.
fn bare(n: u128, second: i64) -> AuditEntry {
    let full = entry(n, second);
    AuditEntry {
        actor: Actor {
            org_id: None,
            cross_tenant: false,
            remote_address: None,
            ..full.actor
        },
        client_id: None,
        directive: None,
        message_id: None,
        reason: None,
        outcome: AuditOutcome::Accepted,
        refusal: None,
        ..full
    }
}

async fn record(store: &impl Store, entries: &[AuditEntry]) {
    for entry in entries {
        store.record(entry).await.expect("recorded");
    }
}

async fn read(store: &impl Store, scope: &Scope, filter: &AuditFilter) -> Vec<AuditEntry> {
    let first = PageRequest::first(100);
    let page = store.audit_page(scope, filter, &first).await;
    page.expect("read").items
}

pub(super) async fn all(store: &impl Store) -> Vec<AuditEntry> {
    read(store, &scope(ORG), &AuditFilter::default()).await
}

/// Either both are stored or neither; whoever records a retry does so itself.
pub async fn the_entry_of_a_message_is_kept_with_it_and_a_retry_adds_none(store: &impl Store) {
    let asked = |n| NewMessage {
        audit: Some(entry(n, 5)),
        ..message("host-1", 1, 5)
    };
    send(store, asked(1)).await;
    assert_eq!(all(store).await, [entry(1, 5)]);
    let repeated = store.accept(asked(2)).await.expect("accepted");
    assert!(matches!(repeated, Accepted::Repeated(_)));
    assert_eq!(all(store).await, [entry(1, 5)]);
    send(store, message("host-1", 3, 5)).await;
    assert_eq!(all(store).await, [entry(1, 5)], "nobody asked for that one");
}

/// Whatever it lacks.
pub async fn an_entry_comes_back_as_it_was_and_is_added_once(store: &impl Store) {
    let entries = [entry(2, 2), bare(1, 1)];
    record(store, &entries).await;
    let mut changed = entry(2, 2);
    changed.refusal = None;
    record(store, &[changed]).await;
    assert_eq!(all(store).await, entries);
}

/// Forward and backward, in small pages, with ties in time.
pub async fn the_trail_is_walked_whole_from_either_end_newest_first(store: &impl Store) {
    let mut entries: Vec<AuditEntry> = (0..20_u32)
        .map(|n| entry(n.into(), i64::from(n / 3)))
        .collect();
    for entry in entries.iter_mut().step_by(4) {
        entry.org_id = Some(org(OTHER_ORG));
    }
    record(store, &entries).await;
    entries.reverse();
    for scope in scopes() {
        let visible = entries.iter();
        let visible = visible.filter(|entry| scope.sees(entry.org_id.as_ref()));
        let visible: Vec<AuditEntry> = visible.cloned().collect();
        for end in [PageEnd::First, PageEnd::Last] {
            let fetch = async |page| {
                let filter = AuditFilter::default();
                let page = store.audit_page(&scope, &filter, &page).await;
                page.expect("read")
            };
            assert_eq!(walk(end, 3, AuditKeyset::of, fetch).await, visible);
        }
    }
}

/// In every scope, as the filter itself says; of an empty list, nothing.
pub async fn every_filter_of_entries_finds_what_it_matches(store: &impl Store) {
    let mut entries = vec![entry(1, 1), bare(2, 2), entry(3, 3), bare(4, 4)];
    entries[2].client_id = Some(client("host-2"));
    entries[2].operation = AuditOperation::Ping;
    entries[3].actor.name = caller("other");
    entries[3].outcome = AuditOutcome::Repeated;
    record(store, &entries).await;
    entries.reverse();
    let base = AuditFilter::default;
    let between = StampRange {
        from: Some(at(2)),
        to: Some(at(4)),
    };
    for (count, filter) in [
        (
            1,
            AuditFilter {
                client_ids: Some(vec![client("host-2"), client("nobody")]),
                ..base()
            },
        ),
        (
            1,
            AuditFilter {
                callers: Some(vec![caller("other")]),
                ..base()
            },
        ),
        (
            3,
            AuditFilter {
                callers: Some(vec![caller("Sérvice 'a'")]),
                ..base()
            },
        ),
        (
            1,
            AuditFilter {
                operations: Some(vec![AuditOperation::Ping]),
                ..base()
            },
        ),
        (
            2,
            AuditFilter {
                outcomes: Some(vec![AuditOutcome::Refused]),
                ..base()
            },
        ),
        (
            2,
            AuditFilter {
                occurred_at: Some(between),
                ..base()
            },
        ),
        (
            1,
            AuditFilter {
                client_ids: Some(vec![client("host-1")]),
                occurred_at: Some(StampRange {
                    from: None,
                    to: Some(at(2)),
                }),
                ..base()
            },
        ),
        (
            0,
            AuditFilter {
                client_ids: Some(Vec::new()),
                ..base()
            },
        ),
        (
            0,
            AuditFilter {
                callers: Some(Vec::new()),
                ..base()
            },
        ),
    ] {
        let expected = entries.iter().filter(|entry| filter.matches(entry));
        let expected: Vec<AuditEntry> = expected.cloned().collect();
        assert_eq!(expected.len(), count, "{filter:?}");
        for scope in [scope(ORG), Scope::every_org()] {
            assert_eq!(read(store, &scope, &filter).await, expected, "{filter:?}");
        }
    }
}

/// Not even whoever sees every organisation reads what is filed under none.
pub async fn entries_of_others_and_of_nobody_are_in_no_read(store: &impl Store) {
    let mut nobodys = entry(1, 1);
    nobodys.org_id = None;
    let mut others = entry(2, 2);
    others.org_id = Some(org(OTHER_ORG));
    record(store, &[nobodys, others.clone(), entry(3, 3)]).await;
    assert_eq!(all(store).await, [entry(3, 3)]);
    let every = read(store, &Scope::every_org(), &AuditFilter::default()).await;
    assert_eq!(every, [entry(3, 3), others]);
}

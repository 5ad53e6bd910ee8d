//! Blocks of client ids.

use connector_domain::audit::AuditEntry;
use connector_domain::block::DeviceBlock;
use connector_domain::id::CallerName;
use connector_domain::port::Blocked;
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;

use super::Store;
use super::arrange::{ORG, OTHER_ORG, at, client, ingest, org};
use super::audit::{all, entry};

fn block(id: &str, second: i64) -> DeviceBlock {
    DeviceBlock {
        client_id: client(id),
        org_id: Some(org(ORG)),
        blocked_at: at(second),
        blocked_by: CallerName::parse("Sérvice 'a'").expect("a name"),
        reason: "stolen, says 'o'".to_owned(),
        lifted_at: None,
    }
}

async fn lay(store: &impl Store, block: DeviceBlock, entry: &AuditEntry) -> Blocked {
    store.block(block, entry).await.expect("stored")
}

async fn lift(store: &impl Store, id: &str, at: Stamp, entry: &AuditEntry) -> Option<DeviceBlock> {
    let lifted = store.unblock(&client(id), at, entry).await;
    lifted.expect("stored")
}

async fn known(store: &impl Store, ids: &[&str]) -> Vec<DeviceBlock> {
    let ids: Vec<_> = ids.iter().map(|id| client(id)).collect();
    let mut found = store.blocks_of(&ids).await.expect("read");
    found.sort_by_key(|block| (block.client_id.clone(), block.blocked_at));
    found
}

/// Also one of a device without an organisation.
pub async fn a_block_holds_until_it_is_lifted_and_stays_known_afterwards(store: &impl Store) {
    let mut first = block("host-1", 1);
    let mut other = block("host-2", 2);
    other.org_id = None;
    let now = lay(store, first.clone(), &entry(1, 1)).await;
    assert_eq!(now, Blocked::Now(first.clone()));
    lay(store, other.clone(), &entry(2, 2)).await;
    assert_eq!(known(store, &["host-1"]).await, [first.clone()]);
    first.lifted_at = Some(at(5));
    let lifted = lift(store, "host-1", at(5), &entry(3, 5)).await;
    assert_eq!(lifted, Some(first.clone()));
    let again = block("host-1", 9);
    lay(store, again.clone(), &entry(4, 9)).await;
    let ids = ["host-1", "host-2", "nobody", "host-1"];
    assert_eq!(known(store, &ids).await, [first, again, other]);
    assert_eq!(known(store, &[]).await, []);
    let kept: Vec<AuditEntry> = [(4, 9), (3, 5), (2, 2), (1, 1)]
        .map(|(n, second)| entry(n, second))
        .to_vec();
    assert_eq!(all(store).await, kept, "each with its entry");
}

/// Whoever asked records that itself.
pub async fn one_block_holds_at_a_time_and_what_changes_nothing_leaves_no_entry(
    store: &impl Store,
) {
    assert_eq!(lift(store, "host-1", at(1), &entry(1, 1)).await, None);
    let first = block("host-1", 2);
    lay(store, first.clone(), &entry(2, 2)).await;
    let already = lay(store, block("host-1", 3), &entry(3, 3)).await;
    assert_eq!(already, Blocked::Already(first.clone()));
    assert_eq!(known(store, &["host-1"]).await, [first]);
    assert_eq!(all(store).await, [entry(2, 2)]);
}

/// What binds a device is one thing, who is told of it another.
pub async fn a_block_is_shown_to_the_organisation_that_laid_it_while_it_holds(store: &impl Store) {
    let (own, mut others, mut nobodys) =
        (block("host-1", 1), block("host-2", 1), block("host-3", 1));
    others.org_id = Some(org(OTHER_ORG));
    nobodys.org_id = None;
    for (n, block) in [&own, &others, &nobodys].into_iter().enumerate() {
        lay(store, block.clone(), &entry(n as u128, 1)).await;
    }
    let already = lay(store, block("host-2", 2), &entry(7, 2)).await;
    assert_eq!(already, Blocked::Already(others.clone()), "it binds all");
    let ids = ["host-1", "host-2", "host-3"].map(client);
    let shown = async |scope| {
        let mut shown = store.blocks_shown(&scope, &ids).await.expect("read");
        shown.sort_by(|one, other| one.client_id.cmp(&other.client_id));
        shown
    };
    let all = [own.clone(), others.clone(), nobodys];
    assert_eq!(shown(Scope::every_org()).await, all);
    assert_eq!(shown(Scope::org(org(ORG))).await, [own]);
    assert_eq!(shown(Scope::org(org(OTHER_ORG))).await, [others]);
    lift(store, "host-2", at(3), &entry(8, 3)).await;
    assert_eq!(shown(Scope::org(org(OTHER_ORG))).await, []);
}

/// For whoever shuts out all of them.
pub async fn the_blocks_that_hold_are_listed_by_client_id(store: &impl Store) {
    for (n, id) in ["host-3", "host-1", "host-2"].into_iter().enumerate() {
        lay(store, block(id, 1), &entry(n as u128, 1)).await;
    }
    lift(store, "host-2", at(2), &entry(9, 2)).await;
    let holding = store.blocks_now(ingest()).await.expect("read");
    assert_eq!(holding, [block("host-1", 1), block("host-3", 1)]);
}

//! Devices that change hands, for those who watch over it.

use connector_domain::connection::ConnectionChange;
use tracing::info;

/// Counts a change that makes a device somebody else's, and says whom one is taken from.
pub(super) fn note(change: &ConnectionChange) {
    let Some(before) = &change.before else {
        return;
    };
    let kind = match (before.org_id(), change.after.org_id()) {
        (None, Some(_)) => "adopted",
        (Some(before), Some(after)) if before != after => "moved",
        (Some(org_id), None) => {
            info!(
                client.id = %change.after.client_id,
                org.id = %org_id,
                "the tenant directory has not known a device for an hour; it is nobody's now"
            );
            "taken"
        }
        _ => return,
    };
    metrics::counter!("connector_tenant_changes_total", "kind" => kind).increment(1);
}

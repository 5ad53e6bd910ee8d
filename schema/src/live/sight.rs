//! What a change of a device is to somebody who may or may not see the device before and after it.

use connector_domain::connection::{ChangeKind, ConnectionChange, ConnectionView};
use connector_domain::scope::Scope;

use crate::enumeration::ConnectionChangeKind;

/// A change as one scope sees it. What the scope does not see is not there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight<'a> {
    pub kind: ConnectionChangeKind,
    pub before: Option<&'a ConnectionView>,
    pub after: Option<&'a ConnectionView>,
    /// The newest one seen: after the change, or before it when the device left.
    pub latest: &'a ConnectionView,
}

/// `None` when the scope sees the device neither before nor after.
pub(crate) fn sight<'a>(scope: &Scope, change: &'a ConnectionChange) -> Option<Sight<'a>> {
    let purged = change.kind == ChangeKind::Left;
    let seen = |view: &&ConnectionView| scope.sees(view.org_id());
    // A purged device is told as it was last.
    let last = purged.then_some(&change.after);
    let before = change.before.as_ref().or(last).filter(seen);
    let after = (!purged).then_some(&change.after).filter(seen);
    let kind = match (before.is_some(), after.is_some()) {
        (true, false) => ConnectionChangeKind::Left,
        (false, _) => ConnectionChangeKind::Appeared,
        (true, true) if change.kind == ChangeKind::State => ConnectionChangeKind::State,
        (true, true) => ConnectionChangeKind::Updated,
    };
    Some(Sight {
        kind,
        before,
        after,
        latest: after.or(before)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector_domain::connection::{ConnectionState, ConnectionStateReason};
    use connector_domain::id::{ClientId, OrgId};
    use connector_domain::stamp::{Position, Stamp};
    use std::collections::BTreeMap;

    fn view(org: Option<&str>) -> ConnectionView {
        ConnectionView {
            client_id: ClientId::parse("host-1").expect("valid"),
            account: org.map(|org| connector_domain::account::Account {
                org_id: OrgId::parse(org).expect("valid"),
                account_number: None,
            }),
            state: ConnectionState::Online,
            reason: ConnectionStateReason::Reported,
            state_changed_at: Stamp::default(),
            last_seen_at: Stamp::default(),
            version: 1,
            dispatchers: Vec::new(),
            tags: BTreeMap::new(),
            client_name: None,
            client_version: None,
            fqdn: None,
            insights_id: None,
            subscription_manager_id: None,
            search_words: Vec::new(),
            shared_identity_suspected: false,
        }
    }

    fn seen(
        kind: ChangeKind,
        before: Option<ConnectionView>,
        after: ConnectionView,
        scope: &Scope,
    ) -> Option<ConnectionChangeKind> {
        let change = ConnectionChange {
            kind,
            version: 2,
            position: Position {
                stamp: Stamp::default(),
                partition: 0,
                offset: 0,
            },
            occurred_at: Stamp::default(),
            before,
            after,
        };
        sight(scope, &change).map(|sight| sight.kind)
    }

    #[test]
    fn the_kind_of_a_change_depends_on_who_looks() {
        use ChangeKind::{Appeared, Left, State, Updated};
        let one = Scope::org(OrgId::parse("1").expect("valid"));
        let two = Scope::org(OrgId::parse("2").expect("valid"));
        let all = Scope::every_org();
        let one_was = || Some(view(Some("1")));
        let moved = |scope| seen(Updated, one_was(), view(Some("2")), scope);
        assert_eq!(moved(&one), Some(ConnectionChangeKind::Left));
        assert_eq!(moved(&two), Some(ConnectionChangeKind::Appeared));
        assert_eq!(moved(&all), Some(ConnectionChangeKind::Updated));
        let adopted = |scope| seen(Updated, Some(view(None)), view(Some("1")), scope);
        assert_eq!(adopted(&one), Some(ConnectionChangeKind::Appeared));
        assert_eq!(adopted(&two), None);
        let changed = seen(State, one_was(), view(Some("1")), &one);
        assert_eq!(changed, Some(ConnectionChangeKind::State));
        let new = seen(Appeared, None, view(Some("1")), &one);
        assert_eq!(new, Some(ConnectionChangeKind::Appeared));
        let purged = |scope| seen(Left, None, view(Some("1")), scope);
        assert_eq!(purged(&one), Some(ConnectionChangeKind::Left));
        assert_eq!(purged(&two), None);
    }
}

//! `connectionChanged`.

use async_graphql::{Context, Result, Subscription};
use connector_domain::caller::Permission;
use futures::{Stream, StreamExt};

use super::lease::Lease;
use super::watch::watch;
use crate::access::Access;
use crate::enumeration::ConnectionChangeKind;
use crate::input::{ConnectionFilter, connection_filter};
use crate::live::Interest;
use crate::object::ConnectionChange;

#[derive(Default)]
pub struct ConnectionChangedSubscription;

#[Subscription]
impl ConnectionChangedSubscription {
    /// A device went online or offline, or its record changed. Sent when the filter
    /// matches before or after the change. The events of one device keep their order.
    async fn connection_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which devices.")] filter: Option<ConnectionFilter>,
        #[graphql(desc = "Only these kinds; all when left out.")] kinds: Option<
            Vec<ConnectionChangeKind>,
        >,
        #[graphql(
            desc = "Resume after this cursor; too old, or from another log: error CURSOR_EXPIRED, refetch."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<ConnectionChange>>> {
        let access = Access::with(ctx, Permission::ConnectionRead)?;
        let interest = Interest::Connections {
            filter: Box::new(connection_filter(filter, access.caller)?),
            kinds: kinds.map(|kinds| kinds.into_iter().collect()),
        };
        let scope = access.scope();
        let live = &access.ports.live;
        let feed = live
            .subscribe(scope.clone(), interest, after.as_deref())
            .await?;
        let lease = Lease::of(access.caller, &access.ports.clock);
        Ok(watch(feed, lease).filter_map(move |delivery| {
            let change = delivery.map(|delivery| ConnectionChange::of(scope.as_ref(), delivery));
            futures::future::ready(change.transpose())
        }))
    }
}

//! `messageReceived`.

use async_graphql::{Context, Result, Subscription};
use connector_domain::caller::Permission;
use futures::{Stream, StreamExt};

use super::lease::Lease;
use super::watch::watch;
use crate::access::Access;
use crate::input::{MessageFilter, message_filter};
use crate::live::Interest;
use crate::object::MessageArrival;

#[derive(Default)]
pub struct MessageReceivedSubscription;

#[Subscription]
impl MessageReceivedSubscription {
    /// A device sent a data message or an event.
    async fn message_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which messages; `direction` is always FROM_DEVICE.")] filter: Option<
            MessageFilter,
        >,
        #[graphql(desc = "Resume after this cursor.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<MessageArrival>>> {
        let access = Access::with(ctx, Permission::MessageRead)?;
        let interest = Interest::Arrivals(message_filter(filter, access.caller)?);
        let live = &access.ports.live;
        let feed = live
            .subscribe(access.scope(), interest, after.as_deref())
            .await?;
        let lease = Lease::of(access.caller, &access.ports.clock);
        Ok(watch(feed, lease).filter_map(|delivery| {
            let arrival = delivery.map(MessageArrival::of);
            futures::future::ready(arrival.transpose())
        }))
    }
}

//! `messageStateChanged`.

use async_graphql::{Context, Result, Subscription};
use connector_domain::caller::Permission;
use futures::{Stream, StreamExt};

use super::lease::Lease;
use super::watch::watch;
use crate::access::Access;
use crate::input::{MessageFilter, message_filter};
use crate::live::Interest;
use crate::object::MessageStateChange;

#[derive(Default)]
pub struct MessageStateChangedSubscription;

#[Subscription]
impl MessageStateChangedSubscription {
    /// A message moved on.
    async fn message_state_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which messages.")] filter: Option<MessageFilter>,
        #[graphql(desc = "Resume after this cursor.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<MessageStateChange>>> {
        let access = Access::of(ctx)?;
        let filter = message_filter(filter, access.caller)?;
        // Senders may watch their own messages.
        if filter.sent_by.is_none() {
            access.require(Permission::MessageRead)?;
        }
        let interest = Interest::MessageStates(filter);
        let live = &access.ports.live;
        let feed = live
            .subscribe(access.scope(), interest, after.as_deref())
            .await?;
        let lease = Lease::of(access.caller, &access.ports.clock);
        Ok(watch(feed, lease).filter_map(|delivery| {
            let change = delivery.map(MessageStateChange::of);
            futures::future::ready(change.transpose())
        }))
    }
}

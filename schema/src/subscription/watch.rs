//! The stream of one subscriber.

use async_graphql::Error;
use futures::Stream;
use futures::stream::unfold;

use super::lease::Lease;
use crate::error::Fault;
use crate::live::{Delivery, Feed};

/// Events as long as the credentials last; then UNAUTHENTICATED, and the end.
pub(super) fn watch(
    feed: Feed,
    lease: Lease,
) -> impl Stream<Item = Result<Delivery, Error>> + Send {
    unfold(Some((feed, lease)), |state| async move {
        let (mut feed, lease) = state?;
        let delivery = tokio::select! {
            biased;
            () = lease.over() => None,
            delivery = feed.next() => Some(delivery?),
        };
        Some(match delivery {
            Some(delivery) => (Ok(delivery), Some((feed, lease))),
            None => (Err(Fault::Unauthenticated.into()), None),
        })
    })
}

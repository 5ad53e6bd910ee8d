//! Where the event streams are.

use async_graphql::{Context, Object, Result};

use crate::access::Access;
use crate::error::Fault;
use crate::limits::Options;

#[derive(Default)]
pub struct ChangesQuery;

#[Object]
impl ChangesQuery {
    /// Where the event streams are now. Take it before the first page and give it to `after`: nothing falls between.
    async fn changes_cursor(&self, ctx: &Context<'_>) -> Result<String> {
        let live = &Access::of(ctx)?.ports.live;
        let patience = ctx.data::<Options>()?.ready_wait;
        let ready = tokio::time::timeout(patience, live.ready()).await;
        if !matches!(ready, Ok(true)) {
            let reason = "the events topics are not read up to now yet";
            return Err(Fault::unavailable_text(reason).into());
        }
        Ok(live.cursor())
    }
}

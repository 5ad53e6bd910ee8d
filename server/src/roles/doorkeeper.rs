//! Keeps blocked devices off the embedded broker. It reads the database every second rather than being told, so that a
//! block holds whichever process it was laid in.

use std::time::Duration;

use connector_domain::port::StoreError;
use connector_domain::scope::IngestScope;
use connector_transport::embedded::Bouncer;
use tokio_util::sync::CancellationToken;

use crate::compose::Store;

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Refuses, and shows out, whoever is blocked now.
pub(super) async fn look(store: &Store, bouncer: &Bouncer) -> Result<(), StoreError> {
    let blocks = store.blocks_now(IngestScope::issue()).await?;
    let client_ids = blocks.into_iter().map(|block| block.client_id.into());
    bouncer.deny(client_ids.collect()).await;
    Ok(())
}

/// Looks until it is stopped. While the database is away, whoever was out stays out.
pub(super) async fn run(
    store: Store,
    bouncer: Bouncer,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut answers = true;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let looked = look(&store, &bouncer).await;
        if let Err(error) = &looked
            && answers
        {
            tracing::warn!(%error, "who is blocked is not known; the broker keeps out whom it kept out");
        }
        answers = looked.is_ok();
    }
}

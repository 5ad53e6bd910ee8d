//! Ends sessions from the broker's side.

use std::time::Duration;

use futures::future::join_all;
use rmqtt::context::ServerContext;
use rmqtt::types::{Id, Message};
use tokio::sync::oneshot;

/// How long the connections are waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Ends the sessions of these clients, with their last wills, and names them; waits until their connections are closed.
pub(super) async fn end_sessions(context: &ServerContext, is_one: impl Fn(&Id) -> bool) -> Vec<Id> {
    let shared = context.extends.shared().await;
    // Two steps: looking a session up while iterating over the sessions can lock up.
    let ids: Vec<Id> = shared
        .iter()
        .map(|entry| entry.id())
        .filter(|id| is_one(id))
        .collect();
    let kick = |id: &Id| {
        let (reply, ended) = oneshot::channel();
        let session = shared.entry(id.clone()).tx()?;
        session
            .unbounded_send(Message::Kick(reply, id.clone(), true, true))
            .ok()?;
        Some(ended)
    };
    // A session ends only while somebody waits for it.
    let ending: Vec<_> = ids.iter().filter_map(kick).collect();
    if tokio::time::timeout(PATIENCE, join_all(ending))
        .await
        .is_err()
    {
        tracing::warn!("embedded mqtt broker left connections open");
    }
    ids
}

//! The move of a session's subscriptions and messages to its new connection, seen through.

use std::time::Duration;

use rmqtt::Result;
use rmqtt::session::{OfflineInfo, Session, SessionState};
use rmqtt::shared::Entry;
use rmqtt::types::{Message, Tx};
use tokio::sync::{OwnedRwLockWriteGuard, oneshot};

/// Longest time one handover may hold everybody up.
const PATIENCE: Duration = Duration::from_secs(5);

/// A handover that has begun. Messages from devices wait until it is dropped.
pub(super) struct Transfer {
    _closed: OwnedRwLockWriteGuard<()>,
    previous: OfflineInfo,
}

/// The connection ended before it answered.
struct Ended;

impl Transfer {
    pub(super) fn begin(closed: OwnedRwLockWriteGuard<()>, previous: OfflineInfo) -> Self {
        Self {
            _closed: closed,
            previous,
        }
    }

    /// Waits for the move in the background, because the connection makes it after its handshake,
    /// which has yet to end; and undoes it when the connection ends before.
    #[expect(
        clippy::disallowed_methods,
        reason = "it ends by itself within seconds and has nothing to finish at shutdown"
    )]
    pub(super) fn follow_up(self, entry: Box<dyn Entry>, session: Session, tx: Tx) {
        tokio::spawn(async move {
            match tokio::time::timeout(PATIENCE, moved(&tx)).await {
                Ok(Ok(())) => {}
                Ok(Err(Ended)) => {
                    if let Err(error) = self.keep(entry, session, tx).await {
                        tracing::error!(%error, "lost a session of the embedded mqtt broker");
                    }
                }
                Err(_) => tracing::warn!("mqtt session handover took too long"),
            }
        });
    }

    /// Keeps what was to be moved for the next connection.
    async fn keep(self, mut entry: Box<dyn Entry>, session: Session, tx: Tx) -> Result<()> {
        // Subscriptions are moved first, and the rest without a pause: where they are, all is.
        let is_moved = session.subscriptions().await?.len().await > 0;
        if is_moved {
            return Ok(());
        }
        let tx = if tx.is_closed() {
            session.disconnected_set(None, None).await?;
            let expiry = session.fitter.session_expiry_interval(None);
            let tx = SessionState::offline_restart(session.clone(), expiry).await?;
            entry.set(session.clone(), tx.clone()).await?;
            tx
        } else {
            tx
        };
        session
            .subscriptions_extend(self.previous.subscriptions)
            .await?;
        let mut unacknowledged = session.out_inflight().write().await;
        for message in self.previous.inflight_messages {
            unacknowledged.push_back(message);
        }
        drop(unacknowledged);
        for (from, publish) in self.previous.offline_messages {
            tx.unbounded_send(Message::Forward(from, publish))?;
        }
        Ok(())
    }
}

/// Waits until the session's queue has been moved. The connection answers the first message once it
/// runs, and by then the order to move the queue stands behind it; so the second answer comes when
/// that is done.
async fn moved(tx: &Tx) -> std::result::Result<(), Ended> {
    for _ in 0..2 {
        let (reply, answered) = oneshot::channel();
        tx.unbounded_send(Message::Subscribes(Vec::new(), Some(reply)))
            .map_err(|_| Ended)?;
        answered.await.map_err(|_| Ended)?;
    }
    Ok(())
}

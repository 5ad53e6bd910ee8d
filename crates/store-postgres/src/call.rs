//! One call of a port: its time limit, and its transaction done again when another was faster.

use std::future::Future;

use connector_domain::port::StoreError;

use crate::error::Fault;
use crate::pool::PostgresStore;

/// How often a transaction is tried. Each time it loses, another one has won, so many losses in a row mean that the
/// same devices are written from everywhere.
const ATTEMPTS: u32 = 5;

impl PostgresStore {
    /// A read.
    pub(crate) async fn read<T>(
        &self,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, StoreError> {
        Ok(self.in_time(work).await?)
    }

    /// A write: `work` is one transaction from beginning to commit.
    pub(crate) async fn write<T, F>(&self, work: impl Fn() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let attempts = async {
            for _ in 1..ATTEMPTS {
                match work().await {
                    Err(fault) if fault.is_race() => {
                        tracing::debug!(error = %fault, "transaction done again");
                    }
                    done => return done,
                }
            }
            work().await
        };
        Ok(self.in_time(attempts).await?)
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let limited = tokio::time::timeout(self.call_timeout(), work).await;
        limited.unwrap_or(Err(Fault::TooSlow))
    }
}

//! A live database compared with what a rebuild gives, while consumers go on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use connector_domain::scope::IngestScope;
use tokio_util::sync::CancellationToken;

use super::comparison::{Compared, Difference, compare, compare_again};
use super::{Rebuild, RebuildError, Store};

/// How to compare.
#[derive(Debug, Clone, Copy)]
pub struct CheckOptions {
    /// Most differences kept; of the others only the number is known.
    pub most: usize,
    /// How often what differs is looked at again, since a live database moves while it is read.
    pub rounds: u32,
    /// How long to wait before each of those.
    pub pause: Duration,
    /// How long a topic must be silent to be read to its end.
    pub quiet: Duration,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self {
            most: 1_000,
            rounds: 3,
            pause: Duration::from_secs(2),
            quiet: Duration::from_millis(500),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Devices that either has.
    pub devices: u64,
    /// Those that differ, by client id.
    pub differences: Vec<Difference>,
    /// How many more differ.
    pub more: u64,
}

/// Rebuilds into a scratch database, and compares. Changes nothing in the live one.
pub struct Check {
    options: CheckOptions,
    live: Arc<dyn Store>,
    rebuild: Rebuild,
    scope: IngestScope,
}

impl Check {
    /// Ready to run. `rebuild` fills an empty database that nothing else uses.
    pub fn new(options: CheckOptions, live: Arc<dyn Store>, rebuild: Rebuild) -> Self {
        let scope = rebuild.scope;
        Self {
            options,
            live,
            rebuild,
            scope,
        }
    }

    /// Compares. What differs is followed for some rounds, in which the consumers may catch up.
    pub async fn run(mut self, shutdown: &CancellationToken) -> Result<Checked, RebuildError> {
        self.rebuild.run(shutdown).await?;
        let scratch = self.rebuild.store.clone();
        let (live, scope) = (self.live.clone(), self.scope);
        let Compared {
            devices,
            mut differences,
            more,
        } = compare(live.as_ref(), scratch.as_ref(), scope, self.options.most).await?;
        for _ in 0..self.options.rounds {
            if differences.is_empty() || more > 0 {
                break;
            }
            self.wait(shutdown).await?;
            let again: BTreeSet<_> = differences
                .into_iter()
                .map(|difference| difference.client_id)
                .collect();
            differences = compare_again(live.as_ref(), scratch.as_ref(), scope, &again).await?;
        }
        Ok(Checked {
            devices,
            differences,
            more,
        })
    }

    async fn wait(&mut self, shutdown: &CancellationToken) -> Result<(), RebuildError> {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return Err(RebuildError::Interrupted),
            () = tokio::time::sleep(self.options.pause) => {}
        }
        self.rebuild.follow(self.options.quiet, shutdown).await
    }
}

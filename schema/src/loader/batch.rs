//! What all loaders share: how a batch is answered and how a load can fail.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use connector_domain::page::Page;
use connector_domain::port::StoreError;
use dataloader::BatchFn;
use dataloader::non_cached::Loader;

use super::SharedPage;
use crate::error::Fault;

/// What a batch answers for one key. The error is the whole batch's.
pub(super) type Loaded<T> = Result<Option<T>, Arc<StoreError>>;

/// Most keys read at once.
const BATCH_SIZE: usize = 500;

pub(super) fn loader<K, V, F>(batch: F) -> Loader<K, Loaded<V>, F>
where
    K: Eq + Hash + Clone + Debug,
    V: Clone,
    F: BatchFn<K, Loaded<V>>,
{
    Loader::new(batch).with_max_batch_size(BATCH_SIZE)
}

pub(super) async fn load<K, V, F>(
    loader: &Loader<K, Loaded<V>, F>,
    key: K,
) -> Result<Option<V>, Fault>
where
    K: Eq + Hash + Clone + Debug,
    V: Clone,
    F: BatchFn<K, Loaded<V>>,
{
    match loader.try_load(key).await {
        Ok(found) => Ok(found?),
        Err(unanswered) => Err(Fault::internal(unanswered)),
    }
}

/// An answer for every key.
pub(super) fn answer<K, V>(
    keys: &[K],
    found: Result<HashMap<K, V>, StoreError>,
) -> HashMap<K, Loaded<V>>
where
    K: Eq + Hash + Clone,
{
    match found {
        Ok(mut found) => {
            let answer = |key: &K| (key.clone(), Ok(found.remove(key)));
            keys.iter().map(answer).collect()
        }
        Err(error) => {
            let error = Arc::new(error);
            let fail = |key: &K| (key.clone(), Err(Arc::clone(&error)));
            keys.iter().map(fail).collect()
        }
    }
}

/// The same page, cheap to hand on.
pub(super) fn shared<T>(page: Page<T>) -> SharedPage<T> {
    Arc::new(page.map(Arc::new))
}

/// Keys that ask for the same, and what each of them asks it of.
pub(super) fn grouped<K, A, I>(keys: &[K], split: impl Fn(&K) -> (A, I)) -> HashMap<A, Vec<I>>
where
    A: Eq + Hash,
{
    let mut groups: HashMap<A, Vec<I>> = HashMap::new();
    for (args, id) in keys.iter().map(split) {
        groups.entry(args).or_default().push(id);
    }
    groups
}

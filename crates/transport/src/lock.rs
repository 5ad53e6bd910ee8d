//! Mutexes whose holders do not panic, so that poisoning means nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, for a moment: nothing waits while it holds the guard.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Locks whose holders do not panic, so that poisoning means nothing.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// Locks, for a moment: nothing waits while it holds the guard.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is in the lock now.
pub(crate) fn current<T: Clone>(slot: &RwLock<T>) -> T {
    slot.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Puts something else in.
pub(crate) fn replace<T>(slot: &RwLock<T>, value: T) {
    *slot.write().unwrap_or_else(PoisonError::into_inner) = value;
}

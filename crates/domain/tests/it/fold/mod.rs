//! Any interleaving, duplication and replay of what a device says ends in the right state.
//!
//! The right state is the fold of all records in the order of (stamp, offset). [`expected`] states it a second time, as
//! briefly as can be, and [`story`] makes the logs.
//!
//! What is *not* promised, and so not asked for here:
//! - When the broker delivers a window of messages twice and in it an online follows an offline, the second pass applies
//!   the offline (agents reuse one id for every will, so a repeat of it cannot be known) and not the online (its id is
//!   known, and a duplicate never revives). The device is OFFLINE until its next message. Facts are right throughout.
//! - Onlines without a message id cannot be known as repeats; agents always send one.
//! - Two changes of one device differ in `last_seen_at` alone between `after` and the next `before`: it moves without
//!   a change.

mod changes;
mod expected;
mod log_lost;
mod redelivery;
mod replay;
mod story;

//! Pre-shared keys of services: a file with one line for each key, which holds a hash and never the key.
//!
//! The hash is SHA-256, not a slow one: a key has 256 random bits, so nobody finds it by trying, however fast the hash;
//! a slow one would cost every request milliseconds and megabytes, and so be a way to flood us.

mod line;
mod new_key;
mod table;

pub use line::{Grant, Organisations};
pub use new_key::{NewKey, SHORTEST_KEY, ShortKey};

pub(super) use table::KeyTable;

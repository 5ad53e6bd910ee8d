//! Sizes that must agree between parts. Those an operator may change are settings of the server; these are the
//! defaults and the fixed ones.

/// Largest MQTT packet the broker takes, in bytes.
pub const BROKER_MESSAGE_BYTES: u32 = 256 * 1024;

/// Largest `content` plus `metadata` of one message to a device, in bytes of JSON. Leaves room for the envelope
/// below [`BROKER_MESSAGE_BYTES`].
pub const MESSAGE_BYTES: usize = 192 * 1024;

/// Longest `expiresInSeconds`: seven days.
pub const MESSAGE_TTL_SECONDS: i32 = 604_800;

/// Largest page of any list.
pub const PAGE_SIZE: u16 = 100;

/// Most client ids, or wire ids, in one filter.
pub const FILTER_IDS: usize = 500;

/// Most alternatives of a `StringFilter`.
pub const FILTER_STRINGS: usize = 100;

/// Most groups of one count.
pub const STATS_GROUPS: usize = 50;

/// Message ids of a device remembered to know a duplicate.
pub const RECENT_IDS: usize = 16;

/// Longest text of a device kept in an indexed column, in bytes.
pub const LABEL_BYTES: usize = 512;

/// Most dispatchers, and most tags, kept of one device.
pub const LABELS: usize = 256;

/// Most search words kept of one device.
pub const SEARCH_WORDS: usize = 64;

/// Deepest nesting of what a device sends, its envelope included: well below the 128 levels
/// that `serde_json` reads, since records nest it deeper.
pub const JSON_DEPTH: usize = 100;

/// Most bytes of an unprocessable record kept in its dead letter.
pub const DEAD_LETTER_BYTES: usize = 64 * 1024;

//! Counts over the devices a filter selects.

/// One group of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionCount {
    /// Group key; `None` where devices reported none.
    pub key: Option<String>,
    /// All devices in the group.
    pub total: i64,
    /// Of them, online.
    pub online: i64,
}

/// Counts. Groups come largest first, ties by key, at most [`crate::limits::STATS_GROUPS`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConnectionStats {
    /// All devices selected.
    pub total: i64,
    /// Of them, online.
    pub online: i64,
    /// Per client version.
    pub by_client_version: Vec<ConnectionCount>,
    /// Per dispatcher name; a device counts once per dispatcher, and under no key when it has none.
    pub by_dispatcher: Vec<ConnectionCount>,
    /// Per organisation.
    pub by_org: Vec<ConnectionCount>,
}

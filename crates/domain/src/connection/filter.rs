//! Which connections a caller means. The stores turn this into SQL; subscriptions evaluate it on events. The store
//! contract suite holds both to the same answers.

use uuid::Uuid;

use super::record::ConnectionState;
use super::search::words_of_query;
use super::view::ConnectionView;
use crate::id::{AccountNumber, ClientId, OrgId};
use crate::stamp::Stamp;

/// Half-open span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StampRange {
    /// Start, included.
    pub from: Option<Stamp>,
    /// End, not included.
    pub to: Option<Stamp>,
}

impl StampRange {
    /// Whether `stamp` is within.
    pub fn contains(&self, stamp: Stamp) -> bool {
        self.from.is_none_or(|from| from <= stamp) && self.to.is_none_or(|to| stamp < to)
    }
}

/// A label a device must have; without `value`, any value does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TagFilter {
    /// Label name.
    pub key: String,
    /// Label value.
    pub value: Option<String>,
}

/// A way to compare a text that may be absent; an absent one matches none of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StringFilter {
    /// Equal, case kept.
    Equals(String),
    /// Equal to one of these, case kept.
    In(Vec<String>),
    /// Starts with, case ignored.
    StartsWith(String),
}

impl StringFilter {
    /// Whether `text` passes.
    pub fn matches(&self, text: Option<&str>) -> bool {
        let Some(text) = text else { return false };
        match self {
            Self::Equals(wanted) => text == wanted,
            Self::In(wanted) => wanted.iter().any(|wanted| text == wanted),
            Self::StartsWith(prefix) => text.to_lowercase().starts_with(&prefix.to_lowercase()),
        }
    }
}

/// Which connections. Fields that are `Some` must all pass; an empty list passes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ConnectionFilter {
    /// In one of these states.
    pub states: Option<Vec<ConnectionState>>,
    /// One of these devices.
    pub client_ids: Option<Vec<ClientId>>,
    /// One of these organisations; narrows the scope, never widens it.
    pub org_ids: Option<Vec<OrgId>>,
    /// One of these accounts; narrows the scope, never widens it.
    pub account_numbers: Option<Vec<AccountNumber>>,
    /// Has every one of these dispatchers.
    pub dispatchers: Option<Vec<String>>,
    /// Has every one of these labels.
    pub tags: Option<Vec<TagFilter>>,
    /// Client software.
    pub client_name: Option<StringFilter>,
    /// Client version.
    pub client_version: Option<StringFilter>,
    /// FQDN.
    pub fqdn: Option<StringFilter>,
    /// One of these insights ids.
    pub insights_ids: Option<Vec<Uuid>>,
    /// One of these Subscription Manager ids.
    pub subscription_manager_ids: Option<Vec<Uuid>>,
    /// State changed within.
    pub state_changed_at: Option<StampRange>,
    /// Heard from within.
    pub last_seen_at: Option<StampRange>,
    /// Several hosts seem to share its certificate.
    pub shared_identity_suspected: Option<bool>,
    /// Free text: each word of it must be a prefix of one of the device's words.
    pub search: Option<String>,
}

impl ConnectionFilter {
    /// Whether a record passes. `dispatchers` and `tags` ask for every one, so an empty list of those would pass
    /// everything; like every other empty list it passes nothing.
    pub fn matches(&self, view: &ConnectionView) -> bool {
        let account_number = view
            .account
            .as_ref()
            .and_then(|account| account.account_number.as_ref());
        one_of(self.states.as_deref(), Some(&view.state))
            && one_of(self.client_ids.as_deref(), Some(&view.client_id))
            && one_of(self.org_ids.as_deref(), view.org_id())
            && one_of(self.account_numbers.as_deref(), account_number)
            && every(self.dispatchers.as_deref(), |name| {
                view.dispatchers.contains(name)
            })
            && every(self.tags.as_deref(), |tag| has_tag(view, tag))
            && text(self.client_name.as_ref(), view.client_name.as_deref())
            && text(self.client_version.as_ref(), view.client_version.as_deref())
            && text(self.fqdn.as_ref(), view.fqdn.as_deref())
            && one_of(self.insights_ids.as_deref(), view.insights_id.as_ref())
            && one_of(
                self.subscription_manager_ids.as_deref(),
                view.subscription_manager_id.as_ref(),
            )
            && self
                .state_changed_at
                .is_none_or(|range| range.contains(view.state_changed_at))
            && self
                .last_seen_at
                .is_none_or(|range| range.contains(view.last_seen_at))
            && self
                .shared_identity_suspected
                .is_none_or(|wanted| wanted == view.shared_identity_suspected)
            && self
                .search
                .as_deref()
                .is_none_or(|query| found_by(view, query))
    }
}

fn one_of<T: PartialEq>(wanted: Option<&[T]>, actual: Option<&T>) -> bool {
    wanted.is_none_or(|wanted| actual.is_some_and(|actual| wanted.contains(actual)))
}

fn every<T>(wanted: Option<&[T]>, has: impl Fn(&T) -> bool) -> bool {
    wanted.is_none_or(|wanted| !wanted.is_empty() && wanted.iter().all(has))
}

fn text(wanted: Option<&StringFilter>, actual: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| wanted.matches(actual))
}

fn has_tag(view: &ConnectionView, tag: &TagFilter) -> bool {
    view.tags
        .get(&tag.key)
        .is_some_and(|value| tag.value.as_ref().is_none_or(|wanted| wanted == value))
}

fn found_by(view: &ConnectionView, query: &str) -> bool {
    words_of_query(query).iter().all(|prefix| {
        view.search_words
            .iter()
            .any(|word| word.starts_with(prefix.as_str()))
    })
}

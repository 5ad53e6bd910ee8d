//! `ConnectionFilter`.

use async_graphql::{ID, InputObject};
use connector_domain::caller::{Caller, Permission};
use connector_domain::connection as domain;
use connector_domain::id::{AccountNumber, OrgId};

use super::checks;
use super::date_time_range::DateTimeRange;
use super::string_filter::StringFilter;
use super::tag_filter::TagFilter;
use crate::enumeration::ConnectionState;
use crate::error::Fault;
use crate::scalar::UuidText;

/// Fewest and most characters of a free-text search.
const SEARCH_LENGTH: std::ops::RangeInclusive<usize> = 2..=100;

/// Which connections. Fields given are ANDed, values in a list are ORed.
/// An empty list matches nothing; leave the field out to match all.
#[derive(InputObject)]
pub struct ConnectionFilter {
    /// In one of these states.
    pub state: Option<Vec<ConnectionState>>,
    /// One of these client ids, at most 500.
    pub client_ids: Option<Vec<ID>>,
    /// Other organisations than one's own. Needs CROSS_TENANT.
    pub org_ids: Option<Vec<ID>>,
    /// Legacy account numbers. Needs CROSS_TENANT, unless it is one's own.
    pub account_numbers: Option<Vec<String>>,
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
    /// Insights ids.
    pub insights_ids: Option<Vec<UuidText>>,
    /// Subscription Manager ids.
    pub subscription_manager_ids: Option<Vec<UuidText>>,
    /// State changed within.
    pub state_changed_at: Option<DateTimeRange>,
    /// Heard from within.
    pub last_seen_at: Option<DateTimeRange>,
    /// Several hosts seem to share its certificate.
    pub shared_identity_suspected: Option<bool>,
    /// Free text over client id, FQDN and IP addresses; 2–100 characters, each word a prefix.
    pub search: Option<String>,
}

/// What an optional filter means.
pub(crate) fn connection_filter(
    filter: Option<ConnectionFilter>,
    caller: &Caller,
) -> Result<domain::ConnectionFilter, Fault> {
    let Some(filter) = filter else {
        return Ok(domain::ConnectionFilter::default());
    };
    let filter = filter.into_domain()?;
    check_reach(&filter, caller)?;
    Ok(filter)
}

impl ConnectionFilter {
    fn into_domain(self) -> Result<domain::ConnectionFilter, Fault> {
        let compare = |name: &str, filter: Option<StringFilter>| {
            filter.map(|filter| filter.into_domain(name)).transpose()
        };
        let uuid = |uuid: UuidText| uuid.0;
        let subscription_manager_ids = self.subscription_manager_ids;
        Ok(domain::ConnectionFilter {
            states: checks::converted("state", self.state, Into::into)?,
            client_ids: checks::ids("clientIds", self.client_ids)?,
            org_ids: checks::ids("orgIds", self.org_ids)?,
            account_numbers: checks::ids("accountNumbers", self.account_numbers)?,
            dispatchers: checks::texts("dispatchers", self.dispatchers)?,
            tags: tags(self.tags)?,
            client_name: compare("clientName", self.client_name)?,
            client_version: compare("clientVersion", self.client_version)?,
            fqdn: compare("fqdn", self.fqdn)?,
            insights_ids: checks::converted("insightsIds", self.insights_ids, uuid)?,
            subscription_manager_ids: checks::converted(
                "subscriptionManagerIds",
                subscription_manager_ids,
                uuid,
            )?,
            state_changed_at: self.state_changed_at.map(Into::into),
            last_seen_at: self.last_seen_at.map(Into::into),
            shared_identity_suspected: self.shared_identity_suspected,
            search: self.search.map(search).transpose()?,
        })
    }
}

fn tags(tags: Option<Vec<TagFilter>>) -> Result<Option<Vec<domain::TagFilter>>, Fault> {
    let tags = checks::capped("tags", tags)?;
    tags.map(|tags| tags.into_iter().map(TagFilter::into_domain).collect())
        .transpose()
}

fn search(query: String) -> Result<String, Fault> {
    let query = checks::text("search", query)?;
    if SEARCH_LENGTH.contains(&query.trim().chars().count()) {
        Ok(query)
    } else {
        Err(Fault::bad_input("filter.search takes 2 to 100 characters"))
    }
}

/// Naming tenants needs CROSS_TENANT, save one's own. The answer depends on what the caller is and asks alone, so it
/// tells nothing about which tenants there are.
fn check_reach(filter: &domain::ConnectionFilter, caller: &Caller) -> Result<(), Fault> {
    if caller.may(Permission::CrossTenant) {
        return Ok(());
    }
    let own_org = |org_id: &OrgId| caller.org_id.as_ref() == Some(org_id);
    let own_number = |number: &AccountNumber| caller.account_number.as_ref() == Some(number);
    let orgs = filter.org_ids.iter().flatten().all(own_org);
    let numbers = filter.account_numbers.iter().flatten().all(own_number);
    if orgs && numbers {
        Ok(())
    } else {
        Err(Fault::Forbidden(Permission::CrossTenant))
    }
}

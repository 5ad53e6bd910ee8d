//! The two tenants, and what names their things. Whatever belongs to B can be told at sight.

use connector_domain::account::Account;
use connector_domain::caller::{AuthMethod, Caller, Permission};
use connector_domain::connection::{CanonicalFacts, Details};
use connector_domain::id::{AccountNumber, OrgId};
use connector_domain::tenant::TenantLookup;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{caller, caller_with};

/// In every text of B, in any letter case.
pub const SECRET: &str = "tenant-b-secret";

/// How its UUIDs begin, those of arrivals apart.
pub const B_UUIDS: &str = "bbbbbbbb-bbbb-4bbb-8bbb-";

/// In every text of a device that belongs to nobody: not even B may see it, nor who sees every organisation.
pub const NOBODYS: &str = "nobodys-secret";

/// A device that B had and A has, and one that went the other way.
pub const CAME: &str = "moved-in";
pub const WENT: &str = "moved-out";

/// One tenant.
#[derive(Clone, Copy)]
pub struct Party {
    /// In every text of it.
    pub text: &'static str,
    pub org: &'static str,
    pub number: &'static str,
    /// How many devices it has but for the last: B has one for each reason there is.
    pub fleet: usize,
    /// Its UUIDs begin with it.
    pub seed: u128,
}

pub const A: Party = Party {
    text: "host-a",
    org: "10000",
    number: "910000",
    fleet: 2,
    seed: 0xaaaa_aaaa_aaaa_4aaa_8aaa_0000_0000_0000,
};

pub const B: Party = Party {
    text: SECRET,
    org: "tenant-b-secret-org",
    number: "tenant-b-secret-number",
    fleet: 5,
    seed: 0xbbbb_bbbb_bbbb_4bbb_8bbb_0000_0000_0000,
};

impl Party {
    pub fn uuid(&self, n: u128) -> Uuid {
        Uuid::from_u128(self.seed + n)
    }

    /// What a device of it answers the tenant directory with.
    pub fn tenant(&self) -> TenantLookup {
        TenantLookup::Known(Account {
            org_id: OrgId::parse(self.org).expect("an organisation id"),
            account_number: AccountNumber::parse(self.number).ok(),
        })
    }

    /// Its devices, the one with the most to show first. Some sort before those of the other tenant, some after.
    pub fn devices(&self) -> Vec<String> {
        let text = self.text;
        let own = (1..=self.fleet).map(|n| format!("{text}-{n}"));
        own.chain([format!("zz-{text}")]).collect()
    }

    /// A label of it: `what` tells which.
    pub fn label(&self, what: &str) -> String {
        format!("{}-{what}", self.text)
    }

    /// What a device of it says about itself.
    pub fn details(&self, id: &str) -> Details {
        let facts = json!({
            "insights_id": self.uuid(1), "machine_id": self.uuid(2), "bios_uuid": self.uuid(3),
            "subscription_manager_id": self.uuid(4), "fqdn": self.label(&format!("fqdn.{id}")),
            "ip_addresses": [self.label("ip")], "mac_addresses": [self.label("mac")],
            "unknown": self.label("fact"),
        });
        let object = |value: Value| value.as_object().cloned().expect("an object");
        Details {
            facts: Some(CanonicalFacts::new(object(facts))),
            dispatchers: [(
                self.label("worker"),
                object(json!({"v": self.label("feature")})),
            )]
            .into(),
            tags: [(self.label("key"), self.label("value"))].into(),
            client_name: Some(self.label("client")),
            client_version: Some(self.label("version")),
        }
    }

    /// Whoever may do everything within it.
    pub fn caller(&self) -> Caller {
        caller(self.org)
    }

    /// The same, knowing its account number.
    pub fn numbered_caller(&self) -> Caller {
        let mut caller = self.caller();
        caller.account_number = AccountNumber::parse(self.number).ok();
        caller.auth_method = AuthMethod::IdentityHeader;
        caller
    }

    /// Callers of it, by what they may do: everything, each thing alone, nothing; and everything without an
    /// organisation to do it in.
    pub fn callers(&self) -> Vec<(String, Caller)> {
        let mut callers = vec![("everything within".to_owned(), self.caller())];
        for permission in Permission::ALL {
            if permission != Permission::CrossTenant {
                let only = caller_with(Some(self.org), &[permission]);
                callers.push((format!("{} alone", permission.as_str()), only));
            }
        }
        callers.push(("nothing".to_owned(), caller_with(None, &[])));
        let mut placeless = self.caller();
        placeless.org_id = None;
        placeless.auth_method = AuthMethod::PreSharedKey;
        callers.push(("everything nowhere".to_owned(), placeless));
        callers.push((
            "everything, with a number".to_owned(),
            self.numbered_caller(),
        ));
        callers
    }
}

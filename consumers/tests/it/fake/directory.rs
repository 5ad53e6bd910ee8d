//! A directory that says of every device what the test says: at first that it belongs to organisation 10000.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use connector_domain::account::Account;
use connector_domain::id::{ClientId, OrgId};
use connector_domain::port::TenantDirectory;
use connector_domain::tenant::TenantLookup;

pub struct Directory {
    says: Mutex<TenantLookup>,
    asked: AtomicUsize,
}

impl Default for Directory {
    fn default() -> Self {
        Self {
            says: Mutex::new(Self::owner("10000")),
            asked: AtomicUsize::new(0),
        }
    }
}

impl Directory {
    pub fn owner(org_id: &str) -> TenantLookup {
        TenantLookup::Known(Account {
            org_id: OrgId::parse(org_id).expect("valid"),
            account_number: None,
        })
    }

    /// From now on it says this.
    pub fn turns_to(&self, says: TenantLookup) {
        *self.says.lock().expect("lock") = says;
    }

    /// How often it was asked about devices.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl TenantDirectory for Directory {
    async fn lookup(&self, client_ids: &[ClientId]) -> Vec<TenantLookup> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let says = self.says.lock().expect("lock").clone();
        vec![says; client_ids.len()]
    }
}

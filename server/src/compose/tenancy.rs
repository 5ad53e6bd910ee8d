//! The tenant directory that the settings name.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use connector_domain::account::Account;
use connector_domain::clock::System;
use connector_domain::id::{AccountNumber, InvalidId, OrgId};
use connector_domain::port::TenantDirectory;
use connector_tenancy::{
    BreakerSettings, CacheSettings, Endpoint, GatewaySettings, Patience, Settings, Source,
    UnknownAnswerError,
};

use crate::config::{Tenancy, TenancyKind, TenantCache, TenantGateway};

/// How often certificates are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// What no configuration that was checked gives.
#[derive(Debug, thiserror::Error)]
pub enum TenancyError {
    /// The default tenant is none.
    #[error("the default tenant is not valid")]
    DefaultTenant(#[from] InvalidId),
    /// An answer is listed that cannot mean *unknown*.
    #[error("tenancy.gateway.unknown is not valid")]
    Unknown(#[from] UnknownAnswerError),
}

/// Opens the directory. A gateway may be away.
pub fn open_tenants(tenancy: &Tenancy) -> anyhow::Result<Arc<dyn TenantDirectory>> {
    let settings = tenancy_settings(tenancy)?;
    let directory = settings.open(Arc::new(System), Arc::new(System));
    directory.context("the tenant directory cannot be used")
}

/// The settings of the directory.
pub fn tenancy_settings(tenancy: &Tenancy) -> Result<Settings, TenancyError> {
    Ok(Settings {
        source: match tenancy.effective_kind() {
            TenancyKind::Auto | TenancyKind::Default => Source::Default,
            TenancyKind::File => Source::File(PathBuf::from(&tenancy.map_file)),
            TenancyKind::Gateway => {
                Source::Gateway(Box::new(gateway(&tenancy.gateway, &tenancy.cache)?))
            }
        },
        default: default_tenant(tenancy)?,
    })
}

fn default_tenant(tenancy: &Tenancy) -> Result<Account, InvalidId> {
    let number = Some(tenancy.default_account.as_str()).filter(|number| !number.is_empty());
    Ok(Account {
        org_id: OrgId::parse(tenancy.default_org.as_str())?,
        account_number: number.map(AccountNumber::parse).transpose()?,
    })
}

fn gateway(
    settings: &TenantGateway,
    cache: &TenantCache,
) -> Result<GatewaySettings, UnknownAnswerError> {
    let own = file(&settings.certificate_file).zip(file(&settings.key_file));
    let unknown = settings.unknown.iter().map(|answer| answer.parse());
    Ok(GatewaySettings {
        endpoint: Endpoint {
            url: settings.url.clone(),
            ca_file: file(&settings.ca_file),
            certificate_files: own,
            look_every: LOOK_EVERY,
        },
        patience: Patience {
            connect: Duration::from_millis(settings.connect_timeout_ms),
            request: Duration::from_millis(settings.request_timeout_ms),
            lookup: Duration::from_millis(settings.lookup_timeout_ms),
            attempts: settings.attempts,
            batch: Duration::from_millis(settings.batch_timeout_ms),
        },
        breaker: BreakerSettings {
            failures: settings.breaker_failures,
            pause: Duration::from_millis(settings.breaker_pause_ms),
        },
        cache: CacheSettings {
            entries: cache.entries,
            known: Duration::from_secs(cache.known_seconds),
            unknown: Duration::from_secs(cache.unknown_seconds),
            unavailable: Duration::from_millis(cache.unavailable_ms),
        },
        concurrency: settings.concurrency,
        unknown: unknown.collect::<Result<_, _>>()?,
    })
}

fn file(path: &str) -> Option<PathBuf> {
    (!path.is_empty()).then(|| PathBuf::from(path))
}

//! The settings of `[tenancy]` as types. `config.default.toml` says what each is for.

#![allow(
    missing_docs,
    reason = "config.default.toml documents every key, and a test holds both to the same keys"
)]

use serde::{Deserialize, Serialize};

/// Whose devices are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenancy {
    pub kind: TenancyKind,
    pub map_file: String,
    pub default_org: String,
    pub default_account: String,
    pub gateway: TenantGateway,
    pub cache: TenantCache,
    pub retry: TenantRetry,
}

/// Where tenants are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TenancyKind {
    Auto,
    Default,
    File,
    Gateway,
}

impl Tenancy {
    /// Where tenants are looked up; never [`TenancyKind::Auto`].
    pub fn effective_kind(&self) -> TenancyKind {
        match self.kind {
            TenancyKind::Auto if !self.gateway.url.is_empty() => TenancyKind::Gateway,
            TenancyKind::Auto if !self.map_file.is_empty() => TenancyKind::File,
            TenancyKind::Auto => TenancyKind::Default,
            kind => kind,
        }
    }
}

/// The service that knows tenants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantGateway {
    pub url: String,
    pub ca_file: String,
    pub certificate_file: String,
    pub key_file: String,
    pub unknown: Vec<String>,
    pub concurrency: usize,
    pub batch_timeout_ms: u64,
    pub connect_timeout_ms: u64,
    pub request_timeout_ms: u64,
    pub lookup_timeout_ms: u64,
    pub attempts: u32,
    pub breaker_failures: usize,
    pub breaker_pause_ms: u64,
}

/// How long the gateway's answers are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantCache {
    pub entries: u64,
    pub known_seconds: u64,
    pub unknown_seconds: u64,
    pub unavailable_ms: u64,
}

/// How often devices that wait for a tenant are looked up again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantRetry {
    pub pending_ms: u64,
    pub unknown_seconds: u64,
    pub limit: u16,
}

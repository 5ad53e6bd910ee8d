//! Who asked.

use std::net::IpAddr;

use crate::caller::{AuthMethod, Caller, Permission};
use crate::id::{CallerName, OrgId};
use crate::text::storable;

/// Most bytes kept of a request's name: one over WebSocket holds an id that the caller chose.
const REQUEST_ID_BYTES: usize = 256;

/// A caller, as it was when it asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub name: CallerName,
    /// How it proved who it is.
    pub auth_method: AuthMethod,
    /// Organisation it acted for; `None` for a cross-tenant service that named none.
    pub org_id: Option<OrgId>,
    /// Whether it might act for every organisation.
    pub cross_tenant: bool,
    /// Name of the request, as in logs and errors.
    pub request_id: String,
    /// The address at the other end of its connection, which may be a gateway's; `None` where that is not known.
    pub remote_address: Option<IpAddr>,
}

impl Actor {
    /// The caller of a request.
    pub fn of(caller: &Caller, request_id: &str, remote_address: Option<IpAddr>) -> Self {
        Self {
            name: caller.name.clone(),
            auth_method: caller.auth_method,
            org_id: caller.org_id.clone(),
            cross_tenant: caller.may(Permission::CrossTenant),
            request_id: storable(request_id, REQUEST_ID_BYTES),
            remote_address,
        }
    }
}

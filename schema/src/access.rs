//! Who asks, what they may do and what they see: the first line of every resolver.

use async_graphql::Context;
use connector_domain::caller::{Caller, Permission};
use connector_domain::message::Message;
use connector_domain::scope::Scope;

use crate::error::Fault;
use crate::loader::Loaders;
use crate::ports::Ports;

/// The caller of this operation, with what it reads through.
pub(crate) struct Access<'a> {
    pub caller: &'a Caller,
    pub ports: &'a Ports,
    loaders: Option<&'a Loaders>,
}

impl<'a> Access<'a> {
    /// UNAUTHENTICATED when the server put no caller into the request.
    pub fn of(ctx: &Context<'a>) -> Result<Self, Fault> {
        let caller = ctx.data_opt::<Caller>().ok_or(Fault::Unauthenticated)?;
        let missing = || Fault::internal_text("the schema was built without its ports");
        Ok(Self {
            caller,
            ports: ctx.data_opt().ok_or_else(missing)?,
            loaders: ctx.data_opt(),
        })
    }

    /// The same, for a caller that may do this; FORBIDDEN otherwise.
    pub fn with(ctx: &Context<'a>, permission: Permission) -> Result<Self, Fault> {
        let access = Self::of(ctx)?;
        access.require(permission)?;
        Ok(access)
    }

    /// FORBIDDEN unless the caller may do this.
    pub fn require(&self, permission: Permission) -> Result<(), Fault> {
        if self.caller.may(permission) {
            Ok(())
        } else {
            Err(Fault::Forbidden(permission))
        }
    }

    /// The loaders of this operation. A subscription has them for each event, not for its beginning.
    pub fn loaders(&self) -> Result<&'a Loaders, Fault> {
        let missing = || Fault::internal_text("there are no loaders outside an execution");
        self.loaders.ok_or_else(missing)
    }

    /// What the caller sees; `None` when that is nothing.
    pub fn scope(&self) -> Option<Scope> {
        self.caller.scope()
    }

    /// Whether the caller may know this message, which is in its scope: with MESSAGE_READ, or as its sender.
    pub fn may_see(&self, message: &Message) -> bool {
        self.caller.may(Permission::MessageRead)
            || message.sent_by.as_ref() == Some(&self.caller.name)
    }
}

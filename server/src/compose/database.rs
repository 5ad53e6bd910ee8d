//! The database that roles and commands work with, whichever it is.

mod postgres;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use connector_consumers::rebuild;
use connector_domain::port::{
    AuditLedger, AuditReader, BlockLedger, BlockReader, ConnectionLedger, ConnectionReader,
    ConnectionRestorer, MessageLedger, MessageReader, MessageSender,
};

pub(super) use postgres::{connect, may_pass};
pub(super) use sqlite::{make, open};

/// Every store port, and what is done with a database as a whole.
#[async_trait]
pub trait Database:
    AuditLedger
    + AuditReader
    + BlockLedger
    + BlockReader
    + ConnectionLedger
    + ConnectionReader
    + ConnectionRestorer
    + MessageLedger
    + MessageReader
    + MessageSender
    + rebuild::Store
{
    /// What it is and where, for people.
    fn title(&self) -> String;

    /// Whether the database itself keeps tenants apart from this process, should a statement forget to; `None` where it
    /// cannot.
    fn is_walled(&self) -> Option<bool>;

    /// Runs the migrations that it lacks, in order, and names them.
    async fn migrate(&self) -> anyhow::Result<Vec<String>>;

    /// Names the migrations that it lacks, in order. Writes nothing.
    async fn pending_migrations(&self) -> anyhow::Result<Vec<String>>;

    /// Finishes what is running and closes it. Calls after it fail.
    async fn close(&self);
}

/// A handle on the database of this process.
pub type Store = Arc<dyn Database>;

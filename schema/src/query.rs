//! `Query`: one area per file.

mod account;
mod audit;
mod changes;
mod connection;
mod message;
mod node;
mod server;
mod viewer;

use async_graphql::MergedObject;

/// Reads.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQuery,
    viewer::ViewerQuery,
    server::ServerQuery,
    account::AccountQuery,
    connection::ConnectionQuery,
    changes::ChangesQuery,
    message::MessageQuery,
    audit::AuditQuery,
);

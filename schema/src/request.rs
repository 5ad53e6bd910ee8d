//! A request on its way in and out: what the server puts into it and how it reads what came back.

mod variables;

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::{Request, Response, ServerError};
use connector_domain::caller::Caller;

pub(crate) use variables::exact_value;
pub use variables::variables_of;

/// Names one request in logs, headers and errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The address at the other end of the caller's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoteAddress(pub IpAddr);

/// Puts the caller, the request's name and where it came from into a request: then it may be executed. The rest of what resolvers need is
/// installed by the schema itself, anew for each operation and each event of a subscription.
pub fn prepare(
    request: Request,
    caller: Caller,
    request_id: RequestId,
    remote_address: Option<RemoteAddress>,
) -> Request {
    let request = request.data(caller).data(request_id);
    match remote_address {
        Some(address) => request.data(address),
        None => request,
    }
}

/// Marks an error told before execution began. Travels in [`ServerError::source`], which is never sent.
struct BeforeExecution;

pub(crate) fn mark_before_execution(error: &mut ServerError) {
    error.source = Some(Arc::new(BeforeExecution));
}

/// Whether the request was refused before execution began (it does not parse or validate, names no operation, is over
/// a limit, has no caller): over HTTP status 400 without `data`, over WebSocket an `error` message.
pub fn is_request_error(response: &Response) -> bool {
    response
        .errors
        .iter()
        .any(|error| error.source::<BeforeExecution>().is_some())
}

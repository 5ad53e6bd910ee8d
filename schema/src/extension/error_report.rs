//! Every top-level error carries `extensions.code` and `extensions.requestId`. What only operators may know is logged
//! here, once, and never sent.

use std::any::TypeId;
use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest, NextRequest,
    NextSubscribe,
};
use async_graphql::{Request, Response, ServerError, ServerResult, Value};
use futures::StreamExt;
use futures::stream::BoxStream;
use tracing::error;

use crate::error::Fault;
use crate::request::{RequestId, mark_before_execution};

pub(crate) struct ErrorReport;

impl ExtensionFactory for ErrorReport {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Report(Arc::default()))
    }
}

/// The report of one request.
struct Report(Arc<Progress>);

/// How far a request got.
#[derive(Default)]
struct Progress {
    request_id: OnceLock<String>,
    executing: AtomicBool,
}

#[async_trait::async_trait]
impl Extension for Report {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let mut response = next.run(ctx).await;
        self.0.finish(&mut response);
        response
    }

    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let progress = Arc::clone(&self.0);
        let finished = stream.map(move |mut response| {
            progress.finish(&mut response);
            response
        });
        next.run(ctx, finished.boxed())
    }

    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let id = request.data.get(&TypeId::of::<RequestId>());
        if let Some(RequestId(id)) = id.and_then(|id| id.downcast_ref()) {
            self.0.request_id.get_or_init(|| id.clone());
        }
        next.run(ctx, request).await
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        self.0.executing.store(true, Ordering::Relaxed);
        next.run(ctx, operation_name).await
    }
}

impl Progress {
    fn finish(&self, response: &mut Response) {
        let executing = self.executing.load(Ordering::Relaxed);
        for error in &mut response.errors {
            self.finish_error(error, executing);
        }
    }

    fn finish_error(&self, error: &mut ServerError, executing: bool) {
        // A stream that cannot begin fails at its field, before any event is executed.
        let before = (!executing && error.path.is_empty()) || is_wrong_transport(error);
        let code = code_of(error, before);
        if code == "INTERNAL" || code == "UNAVAILABLE" {
            self.log(error, &code);
        }
        if code == "INTERNAL" {
            "internal error".clone_into(&mut error.message);
        }
        let fault = error.source::<Fault>().cloned();
        let values = error.extensions.get_or_insert_default();
        if let Some(fault) = fault {
            fault.extend(values);
        }
        values.set("code", code.as_str());
        if let Some(id) = self.request_id.get() {
            values.set("requestId", id.as_str());
        }
        if before {
            mark_before_execution(error);
        }
    }

    fn log(&self, error: &ServerError, code: &str) {
        let hidden = error.source::<Fault>().and_then(Fault::hidden_source);
        let causes = match hidden {
            Some(source) => chain(source),
            None => error.message.clone(),
        };
        let request_id = self.request_id.get().map_or("", String::as_str);
        error!(
            request.id = request_id,
            outcome = code,
            error = causes,
            "a request failed"
        );
    }
}

/// An error and what caused it, in one line.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The error with a code of its own.
pub(super) fn coded(mut error: ServerError, code: &str) -> ServerError {
    error.extensions.get_or_insert_default().set("code", code);
    error
}

fn code_of(error: &ServerError, before_execution: bool) -> String {
    let set = error.extensions.as_ref().and_then(|set| set.get("code"));
    if let Some(Value::String(code)) = set {
        return code.clone();
    }
    let code = match error.source::<Fault>() {
        Some(fault) => fault.code(),
        None if before_execution => "GRAPHQL_VALIDATION_FAILED",
        // What the library itself finds wrong with an argument has no source; anything else is a defect of ours.
        None if error.source.is_none() => "BAD_USER_INPUT",
        None => "INTERNAL",
    };
    code.to_owned()
}

/// A subscription asked for where only queries and mutations are answered.
fn is_wrong_transport(error: &ServerError) -> bool {
    error.message == "Subscriptions are not supported on this transport."
}

//! The live operations of one socket: each a task of its own that writes into the socket's bounded outbox, so that one
//! busy stream starves no other, and all end with the socket.

use std::collections::HashMap;
use std::time::Duration;

use async_graphql::{Request, Response};
use connector_schema::{ConnectorSchema, is_request_error};
use futures::{Stream, StreamExt};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

use super::frame;
use crate::http::callers::Place;
use crate::http::refusal::Refusal;
use crate::http::turns::Turns;

/// Something an operation has to say.
pub enum Said {
    /// A result.
    Next(Frame),
    /// The last frame of an operation, which frees its id.
    Last(Frame),
}

/// A frame for the client. An id may have been stopped, and even taken again, since it was written: `run` tells.
pub struct Frame {
    id: String,
    run: u64,
    /// The text of the frame.
    pub text: String,
}

/// An operation to run.
pub struct Operation {
    /// Its id on the socket.
    pub id: String,
    /// What to run.
    pub request: Request,
    /// Its name in logs and errors.
    pub name: String,
    /// In which it begins.
    pub turns: Turns,
    /// What anything but a subscription takes: a place of its caller's, and at most this time.
    pub limits: Option<(Place, Duration)>,
}

/// The operations. Dropping it ends them all.
pub struct Operations {
    running: JoinSet<()>,
    by_id: HashMap<String, (u64, AbortHandle)>,
    outbox: mpsc::Sender<Said>,
    runs: u64,
}

impl Operations {
    /// None yet; what they say goes to `outbox`.
    pub fn new(outbox: mpsc::Sender<Said>) -> Self {
        Self {
            running: JoinSet::new(),
            by_id: HashMap::new(),
            outbox,
            runs: 0,
        }
    }

    /// How many are live.
    pub fn count(&self) -> usize {
        self.by_id.len()
    }

    /// Whether an id is in use.
    pub fn has(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// Starts one. Queries and mutations run as streams of one result.
    pub fn start(&mut self, schema: ConnectorSchema, operation: Operation) {
        while self.running.try_join_next().is_some() {}
        self.runs += 1;
        let run = self.runs;
        let (outbox, id) = (self.outbox.clone(), operation.id.clone());
        let task = self.running.spawn(async move {
            let id = operation.id.clone();
            let text = in_time(&schema, operation, run, &outbox).await;
            let _ = outbox.send(Said::Last(Frame { id, run, text })).await;
        });
        self.by_id.insert(id, (run, task));
    }

    /// The client has enough of one: nothing more is said for it.
    pub fn stop(&mut self, id: &str) {
        if let Some((_, task)) = self.by_id.remove(id) {
            task.abort();
        }
    }

    /// Whether a frame is of an operation that is still live.
    pub fn is_live(&self, frame: &Frame) -> bool {
        self.by_id
            .get(&frame.id)
            .is_some_and(|(current, _)| *current == frame.run)
    }

    /// Frees the id of an operation that said its last frame.
    pub fn ended(&mut self, frame: &Frame) {
        self.by_id.remove(&frame.id);
    }
}

async fn in_time(
    schema: &ConnectorSchema,
    operation: Operation,
    run: u64,
    outbox: &mpsc::Sender<Said>,
) -> String {
    let Operation {
        id,
        request,
        name,
        turns,
        limits,
    } = operation;
    let results = turns.begin(schema.execute_stream(request));
    let streaming = stream(results, &id, run, outbox);
    let Some((place, limit)) = limits else {
        return streaming.await;
    };
    let streaming = place.fairly(streaming);
    let too_late = |_| frame::error(&id, &Refusal::timeout().errors(&name).to_string());
    timeout(limit, streaming).await.unwrap_or_else(too_late)
}

async fn stream(
    mut results: impl Stream<Item = Response> + Unpin,
    id: &str,
    run: u64,
    outbox: &mpsc::Sender<Said>,
) -> String {
    while let Some(result) = results.next().await {
        if is_request_error(&result) {
            return frame::error(id, &text(&result.errors));
        }
        let text = frame::next(id, &text::<Response>(&result));
        if outbox
            .send(Said::Next(Frame {
                id: id.to_owned(),
                run,
                text,
            }))
            .await
            .is_err()
        {
            break;
        }
    }
    frame::complete(id)
}

fn text<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| r#"[{"message":"internal error"}]"#.to_owned())
}

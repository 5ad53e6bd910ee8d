//! `/livez`, `/readyz` and `/metrics`, on a port of their own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::future::join_all;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Map, Value, json};

use crate::liveness::Liveness;

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether one thing that a role needs is there.
#[async_trait]
pub trait Check: Send + Sync {
    /// What it is called, e.g. `database`.
    fn name(&self) -> &'static str;
    /// Looks; the error is a text for people.
    async fn check(&self) -> Result<(), String>;
    /// A word on a thing that is there, e.g. `standby`.
    fn note(&self) -> Option<&'static str> {
        None
    }
}

/// Everything a role needs.
#[derive(Clone, Default)]
pub struct Readiness {
    checks: Arc<Vec<Arc<dyn Check>>>,
}

impl Readiness {
    /// Ready when all of these are.
    pub fn new(checks: Vec<Arc<dyn Check>>) -> Self {
        Self {
            checks: Arc::new(checks),
        }
    }

    /// Looks at everything at once: whether all is there, and what each part said.
    pub async fn report(&self) -> (bool, Value) {
        let looking = self.checks.iter().map(|check| async {
            let found = tokio::time::timeout(PATIENCE, check.check()).await;
            let note = check.note();
            (
                check.name(),
                note,
                found.unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs()))),
            )
        });
        let found = join_all(looking).await;
        let ready = found.iter().all(|(_, _, found)| found.is_ok());
        let parts: Map<String, Value> = found
            .into_iter()
            .map(|(name, note, found)| {
                let part = match (found, note) {
                    (Err(problem), _) => json!({"ready": false, "problem": problem}),
                    (Ok(()), Some(note)) => json!({"ready": true, "note": note}),
                    (Ok(()), None) => json!({"ready": true}),
                };
                (name.to_owned(), part)
            })
            .collect();
        (ready, json!({"ready": ready, "parts": parts}))
    }
}

/// The management endpoints.
pub fn management_router(
    readiness: Readiness,
    liveness: Liveness,
    metrics: PrometheusHandle,
) -> Router {
    let live = Router::new()
        .route("/livez", get(livez))
        .with_state(liveness);
    let ready = Router::new()
        .route("/readyz", get(readyz))
        .with_state(readiness);
    let metrics = Router::new()
        .route("/metrics", get(render))
        .with_state(metrics);
    live.merge(ready).merge(metrics)
}

async fn livez(State(liveness): State<Liveness>) -> Response {
    let problems = liveness.problems();
    if problems.is_empty() {
        return "alive\n".into_response();
    }
    let lines = problems
        .iter()
        .map(|(part, problem)| format!("{part}: {problem}\n"));
    (StatusCode::SERVICE_UNAVAILABLE, lines.collect::<String>()).into_response()
}

async fn readyz(State(readiness): State<Readiness>) -> Response {
    let (ready, report) = readiness.report().await;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report)).into_response()
}

async fn render(State(metrics): State<PrometheusHandle>) -> Response {
    metrics.run_upkeep();
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        metrics.render(),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_that_only_a_restart_mends_is_told_until_it_is_well() {
        let liveness = Liveness::default();
        let status = async || livez(State(liveness.clone())).await.status();
        assert_eq!(status().await, StatusCode::OK);
        liveness.tell("kafka producer", Some("fenced".to_owned()));
        assert_eq!(status().await, StatusCode::SERVICE_UNAVAILABLE);
        liveness.tell("kafka producer", None);
        assert_eq!(status().await, StatusCode::OK);
    }
}

//! GraphQL over HTTP: one request and its answer, or a subscription as server-sent events.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{sleep, timeout};
use url::Url;

use super::answer;
use super::credentials::Credentials;
use super::event_stream::EventStream;
use super::failure::{Failure, RATE_LIMITED};

/// How often a request is sent again that the API put off.
const RETRIES: u32 = 5;
/// Longest wait before that.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A caller of one API.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    url: Url,
    credentials: Credentials,
    patience: Duration,
}

#[derive(Serialize)]
struct Body<'a, V> {
    query: &'a str,
    variables: &'a V,
}

impl Client {
    /// A caller of `url`. `patience` is the longest time for one request, or for a stream to begin.
    pub(super) fn new(
        http: reqwest::Client,
        url: Url,
        credentials: Credentials,
        patience: Duration,
    ) -> Self {
        Self {
            http,
            url,
            credentials,
            patience,
        }
    }

    /// Where the API is.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Runs a query or a mutation. One that comes too fast for the API is sent again when the API says so: it was not
    /// executed.
    pub(super) async fn execute<D: DeserializeOwned>(
        &self,
        document: &str,
        variables: &impl Serialize,
    ) -> Result<D, Failure> {
        let mut left = RETRIES;
        loop {
            let outcome = self.attempt(document, variables).await;
            match put_off(&outcome) {
                Some(wait) if left > 0 => sleep(wait.min(LONGEST_WAIT)).await,
                _ => return outcome,
            }
            left -= 1;
        }
    }

    async fn attempt<D: DeserializeOwned>(
        &self,
        document: &str,
        variables: &impl Serialize,
    ) -> Result<D, Failure> {
        let request = self.post("application/json", document, variables)?;
        let response = request.timeout(self.patience).send().await;
        let response = response.map_err(|error| self.failure(&error))?;
        self.read(response).await
    }

    /// Opens a subscription.
    pub(super) async fn subscribe(
        &self,
        document: &str,
        variables: &impl Serialize,
    ) -> Result<EventStream, Failure> {
        let request = self.post("text/event-stream", document, variables)?;
        let response = timeout(self.patience, request.send())
            .await
            .map_err(|_| self.too_late())?
            .map_err(|error| self.failure(&error))?;
        let is_stream = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
        if is_stream {
            return Ok(EventStream::new(response));
        }
        // Refused before the stream began.
        let _: serde_json::Value = timeout(self.patience, self.read(response))
            .await
            .map_err(|_| self.too_late())??;
        Err(Failure::refused(
            "NO_STREAM",
            "the API answers, but with no stream of events",
        ))
    }

    fn post(
        &self,
        accept: &'static str,
        document: &str,
        variables: &impl Serialize,
    ) -> Result<RequestBuilder, Failure> {
        let body = Body {
            query: document,
            variables,
        };
        Ok(self
            .http
            .post(self.url.clone())
            .header(ACCEPT, accept)
            .headers(self.credentials.headers()?)
            .json(&body))
    }

    async fn read<D: DeserializeOwned>(&self, response: Response) -> Result<D, Failure> {
        let status = response.status();
        let body = response.bytes().await;
        answer::read(status, &body.map_err(|error| self.failure(&error))?)
    }

    fn failure(&self, error: &reqwest::Error) -> Failure {
        if error.is_timeout() && !error.is_connect() {
            return self.too_late();
        }
        Failure::Unreachable(format!("{} is not reachable: {}", self.url, cause(error)))
    }

    fn too_late(&self) -> Failure {
        let (url, patience) = (&self.url, self.patience);
        Failure::TimedOut(format!("{url} did not answer within {patience:?}"))
    }
}

fn put_off<D>(outcome: &Result<D, Failure>) -> Option<Duration> {
    match outcome {
        Err(Failure::Refused {
            code,
            retry_after: Some(wait),
            ..
        }) if code == RATE_LIMITED => Some(*wait),
        _ => None,
    }
}

/// The innermost reason: what stands around it only says that a request failed.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no connection came up in time".to_owned();
    }
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

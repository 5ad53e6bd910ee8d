//! A caller that sends messages to devices through the API, a few per second, and remembers what it was told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connector_load::{Fleet, Truth};
use connector_testkit::Client;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::churn::is_restless;
use crate::checker::{Answer, Letter};

/// How often it sends.
const EVERY: Duration = Duration::from_millis(250);
/// How long it waits for an answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Most messages it waits for at once.
const AT_ONCE: usize = 64;

const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) {
    message { state } errors { __typename } } }";

/// The caller.
pub struct Post {
    running: watch::Sender<bool>,
    letters: Arc<Mutex<Vec<Letter>>>,
    stop: CancellationToken,
    waiting: Arc<Semaphore>,
}

impl Post {
    pub fn open(client: &Client, fleet: Arc<Fleet>) -> Self {
        let (running, may_run) = watch::channel(false);
        let letters = Arc::default();
        let stop = CancellationToken::new();
        let waiting = Arc::new(Semaphore::new(AT_ONCE));
        let desk = Desk {
            http: reqwest::Client::new(),
            url: format!("{}/graphql", client.base),
            token: client.token.clone(),
            fleet,
            letters: Arc::clone(&letters),
        };
        let tasks = TaskTracker::new();
        let sending = send_all(Arc::new(desk), may_run, waiting.clone(), tasks.clone());
        let ends = stop.clone();
        tasks.spawn(async move { ends.run_until_cancelled(sending).await });
        Self {
            running,
            letters,
            stop,
            waiting,
        }
    }

    /// Sends, or not.
    pub fn run(&self, run: bool) {
        self.running.send_replace(run);
    }

    /// Waits until every message has its answer, which takes no longer than the caller waits.
    pub async fn until_answered(&self) {
        let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        let _ = self.waiting.acquire_many(all).await;
    }

    /// How many messages were answered so far.
    pub fn count(&self) -> usize {
        lock(&self.letters).len()
    }

    /// The messages after the first `skip`.
    pub fn letters(&self, skip: usize) -> Vec<Letter> {
        lock(&self.letters).iter().skip(skip).cloned().collect()
    }

    pub fn close(&self) {
        self.stop.cancel();
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn lock(letters: &Mutex<Vec<Letter>>) -> MutexGuard<'_, Vec<Letter>> {
    letters.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a message needs to be sent.
struct Desk {
    http: reqwest::Client,
    url: String,
    token: String,
    fleet: Arc<Fleet>,
    letters: Arc<Mutex<Vec<Letter>>>,
}

async fn send_all(
    desk: Arc<Desk>,
    mut may_run: watch::Receiver<bool>,
    waiting: Arc<Semaphore>,
    tasks: TaskTracker,
) {
    loop {
        if may_run.wait_for(|run| *run).await.is_err() {
            return;
        }
        // With as many waiting as there may be, this one is left out.
        if let (Ok(turn), Some(client_id)) = (waiting.clone().try_acquire_owned(), desk.target()) {
            let desk = desk.clone();
            tasks.spawn(async move {
                desk.send(client_id).await;
                drop(turn);
            });
        }
        sleep(EVERY).await;
    }
}

impl Desk {
    /// A device that is connected and means to stay: what is under way to one that leaves is lost with its session.
    fn target(&self) -> Option<String> {
        let members = self.fleet.members();
        let index = fastrand::usize(0..members.len().max(1));
        let member = members.get(index).filter(|_| !is_restless(index))?;
        let is_there = member.memory().truth == Truth::Online;
        is_there.then(|| member.client_id().to_owned())
    }

    async fn send(&self, client_id: String) {
        let message_id = Uuid::from_u128(fastrand::u128(..)).to_string();
        let asked_at = self.fleet.elapsed();
        let answer = self.ask(&client_id, &message_id).await;
        lock(&self.letters).push(Letter {
            message_id,
            client_id,
            asked_at,
            answered_at: self.fleet.elapsed(),
            answer,
            stored: None,
        });
    }

    async fn ask(&self, client_id: &str, message_id: &str) -> Answer {
        let input = json!({"clientId": client_id, "directive": "echo", "messageId": message_id, "content": {"to": client_id}});
        let request = self
            .http
            .post(&self.url)
            .timeout(PATIENCE)
            .bearer_auth(&self.token)
            .json(&json!({"query": SEND, "variables": {"input": input}}));
        let response = match request.send().await {
            Ok(response) => response.json::<Value>().await,
            Err(error) => Err(error),
        };
        match response {
            Ok(response) => read(&response),
            Err(error) => Answer::Unknown(error.to_string()),
        }
    }
}

fn read(response: &Value) -> Answer {
    let payload = &response["data"]["sendMessage"];
    if let Some(state) = payload["message"]["state"].as_str() {
        return Answer::Accepted(state.to_owned());
    }
    if let Some(refusal) = payload["errors"][0]["__typename"].as_str() {
        return Answer::Refused(refusal.to_owned());
    }
    Answer::Unknown(response["errors"][0]["extensions"]["code"].to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_an_error_and_a_refusal_are_told_apart() {
        let answer = |response: Value| read(&response);
        let accepted =
            json!({"data": {"sendMessage": {"message": {"state": "PUBLISHED"}, "errors": []}}});
        assert_eq!(answer(accepted), Answer::Accepted("PUBLISHED".to_owned()));
        let refused = json!({"data": {"sendMessage": {"message": null, "errors": [{"__typename": "ClientOfflineError"}]}}});
        assert_eq!(
            answer(refused),
            Answer::Refused("ClientOfflineError".to_owned())
        );
        let failed = json!({"data": null, "errors": [{"extensions": {"code": "UNAVAILABLE"}}]});
        assert_eq!(
            answer(failed),
            Answer::Unknown("\"UNAVAILABLE\"".to_owned())
        );
    }
}

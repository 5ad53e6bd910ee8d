//! A subscription that outlives its connections: when one breaks, the next resumes after the last event.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::time::sleep;

use super::answer;
use super::client::Client;
use super::event_stream::EventStream;
use super::failure::{CURSOR_EXPIRED, Failure, UNAUTHENTICATED};

const CURSOR: &str = "query ChangesCursor { changesCursor }";
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LAST_WAIT: Duration = Duration::from_secs(15);

/// What a watcher is told.
#[derive(Debug)]
pub(super) enum Happening {
    /// An event, as it came.
    Event(Box<RawValue>),
    /// Events were missed here: so many, or nobody knows how many, because the server no longer has them.
    Missed(Option<u64>),
    /// The connection is gone, with the reason; it is opened again.
    Lost(String),
    /// It is back.
    Back,
}

/// A subscription. Its document takes `after` besides `variables`, and selects `cursor` and `missed`.
pub(super) struct Watch<'a, V> {
    client: &'a Client,
    document: &'static str,
    variables: V,
    after: Option<String>,
    stream: Option<EventStream>,
    told: VecDeque<Happening>,
    wait: Duration,
    /// Whether the API has answered before: only then is a failure worth trying again.
    reached: bool,
    /// Whether the last connection broke.
    lost: bool,
    /// Whether to wait before the next one.
    failed: bool,
}

#[derive(Serialize)]
struct Variables<'a, V> {
    #[serde(flatten)]
    rest: &'a V,
    after: Option<&'a str>,
}

/// Where an event stands.
#[derive(Deserialize)]
struct Place {
    cursor: String,
    missed: u64,
}

impl<'a, V: Serialize> Watch<'a, V> {
    /// Watches from now on, or from after the cursor: everything from then on is told, however late the first
    /// connection comes up.
    pub(super) async fn start(
        client: &'a Client,
        document: &'static str,
        variables: V,
        after: Option<String>,
    ) -> Result<Self, Failure> {
        let mut this = Self {
            client,
            document,
            variables,
            after,
            stream: None,
            told: VecDeque::new(),
            wait: FIRST_WAIT,
            reached: false,
            lost: false,
            failed: false,
        };
        if this.after.is_none() {
            this.after = Some(client.execute(CURSOR, &()).await?);
            this.reached = true;
        }
        Ok(this)
    }

    /// What happens next. Fails when trying again would not help.
    pub(super) async fn next(&mut self) -> Result<Happening, Failure> {
        loop {
            if let Some(happening) = self.told.pop_front() {
                return Ok(happening);
            }
            if let Err(failure) = self.step().await {
                self.stream = None;
                self.weigh(failure)?;
            }
        }
    }

    /// Opens the stream, or takes one event from it.
    async fn step(&mut self) -> Result<(), Failure> {
        let Some(stream) = &mut self.stream else {
            return self.open().await;
        };
        let ended = || Failure::Unreachable("the server ended the stream".to_owned());
        let text = stream.next().await?.ok_or_else(ended)?;
        let event: Box<RawValue> = answer::read_event(&text)?;
        let place: Place = serde_json::from_str(event.get())
            .map_err(|error| Failure::refused("UNREADABLE", error.to_string()))?;
        if place.missed > 0 {
            self.told.push_back(Happening::Missed(Some(place.missed)));
        }
        self.told.push_back(Happening::Event(event));
        self.after = Some(place.cursor);
        self.wait = FIRST_WAIT;
        Ok(())
    }

    async fn open(&mut self) -> Result<(), Failure> {
        if std::mem::take(&mut self.failed) {
            sleep(self.wait).await;
            self.wait = (self.wait * 2).min(LAST_WAIT);
        }
        if self.after.is_none() {
            self.after = Some(self.client.execute(CURSOR, &()).await?);
            // Told only now: whoever lists again after hearing it misses nothing.
            self.told.push_back(Happening::Missed(None));
        }
        let variables = Variables {
            rest: &self.variables,
            after: self.after.as_deref(),
        };
        let opened = self.client.subscribe(self.document, &variables).await?;
        self.stream = Some(opened);
        if std::mem::take(&mut self.lost) {
            self.told.push_back(Happening::Back);
        }
        self.reached = true;
        Ok(())
    }

    /// Whether to go on after a failure.
    fn weigh(&mut self, failure: Failure) -> Result<(), Failure> {
        self.failed = true;
        if failure.is_refusal(CURSOR_EXPIRED) {
            self.after = None;
            return Ok(());
        }
        if !self.reached || !(failure.passes() || failure.is_refusal(UNAUTHENTICATED)) {
            return Err(failure);
        }
        // A token ran out: the file may hold a new one. A second refusal without an event between is final.
        if failure.is_refusal(UNAUTHENTICATED) && self.lost {
            return Err(failure);
        }
        if !std::mem::replace(&mut self.lost, true) {
            self.told.push_back(Happening::Lost(failure.to_string()));
        }
        Ok(())
    }
}

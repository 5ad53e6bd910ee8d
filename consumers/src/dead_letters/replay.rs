//! Putting letters back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use connector_domain::port::{
    AppendError, LogError, LogPosition, OutgoingRecord, RecordLog, RecordTail,
};

use super::filter::Filter;
use super::letter::{Heading, Letter};
use super::place::Place;
use super::receipt::Receipt;
use super::target::{self, Obstacle, Topics};
use super::topic::{Entry, Receipts, next};

/// How long a full queue is given.
const QUEUE_PATIENCE: Duration = Duration::from_millis(20);

/// Which letters to replay.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These, even if they were replayed before.
    Places(BTreeSet<Place>),
    /// All that pass, save those that were replayed before and those that are a replay which failed again.
    All(Filter),
}

/// Whether anything is appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Append.
    Replay,
    /// Only say what would be done.
    DryRun,
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in its topic again.
    Replayed {
        /// Which.
        topic: String,
        /// Where.
        position: LogPosition,
    },
    /// It would be.
    WouldReplay {
        /// In which topic.
        topic: String,
    },
    /// It cannot be.
    Impossible(Obstacle),
    /// It was replayed before.
    AlreadyReplayed,
    /// It is a replay that failed again.
    FailedAgain,
}

/// What replaying works with.
pub struct ReplayPorts {
    /// The dead-letter topic from its oldest record, for the receipts.
    pub receipts: Arc<dyn RecordTail>,
    /// The same again, for the letters.
    pub letters: Arc<dyn RecordTail>,
    /// Where letters and receipts go.
    pub log: Arc<dyn RecordLog>,
}

/// Why replaying stopped. What was told before is done; the letter at hand may be in its topic without a receipt, which
/// harms nothing: its place in its device's order is the same.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The dead letters cannot be read.
    #[error("the dead letters cannot be read")]
    Log(#[from] LogError),
    /// A letter or its receipt cannot be appended.
    #[error("the dead letter {place} cannot be replayed")]
    Append {
        /// Which letter.
        place: Place,
        /// Why not.
        source: AppendError,
    },
}

/// Replays letters in the order of each device, one at a time, and tells what became of each. Returns the places that
/// hold no letter.
pub async fn replay(
    ports: &ReplayPorts,
    topics: &Topics,
    selection: Selection,
    mode: Mode,
    tell: &mut (dyn FnMut(&Heading, &Outcome) + Send),
) -> Result<BTreeSet<Place>, ReplayError> {
    let receipts = Receipts::collect(ports.receipts.as_ref()).await?;
    let mut missing = match &selection {
        Selection::Places(places) => places.clone(),
        Selection::All(_) => BTreeSet::new(),
    };
    while let Some(entry) = next(ports.letters.as_ref()).await? {
        let Entry::Letter(letter) = entry else {
            continue;
        };
        missing.remove(&letter.heading.place);
        let outcome = match select(&selection, &letter, &receipts) {
            Choice::Other => continue,
            Choice::Not(outcome) => outcome,
            Choice::Chosen => put_back(ports, topics, &letter, mode).await?,
        };
        tell(&letter.heading, &outcome);
    }
    Ok(missing)
}

enum Choice {
    Other,
    Not(Outcome),
    Chosen,
}

fn select(selection: &Selection, letter: &Letter, receipts: &Receipts) -> Choice {
    let heading = &letter.heading;
    match selection {
        Selection::Places(places) if places.contains(&heading.place) => Choice::Chosen,
        Selection::All(filter) if filter.passes(heading) => {
            if receipts.of(heading.place).is_some() {
                Choice::Not(Outcome::AlreadyReplayed)
            } else if heading.replayed_from.is_some() {
                Choice::Not(Outcome::FailedAgain)
            } else {
                Choice::Chosen
            }
        }
        _ => Choice::Other,
    }
}

async fn put_back(
    ports: &ReplayPorts,
    topics: &Topics,
    letter: &Letter,
    mode: Mode,
) -> Result<Outcome, ReplayError> {
    let record = match target::record(letter, topics) {
        Ok(record) => record,
        Err(obstacle) => return Ok(Outcome::Impossible(obstacle)),
    };
    let topic = record.topic.clone();
    if mode == Mode::DryRun {
        return Ok(Outcome::WouldReplay { topic });
    }
    let place = letter.heading.place;
    let failed = |source| ReplayError::Append { place, source };
    let log = ports.log.as_ref();
    let position = append(log, record).await.map_err(failed)?;
    let receipt = Receipt {
        letter: place,
        replayed_to: format!("{topic}/{}/{}", position.partition, position.offset),
    };
    let receipt = receipt.into_record(&topics.dead_letter, letter.key.clone());
    append(log, receipt).await.map_err(failed)?;
    Ok(Outcome::Replayed { topic, position })
}

async fn append(
    log: &dyn RecordLog,
    mut record: OutgoingRecord,
) -> Result<LogPosition, AppendError> {
    loop {
        match log.append(record) {
            Ok(report) => return report.await,
            Err(AppendError::QueueFull(back)) => record = *back,
            Err(error) => return Err(error),
        }
        tokio::time::sleep(QUEUE_PATIENCE).await;
    }
}

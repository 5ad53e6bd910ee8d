//! What a judgement rests on: what devices know, what the log holds, what the database shows, what callers were told.

use std::time::Duration;

use connector_domain::stamp::Stamp;
use connector_load::{Memory, Said, Truth};

/// Everything about one scenario.
#[derive(Debug, Default)]
pub struct Evidence {
    /// What the devices know.
    pub devices: Vec<Account>,
    /// What the ingress topics hold of them, in the order of offsets within each partition.
    pub log: Vec<LogRecord>,
    /// Messages from them that the database holds.
    pub rows: Vec<Row>,
    /// How the database shows them.
    pub connections: Vec<Shown>,
    /// Changes of them that were told, in the order of offsets within each partition.
    pub changes: Vec<Change>,
    /// Messages sent to them.
    pub letters: Vec<Letter>,
    /// Set where the broker crashed: our guarantee starts where it delivers.
    pub broker_crash: Option<BrokerCrash>,
}

/// What one device knows of one scenario.
#[derive(Debug, Clone)]
pub struct Account {
    /// The device.
    pub client_id: String,
    /// Number of the first message that belongs to the scenario.
    pub first: u32,
    /// Everything it remembers.
    pub memory: Memory,
}

impl Account {
    /// What it said in the scenario, with the numbers.
    pub fn said(&self) -> impl Iterator<Item = (u32, Said)> + '_ {
        let numbered = (1..).zip(self.memory.said().iter().copied());
        numbered.filter(|(number, _)| *number >= self.first)
    }

    /// A number that it used, whenever that was.
    pub fn said_as(&self, number: u32) -> Option<Said> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.memory.said().get(index).copied()
    }

    /// How it is.
    pub fn truth(&self) -> Truth {
        self.memory.truth
    }
}

/// One of the two ingress topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// What devices say on `control/out`.
    Control,
    /// What devices say on `data/out`.
    Data,
}

/// A numbered record of an ingress topic.
#[derive(Debug, Clone)]
pub struct LogRecord {
    /// Its topic.
    pub topic: Topic,
    /// Its offset.
    pub offset: i64,
    /// Its device.
    pub client_id: String,
    /// The device's number.
    pub number: u32,
    /// When the platform received it, as it says.
    pub stamp: Stamp,
}

/// A stored message from a device.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its device.
    pub client_id: String,
    /// The device's number, from the content.
    pub number: u32,
    /// What the database orders by.
    pub created_at: Stamp,
    /// Breaks ties.
    pub offset: i64,
}

/// A stored connection.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its device.
    pub client_id: String,
    /// `ONLINE` or `OFFLINE`.
    pub state: String,
    /// Why.
    pub reason: String,
    /// Number of the status that it shows.
    pub number: Option<u32>,
}

/// A change of a connection, as everyone was told.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its device.
    pub client_id: String,
    /// Version after it.
    pub version: i64,
    /// Number of the status shown after it.
    pub number: Option<u32>,
}

/// What a caller was told of a message it sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The message, in this state.
    Accepted(String),
    /// Nothing, or an error: it may have been sent.
    Unknown(String),
    /// It was refused for this reason, before anything was sent.
    Refused(String),
}

/// A message sent to a device.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its id.
    pub message_id: String,
    /// Its device.
    pub client_id: String,
    /// When the caller asked, from the fleet's start.
    pub asked_at: Duration,
    /// When the caller had its answer.
    pub answered_at: Duration,
    /// What the caller was told.
    pub answer: Answer,
    /// State in the database in the end; `None` where it is not there.
    pub stored: Option<StoredLetter>,
}

/// What the database says of a message to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLetter {
    /// State in the end.
    pub state: String,
    /// Whether a second sender took it over.
    pub redelivered: bool,
}

/// A crash of the broker.
#[derive(Debug, Clone, Copy)]
pub struct BrokerCrash {
    /// When it answered again, from the fleet's start.
    pub back: Duration,
}

impl BrokerCrash {
    /// Whether the broker may have lost, or have delivered again, what it acknowledged then.
    pub fn may_have_lost(&self, acknowledged_at: Duration) -> bool {
        acknowledged_at < self.back
    }
}

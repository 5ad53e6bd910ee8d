//! What one device remembers: the truth that the platform is held to.
//!
//! Eight bytes for each message said, for as long as the fleet lives.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

/// What sort of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A connection-status, online, on `control/out`.
    Status,
    /// A data message on `data/out`.
    Data,
}

/// A message said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// What sort.
    pub kind: Kind,
    acknowledged: Option<NonZeroU32>,
}

impl Said {
    /// One that the broker has not acknowledged.
    pub fn unacknowledged(kind: Kind) -> Self {
        Self {
            kind,
            acknowledged: None,
        }
    }

    /// One that the broker acknowledged at this time after the fleet's start.
    pub fn acknowledged(kind: Kind, at: Duration) -> Self {
        let millis = u32::try_from(at.as_millis()).unwrap_or(u32::MAX);
        Self {
            kind,
            acknowledged: Some(NonZeroU32::new(millis).unwrap_or(NonZeroU32::MIN)),
        }
    }

    /// When the broker first acknowledged it, from the fleet's start, in whole milliseconds.
    pub fn acknowledged_at(&self) -> Option<Duration> {
        let millis = self.acknowledged?;
        Some(Duration::from_millis(millis.get().into()))
    }
}

/// How a device really is, as far as the broker can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Truth {
    /// It never spoke, or is between two links.
    #[default]
    Unsettled,
    /// The broker acknowledged something on the present link.
    Online,
    /// The broker acknowledged its clean offline, and it left.
    Gone,
    /// It cut its link without a word: the broker publishes its last will.
    Vanished,
}

/// A message that came for a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// When it came first, from the fleet's start.
    pub at: Duration,
    /// How often it came.
    pub times: u32,
    /// Number of the data message that answered it.
    pub answer: Option<u32>,
}

/// Everything one device remembers.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    said: Vec<Said>,
    /// How it is.
    pub truth: Truth,
    /// When the broker last acknowledged anything, from the fleet's start.
    pub last_acknowledged: Option<Duration>,
    /// What came for it, by the id on the wire.
    pub received: BTreeMap<String, Received>,
    /// When links ended without its doing, from the fleet's start.
    pub links_lost: Vec<Duration>,
    /// How many links did not open.
    pub links_failed: u32,
    /// Why a link ended without its doing, or did not open, last.
    pub problem: Option<String>,
}

impl Memory {
    /// One that has said this, and nothing else happened.
    pub fn with_said(said: impl IntoIterator<Item = Said>) -> Self {
        Self {
            said: said.into_iter().collect(),
            ..Self::default()
        }
    }

    /// What was said, from number 1.
    pub fn said(&self) -> &[Said] {
        &self.said
    }

    /// How many numbers were used.
    pub fn count(&self) -> u32 {
        u32::try_from(self.said.len()).unwrap_or(u32::MAX)
    }

    /// Whether everything said is acknowledged.
    pub fn is_settled(&self) -> bool {
        // What is not is among the newest.
        self.said
            .iter()
            .rev()
            .take(1024)
            .all(|said| said.acknowledged.is_some())
    }

    /// Gives the next number.
    pub(crate) fn say(&mut self, kind: Kind) -> u32 {
        self.said.push(Said::unacknowledged(kind));
        self.count()
    }

    /// The broker acknowledged a number, perhaps again.
    pub(crate) fn acknowledge(&mut self, number: u32, at: Duration) {
        self.last_acknowledged = Some(at);
        let index = usize::try_from(number).unwrap_or(0).saturating_sub(1);
        if let Some(said) = self.said.get_mut(index)
            && said.acknowledged.is_none()
        {
            *said = Said::acknowledged(said.kind, at);
        }
    }

    /// A link did not open.
    pub(crate) fn fail(&mut self, problem: String) {
        self.links_failed += 1;
        self.problem = Some(problem);
    }

    /// A message came; whether it is the first time.
    pub(crate) fn receive(&mut self, message_id: &str, at: Duration) -> bool {
        if let Some(received) = self.received.get_mut(message_id) {
            received.times += 1;
            return false;
        }
        let received = Received {
            at,
            times: 1,
            answer: None,
        };
        self.received.insert(message_id.to_owned(), received);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_acknowledged_once_and_keeps_its_first_time() {
        let mut memory = Memory::default();
        assert_eq!((memory.say(Kind::Status), memory.say(Kind::Data)), (1, 2));
        assert!(!memory.is_settled());
        memory.acknowledge(1, Duration::from_millis(5));
        memory.acknowledge(2, Duration::from_millis(7));
        memory.acknowledge(1, Duration::from_millis(9));
        assert!(memory.is_settled());
        let first = memory.said()[0];
        assert_eq!(first.acknowledged_at(), Some(Duration::from_millis(5)));
        assert_eq!(memory.last_acknowledged, Some(Duration::from_millis(9)));
    }
}

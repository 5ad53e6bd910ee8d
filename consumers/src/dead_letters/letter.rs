//! A dead letter as read.

use bytes::Bytes;
use connector_domain::port::IncomingRecord;
use connector_domain::stamp::Stamp;
use serde::Serialize;

use super::place::Place;
use crate::dead_letter::{ERROR, ORIGIN, ORIGINAL_SIZE, PASSED_ON, REPLAYED_FROM, SHA256};

/// What a list shows of a dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Heading {
    /// Where it is.
    #[serde(serialize_with = "as_text")]
    pub place: Place,
    /// When it was set aside.
    pub set_aside_at: Stamp,
    /// Whose it is, as far as its key tells.
    pub client_id: Option<String>,
    /// Why it is here.
    pub error: String,
    /// Where it was: `kafka:<topic>/<partition>/<offset>` or `mqtt:<topic>`.
    pub origin: String,
    /// Bytes of the whole value.
    pub original_size: Option<u64>,
    /// SHA-256 of the whole value, hexadecimal.
    pub sha256: Option<String>,
    /// Bytes that were kept of it.
    pub kept_size: u64,
    /// The dead letter it is a replay of, which failed again.
    pub replayed_from: Option<String>,
    /// Where it was replayed to: `<topic>/<partition>/<offset>`.
    pub replayed_to: Option<String>,
}

/// A dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What a list shows.
    pub heading: Heading,
    /// The key it had.
    pub key: Option<Bytes>,
    /// The headers it had, as far as they were passed on.
    pub headers: Vec<(&'static str, String)>,
    /// What was kept of its value.
    pub payload: Bytes,
}

impl Heading {
    /// Whether a part of the value is lost. A letter that does not tell is taken as cut.
    pub fn is_cut(&self) -> bool {
        self.original_size != Some(self.kept_size)
    }
}

impl Letter {
    pub(super) fn read(record: IncomingRecord) -> Self {
        let text = |name| record.header(name).map(str::to_owned);
        let payload = record.value.clone().unwrap_or_default();
        let key = record.key.as_deref();
        let heading = Heading {
            place: Place::of(&record),
            set_aside_at: record.timestamp,
            client_id: key.map(|key| String::from_utf8_lossy(key).into_owned()),
            error: text(ERROR).unwrap_or_default(),
            origin: text(ORIGIN).unwrap_or_default(),
            original_size: text(ORIGINAL_SIZE).and_then(|size| size.parse().ok()),
            sha256: text(SHA256),
            kept_size: u64::try_from(payload.len()).unwrap_or(u64::MAX),
            replayed_from: text(REPLAYED_FROM),
            replayed_to: None,
        };
        let headers = PASSED_ON
            .into_iter()
            .filter_map(|name| Some((name, text(name)?)))
            .collect();
        Self {
            heading,
            headers,
            key: record.key,
            payload,
        }
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| *found == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn as_text<S: serde::Serializer>(place: &Place, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(place)
}

//! Server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>) of one response, in the distinct
//! connections mode of graphql-sse: a `next` per result, then `complete`.

use std::collections::VecDeque;
use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;

use super::failure::Failure;

/// The server says something every 12 s, if only a comment: one that is silent for so long is gone.
const SILENCE: Duration = Duration::from_secs(40);
/// Largest event, in bytes: far above the largest message.
const LARGEST: usize = 16 << 20;

/// The results of one subscription.
pub(super) struct EventStream {
    response: Response,
    decoder: Decoder,
}

impl EventStream {
    pub(super) fn new(response: Response) -> Self {
        Self {
            response,
            decoder: Decoder::default(),
        }
    }

    /// The next result; `None` when the server has ended the stream. Safe to cancel.
    pub(super) async fn next(&mut self) -> Result<Option<String>, Failure> {
        loop {
            if let Some(event) = self.decoder.events.pop_front() {
                match event.name.as_str() {
                    "next" => return Ok(Some(event.data)),
                    "complete" => return Ok(None),
                    _ => continue,
                }
            }
            let chunk = timeout(SILENCE, self.response.chunk())
                .await
                .map_err(|_| Failure::Unreachable("nothing came for a while".to_owned()))?
                .map_err(|_| Failure::Unreachable("the connection broke".to_owned()))?;
            match chunk {
                Some(bytes) => self.decoder.push(&bytes)?,
                None => return Ok(None),
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Event {
    name: String,
    data: String,
}

/// Finds events in bytes that come in any pieces.
#[derive(Default)]
struct Decoder {
    line: Vec<u8>,
    after_return: bool,
    name: String,
    data: String,
    events: VecDeque<Event>,
}

impl Decoder {
    fn push(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        for &byte in bytes {
            let ended = matches!(byte, b'\n' | b'\r');
            let second_half = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if ended && !second_half {
                let line = std::mem::take(&mut self.line);
                self.take(&String::from_utf8_lossy(&line));
            } else if !ended {
                self.line.push(byte);
            }
        }
        if self.line.len() + self.data.len() > LARGEST {
            let problem = format!("an event is larger than {LARGEST} bytes");
            return Err(Failure::refused("UNREADABLE", problem));
        }
        Ok(())
    }

    fn take(&mut self, line: &str) {
        if line.is_empty() {
            return self.end();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            // Comments, which have no name, keep the connection alive.
            _ => {}
        }
    }

    fn end(&mut self) {
        let (name, data) = (
            std::mem::take(&mut self.name),
            std::mem::take(&mut self.data),
        );
        if !name.is_empty() || !data.is_empty() {
            self.events.push_back(Event { name, data });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_however_the_bytes_are_cut() {
        let text = ":\n\nevent: next\ndata: {\"a\":\"é\"}\n\n:\r\n\r\nevent:next\r\ndata:1\r\ndata: 2\r\n\r\nevent: complete\ndata:\n\n";
        let expected = [
            ("next", "{\"a\":\"é\"}"),
            ("next", "1\n2"),
            ("complete", ""),
        ];
        for size in 1..=text.len() {
            let mut decoder = Decoder::default();
            for piece in text.as_bytes().chunks(size) {
                decoder.push(piece).expect("small enough");
            }
            let found: Vec<_> = decoder
                .events
                .iter()
                .map(|event| (event.name.as_str(), event.data.as_str()))
                .collect();
            assert_eq!(found, expected, "in pieces of {size}");
        }
    }
}

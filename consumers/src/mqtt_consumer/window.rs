//! The deliveries that are appended and not acknowledged yet, in the order of delivery; bounded in number and bytes.

use std::collections::VecDeque;
use std::collections::vec_deque::IterMut;

use connector_domain::port::AppendResult;
use futures::future::BoxFuture;
use tokio::time::Instant;

use super::letter::Letter;

/// What the log says of one append.
enum Report {
    Awaited(BoxFuture<'static, AppendResult>),
    Known(AppendResult),
}

/// One delivery that was appended.
pub(super) struct Pending {
    pub(super) letter: Letter,
    report: Report,
}

impl Pending {
    /// Waits for the delivery report; then says the same at once. Safe to cancel.
    pub(super) async fn report(&mut self) -> AppendResult {
        let result = match &mut self.report {
            Report::Awaited(report) => report.await,
            Report::Known(result) => return result.clone(),
        };
        self.report = Report::Known(result.clone());
        result
    }

    /// It was appended again.
    pub(super) fn appended(&mut self, report: BoxFuture<'static, AppendResult>) {
        self.report = Report::Awaited(report);
    }
}

/// The pending deliveries, oldest first.
pub(super) struct Window {
    pending: VecDeque<Pending>,
    bytes: usize,
    most: usize,
    most_bytes: usize,
}

impl Window {
    pub(super) fn new(most: usize, most_bytes: usize) -> Self {
        Self {
            pending: VecDeque::new(),
            bytes: 0,
            most,
            most_bytes,
        }
    }

    /// Whether one more may be read; a single delivery always passes.
    pub(super) fn has_room(&self) -> bool {
        self.pending.is_empty() || (self.pending.len() < self.most && self.bytes < self.most_bytes)
    }

    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn push(&mut self, letter: Letter, report: BoxFuture<'static, AppendResult>) {
        self.bytes = self.bytes.saturating_add(letter.bytes());
        self.pending.push_back(Pending {
            letter,
            report: Report::Awaited(report),
        });
    }

    /// Since when the oldest has been here.
    pub(super) fn oldest(&self) -> Option<Instant> {
        self.pending.front().map(|oldest| oldest.letter.since)
    }

    pub(super) fn front(&mut self) -> Option<&mut Pending> {
        self.pending.front_mut()
    }

    pub(super) fn pop(&mut self) -> Option<Pending> {
        let pending = self.pending.pop_front()?;
        self.bytes = self.bytes.saturating_sub(pending.letter.bytes());
        Some(pending)
    }

    pub(super) fn iter_mut(&mut self) -> IterMut<'_, Pending> {
        self.pending.iter_mut()
    }

    /// Waits for the oldest report; for ever when nothing is pending. Safe to cancel.
    pub(super) async fn oldest_report(&mut self) -> AppendResult {
        match self.pending.front_mut() {
            Some(oldest) => oldest.report().await,
            None => std::future::pending().await,
        }
    }

    /// Waits for every report. Safe to cancel.
    pub(super) async fn all_reports(&mut self) {
        for pending in &mut self.pending {
            let _ = pending.report().await;
        }
    }
}

//! Who waits for the answer to which publish. Pure: the publisher decides when each step is taken.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use connector_domain::port::PublishOutcome;
use tokio::sync::oneshot;

/// Told when an answer comes after its waiter stopped waiting.
pub(super) type Late = Box<dyn FnOnce(PublishOutcome) + Send>;

/// Someone who waits for the answer to a publish.
pub(super) struct Waiter {
    pub(super) reply: oneshot::Sender<PublishOutcome>,
    pub(super) late: Late,
}

impl Waiter {
    /// Tells what the broker answered.
    pub(super) fn answer(self, outcome: PublishOutcome) {
        if let Err(outcome) = self.reply.send(outcome) {
            (self.late)(outcome);
        }
    }

    /// Tells that there will be no answer; a waiter that stopped waiting knows.
    pub(super) fn end(self, outcome: PublishOutcome) {
        let _ = self.reply.send(outcome);
    }
}

/// A publish that was not handed to a connection yet.
pub(super) struct Queued {
    ticket: u64,
    pub(super) topic: String,
    pub(super) payload: Bytes,
    pub(super) waiter: Waiter,
}

/// Those whose publish the broker may have, and those whose publish it never got.
pub(super) struct Stranded {
    pub(super) unconfirmed: Vec<Waiter>,
    pub(super) not_sent: Vec<Waiter>,
}

/// Publishes on their way: queued, handed to the connection in order, and sent under a packet id.
pub(super) struct Waiters {
    queue_limit: usize,
    window: usize,
    next_ticket: u64,
    queued: VecDeque<Queued>,
    handed: VecDeque<(Waiter, Instant)>,
    sent: HashMap<u16, (Waiter, Instant)>,
}

impl Waiters {
    pub(super) fn new(queue_limit: usize) -> Self {
        Self {
            queue_limit,
            window: 0,
            next_ticket: 0,
            queued: VecDeque::new(),
            handed: VecDeque::new(),
            sent: HashMap::new(),
        }
    }

    /// How many publishes may be out and unanswered on the connection that is now.
    pub(super) fn open_window(&mut self, window: u16) {
        self.window = usize::from(window);
    }

    /// Queues a publish; gives its ticket, or nothing when the queue is full.
    pub(super) fn accept(&mut self, topic: &str, payload: Bytes, waiter: Waiter) -> Option<u64> {
        if self.queued.len() >= self.queue_limit {
            return None;
        }
        self.next_ticket += 1;
        self.queued.push_back(Queued {
            ticket: self.next_ticket,
            topic: topic.to_owned(),
            payload,
            waiter,
        });
        Some(self.next_ticket)
    }

    /// The next publish to hand to the connection, when the broker takes another one.
    pub(super) fn next_to_hand(&mut self) -> Option<Queued> {
        if self.handed.len() + self.sent.len() >= self.window {
            return None;
        }
        self.queued.pop_front()
    }

    /// It was handed over.
    pub(super) fn handed(&mut self, waiter: Waiter, now: Instant) {
        self.handed.push_back((waiter, now));
    }

    /// The connection wrote the next publish in the order they were handed over.
    pub(super) fn sent(&mut self, packet_id: u16) {
        if let Some(waiter) = self.handed.pop_front() {
            self.sent.insert(packet_id, waiter);
        }
    }

    /// The broker answered. Nobody when the packet id is not known.
    pub(super) fn answered(&mut self, packet_id: u16) -> Option<Waiter> {
        self.sent.remove(&packet_id).map(|(waiter, _)| waiter)
    }

    /// Takes a publish back. False when it was handed over before.
    pub(super) fn withdraw(&mut self, ticket: u64) -> bool {
        let place = self
            .queued
            .iter()
            .position(|queued| queued.ticket == ticket);
        place.and_then(|place| self.queued.remove(place)).is_some()
    }

    /// The oldest unanswered publish is older than this.
    pub(super) fn overdue(&self, age: Duration, now: Instant) -> bool {
        let all = self.handed.iter().chain(self.sent.values());
        all.into_iter()
            .any(|(_, since)| now.saturating_duration_since(*since) > age)
    }

    /// The connection is gone: nobody gets an answer any more.
    pub(super) fn strand(&mut self) -> Stranded {
        self.window = 0;
        let handed = self
            .handed
            .drain(..)
            .chain(self.sent.drain().map(|(_, waiter)| waiter));
        Stranded {
            unconfirmed: handed.map(|(waiter, _)| waiter).collect(),
            not_sent: self.queued.drain(..).map(|queued| queued.waiter).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    type Reply = oneshot::Receiver<PublishOutcome>;

    fn waiter() -> (Waiter, Reply, mpsc::Receiver<PublishOutcome>) {
        let (reply, answer) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let late = Box::new(move |outcome| tell.send(outcome).expect("told"));
        (Waiter { reply, late }, answer, told)
    }

    fn hand_over(waiters: &mut Waiters) -> bool {
        let Some(queued) = waiters.next_to_hand() else {
            return false;
        };
        waiters.handed(queued.waiter, Instant::now());
        true
    }

    fn accept(waiters: &mut Waiters) -> Reply {
        let (waiter, answer, _) = waiter();
        waiters.accept("t", Bytes::new(), waiter).expect("room");
        answer
    }

    #[test]
    fn an_answer_finds_its_publish_by_packet_id_in_any_order() {
        let mut waiters = Waiters::new(8);
        waiters.open_window(8);
        let (mut first, mut second) = (accept(&mut waiters), accept(&mut waiters));
        assert!(hand_over(&mut waiters) && hand_over(&mut waiters));
        waiters.sent(5);
        waiters.sent(6);
        waiters
            .answered(6)
            .expect("known")
            .answer(PublishOutcome::NoMatchingSubscribers);
        waiters
            .answered(5)
            .expect("known")
            .answer(PublishOutcome::Acknowledged);
        assert!(waiters.answered(5).is_none());
        assert_eq!(first.try_recv(), Ok(PublishOutcome::Acknowledged));
        assert_eq!(second.try_recv(), Ok(PublishOutcome::NoMatchingSubscribers));
    }

    #[test]
    fn no_more_are_out_than_the_broker_takes_and_no_more_wait_than_there_is_room() {
        let mut waiters = Waiters::new(2);
        waiters.open_window(1);
        let _first = accept(&mut waiters);
        assert!(hand_over(&mut waiters));
        let _others = (accept(&mut waiters), accept(&mut waiters));
        assert!(!hand_over(&mut waiters));
        let (one_too_many, ..) = waiter();
        assert!(waiters.accept("t", Bytes::new(), one_too_many).is_none());
        waiters.sent(1);
        assert!(!hand_over(&mut waiters));
        waiters.answered(1);
        assert!(hand_over(&mut waiters));
    }

    #[test]
    fn a_late_answer_is_told_and_the_end_of_the_connection_is_not() {
        let (waiter_of_answer, answer, told) = waiter();
        drop(answer);
        waiter_of_answer.answer(PublishOutcome::Acknowledged);
        assert_eq!(told.try_recv(), Ok(PublishOutcome::Acknowledged));

        let (waiter_of_end, answer, told) = waiter();
        drop(answer);
        waiter_of_end.end(PublishOutcome::Unconfirmed);
        assert!(told.try_recv().is_err());
    }

    #[test]
    fn what_was_only_queued_can_be_withdrawn_and_is_not_sent_when_the_connection_ends() {
        let mut waiters = Waiters::new(8);
        waiters.open_window(1);
        let (waiter_handed, ..) = waiter();
        let handed = waiters
            .accept("t", Bytes::new(), waiter_handed)
            .expect("room");
        assert!(hand_over(&mut waiters));
        let (waiter_queued, ..) = waiter();
        let queued = waiters
            .accept("t", Bytes::new(), waiter_queued)
            .expect("room");
        let _left = accept(&mut waiters);
        assert!(!waiters.withdraw(handed));
        assert!(waiters.withdraw(queued));
        assert!(!waiters.withdraw(queued));
        let stranded = waiters.strand();
        assert_eq!(
            (stranded.unconfirmed.len(), stranded.not_sent.len()),
            (1, 1)
        );
    }

    #[test]
    fn a_publish_without_an_answer_is_noticed() {
        let mut waiters = Waiters::new(8);
        waiters.open_window(8);
        let _answer = accept(&mut waiters);
        assert!(hand_over(&mut waiters));
        let now = Instant::now();
        assert!(!waiters.overdue(Duration::from_mins(1), now));
        assert!(waiters.overdue(Duration::from_mins(1), now + Duration::from_secs(61)));
    }
}

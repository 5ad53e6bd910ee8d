//! Turns at the processor. An operation may compute for tens of milliseconds without a break, and a caller may have a
//! hundred at a time: if each were worked on as it is ready, everybody else would wait behind all of them. So those of one
//! caller take turns, and nobody waits behind more than one of each caller.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures::Stream;
use tokio::sync::Semaphore;
use tokio_util::sync::PollSemaphore;

/// The turns of one caller.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Turns {
    /// Works on this only while no other work of the caller is worked on; while it waits for something, others are.
    pub fn fairly<F: Future>(&self, work: F) -> Fairly<F> {
        Fairly {
            turns: PollSemaphore::new(Arc::clone(&self.0)),
            work: Box::pin(work),
        }
    }

    /// Begins this stream in a turn: its first step parses and checks what is asked for, and the later ones are small.
    pub fn begin<S: Stream + Unpin>(&self, stream: S) -> BegunFairly<S> {
        BegunFairly {
            turns: Some(PollSemaphore::new(Arc::clone(&self.0))),
            stream,
        }
    }
}

/// A stream whose first step takes a turn.
pub struct BegunFairly<S> {
    /// Until then.
    turns: Option<PollSemaphore>,
    stream: S,
}

impl<S: Stream + Unpin> Stream for BegunFairly<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let turn = match &mut self.turns {
            Some(turns) => Some(ready!(turns.poll_acquire(context))),
            None => None,
        };
        let polled = Pin::new(&mut self.stream).poll_next(context);
        drop(turn);
        self.turns = None;
        polled
    }
}

/// Work that takes turns.
pub struct Fairly<F> {
    turns: PollSemaphore,
    work: Pin<Box<F>>,
}

impl<F: Future> Future for Fairly<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let turn = ready!(self.turns.poll_acquire(context));
        let polled = self.work.as_mut().poll(context);
        drop(turn);
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures::StreamExt;
    use tokio::task::{JoinSet, yield_now};

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_one_caller_one_is_worked_on_at_a_time_and_all_come_to_their_end() {
        let (turns, working) = (Turns::default(), Arc::new(AtomicUsize::new(0)));
        let mut all = JoinSet::new();
        for _ in 0..20 {
            let working = Arc::clone(&working);
            let work = async move {
                for _ in 0..3 {
                    assert_eq!(working.fetch_add(1, Ordering::SeqCst), 0);
                    std::thread::sleep(Duration::from_millis(1));
                    working.fetch_sub(1, Ordering::SeqCst);
                    yield_now().await;
                }
            };
            all.spawn(turns.fairly(work));
        }
        all.join_all().await;
    }

    #[tokio::test]
    async fn a_stream_waits_for_a_turn_once() {
        let turns = Turns::default();
        let mut stream = turns.begin(futures::stream::iter([1, 2]));
        let turn = turns.0.clone().acquire_owned().await.expect("open");
        let early = tokio::time::timeout(Duration::from_millis(20), stream.next());
        assert!(early.await.is_err());
        drop(turn);
        assert_eq!(stream.next().await, Some(1));
        let _turn = turns.0.acquire().await.expect("open");
        assert_eq!(stream.next().await, Some(2));
    }

    #[tokio::test]
    async fn one_that_waits_holds_nobody_up() {
        let turns = Turns::default();
        let mut waiting = JoinSet::new();
        waiting.spawn(turns.fairly(std::future::pending::<()>()));
        yield_now().await;
        turns.fairly(async {}).await;
    }
}

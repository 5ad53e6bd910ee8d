//! Printing what happens until somebody has enough: what `connections watch` and `messages watch` have in common.

use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::time::timeout;

use super::client::Client;
use super::failure::{CURSOR_EXPIRED, Failure};
use super::interruption::interruptible;
use super::output::{Layout, Output, Shape};
use super::watch::{Happening, Watch};
use crate::tools::token::parse_ttl;

/// From where, and until when.
#[derive(Debug, Args)]
pub(super) struct Span {
    /// Resume after the `cursor` of an event seen before. Left out: from now on.
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// End after so many events.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End after so long: with exit status 4 when --count events have not come by then, else 0.
    #[arg(long, value_name = "TIME", value_parser = parse_ttl)]
    timeout: Option<Duration>,
    /// End with exit status 1 when events were missed, instead of saying so on stderr and going on.
    #[arg(long)]
    strict: bool,
}

/// What to watch.
pub(super) struct Watched<V> {
    pub document: &'static str,
    pub variables: V,
    pub layout: Layout,
}

impl Span {
    /// Prints events until there are enough of them, the time is over or a signal comes.
    pub(super) async fn print<V: Serialize>(
        &self,
        client: &Client,
        watched: Watched<V>,
        output: &Output,
    ) -> Result<(), Failure> {
        let printing = interruptible(self.events(client, watched, output));
        let outcome = match self.timeout {
            None => printing.await,
            Some(span) => match timeout(span, printing).await {
                Ok(outcome) => outcome,
                Err(_) => self.over(span),
            },
        };
        match outcome {
            // There is no other way to end it.
            Err(Failure::Interrupted) if self.count.is_none() => Ok(()),
            outcome => outcome,
        }
    }

    fn over(&self, span: Duration) -> Result<(), Failure> {
        match self.count {
            None => Ok(()),
            Some(count) => {
                let problem = format!("--count {count} was not reached within {span:?}");
                Err(Failure::TimedOut(problem))
            }
        }
    }

    async fn events<V: Serialize>(
        &self,
        client: &Client,
        watched: Watched<V>,
        output: &Output,
    ) -> Result<(), Failure> {
        let Watched {
            document,
            variables,
            layout,
        } = watched;
        let mut printer = output.printer(layout, Shape::Each);
        let mut watch = Watch::start(client, document, variables, self.after.clone()).await?;
        output.remark(&format!("watching {}; Ctrl-C ends it", client.url()));
        let mut left = self.count.unwrap_or(u64::MAX);
        while left > 0 {
            match watch.next().await? {
                Happening::Event(event) => {
                    printer.print(&[event])?;
                    left -= 1;
                }
                Happening::Missed(number) => self.missed(number, output)?,
                Happening::Lost(reason) => {
                    output.remark(&format!("connection lost, trying again: {reason}"));
                }
                Happening::Back => output.remark("connected again"),
            }
        }
        Ok(())
    }

    fn missed(&self, number: Option<u64>, output: &Output) -> Result<(), Failure> {
        let (code, text) = match number {
            Some(number) => (
                "EVENTS_MISSED",
                format!(
                    "{number} events were missed here: the server dropped them, since this side reads too slowly"
                ),
            ),
            None => (
                CURSOR_EXPIRED,
                "events may be missing here: the server no longer has all since the last one"
                    .to_owned(),
            ),
        };
        if self.strict {
            return Err(Failure::refused(code, text));
        }
        output.warn(&format!("{text}; list again what must be complete"));
        Ok(())
    }
}

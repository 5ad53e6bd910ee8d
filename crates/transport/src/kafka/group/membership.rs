//! The client that is a member of the group.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;

use super::super::context::Context;
use super::NAME;
use super::shared::{GroupContext, Shared};

/// A client, and how to make the next one.
pub(super) struct Membership {
    config: ClientConfig,
    topics: Vec<String>,
    shared: Arc<Shared>,
    consumer: Arc<BaseConsumer<GroupContext>>,
}

impl Membership {
    /// Starts to join.
    pub(super) fn new(
        config: ClientConfig,
        topics: Vec<String>,
        shared: Arc<Shared>,
    ) -> KafkaResult<Self> {
        let consumer = Arc::new(client(&config, &shared)?);
        let this = Self {
            config,
            topics,
            shared,
            consumer,
        };
        this.join()?;
        Ok(this)
    }

    pub(super) fn consumer(&self) -> &BaseConsumer<GroupContext> {
        &self.consumer
    }

    /// Leaves the group with what is done committed, and joins it again with a new client, which goes on from there.
    pub(super) fn renew(&mut self) -> KafkaResult<()> {
        let successor = Arc::new(client(&self.config, &self.shared)?);
        self.shared.leaves();
        leave(
            std::mem::replace(&mut self.consumer, successor),
            &self.shared,
        );
        self.join()
    }

    fn join(&self) -> KafkaResult<()> {
        let topics: Vec<&str> = self.topics.iter().map(String::as_str).collect();
        self.consumer.subscribe(&topics)?;
        self.shared.joins(&self.consumer);
        Ok(())
    }

    /// For good.
    pub(super) fn end(self) {
        self.shared.leaves();
        leave(self.consumer, &self.shared);
    }
}

fn client(config: &ClientConfig, shared: &Arc<Shared>) -> KafkaResult<BaseConsumer<GroupContext>> {
    config.create_with_context(GroupContext {
        client: Context::named(NAME),
        shared: shared.clone(),
    })
}

/// Dropping the consumer commits what is stored and leaves the group; only whoever holds it alone drops it.
fn leave(mut consumer: Arc<BaseConsumer<GroupContext>>, shared: &Shared) {
    loop {
        shared.polled.beat();
        match Arc::try_unwrap(consumer) {
            Ok(alone) => return drop(alone),
            Err(held) => {
                thread::sleep(Duration::from_millis(5));
                consumer = held;
            }
        }
    }
}

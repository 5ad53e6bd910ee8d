//! Deliveries of a broker, one after the other, and what was acknowledged.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use connector_domain::port::{Delivery, DeviceInbox, LinkError, Receipt};
use tokio::sync::Notify;

#[derive(Default)]
pub struct Inbox {
    waiting: Mutex<VecDeque<Delivery>>,
    more: Notify,
    delivered: Mutex<u64>,
    acknowledged: Mutex<Vec<u64>>,
    closed: AtomicBool,
    unsubscribed: AtomicBool,
    failure: Mutex<Option<LinkError>>,
}

impl Inbox {
    /// A device publishes; deliveries are numbered from 1.
    pub fn publish(&self, topic: &str, payload: impl Into<Bytes>) {
        let mut waiting = self.waiting.lock().expect("lock");
        let number = *self.delivered.lock().expect("lock") + waiting.len() as u64 + 1;
        waiting.push_back(Delivery {
            topic: topic.to_owned(),
            payload: payload.into(),
            packet_id: u16::try_from(number).expect("few"),
            receipt: Receipt {
                generation: 1,
                number,
            },
        });
        self.more.notify_one();
    }

    /// The broker ends the link.
    pub fn fail(&self, failure: LinkError) {
        *self.failure.lock().expect("lock") = Some(failure);
        self.more.notify_one();
    }

    /// How many were read.
    pub fn delivered(&self) -> u64 {
        *self.delivered.lock().expect("lock")
    }

    /// Numbers in the order acknowledged.
    pub fn acknowledged(&self) -> Vec<u64> {
        self.acknowledged.lock().expect("lock").clone()
    }

    /// Whether the broker has taken the subscriptions.
    pub fn set_subscribed(&self, subscribed: bool) {
        self.unsubscribed.store(!subscribed, Ordering::SeqCst);
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl DeviceInbox for Inbox {
    async fn next(&self) -> Result<Delivery, LinkError> {
        loop {
            if let Some(failure) = self.failure.lock().expect("lock").take() {
                return Err(failure);
            }
            if let Some(delivery) = self.waiting.lock().expect("lock").pop_front() {
                *self.delivered.lock().expect("lock") += 1;
                return Ok(delivery);
            }
            self.more.notified().await;
        }
    }

    fn acknowledge(&self, receipt: Receipt) {
        let mut acknowledged = self.acknowledged.lock().expect("lock");
        acknowledged.push(receipt.number);
    }

    fn is_connected(&self) -> bool {
        !self.is_closed() && !self.unsubscribed.load(Ordering::SeqCst)
    }

    async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}

//! Batched reads of one operation, or of one event of a subscription: never shared between callers, nor kept.
//!
//! Every key is answered, since the loader would otherwise fail; what is absent or out of scope is `None`. A caller
//! without a scope reads nothing.

mod account;
mod answers;
mod batch;
mod block;
mod connection;
mod device_messages;
mod message;
mod state_history;
mod transitions;

use std::sync::Arc;

use connector_domain::account::Account;
use connector_domain::block::DeviceBlock;
use connector_domain::connection::{Connection, StateChange};
use connector_domain::id::{ClientId, MessageKey, OrgId};
use connector_domain::message::{Message, Transition};
use connector_domain::page::Page;
use connector_domain::port::{BlockReader, ConnectionReader, MessageReader};
use connector_domain::scope::Scope;
use dataloader::non_cached::Loader;

use self::account::Accounts;
use self::answers::Answers;
use self::batch::{Loaded, load, loader};
use self::block::{DeviceBlocks, ShownBlocks};
use self::connection::Connections;
use self::device_messages::DeviceMessages;
use self::message::Messages;
use self::state_history::StateHistories;
use self::transitions::Timelines;
use crate::error::Fault;
use crate::ports::Ports;

pub(crate) use self::answers::AnswersKey;
pub(crate) use self::device_messages::DeviceMessagesKey;
pub(crate) use self::state_history::StateHistoryKey;

/// A page of things read, cheap to hand on.
pub(crate) type SharedPage<T> = Arc<Page<Arc<T>>>;

/// What the batches read with.
#[derive(Clone)]
struct Reads {
    scope: Option<Scope>,
    connections: Arc<dyn ConnectionReader>,
    messages: Arc<dyn MessageReader>,
    blocks: Arc<dyn BlockReader>,
}

/// The loaders of one operation.
pub(crate) struct Loaders {
    connections: Loader<ClientId, Loaded<Arc<Connection>>, Connections>,
    blocks: Loader<ClientId, Loaded<Arc<DeviceBlock>>, DeviceBlocks>,
    shown_blocks: Loader<ClientId, Loaded<Arc<DeviceBlock>>, ShownBlocks>,
    accounts: Loader<OrgId, Loaded<Account>, Accounts>,
    messages: Loader<MessageKey, Loaded<Arc<Message>>, Messages>,
    timelines: Loader<MessageKey, Loaded<Arc<Vec<Transition>>>, Timelines>,
    device_messages: Loader<DeviceMessagesKey, Loaded<SharedPage<Message>>, DeviceMessages>,
    answers: Loader<AnswersKey, Loaded<SharedPage<Message>>, Answers>,
    state_histories: Loader<StateHistoryKey, Loaded<SharedPage<StateChange>>, StateHistories>,
}

impl Loaders {
    pub fn new(scope: Option<Scope>, ports: &Ports) -> Self {
        let reads = Reads {
            scope,
            connections: Arc::clone(&ports.connections),
            messages: Arc::clone(&ports.messages),
            blocks: Arc::clone(&ports.blocks),
        };
        Self {
            connections: loader(Connections(reads.clone())),
            blocks: loader(DeviceBlocks(reads.clone())),
            shown_blocks: loader(ShownBlocks(reads.clone())),
            accounts: loader(Accounts(reads.clone())),
            messages: loader(Messages(reads.clone())),
            timelines: loader(Timelines(reads.clone())),
            device_messages: loader(DeviceMessages(reads.clone())),
            answers: loader(Answers(reads.clone())),
            state_histories: loader(StateHistories(reads)),
        }
    }

    /// One device.
    pub async fn connection(&self, id: ClientId) -> Result<Option<Arc<Connection>>, Fault> {
        load(&self.connections, id).await
    }

    /// The block that holds of a client id, whoever laid it.
    pub async fn block(&self, id: ClientId) -> Result<Option<Arc<DeviceBlock>>, Fault> {
        load(&self.blocks, id).await
    }

    /// The same, if it is shown to the caller.
    pub async fn shown_block(&self, id: ClientId) -> Result<Option<Arc<DeviceBlock>>, Fault> {
        load(&self.shown_blocks, id).await
    }

    /// One customer with at least one device.
    pub async fn account(&self, id: OrgId) -> Result<Option<Account>, Fault> {
        load(&self.accounts, id).await
    }

    /// One message.
    pub async fn message(&self, key: MessageKey) -> Result<Option<Arc<Message>>, Fault> {
        load(&self.messages, key).await
    }

    /// The steps of a message.
    pub async fn timeline(&self, key: MessageKey) -> Result<Arc<Vec<Transition>>, Fault> {
        Ok(load(&self.timelines, key).await?.unwrap_or_default())
    }

    /// A page of the messages of a device.
    pub async fn device_messages(
        &self,
        key: DeviceMessagesKey,
    ) -> Result<SharedPage<Message>, Fault> {
        Ok(load(&self.device_messages, key).await?.unwrap_or_default())
    }

    /// A page of the answers to a message.
    pub async fn answers(&self, key: AnswersKey) -> Result<SharedPage<Message>, Fault> {
        Ok(load(&self.answers, key).await?.unwrap_or_default())
    }

    /// A page of the state changes of a device.
    pub async fn state_history(
        &self,
        key: StateHistoryKey,
    ) -> Result<SharedPage<StateChange>, Fault> {
        Ok(load(&self.state_histories, key).await?.unwrap_or_default())
    }
}

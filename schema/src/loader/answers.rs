//! Pages of answers per message; messages asked for the same page are read together.

use std::collections::HashMap;

use connector_domain::id::MessageKey;
use connector_domain::message::{Message, MessageKeyset};
use connector_domain::page::PageRequest;
use connector_domain::port::StoreError;
use dataloader::BatchFn;

use super::batch::{Loaded, answer, grouped, shared};
use super::{Reads, SharedPage};

/// Which page of the answers to which message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AnswersKey {
    pub message: MessageKey,
    pub page: PageRequest<MessageKeyset>,
}

pub(super) struct Answers(pub Reads);

impl BatchFn<AnswersKey, Loaded<SharedPage<Message>>> for Answers {
    async fn load(
        &mut self,
        keys: &[AnswersKey],
    ) -> HashMap<AnswersKey, Loaded<SharedPage<Message>>> {
        answer(keys, self.read(keys).await)
    }
}

impl Answers {
    async fn read(
        &self,
        keys: &[AnswersKey],
    ) -> Result<HashMap<AnswersKey, SharedPage<Message>>, StoreError> {
        let mut pages = HashMap::new();
        let Some(scope) = &self.0.scope else {
            return Ok(pages);
        };
        let groups = grouped(keys, |key| (key.page.clone(), key.message.clone()));
        for (page, messages) in groups {
            let found = self
                .0
                .messages
                .answer_pages(scope, &messages, &page)
                .await?;
            pages.extend(found.into_iter().map(|(message, answers)| {
                let page = page.clone();
                (AnswersKey { message, page }, shared(answers))
            }));
        }
        Ok(pages)
    }
}

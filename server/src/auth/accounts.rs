//! The organisation of an account number, for services that only know that. Looked up in our own connections, and
//! remembered for a while, so that it is not a statement for every request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use connector_domain::account::Account;
use connector_domain::id::{AccountNumber, OrgId};
use connector_domain::port::{ConnectionReader, StoreError};
use connector_domain::scope::Scope;
use tokio::time::Instant;

use super::proof::Fingerprint;
use super::psk::Organisations;

/// How long an answer is remembered.
const REMEMBERED: Duration = Duration::from_mins(1);
/// How long it is remembered that there is none: a first device may come any time.
const NONE_REMEMBERED: Duration = Duration::from_secs(2);
/// Most answers remembered.
const MOST: usize = 10_000;

/// Which key asks, and for which number.
type Question = (Fingerprint, AccountNumber);

#[derive(Clone)]
struct Answer {
    org_id: Option<OrgId>,
    until: Instant,
}

/// Finds organisations.
pub(super) struct Accounts {
    connections: Arc<dyn ConnectionReader>,
    answers: Mutex<HashMap<Question, Answer>>,
}

impl Accounts {
    pub fn new(connections: Arc<dyn ConnectionReader>) -> Self {
        Self {
            connections,
            answers: Mutex::default(),
        }
    }

    /// The organisation with this number, of those that a key may act for; `None` when there is none, or more than one.
    pub async fn org_of(
        &self,
        key: Fingerprint,
        granted: &Organisations,
        number: &AccountNumber,
    ) -> Result<Option<OrgId>, StoreError> {
        let question = (key, number.clone());
        if let Some(Answer { org_id, .. }) = self.remembered(&question) {
            return Ok(org_id);
        }
        let found = self.find(granted, number).await?;
        self.remember(question, found.clone());
        Ok(found)
    }

    async fn find(
        &self,
        granted: &Organisations,
        number: &AccountNumber,
    ) -> Result<Option<OrgId>, StoreError> {
        let scope = Scope::every_org();
        let of_number = |account: &Account| account.account_number.as_ref() == Some(number);
        match granted {
            Organisations::Every => {
                let account = self.connections.account_by_number(&scope, number).await?;
                Ok(account.map(|account| account.org_id))
            }
            Organisations::These(these) => {
                let these: Vec<OrgId> = these.iter().cloned().collect();
                let accounts = self.connections.accounts(&scope, &these).await?;
                let mut found = accounts.into_iter().filter(of_number);
                match (found.next(), found.next()) {
                    (Some(account), None) => Ok(Some(account.org_id)),
                    _ => Ok(None),
                }
            }
        }
    }

    fn remembered(&self, question: &Question) -> Option<Answer> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answers.get(question)?;
        (Instant::now() < answer.until).then(|| answer.clone())
    }

    fn remember(&self, question: Question, org_id: Option<OrgId>) {
        let now = Instant::now();
        let until = now
            + if org_id.is_some() {
                REMEMBERED
            } else {
                NONE_REMEMBERED
            };
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MOST {
            answers.retain(|_, answer| now < answer.until);
        }
        if answers.len() < MOST {
            answers.insert(question, Answer { org_id, until });
        }
    }
}

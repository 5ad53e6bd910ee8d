//! `MessageFilter::matches` as SQL. The contract suite holds both to the same answers.

use connector_domain::id::{CallerName, ClientId};
use connector_domain::message::{MessageFilter, MessageKind, MessageState};
use sqlx::{Postgres, QueryBuilder};

use crate::predicate::{push_equal, push_one_of, push_one_of_texts, push_range};

/// Appends conditions on `messages m`.
pub(super) fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &MessageFilter) {
    if let Some(ids) = &filter.client_ids {
        push_one_of(query, "m.client_id", ids.iter().map(ClientId::as_str));
    }
    if let Some(direction) = filter.direction {
        push_equal(query, "m.direction", direction.as_str());
    }
    if let Some(kinds) = &filter.kinds {
        push_one_of(
            query,
            "m.kind",
            kinds.iter().copied().map(MessageKind::as_str),
        );
    }
    if let Some(states) = &filter.states {
        push_one_of(
            query,
            "m.state",
            states.iter().copied().map(MessageState::as_str),
        );
    }
    if let Some(directives) = &filter.directives {
        push_one_of_texts(query, "m.directive", directives);
    }
    if let Some(ids) = &filter.message_ids {
        push_one_of(query, "m.message_id", ids.iter().map(|id| id.as_uuid()));
    }
    if let Some(message_id) = filter.response_to {
        push_equal(query, "m.response_to", message_id.as_uuid());
    }
    if let Some(name) = filter.sent_by.as_ref().map(CallerName::as_str) {
        push_equal(query, "m.sent_by", name);
    }
    if let Some(range) = filter.created_at {
        push_range(query, "m.created_at", range);
    }
}

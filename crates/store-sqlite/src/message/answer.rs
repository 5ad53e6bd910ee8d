//! Storing what devices send, and moving the messages that it answers.

use std::collections::HashMap;

use connector_domain::id::{ClientId, MessageKey, OrgId};
use connector_domain::message::{Arrival, Message, MessageDirection, Step};
use connector_domain::port::StoredArrival;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::record::{self, Origin};
use super::row::{COLUMNS, Row};
use super::transition;
use crate::batch;
use crate::error::Fault;
use crate::predicate::push_one_of;

/// The organisations that devices belong to now; those of unknown tenant are left out.
pub(super) async fn orgs_of(
    connection: &mut SqliteConnection,
    arrivals: &[Arrival],
) -> Result<HashMap<String, OrgId>, Fault> {
    let mut orgs = HashMap::new();
    for some in arrivals.chunks(batch::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT client_id, org_id FROM connections WHERE org_id IS NOT NULL",
        );
        let client_ids = some.iter().map(|arrival| arrival.client_id.as_str());
        push_one_of(&mut query, "client_id", client_ids);
        let rows: Vec<(String, String)> =
            query.build_query_as().fetch_all(&mut *connection).await?;
        for (client_id, org_id) in rows {
            let org_id = OrgId::parse(org_id).map_err(|_| Fault::column("connections.org_id"))?;
            orgs.insert(client_id, org_id);
        }
    }
    Ok(orgs)
}

/// Stores one, unless it was stored before, and takes the step of the message it answers, where that exists.
pub(super) async fn receive(
    connection: &mut SqliteConnection,
    org_id: Option<OrgId>,
    arrival: &Arrival,
) -> Result<StoredArrival, Fault> {
    if let Some(earlier) = stored_before(connection, arrival).await? {
        let unpublished = transition::unpublished_of_arrival(connection, &earlier).await?;
        return Ok(StoredArrival {
            new: false,
            unpublished,
        });
    }
    let answered = answered(connection, arrival).await?;
    let response_to = answered.as_ref().map(|(message, _)| message.message_id);
    let message = arrival.clone().into_message(org_id, response_to);
    let origin = Origin::Device(arrival.position);
    let mut unpublished = vec![record::insert(connection, message, origin).await?];
    if let Some((message, step)) = answered
        && let Ok(moved) = message.step(step)
    {
        record::save_step(connection, &moved).await?;
        unpublished.push(moved);
    }
    Ok(StoredArrival {
        new: true,
        unpublished,
    })
}

/// The same record read again, or the same message sent again under its wire id.
async fn stored_before(
    connection: &mut SqliteConnection,
    arrival: &Arrival,
) -> Result<Option<Message>, Fault> {
    let key = MessageKey {
        client_id: arrival.client_id.clone(),
        message_id: arrival.message_id(),
    };
    let same_record = record::find(connection, &key).await?;
    let from_device = |message: &Message| message.direction == MessageDirection::FromDevice;
    if let Some(message) = same_record.filter(from_device) {
        return Ok(Some(message));
    }
    if arrival.wire_message_id.is_empty() {
        return Ok(None);
    }
    by_wire_id(connection, &arrival.client_id, &arrival.wire_message_id).await
}

async fn by_wire_id(
    connection: &mut SqliteConnection,
    client_id: &ClientId,
    wire_message_id: &str,
) -> Result<Option<Message>, Fault> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT {COLUMNS} FROM messages m
          WHERE m.direction = 'FROM_DEVICE' AND m.wire_message_id <> '' AND m.client_id = "
    ));
    query
        .push_bind(client_id.as_str())
        .push(" AND m.wire_message_id = ")
        .push_bind(wire_message_id);
    let row: Option<Row> = query.build_query_as().fetch_optional(connection).await?;
    row.map(Message::try_from).transpose()
}

/// The message answered, if it went to the same device, and the step that the answer asks for.
async fn answered(
    connection: &mut SqliteConnection,
    arrival: &Arrival,
) -> Result<Option<(Message, Step)>, Fault> {
    let Some(answer) = arrival.answer else {
        return Ok(None);
    };
    let sent = record::find_sent(connection, &arrival.client_id, answer.response_to).await?;
    let step = Step::to(answer.outcome, arrival.position.stamp);
    Ok(sent.map(|message| (message, step)))
}

//! Storing what devices send, and moving the messages that it answers: a fixed number of statements per batch.

use std::collections::HashMap;

use connector_domain::id::{MessageKey, OrgId};
use connector_domain::message::{Arrival, Message, MessageDirection};
use connector_domain::port::StoredArrival;
use sqlx::{AssertSqlSafe, PgConnection};

use super::reception::{Known, Reception};
use super::row::{COLUMNS, Row, messages_of};
use super::{insertion, record, transition};
use crate::error::Fault;
use crate::pool::PostgresStore;
use crate::rows::{column, sorted_ids};

/// Stores arrivals, unless they were stored before, and takes the steps of the messages they answer, where those exist.
/// Done again when another transaction stored one of them meanwhile: then it is found.
pub(super) async fn store(
    store: &PostgresStore,
    arrivals: &[Arrival],
) -> Result<Vec<StoredArrival>, Fault> {
    let mut transaction = store.ingesting().await?;
    let known = known(&mut transaction, arrivals).await?;
    let mut reception = Reception::new(known);
    for arrival in arrivals {
        reception.receive(arrival)?;
    }
    let replayed = reception.replayed();
    let untold = transition::unpublished_of_arrivals(&mut transaction, &replayed).await?;
    insertion::insert(&mut transaction, &reception.new_in_order()).await?;
    record::save_steps(&mut transaction, &reception.steps()).await?;
    transaction.commit().await?;
    Ok(reception.results(&untold))
}

/// All that is stored about a batch before it. The messages answered are locked.
async fn known(connection: &mut PgConnection, arrivals: &[Arrival]) -> Result<Known, Fault> {
    let keys: Vec<MessageKey> = arrivals
        .iter()
        .map(|arrival| MessageKey {
            client_id: arrival.client_id.clone(),
            message_id: arrival.message_id(),
        })
        .collect();
    let answered: Vec<MessageKey> = arrivals
        .iter()
        .filter_map(|arrival| {
            Some(MessageKey {
                client_id: arrival.client_id.clone(),
                message_id: arrival.answer?.response_to,
            })
        })
        .collect();
    let mut answered = record::lock(connection, &answered).await?;
    answered.retain(|message| message.direction == MessageDirection::ToDevice);
    let mut earlier = record::find(connection, &keys).await?;
    earlier.extend(by_wire_id(connection, arrivals).await?);
    Ok(Known::new(
        orgs_of(connection, arrivals).await?,
        earlier,
        answered,
    ))
}

/// The organisations that devices belong to now; those of unknown tenant are left out.
async fn orgs_of(
    connection: &mut PgConnection,
    arrivals: &[Arrival],
) -> Result<HashMap<String, OrgId>, Fault> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT client_id, org_id FROM connections WHERE org_id IS NOT NULL AND client_id = ANY($1)",
    )
    .bind(sorted_ids(arrivals.iter().map(|arrival| &arrival.client_id)))
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(client_id, org_id)| {
            let org_id = OrgId::parse(org_id).map_err(|_| Fault::column("connections.org_id"))?;
            Ok((client_id, org_id))
        })
        .collect()
}

/// Messages that these devices sent before under the same ids of theirs.
async fn by_wire_id(
    connection: &mut PgConnection,
    arrivals: &[Arrival],
) -> Result<Vec<Message>, Fault> {
    let with_id: Vec<&Arrival> = arrivals
        .iter()
        .filter(|arrival| !arrival.wire_message_id.is_empty())
        .collect();
    if with_id.is_empty() {
        return Ok(Vec::new());
    }
    let select = format!(
        "SELECT {COLUMNS}
           FROM (SELECT DISTINCT client_id, wire_id FROM unnest($1::text[], $2::text[]) AS w (client_id, wire_id)) w
           JOIN messages m ON m.client_id = w.client_id AND m.wire_message_id = w.wire_id
          WHERE m.direction = 'FROM_DEVICE' AND m.wire_message_id <> ''"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(select))
        .bind(column(&with_id, |arrival| arrival.client_id.as_str()))
        .bind(column(&with_id, |arrival| arrival.wire_message_id.as_str()))
        .fetch_all(connection)
        .await?;
    messages_of(rows)
}

//! What a device has many of: dispatchers, tags and search words, each in a side table.

use connector_domain::connection::ConnectionView;
use connector_domain::id::OrgId;
use sqlx::PgConnection;

use crate::error::Fault;
use crate::rows::column;

/// Writes the rows of these devices, which have none, into every side table.
pub(super) async fn insert(
    connection: &mut PgConnection,
    views: &[&ConnectionView],
) -> Result<(), Fault> {
    let dispatchers = pairs(views, |view| &view.dispatchers);
    let insert = "INSERT INTO connection_dispatchers (client_id, name, org_id)
                  SELECT * FROM unnest($1::text[], $2::text[], $3::text[])";
    insert_pairs(connection, insert, &dispatchers).await?;
    let words = pairs(views, |view| &view.search_words);
    let insert = "INSERT INTO connection_search_words (client_id, word, org_id)
                  SELECT * FROM unnest($1::text[], $2::text[], $3::text[])";
    insert_pairs(connection, insert, &words).await?;
    insert_tags(connection, views).await
}

/// Deletes the rows of these devices from every side table.
pub(super) async fn delete(
    connection: &mut PgConnection,
    views: &[&ConnectionView],
) -> Result<(), Fault> {
    if views.is_empty() {
        return Ok(());
    }
    let client_ids = column(views, |view| view.client_id.as_str());
    for delete in [
        "DELETE FROM connection_dispatchers WHERE client_id = ANY($1)",
        "DELETE FROM connection_tags WHERE client_id = ANY($1)",
        "DELETE FROM connection_search_words WHERE client_id = ANY($1)",
    ] {
        sqlx::query(delete)
            .bind(&client_ids)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// A device, one of its values, and whose it is.
type Pair<'a> = (&'a str, &'a str, Option<&'a str>);

fn pairs<'a>(
    views: &[&'a ConnectionView],
    values: impl Fn(&'a ConnectionView) -> &'a [String],
) -> Vec<Pair<'a>> {
    views
        .iter()
        .flat_map(|view| {
            let (client_id, org_id) = (view.client_id.as_str(), view.org_id().map(OrgId::as_str));
            values(view)
                .iter()
                .map(move |value| (client_id, value.as_str(), org_id))
        })
        .collect()
}

async fn insert_pairs(
    connection: &mut PgConnection,
    insert: &'static str,
    rows: &[Pair<'_>],
) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(insert)
        .bind(column(rows, |(client_id, ..)| *client_id))
        .bind(column(rows, |(_, value, _)| *value))
        .bind(column(rows, |(.., org_id)| *org_id))
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert_tags(
    connection: &mut PgConnection,
    views: &[&ConnectionView],
) -> Result<(), Fault> {
    let rows: Vec<_> = views
        .iter()
        .flat_map(|view| view.tags.iter().map(move |tag| (view, tag)))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO connection_tags (client_id, key, value, org_id)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])",
    )
    .bind(column(&rows, |(view, _)| view.client_id.as_str()))
    .bind(column(&rows, |(_, (key, _))| key.as_str()))
    .bind(column(&rows, |(_, (_, value))| value.as_str()))
    .bind(column(&rows, |(view, _)| view.org_id().map(OrgId::as_str)))
    .execute(connection)
    .await?;
    Ok(())
}

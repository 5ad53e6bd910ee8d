//! What a device has many of: dispatchers, tags and search words, each in a side table.

use connector_domain::connection::ConnectionView;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use crate::batch;
use crate::error::Fault;

/// Replaces the rows of these devices in every side table.
pub(super) async fn replace(
    connection: &mut SqliteConnection,
    views: &[&ConnectionView],
) -> Result<(), Fault> {
    for table in [
        "connection_dispatchers",
        "connection_tags",
        "connection_search_words",
    ] {
        delete(connection, table, views).await?;
    }
    let dispatchers = pairs(views, |view| &view.dispatchers);
    insert_pairs(
        connection,
        "connection_dispatchers (client_id, name) ",
        &dispatchers,
    )
    .await?;
    let words = pairs(views, |view| &view.search_words);
    insert_pairs(
        connection,
        "connection_search_words (client_id, word) ",
        &words,
    )
    .await?;
    insert_tags(connection, views).await
}

async fn delete(
    connection: &mut SqliteConnection,
    table: &str,
    views: &[&ConnectionView],
) -> Result<(), Fault> {
    for some in views.chunks(batch::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(format!("DELETE FROM {table} WHERE TRUE"));
        let client_ids = some.iter().map(|view| view.client_id.as_str());
        crate::predicate::push_one_of(&mut query, "client_id", client_ids);
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn pairs<'a>(
    views: &[&'a ConnectionView],
    values: impl Fn(&'a ConnectionView) -> &'a [String],
) -> Vec<(&'a str, &'a str)> {
    views
        .iter()
        .flat_map(|view| {
            let client_id = view.client_id.as_str();
            values(view)
                .iter()
                .map(move |value| (client_id, value.as_str()))
        })
        .collect()
}

async fn insert_pairs(
    connection: &mut SqliteConnection,
    table: &str,
    rows: &[(&str, &str)],
) -> Result<(), Fault> {
    for some in rows.chunks(batch::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(format!("INSERT INTO {table}"));
        query.push_values(some, |mut row, (client_id, value)| {
            row.push_bind(*client_id).push_bind(*value);
        });
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn insert_tags(
    connection: &mut SqliteConnection,
    views: &[&ConnectionView],
) -> Result<(), Fault> {
    let rows: Vec<_> = views
        .iter()
        .flat_map(|view| view.tags.iter().map(|tag| (&view.client_id, tag)))
        .collect();
    for some in rows.chunks(batch::ROWS) {
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO connection_tags (client_id, key, value) ");
        query.push_values(some, |mut row, (client_id, (key, value))| {
            row.push_bind(client_id.as_str())
                .push_bind(key.as_str())
                .push_bind(value.as_str());
        });
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

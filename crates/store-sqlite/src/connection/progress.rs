//! How far Kafka partitions have been applied.

use connector_domain::port::PartitionProgress;
use connector_domain::stamp::Stamp;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use crate::batch;
use crate::error::Fault;
use crate::pool::SqliteStore;

/// Notes progress; never moves it back, since what is applied stays applied when Kafka is read again. Each partition
/// occurs once.
pub(super) async fn note(store: &SqliteStore, progress: &[PartitionProgress]) -> Result<(), Fault> {
    let mut transaction = store.write().await?;
    for some in progress.chunks(batch::ROWS) {
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO ingest_progress (topic, partition, as_of) ");
        query.push_values(some, |mut row, partition| {
            row.push_bind(partition.topic.as_str())
                .push_bind(partition.partition)
                .push_bind(partition.as_of.as_nanos());
        });
        query.push(
            " ON CONFLICT (topic, partition) DO UPDATE SET as_of = excluded.as_of
               WHERE excluded.as_of > ingest_progress.as_of",
        );
        query.build().execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The least progress over partitions.
pub(super) async fn as_of(readers: &SqlitePool) -> Result<Option<Stamp>, Fault> {
    let least: Option<i64> = sqlx::query_scalar("SELECT MIN(as_of) FROM ingest_progress")
        .fetch_one(readers)
        .await?;
    Ok(least.map(Stamp::from_nanos))
}

/// Removes all but the first so many partitions of each of these topics.
pub(super) async fn keep(store: &SqliteStore, topics: &[(String, i32)]) -> Result<(), Fault> {
    let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM ingest_progress WHERE NOT (FALSE");
    for (topic, count) in topics {
        query.push(" OR (topic = ").push_bind(topic.as_str());
        query.push(" AND partition < ").push_bind(*count).push(")");
    }
    query.push(")");
    let mut transaction = store.write().await?;
    query.build().execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// The greatest stamp of positions, signs of life and progress.
pub(super) async fn newest(readers: &SqlitePool) -> Result<Option<Stamp>, Fault> {
    let newest: Option<i64> = sqlx::query_scalar(
        "SELECT MAX(stamp)
           FROM (SELECT MAX(position_stamp) AS stamp FROM connection_liveness
                 UNION ALL
                 SELECT MAX(last_seen_at) FROM connection_liveness
                 UNION ALL
                 SELECT MAX(as_of) FROM ingest_progress)",
    )
    .fetch_one(readers)
    .await?;
    Ok(newest.map(Stamp::from_nanos))
}

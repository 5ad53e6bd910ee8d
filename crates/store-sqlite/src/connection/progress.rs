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

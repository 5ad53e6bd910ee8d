//! How far Kafka partitions have been applied.

use connector_domain::port::PartitionProgress;
use connector_domain::stamp::Stamp;
use sqlx::postgres::PgPool;

use crate::error::Fault;
use crate::rows::column;

/// Notes progress; never moves it back, since what is applied stays applied when Kafka is read again. Each partition
/// occurs once.
pub(super) async fn note(pool: &PgPool, progress: &[PartitionProgress]) -> Result<(), Fault> {
    let mut rows: Vec<&PartitionProgress> = progress.iter().collect();
    rows.sort_unstable_by_key(|row| (row.topic.as_str(), row.partition));
    sqlx::query(
        "INSERT INTO ingest_progress (topic, partition, as_of)
         SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[])
         ON CONFLICT (topic, partition) DO UPDATE SET as_of = excluded.as_of
          WHERE excluded.as_of > ingest_progress.as_of",
    )
    .bind(column(&rows, |row| row.topic.as_str()))
    .bind(column(&rows, |row| row.partition))
    .bind(column(&rows, |row| row.as_of.as_nanos()))
    .execute(pool)
    .await?;
    Ok(())
}

/// The least progress over partitions.
pub(super) async fn as_of(pool: &PgPool) -> Result<Option<Stamp>, Fault> {
    let least: Option<i64> = sqlx::query_scalar("SELECT MIN(as_of) FROM ingest_progress")
        .fetch_one(pool)
        .await?;
    Ok(least.map(Stamp::from_nanos))
}

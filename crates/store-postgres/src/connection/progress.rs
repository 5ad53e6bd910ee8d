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

/// Removes all but the first so many partitions of each of these topics.
pub(super) async fn keep(pool: &PgPool, topics: &[(String, i32)]) -> Result<(), Fault> {
    sqlx::query(
        "DELETE FROM ingest_progress AS former
          WHERE NOT EXISTS (
                SELECT FROM unnest($1::text[], $2::integer[]) AS present (topic, partitions)
                 WHERE present.topic = former.topic AND former.partition < present.partitions)",
    )
    .bind(column(topics, |(topic, _)| topic.as_str()))
    .bind(column(topics, |(_, count)| *count))
    .execute(pool)
    .await?;
    Ok(())
}

/// The greatest stamp of positions, signs of life and progress.
pub(super) async fn newest(pool: &PgPool) -> Result<Option<Stamp>, Fault> {
    let newest: Option<i64> = sqlx::query_scalar(
        "SELECT GREATEST(
                (SELECT MAX(position_stamp) FROM connection_liveness),
                (SELECT MAX(last_seen_at) FROM connection_liveness),
                (SELECT MAX(as_of) FROM ingest_progress))",
    )
    .fetch_one(pool)
    .await?;
    Ok(newest.map(Stamp::from_nanos))
}

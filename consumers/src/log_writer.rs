//! Appends several records and waits until all are delivered.

use std::collections::VecDeque;
use std::time::Duration;

use connector_domain::port::{AppendError, AppendResult, OutgoingRecord, RecordLog};
use futures::future::BoxFuture;
use tracing::error;

/// How long a full queue is given when none of the reports waited for is ours.
pub(crate) const QUEUE_PATIENCE: Duration = Duration::from_millis(20);

/// Appends `records` in their order and waits for every delivery report. On an error some of them may be in the log;
/// the caller appends all of them again. A record that the log will never take is logged and left out: it would stop
/// everything behind it for ever, and what it told is in the database.
pub(crate) async fn deliver(
    log: &dyn RecordLog,
    records: Vec<OutgoingRecord>,
) -> Result<(), AppendError> {
    let mut reports = VecDeque::with_capacity(records.len());
    for record in records {
        let topic = record.topic.clone();
        match append(log, record, &mut reports).await {
            Ok(report) => reports.push_back((topic, report)),
            Err(error) => left_out(&topic, error)?,
        }
    }
    while let Some((topic, report)) = reports.pop_front() {
        if let Err(error) = report.await {
            left_out(&topic, error)?;
        }
    }
    Ok(())
}

type Report = BoxFuture<'static, AppendResult>;

/// Appends one record; while the queue is full, waits for the oldest report, which makes room.
async fn append(
    log: &dyn RecordLog,
    mut record: OutgoingRecord,
    reports: &mut VecDeque<(String, Report)>,
) -> Result<Report, AppendError> {
    loop {
        match log.append(record) {
            Err(AppendError::QueueFull(back)) => record = *back,
            other => return other,
        }
        match reports.pop_front() {
            Some((topic, report)) => {
                if let Err(error) = report.await {
                    left_out(&topic, error)?;
                }
            }
            None => tokio::time::sleep(QUEUE_PATIENCE).await,
        }
    }
}

fn left_out(topic: &str, error: AppendError) -> Result<(), AppendError> {
    match error {
        AppendError::TooLarge => {
            error!(kafka.topic = topic, %error, "a record of our own is never written");
            metrics::counter!("connector_records_left_out_total", "topic" => topic.to_owned())
                .increment(1);
            Ok(())
        }
        error => Err(error),
    }
}

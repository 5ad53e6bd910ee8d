//! How many records of each partition wait in the log.

use std::collections::BTreeSet;

use connector_domain::port::LogEnds;

/// Sets `connector_consumer_lag`: records of the partitions that are ours and that the reader has not got yet.
#[derive(Debug, Default)]
pub(super) struct Lag {
    ours: BTreeSet<(String, i32)>,
}

impl Lag {
    /// What is not ours any more is another's to count.
    pub(super) fn measure(&mut self, ends: &LogEnds) {
        let mut gone = std::mem::take(&mut self.ours);
        for (topic, partition, end, next) in &ends.partitions {
            let place = (topic.clone(), *partition);
            gone.remove(&place);
            set(&place, (end - next).max(0));
            self.ours.insert(place);
        }
        for place in gone {
            set(&place, 0);
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "a gauge needs no more")]
fn set((topic, partition): &(String, i32), lag: i64) {
    metrics::gauge!(
        "connector_consumer_lag",
        "topic" => topic.clone(),
        "partition" => partition.to_string(),
    )
    .set(lag as f64);
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    #[test]
    fn each_partition_has_its_lag_and_none_once_it_is_anothers() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let page = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            let ends = |partitions: &[(i32, i64, i64)]| LogEnds {
                partitions: partitions
                    .iter()
                    .map(|(number, end, next)| ("t".to_owned(), *number, *end, *next))
                    .collect(),
            };
            let mut lag = Lag::default();
            lag.measure(&ends(&[(0, 10, 4), (1, 7, 7)]));
            assert!(page.render().contains(r#"{topic="t",partition="0"} 6"#));
            lag.measure(&ends(&[(1, 9, 7)]));
        });
        let page = page.render();
        assert!(page.contains(r#"{topic="t",partition="0"} 0"#), "{page}");
        assert!(page.contains(r#"{topic="t",partition="1"} 2"#), "{page}");
    }
}

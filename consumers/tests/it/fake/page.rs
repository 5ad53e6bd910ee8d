//! Metrics as Prometheus reads them.

use std::collections::BTreeMap;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// A recorder for this thread, and what it renders.
pub struct Page {
    pub recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Page {
    pub fn new() -> Self {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        Self { recorder, handle }
    }

    /// Sum over the series of a metric that have all of these labels.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let page = self.handle.render();
        let series = page.lines().filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            let found = series.split('{').next()? == name;
            let labelled = labels
                .iter()
                .all(|(label, of)| series.contains(&format!("{label}=\"{of}\"")));
            (found && labelled).then(|| value.parse::<f64>().expect("a number"))
        });
        series.sum()
    }

    /// The same by a label.
    pub fn by(&self, name: &str, label: &str) -> BTreeMap<String, f64> {
        let page = self.handle.render();
        let mut sums = BTreeMap::new();
        for line in page.lines() {
            let Some((series, value)) = line.rsplit_once(' ') else {
                continue;
            };
            let mark = format!("{label}=\"");
            let Some((of, rest)) = series.split_once(&mark) else {
                continue;
            };
            if of.split('{').next() == Some(name) {
                let value: f64 = value.parse().expect("a number");
                let key = rest.split('"').next().unwrap_or_default();
                *sums.entry(key.to_owned()).or_default() += value;
            }
        }
        sums
    }
}

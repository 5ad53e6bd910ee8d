use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use metrics_exporter_prometheus::PrometheusBuilder;

use super::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn named() -> BTreeSet<&'static str> {
    METRICS.iter().map(|(_, name, _)| *name).collect()
}

/// Names of the form of ours in a text; series of histograms and counters under the name of their metric.
fn names_in(text: &str) -> BTreeSet<String> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let words = text
        .split(word)
        .filter(|word| word.starts_with("connector_") && !word.ends_with('_'));
    let histogram = |word: &str| {
        ["_bucket", "_sum", "_count"]
            .into_iter()
            .find_map(|ending| word.strip_suffix(ending))
            .filter(|base| METRICS.iter().any(|(_, name, _)| name == base))
            .map(str::to_owned)
    };
    words
        .map(|word| histogram(word).unwrap_or_else(|| word.to_owned()))
        .collect()
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// What the code measures: the text after each macro of `metrics`.
fn measured() -> BTreeSet<String> {
    let mut files = Vec::new();
    for folder in ["server/src", "consumers/src", "schema/src"] {
        sources(&root().join(folder), &mut files);
    }
    for entry in fs::read_dir(root().join("crates")).expect("there") {
        let folder = entry.expect("readable").path().join("src");
        if folder.is_dir() {
            sources(&folder, &mut files);
        }
    }
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("readable");
        for macro_name in ["counter", "gauge", "histogram"] {
            let call = format!("metrics::{macro_name}!(");
            for rest in text.split(&call).skip(1) {
                let name = rest.trim_start().strip_prefix('"');
                names.extend(
                    name.and_then(|name| name.split('"').next())
                        .map(str::to_owned),
                );
            }
        }
    }
    names
}

#[test]
fn every_metric_of_the_code_has_a_help_text_and_no_other_has() {
    let named: BTreeSet<String> = named().into_iter().map(str::to_owned).collect();
    assert_eq!(measured(), named);
    assert_eq!(named.len(), METRICS.len(), "a metric is named twice");
}

#[test]
fn help_texts_are_shown_with_their_metrics() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        describe();
        for (kind, name, _) in METRICS {
            match kind {
                Counter => metrics::counter!(*name).increment(1),
                Gauge => metrics::gauge!(*name).set(1),
                Histogram => metrics::histogram!(*name).record(1),
            }
        }
    });
    let page = page.render();
    for (_, name, help) in METRICS {
        assert!(page.contains(&format!("# HELP {name} {help}\n")), "{name}");
    }
}

#[test]
fn every_metric_is_in_the_documentation_and_what_is_there_exists() {
    let mut documented = names_in(&read("docs/metrics.md"));
    documented.extend(
        named()
            .into_iter()
            .filter(|name| !name.starts_with("connector_"))
            .map(str::to_owned),
    );
    let named: BTreeSet<String> = named().into_iter().map(str::to_owned).collect();
    assert_eq!(documented, named);
}

#[test]
fn alerts_and_dashboards_use_what_there_is() {
    for file in [
        "deploy/prometheus/alerts.yaml",
        "deploy/grafana/dashboard.json",
    ] {
        let used = names_in(&read(file));
        assert!(used.len() > 10, "{file}: {used:?}");
        let unknown: Vec<_> = used
            .iter()
            .filter(|name| !named().contains(name.as_str()))
            .collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
    }
}

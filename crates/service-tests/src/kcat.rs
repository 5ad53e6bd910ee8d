//! Debian's kcat: a stranger's view of a topic.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::services::Services;

/// A record to write.
pub struct Record<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// Its value.
    pub value: &'a str,
}

/// A record as kcat sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its headers, in order.
    pub headers: Vec<(String, String)>,
    /// Its value.
    pub value: String,
}

impl Services {
    /// The records of a topic under a key, oldest first.
    pub async fn records(&self, topic: &str, key: &str) -> Vec<Seen> {
        let output = Command::new("kcat")
            .args(["-C", "-q", "-e", "-J", "-o", "beginning", "-t", topic, "-b"])
            .arg(&self.kafka)
            .stdin(Stdio::null())
            .output()
            .await
            .expect("kcat can be run");
        assert!(
            output.status.success(),
            "kcat: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let lines = String::from_utf8(output.stdout).expect("kcat prints text");
        let records = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("kcat prints JSON"));
        records
            .filter(|record| record["key"] == key)
            .map(|record| seen(&record))
            .collect()
    }

    /// Writes a record as the existing service does: partition by FNV-1a of the key.
    pub async fn produce(&self, topic: &str, record: &Record<'_>) {
        let mut command = Command::new("kcat");
        command
            .args(["-P", "-t", topic, "-k", record.key])
            .args(["-X", "topic.partitioner=fnv1a", "-D", "\u{1}", "-b"])
            .arg(&self.kafka);
        for (name, value) in record.headers {
            command.args(["-H", &format!("{name}={value}")]);
        }
        let mut kcat = command
            .stdin(Stdio::piped())
            .spawn()
            .expect("kcat can be run");
        let mut input = kcat.stdin.take().expect("its input is ours");
        input
            .write_all(record.value.as_bytes())
            .await
            .expect("kcat reads");
        drop(input);
        let status = kcat.wait().await.expect("its end can be awaited");
        assert!(status.success(), "kcat: {status}");
    }
}

/// kcat prints headers as one list of names and values.
fn seen(record: &Value) -> Seen {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let headers = record["headers"].as_array().cloned().unwrap_or_default();
    Seen {
        headers: headers
            .chunks_exact(2)
            .map(|pair| (text(&pair[0]), text(&pair[1])))
            .collect(),
        value: text(&record["payload"]),
    }
}

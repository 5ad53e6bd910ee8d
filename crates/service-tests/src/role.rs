//! A role of the real binary as a process of its own.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use connector_testkit::{eventually, free_port};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a role may take to end; its own limit is 25 s.
const END: Duration = Duration::from_secs(30);

/// How long a question about a role's health may take: one that is paused says nothing.
const QUESTION: Duration = Duration::from_secs(3);

/// Settings as environment variables, without the prefix, e.g. `HTTP__PORT`.
pub type Settings = BTreeMap<String, String>;

/// A running role.
pub struct Role {
    name: String,
    process: Child,
    log: PathBuf,
    management: String,
    http: reqwest::Client,
}

impl Role {
    /// Starts a role and waits until it is ready. Its log is `NAME-PORT.log` in `directory`, which is its data
    /// directory too.
    pub async fn start(name: &str, directory: &Path, settings: &Settings) -> Self {
        let role = Self::spawn(name, directory, settings);
        role.until_ready().await;
        role
    }

    /// Starts a role and waits for nothing.
    pub fn spawn(name: &str, directory: &Path, settings: &Settings) -> Self {
        let port = free_port();
        let log = directory.join(format!("{name}-{port}.log"));
        let file = File::create(&log).expect("the log can be written");
        let process = command(directory, settings)
            .env("CLOUD_CONNECTOR__MANAGEMENT__PORT", port.to_string())
            .arg(name)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .expect("the binary can be run");
        Self {
            name: name.to_owned(),
            process,
            log,
            management: format!("http://127.0.0.1:{port}"),
            http: reqwest::Client::new(),
        }
    }

    /// Which role, e.g. `api-server`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process, while that has not ended.
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// How its process ended, where it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().expect("its end can be asked for")
    }

    /// Waits until `/readyz` says that everything is there.
    pub async fn until_ready(&self) {
        self.until(&format!("{} is ready", self.name), |report| {
            report["ready"] == true
        })
        .await;
    }

    /// Waits until this mqtt consumer is the one that carries what devices say, and not one that stands by, which is ready
    /// as well. Before the very first one has subscribed, the broker keeps nothing for it.
    pub async fn until_holding(&self) {
        let holding =
            |report: &Value| report["ready"] == true && report["parts"]["mqtt"]["note"] == "holder";
        self.until(&format!("{} holds the lease", self.name), holding)
            .await;
    }

    /// Waits until `/readyz` names exactly these parts as down.
    pub async fn until_down(&self, parts: &[&str]) -> Value {
        let what = format!("{} misses {parts:?} and nothing else", self.name);
        self.until(&what, |report| down(report) == parts).await
    }

    async fn until(&self, what: &str, accept: impl Fn(&Value) -> bool) -> Value {
        let what = format!("{what} (log: {})", self.log.display());
        eventually(&what, || self.readiness(), accept).await
    }

    /// What `/readyz` says; null while nothing answers.
    pub async fn readiness(&self) -> Value {
        let asked = self.ask("readyz").send().await;
        match asked {
            Ok(response) => response.json().await.unwrap_or_default(),
            Err(_) => Value::Null,
        }
    }

    /// Whether `/livez` asks for a restart; not while nothing answers.
    pub async fn wants_restart(&self) -> bool {
        let asked = self.ask("livez").send().await;
        asked.is_ok_and(|response| response.status().is_server_error())
    }

    fn ask(&self, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/{path}", self.management);
        self.http.get(url).timeout(QUESTION)
    }

    /// What `/metrics` says.
    pub async fn metrics(&self) -> String {
        let response = self
            .http
            .get(format!("{}/metrics", self.management))
            .send()
            .await;
        let response = response.expect("the role answers");
        response.text().await.expect("metrics are text")
    }

    /// Asks it to end; panics unless it ends by itself, with status 0.
    pub async fn terminate(mut self) {
        self.signal("TERM").await;
        let status = timeout(END, self.process.wait())
            .await
            .unwrap_or_else(|_| panic!("{} does not end{}", self.name, self.tail()))
            .expect("its end can be awaited");
        assert!(
            status.success(),
            "{} ended with {status}{}",
            self.name,
            self.tail()
        );
    }

    /// Ends it as a crash does.
    pub async fn kill(mut self) {
        self.process.kill().await.expect("it can be killed");
    }

    /// Pauses (`STOP`), resumes (`CONT`) or ends it.
    pub async fn signal(&self, signal: &str) {
        let pid = self.process.id().expect("it runs");
        let sent = Command::new("kill")
            .args([format!("-{signal}"), pid.to_string()])
            .status()
            .await
            .expect("kill can be run");
        assert!(sent.success(), "kill -{signal} {pid}: {sent}");
    }

    /// The last lines of its log, for a failure.
    fn tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let last = lines.get(lines.len().saturating_sub(20)..);
        format!(
            "; its log ends with\n{}",
            last.unwrap_or_default().join("\n")
        )
    }
}

/// Runs a command of the binary to its end; panics unless it succeeds.
pub(crate) async fn run(directory: &Path, settings: &Settings, arguments: &[&str]) -> Output {
    let output = command(directory, settings).args(arguments).output().await;
    let output = output.expect("the binary can be run");
    assert!(
        output.status.success(),
        "{arguments:?}: {} {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn command(directory: &Path, settings: &Settings) -> Command {
    let mut command = Command::new(binary());
    for (name, value) in settings {
        command.env(format!("CLOUD_CONNECTOR__{name}"), value);
    }
    command.arg("--data-dir").arg(directory);
    command
}

/// `CLOUD_CONNECTOR_BIN`, or what cargo built: one directory above a test, beside another binary.
pub fn binary() -> PathBuf {
    if let Some(binary) = std::env::var_os("CLOUD_CONNECTOR_BIN") {
        return binary.into();
    }
    let ours = std::env::current_exe().expect("we have a path");
    let mut near = ours.ancestors().skip(1).take(2);
    let built = near.find_map(|directory| {
        let binary = directory.join("cloud-connector");
        binary.exists().then_some(binary)
    });
    built.expect(
        "the binary is not built: cargo build -p connector-server, or set CLOUD_CONNECTOR_BIN",
    )
}

/// Names of the parts that are down, in order.
fn down(report: &Value) -> Vec<&str> {
    let parts = report["parts"].as_object().into_iter().flatten();
    parts
        .filter(|(_, part)| part["ready"] == false)
        .map(|(name, _)| name.as_str())
        .collect()
}

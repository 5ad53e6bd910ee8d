//! The binary as a process: its addresses, its memory, its log.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// All-in-one, running.
pub struct Server {
    process: Child,
    /// Kept, since a process whose stdout is gone may end.
    _said: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
    /// Its number.
    pub id: u32,
    /// The API and the pages.
    pub api: SocketAddr,
    /// `/metrics`.
    pub management: SocketAddr,
    /// The devices' port.
    pub devices: SocketAddr,
}

impl Server {
    /// Starts it on free ports with these settings, its log in a file.
    pub async fn start(binary: &Path, directory: &Path, settings: &str) -> anyhow::Result<Self> {
        let config = directory.join("attacked.toml");
        std::fs::write(&config, settings)?;
        let log = directory.join("log.json");
        let mut process = Command::new(binary)
            .args(["--config", "attacked.toml"])
            .current_dir(directory)
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} does not start", binary.display()))?;
        let stdout = process.stdout.take().context("a pipe")?;
        let mut said = BufReader::new(stdout).lines();
        let told = timeout(PATIENCE, until_ready(&mut said)).await;
        let told = told.context("it does not get ready")??;
        Ok(Self {
            id: process.id().context("it runs")?,
            process,
            _said: said,
            log,
            api: address_after(&told, "playground:\n  http://")?,
            management: address_after(&told, "management  http://")?,
            devices: address_after(&told, "--broker ")?,
        })
    }

    /// Memory in use, in MiB.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id));
        let status = status.unwrap_or_default();
        let mut lines = status.lines();
        let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
        kib.unwrap_or_default() / 1024
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Stops it in order, and returns its log.
    pub async fn stop(mut self) -> anyhow::Result<String> {
        anyhow::ensure!(self.is_alive(), "the server has ended under attack");
        let id = self.id.to_string();
        Command::new("kill").args(["-TERM", &id]).status().await?;
        let ended = timeout(PATIENCE, self.process.wait()).await;
        let status = ended.context("it does not stop")??;
        anyhow::ensure!(status.success(), "it stopped with {status}");
        Ok(std::fs::read_to_string(&self.log)?)
    }
}

async fn until_ready(said: &mut Lines<BufReader<ChildStdout>>) -> anyhow::Result<String> {
    let mut told = String::new();
    while let Some(line) = said.next_line().await? {
        told.push_str(&line);
        told.push('\n');
        if line.contains("device --client-id") {
            return Ok(told);
        }
    }
    anyhow::bail!("it ended before it was ready: {told}")
}

fn address_after(told: &str, words: &str) -> anyhow::Result<SocketAddr> {
    let (_, rest) = told
        .split_once(words)
        .with_context(|| format!("{words:?} is not said"))?;
    let end = rest.find(|char: char| char.is_whitespace() || matches!(char, '/' | ','));
    let text = &rest[..end.unwrap_or(rest.len())];
    text.parse()
        .with_context(|| format!("{text:?} is no address"))
}

//! The real binary as a process, all-in-one on free ports, in a directory of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;

const PORTS: &str = "[http]\nport = 0\n[management]\nport = 0\n[mqtt]\nlisten_port = 0\n";

/// All-in-one, running.
pub struct Binary {
    directory: TempDir,
    process: Child,
    // A process whose stdout is gone may end.
    _stdout: BufReader<ChildStdout>,
    /// What it printed until it was ready.
    pub told: String,
}

impl Binary {
    /// Starts it in a directory, with more settings.
    pub fn start(directory: TempDir, settings: &str) -> Self {
        let file = directory.path().join("settings.toml");
        fs::write(file, format!("{PORTS}{settings}")).unwrap();
        let log = File::create(directory.path().join("log")).unwrap();
        let mut process = command(directory.path(), &[])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut told = String::new();
        while !told.contains("device --client-id") {
            assert!(stdout.read_line(&mut told).unwrap() > 0, "it ends: {told}");
        }
        Self {
            directory,
            process,
            _stdout: stdout,
            told,
        }
    }

    /// Runs a command on the same settings.
    pub fn run(&self, arguments: &[&str]) -> Output {
        command(self.directory.path(), arguments).output().unwrap()
    }

    /// What a command prints that must succeed.
    pub fn printed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The address that it told after these words.
    pub fn address(&self, words: &str) -> SocketAddr {
        let (_, rest) = self.told.split_once(words).unwrap();
        let end = rest.find([' ', '/', '\n']).unwrap();
        rest[..end].parse().unwrap()
    }

    /// The address of the API, without a path.
    pub fn base(&self) -> String {
        format!("http://{}", self.address("playground:\n  http://"))
    }

    /// A file of its directory.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Stops it, and returns what it logged.
    pub fn stop(mut self) -> String {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(self.process.wait().unwrap().success());
        fs::read_to_string(self.file("log")).unwrap()
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        // Where a test fails; one that was stopped is gone.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloud-connector"));
    command
        .args(["--config", "settings.toml"])
        .args(arguments)
        .current_dir(directory);
    command
}

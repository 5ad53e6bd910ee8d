//! The real binary as a client of a platform, as a shell runs it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

use connector_testkit::Client;
use serde_json::Value;

/// Where the API is, and a token for it.
pub(super) struct Shell {
    pub(super) url: String,
    pub(super) token: String,
}

impl Shell {
    pub(super) fn of(client: &Client) -> Self {
        Self {
            url: format!("{}/graphql", client.base),
            token: client.token.clone(),
        }
    }

    pub(super) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloud-connector"));
        command
            .args(line.split(' '))
            .env("CLOUD_CONNECTOR_URL", &self.url)
            .env("CLOUD_CONNECTOR_TOKEN", &self.token)
            .stdin(Stdio::null());
        command
    }

    pub(super) fn run(&self, line: &str) -> Ended {
        Ended::of(&self.command(line).output().unwrap())
    }

    /// Runs a command that must succeed; what it printed, line by line.
    pub(super) fn lines(&self, line: &str) -> Vec<Value> {
        let ended = self.run(line);
        assert_eq!(ended.status, 0, "{line}: {}", ended.stderr);
        ended.lines()
    }

    /// Starts a watch; returns once everything from then on is seen.
    pub(super) fn watch(&self, line: &str) -> Watching {
        let mut child = self
            .command(line)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut told = String::new();
        stderr.read_line(&mut told).unwrap();
        assert!(told.starts_with("watching "), "{told}");
        Watching {
            child,
            stderr,
            told,
        }
    }
}

pub(super) struct Ended {
    pub(super) status: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ended {
    pub(super) fn of(output: &Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    pub(super) fn lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap();
        self.stdout.lines().map(parse).collect()
    }
}

/// Ends by itself: every line given to [`Shell::watch`] has a `--timeout`.
pub(super) struct Watching {
    pub(super) child: Child,
    pub(super) stderr: BufReader<std::process::ChildStderr>,
    pub(super) told: String,
}

impl Watching {
    /// Reads what is told on stderr up to a line with this in it.
    pub(super) fn until_told(&mut self, what: &str) {
        while !self.told.contains(what) {
            let read = self.stderr.read_line(&mut self.told).unwrap();
            assert!(read > 0, "it ended without {what:?}: {}", self.told);
        }
    }

    pub(super) fn interrupt(&self) {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(killed.success());
    }

    pub(super) fn end(mut self) -> Ended {
        let output = self.child.wait_with_output().unwrap();
        self.stderr.read_to_string(&mut self.told).unwrap();
        let mut ended = Ended::of(&output);
        ended.stderr = self.told;
        ended
    }
}

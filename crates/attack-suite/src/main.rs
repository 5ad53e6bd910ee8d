//! Attacks the real binary over its own ports, as an outsider and as a customer with a token would, and prints what was
//! tried, what the answer had to be and what it was: `make attacks`. What it is all for: `docs/security.md`.
//!
//! While a flood runs, a well-behaved caller goes on asking and the memory of the server is watched.
//!
//! Exit status: 0 when every attack was held off, 1 when one was not, 2 for wrong usage.

mod attack;
mod attempt;
mod credentials;
mod flood;
mod http;
mod issuer;
mod report;
mod server;
mod socket;
mod target;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Parser;
use tokio_util::task::TaskTracker;

use report::Report;
use target::Target;

/// Attacks a server, and prints what came of it.
#[derive(Debug, Parser)]
struct Arguments {
    /// The binary `cloud-connector`.
    binary: PathBuf,
    /// How long each flood lasts, in seconds.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Writes the tables into this page, between its markers.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).and_then(|report| tell(&report, arguments.report.as_deref())) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Report> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let (binary, lasting) = (
        arguments.binary.clone(),
        Duration::from_secs(arguments.seconds),
    );
    // As a task of its own: what panics there is reported like any other failure.
    let running = TaskTracker::new().spawn_on(
        async move { suite(binary, lasting).await },
        runtime.handle(),
    );
    runtime
        .block_on(running)
        .context("the suite itself failed")?
}

async fn suite(binary: PathBuf, lasting: Duration) -> anyhow::Result<Report> {
    let started = Instant::now();
    let target = Target::start(&binary).await?;
    // What takes the server's patience to end begins first.
    let stuck = flood::Stuck::begin(&target).await?;
    let mut attempts = attack::all(&target).await?;
    let mut floods = flood::all(&target, lasting).await?;
    floods.push(stuck.end(&target).await?);
    let log = target.stop().await?;
    attempts.push(attack::log_holds_no_secret(&log));
    Ok(Report {
        attempts,
        floods,
        took: started.elapsed(),
    })
}

/// Prints the tables, and writes them where asked; whether every attack was held off.
fn tell(report: &Report, page: Option<&std::path::Path>) -> anyhow::Result<bool> {
    let tables = report.tables();
    println!("{tables}");
    for failure in report.failures() {
        println!("NOT HELD OFF: {failure}");
    }
    if let Some(page) = page {
        report::write(page, &tables)?;
    }
    Ok(report.failures().is_empty())
}

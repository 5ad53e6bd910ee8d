//! Breaks one thing at a time on real services under load, and judges whether anything was lost, doubled or inverted:
//! `scripts/services run target/debug/fault-suite`. What is promised and how it is tried: `docs/reliability.md`.
//!
//! Exit status: 0 when nothing is wrong, 1 when something is, 2 for wrong usage.

mod checker;
mod evidence;
mod outcome;
mod part;
mod report;
mod say;
mod scenario;
mod scene;
mod suite;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use tokio_util::task::TaskTracker;

use scenario::Scenario;
use scene::Load;
use suite::Results;

/// Breaks one thing at a time, and judges.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only the six kills: a few minutes.
    #[arg(long)]
    short: bool,
    /// Only this scenario; may be given more than once.
    #[arg(long, value_name = "NAME", conflicts_with = "short")]
    only: Vec<String>,
    /// Prints the names of the scenarios.
    #[arg(long)]
    list: bool,
    /// Devices.
    #[arg(long, default_value_t = 500)]
    devices: usize,
    /// Messages per second, of all devices together.
    #[arg(long, default_value_t = 1000.0)]
    rate: f64,
    /// Writes the table into this page, between its markers.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        for scenario in Scenario::all() {
            println!("{}", scenario.name());
        }
        return ExitCode::SUCCESS;
    }
    let scenarios = match chosen(&arguments) {
        Ok(scenarios) => scenarios,
        Err(unknown) => {
            eprintln!("error: there is no scenario {unknown}: --list names them");
            return ExitCode::from(2);
        }
    };
    let load = Load {
        devices: arguments.devices,
        rate: arguments.rate,
    };
    match run(scenarios, load).and_then(|results| tell(&results, arguments.report.as_deref())) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn chosen(arguments: &Arguments) -> Result<Vec<Scenario>, String> {
    if arguments.short {
        return Ok(Scenario::short());
    }
    if arguments.only.is_empty() {
        return Ok(Scenario::all());
    }
    let named = |name: &String| {
        let mut all = Scenario::all().into_iter();
        all.find(|scenario| scenario.name() == *name)
            .ok_or_else(|| name.clone())
    };
    arguments.only.iter().map(named).collect()
}

fn run(scenarios: Vec<Scenario>, load: Load) -> anyhow::Result<Results> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    // As a task of its own: what panics there is reported like any other failure.
    let running = TaskTracker::new().spawn_on(suite::run(scenarios, load), runtime.handle());
    runtime
        .block_on(running)
        .context("the suite itself failed")?
}

/// Prints the table, and writes it where asked; whether nothing is wrong.
fn tell(results: &Results, page: Option<&std::path::Path>) -> anyhow::Result<bool> {
    let table = report::table(results);
    println!("\n{table}");
    for outcome in results
        .outcomes
        .iter()
        .filter(|outcome| !outcome.problems.is_empty())
    {
        println!(
            "WRONG: {}: {} findings",
            outcome.scenario.name(),
            outcome.problems.len()
        );
    }
    for problem in results.too_large() {
        println!("WRONG: {problem}");
    }
    if let Some(page) = page {
        report::write(page, &table)?;
    }
    Ok(results.is_clean())
}

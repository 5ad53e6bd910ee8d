//! Measures the release build on real services: `make bench`. Every number stands beside a baseline of the same run, since
//! machines differ and are never quiet. What is measured and what came of it: `docs/benchmarks.md`.

mod bench;
mod bridge;
mod burst;
mod latency;
mod load_test;
mod machine;
mod memory;
mod page;
mod quantile;
mod report;
mod row;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Measures the platform on real services.
#[derive(Debug, Parser)]
struct Arguments {
    /// Writes the table into this page, between its markers.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let rows = runtime.block_on(bench::run())?;
    let table = report::table(&rows);
    println!("\n{table}");
    match &arguments.report {
        Some(page) => report::write(page, &table),
        None => Ok(()),
    }
}

//! `cloud-connector connections`: which devices are connected, now and as it changes.

mod filter;
mod list;
mod row;
mod show;
mod watch;

use clap::{Args, Subcommand};

use super::access::Access;
use super::epilogue;
use super::output::Output;

/// What to do.
#[derive(Debug, Args)]
#[command(after_help = epilogue(""))]
pub struct Arguments {
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists devices, all that the filters pass.
    #[command(after_help = epilogue(list::EXAMPLES))]
    List(list::List),
    /// One device: what it says of itself, and when it came and went.
    #[command(after_help = epilogue(""))]
    Show(show::Show),
    /// Prints every device that comes, goes or changes, as it happens.
    ///
    /// Nothing is lost when a connection breaks or a server restarts: the next one resumes after the last event. What the
    /// server no longer has is told on stderr.
    #[command(after_help = epilogue(watch::EXAMPLES))]
    Watch(watch::Watch),
}

/// Runs the command.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments {
        access,
        output,
        action,
    } = arguments;
    let client = access.client()?;
    let outcome = match action {
        Action::List(list) => list.run(&client, &output).await,
        Action::Show(show) => show.run(&client, &output).await,
        Action::Watch(watch) => watch.run(&client, &output).await,
    };
    Ok(outcome?)
}

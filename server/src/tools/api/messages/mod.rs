//! `cloud-connector messages`: what was sent to devices and what became of it, what they sent, and sending.

mod delivery;
mod filter;
mod list;
mod order;
mod outcome;
mod row;
mod send;
mod show;
mod tally;
mod targets;
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
    /// Lists messages to and from devices, newest first.
    #[command(after_help = epilogue(list::EXAMPLES))]
    List(list::List),
    /// One message: its content, its way so far, and the answers to it.
    #[command(after_help = epilogue(""))]
    Show(show::Show),
    /// Sends a message to one worker of one device, or of several.
    ///
    /// PUBLISHED means that the broker has the message. Only an answer proves that the device has it, too: --wait waits
    /// for it.
    #[command(after_help = epilogue(send::EXAMPLES))]
    Send(send::Send),
    /// Prints every step of messages to devices as it happens, or with --received what devices send.
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
        Action::Send(send) => send.prepare()?.run(&client, &output).await,
        Action::Watch(watch) => watch.run(&client, &output).await,
    };
    Ok(outcome?)
}

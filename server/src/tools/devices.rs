//! `cloud-connector devices`: what an operator has to know of devices for the parts that the platform does not reach.

use std::io::Write;

use clap::{Args, Subcommand, ValueEnum};
use connector_domain::block::DeviceBlock;
use connector_domain::scope::IngestScope;

use super::printable::printable;
use crate::compose::open_migrated_store;
use crate::config::Config;

/// What to do.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Client ids that are shut out now, from the database, for the broker's own deny list.
    Blocked {
        /// How they are printed.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Client id, since when, by whom and why, between tabs.
    Table,
    /// Client ids alone, one a line.
    List,
    /// Rules to append to Mosquitto's `acl_file` of devices.
    MosquittoAcl,
}

/// Runs the command.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let Action::Blocked { format } = arguments.action;
    let store = open_migrated_store(config, "devices").await?;
    let blocks = store.blocks_now(IngestScope::issue()).await;
    store.close().await;
    let mut out = std::io::stdout().lock();
    for block in blocks? {
        write_block(&mut out, &block, format)?;
    }
    Ok(out.flush()?)
}

fn write_block(out: &mut impl Write, block: &DeviceBlock, format: Format) -> std::io::Result<()> {
    let client_id = &block.client_id;
    match format {
        Format::List => writeln!(out, "{client_id}"),
        // Denials are looked at first, so the place of a rule in the file makes no difference.
        Format::MosquittoAcl => writeln!(out, "user {client_id}\ntopic deny #\n"),
        Format::Table => writeln!(
            out,
            "{client_id}\t{}\t{}\t{}",
            block.blocked_at,
            block.blocked_by,
            printable(&block.reason)
        ),
    }
}

#[cfg(test)]
mod tests {
    use connector_domain::id::{CallerName, ClientId};
    use connector_domain::stamp::Stamp;

    use super::*;

    #[test]
    fn each_format_says_who_is_shut_out() {
        let block = DeviceBlock {
            client_id: ClientId::parse("host 1").expect("valid"),
            org_id: None,
            blocked_at: Stamp::parse("2026-11-24T10:00:00Z").expect("valid"),
            blocked_by: CallerName::parse("operator").expect("valid"),
            reason: "stolen\nlaptop".to_owned(),
            lifted_at: None,
        };
        let written = |format| {
            let mut out = Vec::new();
            write_block(&mut out, &block, format).expect("written");
            String::from_utf8(out).expect("text")
        };
        assert_eq!(written(Format::List), "host 1\n");
        assert_eq!(
            written(Format::MosquittoAcl),
            "user host 1\ntopic deny #\n\n"
        );
        let table = written(Format::Table);
        assert_eq!(table.lines().count(), 1, "{table}");
        assert!(table.starts_with("host 1\t2026-11-24T10:00:00"), "{table}");
    }
}

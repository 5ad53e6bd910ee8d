//! Which devices a message is for.

use clap::Args;

use crate::cli::WrongUsage;
use crate::tools::api::content::bounded;

/// One device or more.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct Targets {
    /// Device; once per device.
    #[arg(long = "client-id", value_name = "ID", value_delimiter = ',')]
    client_ids: Vec<String>,
    /// File with a client id per line; - is stdin.
    #[arg(long, value_name = "FILE")]
    client_ids_from: Option<String>,
}

impl Targets {
    /// Whether they are read from stdin.
    pub(super) fn are_in_stdin(&self) -> bool {
        self.client_ids_from.as_deref() == Some("-")
    }

    /// The client ids, each once.
    pub(super) fn read(self) -> Result<Vec<String>, WrongUsage> {
        let mut targets = self.client_ids;
        if let Some(file) = self.client_ids_from {
            let text = match file.as_str() {
                "-" => bounded(std::io::stdin()),
                file => std::fs::File::open(file).and_then(bounded),
            };
            let text = text.map_err(|error| {
                WrongUsage(format!("no client ids can be read from {file}: {error}"))
            })?;
            let lines = text.lines().map(str::trim);
            targets.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
        }
        let mut seen = std::collections::HashSet::new();
        targets.retain(|target| seen.insert(target.clone()));
        if targets.is_empty() {
            return Err(WrongUsage("there is no client id to send to".to_owned()));
        }
        Ok(targets)
    }
}

//! `cloud-connector psk create`: a pre-shared key for a service. The key is printed once, alone, on stdout; what the
//! server needs to know is a line with its hash.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Subcommand};
use connector_domain::caller::Permission;
use connector_domain::clock::{Clock, System};
use connector_domain::id::CallerName;

use super::token::{parse_permission, parse_ttl};
use crate::auth::{Grant, NewKey, Organisations};
use crate::cli::WrongUsage;

/// What to do.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a key, prints it once, and writes the line for the file that `auth.psk.file` names.
    Create(Create),
}

/// The key to make.
#[derive(Debug, Args)]
struct Create {
    /// The service, as it names itself in `x-rh-cloud-connector-client-id`.
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// Organisation it may act for, once per organisation.
    #[arg(
        long = "org",
        value_name = "ORG",
        required_unless_present = "every_org",
        conflicts_with = "every_org"
    )]
    orgs: Vec<String>,
    /// It may act for each organisation, one at a time; with `CROSS_TENANT` for all at once.
    #[arg(long)]
    every_org: bool,
    /// What it may do, once per permission; see the API's enum `Permission`.
    #[arg(long = "permission", value_name = "P", required = true)]
    permissions: Vec<String>,
    /// When it runs out: a number with s, m, h or d from now. Left out: never.
    #[arg(long, value_name = "TIME", value_parser = parse_ttl)]
    expires_in: Option<Duration>,
    /// A note for people, kept in the line.
    #[arg(long)]
    comment: Option<String>,
    /// Append the line to this file, made where it is not there, instead of printing it on stderr.
    #[arg(long, value_name = "FILE")]
    append: Option<PathBuf>,
    /// Take the key from stdin, for one that the service already has, and print none.
    #[arg(long)]
    key_stdin: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Command::Create(create) = arguments.command;
    let (key_stdin, append) = (create.key_stdin, create.append.clone());
    let new = new_key(create).map_err(WrongUsage)?;
    let key = if key_stdin { read_key()? } else { make_key()? };
    let grant = new.grant(&key)?;
    match append {
        Some(path) => append_line(&path, &grant)
            .with_context(|| format!("the line cannot be appended to {}", path.display()))?,
        None => eprintln!("append to the file of auth.psk.file:\n{}", grant.line()),
    }
    if !key_stdin {
        println!("{key}");
    }
    Ok(())
}

fn new_key(create: Create) -> Result<NewKey, String> {
    let organisations = if create.every_org {
        Organisations::Every
    } else {
        Organisations::try_from(create.orgs)?
    };
    let permissions = create.permissions.iter();
    let permissions = permissions
        .map(|name| parse_permission(name))
        .collect::<Result<Vec<_>, _>>()?;
    if permissions.contains(&Permission::CrossTenant) && organisations != Organisations::Every {
        return Err("--permission CROSS_TENANT goes with --every-org only".to_owned());
    }
    Ok(NewKey {
        client_id: CallerName::parse(create.client_id).map_err(|error| error.to_string())?,
        organisations,
        permissions,
        expires_at: create.expires_in.map(|ttl| System.now().plus(ttl)),
        comment: create.comment,
    })
}

fn make_key() -> anyhow::Result<String> {
    NewKey::random_key().context("the machine has no random bits to give")
}

fn read_key() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .context("no key can be read from stdin")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// In one write, so that a server that looks meanwhile sees the whole line or nothing of it.
fn append_line(path: &Path, grant: &Grant) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(format!("{}\n", grant.line()).as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(subcommand)]
        command: Command,
    }

    fn created(arguments: &[&str]) -> Result<NewKey, String> {
        let words = ["psk", "create", "--client-id", "dispatcher"];
        let words = words.iter().chain(arguments);
        let Command::Create(create) = Cli::try_parse_from(words)
            .map_err(|error| error.to_string())?
            .command;
        new_key(create)
    }

    #[test]
    fn a_key_is_for_named_organisations_or_for_each_and_never_for_none() {
        let new = created(&["--org", "1", "--org", "2", "--permission", "message_send"]);
        let key = NewKey::random_key().expect("a key");
        let line = new.expect("a key").grant(&key).expect("long enough").line();
        assert!(line.contains(r#""organisations":["1","2"],"permissions":["MESSAGE_SEND"]"#));
        assert!(!line.contains(&key), "{line}");
        for wrong in [
            &["--permission", "MESSAGE_SEND"][..],
            &["--org", "1"],
            &["--org", "1", "--every-org", "--permission", "MESSAGE_SEND"],
            &["--org", "1", "--permission", "CROSS_TENANT"],
            &["--org", "*", "--org", "1", "--permission", "MESSAGE_SEND"],
            &["--org", "1", "--permission", "EVERYTHING"],
        ] {
            assert!(created(wrong).is_err(), "{wrong:?}");
        }
        let short = created(&["--every-org", "--permission", "CROSS_TENANT"]).expect("a key");
        assert!(short.grant("hunter2").is_err());
    }

    #[test]
    fn lines_are_appended_and_nobody_else_can_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("services.jsonl");
        for _ in 0..2 {
            let new = created(&["--org", "1", "--permission", "MESSAGE_SEND"]).expect("a key");
            let key = NewKey::random_key().expect("a key");
            append_line(&path, &new.grant(&key).expect("long enough")).expect("appended");
        }
        let text = std::fs::read_to_string(&path).expect("text");
        assert_eq!(text.lines().count(), 2);
        let mode = std::fs::metadata(&path)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

//! The command line. Exit status: 0 clean, 1 failed while running, 2 wrong usage or settings; commands over the API also 3
//! not reachable, 4 timed out.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError, load};
use crate::{auth, roles, telemetry, tools};

/// Knows which customer devices are connected, and sends them messages.
#[derive(Debug, Parser)]
// Global options stand at the end of every help.
#[command(name = "cloud-connector", version, about, next_display_order = 1000)]
struct Cli {
    /// Directory of what the process makes itself: database, development keys and certificates.
    #[arg(long, global = true, default_value = "./data", value_name = "DIR")]
    data_dir: PathBuf,
    /// Settings (TOML); `config.default.toml` documents every key.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Directory to serve the pages from instead of the binary.
    #[arg(long, global = true, value_name = "DIR")]
    ui_dir: Option<PathBuf>,
    #[command(flatten)]
    all_in_one: roles::all_in_one::Arguments,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to run; without one, all-in-one.
#[derive(Debug, Subcommand)]
enum Command {
    /// Every role in one process, on an embedded broker and an embedded Kafka, and on SQLite unless another database is set.
    AllInOne(roles::all_in_one::Arguments),
    /// GraphQL over HTTP, WebSocket and SSE.
    ApiServer,
    /// Moves what devices say from the broker to Kafka.
    MqttMessageConsumer,
    /// Applies what devices say to the database, and tells what changed.
    KafkaMessageConsumer,
    /// Picks up what crashed senders left.
    Jobs,
    /// Brings the database up to date.
    Migrate(tools::migrate::Arguments),
    /// Fills an empty database with what Kafka knows of devices, or checks a live one against it.
    Rebuild(tools::rebuild::Arguments),
    /// Shows what could not be processed, and puts it back.
    DeadLetters(tools::dead_letters::Arguments),
    /// Prints a token for the API.
    Token(tools::token::Arguments),
    /// Pre-shared keys of services.
    Psk(tools::psk::Arguments),
    /// Development certificates.
    Certs(tools::certs::Arguments),
    /// Runs simulated devices.
    Device(tools::device::Arguments),
    /// Devices that are shut out, for the broker's own deny list.
    Devices(tools::devices::Arguments),
    /// Which devices are connected, now and as it changes, as the API tells.
    Connections(tools::api::connections::Arguments),
    /// Messages to and from devices, and sending them, over the API.
    Messages(tools::api::messages::Arguments),
    /// Loads a platform with simulated devices and messages to them, and reports how long everything took.
    LoadTest(tools::api::load_test::Arguments),
    /// Prints the GraphQL schema.
    Sdl,
    /// Checks everything the platform depends on, and says what to do.
    Doctor,
    /// Prints the effective settings, secrets masked.
    Config,
}

impl Command {
    /// Commands print data; roles log.
    fn is_role(&self) -> bool {
        matches!(
            self,
            Self::AllInOne(_)
                | Self::ApiServer
                | Self::MqttMessageConsumer
                | Self::KafkaMessageConsumer
                | Self::Jobs
        )
    }
}

/// Runs what the command line asks for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let status = status_of(&error);
            if status != 0 {
                eprintln!("error: {error:#}");
            }
            ExitCode::from(status)
        }
    }
}

fn status_of(error: &anyhow::Error) -> u8 {
    if let Some(failure) = error.downcast_ref::<tools::api::Failure>() {
        return failure.exit_status();
    }
    let usage = error
        .chain()
        .any(|cause| cause.is::<ConfigError>() || cause.is::<WrongUsage>());
    if usage { 2 } else { 1 }
}

/// The command line asks for something that cannot be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct WrongUsage(pub String);

impl Cli {
    /// Options of all-in-one may stand before its name, too, since that may be left out.
    fn chosen(&mut self) -> Result<Command, WrongUsage> {
        let demo = self.all_in_one.demo;
        match self.command.take() {
            None => Ok(Command::AllInOne(self.all_in_one)),
            Some(Command::AllInOne(mut arguments)) => {
                arguments.demo = arguments.demo.or(demo);
                Ok(Command::AllInOne(arguments))
            }
            Some(command) if demo.is_none() => Ok(command),
            Some(_) => Err(WrongUsage("--demo goes with all-in-one only".to_owned())),
        }
    }
}

fn run(mut cli: Cli) -> anyhow::Result<()> {
    let command = cli.chosen()?;
    if matches!(command, Command::Sdl) {
        print!("{}", connector_schema::sdl());
        return Ok(());
    }
    // Clients of the API need no settings of the platform, which may be elsewhere.
    let command = match command {
        Command::Connections(arguments) => {
            return on_runtime(tools::api::connections::run(arguments));
        }
        Command::Messages(arguments) => return on_runtime(tools::api::messages::run(arguments)),
        command => command,
    };
    let mut config = load(&cli.data_dir, cli.config.as_deref(), std::env::vars())?;
    if let Some(directory) = cli.ui_dir {
        config.http.ui_dir = directory.display().to_string();
    }
    telemetry::start_logs(&config.log, !command.is_role())
        .map_err(|error| WrongUsage(format!("{error:#}")))?;
    if command.is_role() {
        auth::warn_of_open_key_files(&config);
    }
    on_runtime(dispatch(command, config))
}

fn on_runtime(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    // Every TLS user of the process takes the same cryptography; a second call changes nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(work);
    // Blocking calls of the Kafka client may outlive what asked for them; they hold nothing.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    outcome
}

async fn dispatch(command: Command, config: Config) -> anyhow::Result<()> {
    match command {
        Command::AllInOne(arguments) => roles::all_in_one::run(config, arguments).await,
        Command::ApiServer => roles::api_server::run(config).await,
        Command::MqttMessageConsumer => roles::mqtt_message_consumer::run(config).await,
        Command::KafkaMessageConsumer => roles::kafka_message_consumer::run(config).await,
        Command::Jobs => roles::jobs::run(config).await,
        Command::Migrate(arguments) => tools::migrate::run(&config, &arguments).await,
        Command::Rebuild(arguments) => tools::rebuild::run(&config, &arguments).await,
        Command::DeadLetters(arguments) => tools::dead_letters::run(&config, arguments).await,
        Command::Token(arguments) => tools::token::run(&config, arguments),
        Command::Psk(arguments) => tools::psk::run(arguments),
        Command::Certs(arguments) => tools::certs::run(&config, arguments),
        Command::Device(arguments) => tools::device::run(&config, arguments).await,
        Command::Devices(arguments) => tools::devices::run(&config, arguments).await,
        Command::LoadTest(arguments) => tools::api::load_test::run(&config, arguments).await,
        Command::Sdl | Command::Connections(_) | Command::Messages(_) => Ok(()),
        Command::Doctor => tools::doctor::run(&config).await,
        Command::Config => {
            print!("{}", config.masked()?);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_takes_global_options_anywhere() {
        Cli::command().debug_assert();
        let cli =
            Cli::try_parse_from(["cloud-connector", "sdl", "--data-dir", "x"]).expect("parses");
        assert_eq!(cli.data_dir, PathBuf::from("x"));
        assert!(
            Cli::try_parse_from(["cloud-connector"])
                .expect("parses")
                .command
                .is_none()
        );
    }

    fn demo_of(line: &str) -> Result<Option<u16>, String> {
        let mut cli =
            Cli::try_parse_from(line.split(' ')).map_err(|error| error.kind().to_string())?;
        match cli.chosen().map_err(|error| error.to_string())? {
            Command::AllInOne(arguments) => Ok(arguments.demo),
            command => panic!("{command:?}"),
        }
    }

    #[test]
    fn a_demonstration_goes_with_all_in_one_whether_that_is_named_or_not() {
        for (line, size) in [
            ("cloud-connector", None),
            ("cloud-connector all-in-one", None),
            ("cloud-connector --demo", Some(24)),
            ("cloud-connector --demo --data-dir x", Some(24)),
            ("cloud-connector --demo 6", Some(6)),
            ("cloud-connector all-in-one --demo", Some(24)),
            ("cloud-connector all-in-one --demo 6", Some(6)),
            ("cloud-connector --demo=6 all-in-one", Some(6)),
        ] {
            assert_eq!(demo_of(line), Ok(size), "{line}");
        }
        for line in [
            "cloud-connector --demo 0",
            "cloud-connector --demo jobs",
            "cloud-connector jobs --demo",
            "cloud-connector --demo=6 jobs",
        ] {
            assert!(demo_of(line).is_err(), "{line}");
        }
    }
}

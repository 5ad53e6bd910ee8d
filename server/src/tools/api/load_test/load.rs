//! How much load.

use std::time::Duration;

use clap::Args;

use crate::tools::token::parse_ttl;

/// How many devices, how fast, for how long.
#[derive(Debug, Args)]
#[command(next_help_heading = "Load")]
pub(super) struct Load {
    /// Devices.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub devices: u32,
    /// Messages that devices say per second, all together.
    #[arg(long, value_name = "N", default_value = "100", value_parser = rate_of_speech)]
    pub rate: f64,
    /// One message in so many is a status, the others are data.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub status_every: u32,
    /// Filling of each data message, in bytes.
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub data_bytes: usize,
    /// Messages sent to devices through the API per second; 0 sends none.
    #[arg(long, value_name = "N", default_value = "5", value_parser = rate)]
    pub send_rate: f64,
    /// How long devices speak: a number with s, m, h or d.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = parse_ttl)]
    pub duration: Duration,
    /// Where the broker listens for devices [default: where all-in-one does].
    #[arg(long, value_name = "HOST:PORT")]
    pub broker: Option<String>,
    /// What client ids start with: ID-1 to ID-N.
    #[arg(long, value_name = "ID", default_value = "load")]
    pub client_id: String,
    /// Leave the API out: devices connect and speak, nothing is sent to them, and only the broker is measured.
    #[arg(long)]
    pub mqtt_only: bool,
    /// Load a broker or an API that is not on this machine. It must be yours: a load test is an attack on any other.
    #[arg(long)]
    pub allow_remote: bool,
}

const SLOWEST: f64 = 0.01;
const FASTEST: f64 = 100_000.0;

/// Devices that never spoke could as well not be there.
fn rate_of_speech(text: &str) -> Result<f64, String> {
    match rate(text) {
        Ok(rate) if rate < SLOWEST => Err(format!("{text:?} is less than {SLOWEST}")),
        other => other,
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.0..=FASTEST).contains(&rate) => Ok(rate),
        _ => Err(format!("{text:?} is not a number from 0 to {FASTEST}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_finite_number() {
        assert_eq!(rate("0.5"), Ok(0.5));
        assert_eq!(rate("0"), Ok(0.0));
        assert!(rate_of_speech("0").is_err());
        for wrong in ["-1", "inf", "NaN", "1e9", "fast"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}

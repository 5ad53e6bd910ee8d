//! What devices of a demonstration tell unasked.

use connector_device::Report;
use serde_json::json;

/// What a host has news of.
#[derive(Debug, Clone, Copy)]
pub(super) enum News {
    /// How busy it is.
    Load,
    /// What the air around it is like.
    Climate,
}

impl News {
    /// The latest.
    pub(super) fn report(self) -> Report {
        let (directive, content) = match self {
            Self::Load => (
                "load",
                json!({"load": between(0.05, 3.5), "memoryPercent": fastrand::u8(35..92)}),
            ),
            Self::Climate => (
                "climate",
                json!({"celsius": between(18.0, 27.0), "humidityPercent": fastrand::u8(35..60)}),
            ),
        };
        Report {
            directive: directive.to_owned(),
            content,
        }
    }
}

/// As an instrument shows it: two places after the point.
fn between(from: f64, to: f64) -> f64 {
    let value = from + (to - from) * fastrand::f64();
    (value * 100.0).round() / 100.0
}

//! Why a device goes.

use connector_device::Stop;

/// What a device does time and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    /// It stays.
    Stays,
    /// Its link drops without a word, and the broker tells its last will.
    LosesLink,
    /// It says that it goes, as a laptop that is put to sleep.
    TakesLeave,
}

impl Habit {
    /// Makes it go.
    pub(super) fn go(self, stop: &Stop) {
        match self {
            Self::LosesLink => stop.abrupt.cancel(),
            Self::Stays | Self::TakesLeave => stop.clean.cancel(),
        }
    }
}

//! Who is thrown out time and again.

use std::time::Duration;

use super::connection::{Lost, Purpose};

/// An established connection that ends sooner was cut off.
const SHORT: Duration = Duration::from_secs(5);

/// So many such connections in a row are no accident.
const MOST_CUTS: u8 = 3;

/// Tells a receiver that another connection throws it out time and again, where the broker does not say so: no broker
/// can over MQTT 3.1.1, and some do not over MQTT 5.
pub(super) struct Cuts {
    /// Established connections in a row that were cut within [`SHORT`]; `None` where it does not matter.
    short: Option<u8>,
}

impl Cuts {
    pub(super) fn of(purpose: Purpose) -> Self {
        Self {
            short: matches!(purpose, Purpose::Receive { .. }).then_some(0),
        }
    }

    /// What to make of the end of a connection that lived so long.
    pub(super) fn judge(&mut self, lost: Lost, connected: bool, lived: Duration) -> Lost {
        let Some(short) = &mut self.short else {
            return lost;
        };
        if !connected || lived > SHORT || !matches!(lost, Lost::Broken(_)) {
            *short = 0;
            return lost;
        }
        *short += 1;
        if *short < MOST_CUTS {
            return lost;
        }
        *short = 0;
        Lost::TakenOver
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_that_is_cut_off_time_and_again_is_taken_over() {
        let receive = Purpose::Receive {
            receive_maximum: 1,
            session_expiry: SHORT,
        };
        let verdict =
            |cuts: &mut Cuts, lived| cuts.judge(Lost::Broken("cut".to_owned()), true, lived);
        let mut cuts = Cuts::of(receive);
        for lived in [Duration::ZERO, Duration::ZERO, SHORT * 2, SHORT, SHORT] {
            assert!(matches!(verdict(&mut cuts, lived), Lost::Broken(_)));
        }
        assert!(matches!(verdict(&mut cuts, SHORT), Lost::TakenOver));
        let mut cuts = Cuts::of(Purpose::Send { in_flight: 1 });
        for _ in 0..10 {
            let lost = verdict(&mut cuts, Duration::ZERO);
            assert!(matches!(lost, Lost::Broken(_)), "nobody wants its session");
        }
    }
}

//! How many of the lookups of late were *unknown*: more than a few mean that the directory has forgotten, and that its word
//! must take no tenant away.

use std::sync::Mutex;
use std::time::Duration;

use connector_domain::tenant::TenantLookup;
use tokio::time::Instant;

use crate::lock::lock;

/// Of a hundred lookups that had an answer, the most that may be *unknown* while the directory's word counts.
const MOST_UNKNOWN_OF_HUNDRED: u64 = 1;

/// What is counted together, and how many of these are kept: an hour.
const SLICE: Duration = Duration::from_mins(5);
const SLICES: usize = 12;

/// Counts the lookups of the last hour that had an answer, also one that was kept: unknown ones are kept for less long, so
/// among requests they are more.
pub(crate) struct UnknownShare(Mutex<Hour>);

struct Hour {
    began: Instant,
    /// Number of the slice, since `began`, of the newest count.
    newest: u64,
    slices: [Count; SLICES],
}

#[derive(Default, Clone, Copy)]
struct Count {
    answered: u64,
    unknown: u64,
}

impl Default for UnknownShare {
    fn default() -> Self {
        Self(Mutex::new(Hour {
            began: Instant::now(),
            newest: 0,
            slices: [Count::default(); SLICES],
        }))
    }
}

impl UnknownShare {
    fn note(&self, lookup: &TenantLookup) {
        let mut hour = lock(&self.0);
        let slice = hour.slice();
        match lookup {
            TenantLookup::Known(_) => slice.answered += 1,
            TenantLookup::Unknown(_) => {
                slice.answered += 1;
                slice.unknown += 1;
            }
            TenantLookup::Unavailable => {}
        }
    }

    /// Notes the answers to a batch, and marks those that may take a tenant away.
    pub(crate) fn judge(&self, answers: &mut [TenantLookup]) {
        for answer in &*answers {
            self.note(answer);
        }
        let is_credible = self.is_credible();
        for answer in answers {
            if let TenantLookup::Unknown(denial) = answer {
                denial.trusted = is_credible;
            }
        }
    }

    fn is_credible(&self) -> bool {
        let Count { answered, unknown } = lock(&self.0).sum();
        unknown * 100 <= answered * MOST_UNKNOWN_OF_HUNDRED
    }

    /// Between 0 and 1; 0 when nothing was answered.
    #[allow(clippy::cast_precision_loss, reason = "a ratio needs no more")]
    pub(crate) fn ratio(&self) -> f64 {
        let Count { answered, unknown } = lock(&self.0).sum();
        if answered == 0 {
            return 0.0;
        }
        unknown as f64 / answered as f64
    }
}

impl Hour {
    /// The counts of all slices together.
    fn sum(&mut self) -> Count {
        self.slice();
        let sum = |part: fn(&Count) -> u64| self.slices.iter().map(part).sum();
        Count {
            answered: sum(|count| count.answered),
            unknown: sum(|count| count.unknown),
        }
    }

    /// The count of now; forgets those that are too old.
    fn slice(&mut self) -> &mut Count {
        let now = self.began.elapsed().as_secs() / SLICE.as_secs();
        let slices = SLICES as u64;
        for passed in (self.newest + 1..=now).rev().take(SLICES) {
            self.slices[place(passed % slices)] = Count::default();
        }
        self.newest = now;
        &mut self.slices[place(now % slices)]
    }
}

fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use connector_domain::account::Account;
    use connector_domain::id::OrgId;
    use connector_domain::stamp::Stamp;
    use connector_domain::tenant::Denial;
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_speaks_of_the_last_hour() {
        let share = UnknownShare::default();
        assert_close(share.ratio(), 0.0);
        share.note(&unknown());
        advance(Duration::from_mins(30)).await;
        share.note(&TenantLookup::Unavailable);
        assert_close(share.ratio(), 1.0);
        share.note(&known());
        assert_close(share.ratio(), 0.5);
        advance(Duration::from_mins(31)).await;
        assert_close(share.ratio(), 0.0);
        advance(Duration::from_hours(48)).await;
        share.note(&unknown());
        assert_close(share.ratio(), 1.0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundredth_may_be_unknown_and_no_more() {
        let share = UnknownShare::default();
        let is_trusted = |answers: &mut [TenantLookup]| {
            share.judge(answers);
            matches!(&answers[0], TenantLookup::Unknown(denial) if denial.trusted)
        };
        assert!(!is_trusted(&mut [unknown()]), "the first of all");
        share.judge(&mut vec![known(); 98]);
        advance(Duration::from_mins(10)).await;
        assert!(!is_trusted(&mut [unknown()]), "two of a hundred");
        share.judge(&mut vec![known(); 200]);
        assert!(is_trusted(&mut [unknown()]), "three of more than 300");
        assert!(!is_trusted(&mut [unknown(), unknown()]));
        advance(Duration::from_mins(55)).await;
        share.judge(&mut vec![known(); 400]);
        assert!(is_trusted(&mut [unknown()]));
    }

    fn unknown() -> TenantLookup {
        TenantLookup::Unknown(Denial {
            answered_at: Stamp::default(),
            trusted: false,
        })
    }

    fn known() -> TenantLookup {
        TenantLookup::Known(Account {
            org_id: OrgId::parse("1").expect("valid"),
            account_number: None,
        })
    }

    fn assert_close(found: f64, wanted: f64) {
        assert!(
            (found - wanted).abs() < f64::EPSILON,
            "{found} is not {wanted}"
        );
    }
}

//! Attacks that go on for a while, and what a well-behaved caller and the server's memory do meanwhile.

mod bodies;
mod good;
mod http2;
mod requests;
mod silent;
mod sockets;
mod stuck;
mod tally;

pub use stuck::Stuck;

use std::time::Duration;

use tokio::time::Instant;

use crate::target::Target;
use good::Good;
pub use good::Seen;
pub use tally::Tally;

/// Most memory the server may take, in MiB: what one replica has. All-in-one is all replicas, the broker and Kafka.
pub const BOUND_MIB: u64 = 512;
/// Longest time a well-behaved request may take: that of an operation.
const LONGEST: Duration = Duration::from_secs(10);
/// How often the memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// One that is over.
pub struct Flood {
    /// What was done.
    pub what: String,
    /// What the attackers got.
    pub answers: Tally,
    /// What the well-behaved caller saw.
    pub seen: Seen,
    /// MiB before it, and at most during it.
    pub memory: (u64, u64),
    /// What was not as it has to be.
    pub problems: Vec<String>,
}

/// Lets them all loose, one after the other.
pub async fn all(target: &Target, lasting: Duration) -> anyhow::Result<Vec<Flood>> {
    let mut floods = requests::all(target, lasting).await?;
    floods.push(bodies::batches(target, lasting).await?);
    floods.push(bodies::slow(target).await?);
    floods.push(sockets::strangers(target, lasting).await?);
    floods.push(sockets::talkative(target, lasting).await?);
    floods.push(silent::never_reading(target).await?);
    floods.push(http2::resets(target, lasting).await?);
    floods.push(http2::headers(target, lasting).await?);
    Ok(floods)
}

/// Runs an attack while a well-behaved caller goes on. `allowed` are the answers that the attackers may get; one that
/// ends with `!` has to be among them.
async fn measured<F: Future<Output = anyhow::Result<Tally>>>(
    target: &Target,
    what: impl Into<String>,
    allowed: &[&str],
    attack: F,
) -> anyhow::Result<Flood> {
    let before = target.server.memory();
    let good = Good::begin(target)?;
    let (answers, most) = watched(target, attack).await;
    let answers = answers?;
    let seen = good.end().await;
    let mut problems = answers.problems(allowed);
    problems.extend(seen.problems(LONGEST));
    if most > BOUND_MIB {
        problems.push(format!("{most} MiB of memory, more than {BOUND_MIB}"));
    }
    Ok(Flood {
        what: what.into(),
        answers,
        seen,
        memory: (before, most),
        problems,
    })
}

/// What came of an attack, and the most memory that was in use meanwhile.
async fn watched<F: Future>(target: &Target, attack: F) -> (F::Output, u64) {
    let mut most = target.server.memory();
    let mut looks = tokio::time::interval(LOOK_EVERY);
    let mut attack = std::pin::pin!(attack);
    loop {
        tokio::select! {
            output = &mut attack => return (output, most),
            _ = looks.tick() => most = most.max(target.server.memory()),
        }
    }
}

/// When an attack of this length ends.
fn until(lasting: Duration) -> Instant {
    Instant::now() + lasting
}

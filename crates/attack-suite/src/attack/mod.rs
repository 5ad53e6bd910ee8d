//! Attacks that are over in a moment, each with its answer.

mod documents;
mod door;
mod guesses;
mod identities;
mod keys;
mod pages;
mod sockets;
mod tls;
mod tokens;
mod traces;

pub use documents::costly;
pub use traces::log_holds_no_secret;

use crate::attempt::Attempt;
use crate::target::Target;

/// Tries them all.
pub async fn all(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let mut attempts = tokens::all(target).await?;
    attempts.extend(identities::all(target).await?);
    attempts.extend(keys::all(target).await?);
    attempts.extend(guesses::all(target).await?);
    attempts.extend(documents::all(target).await?);
    attempts.extend(pages::all(target).await?);
    attempts.extend(sockets::all(target).await?);
    attempts.extend(tls::all(target).await?);
    Ok(attempts)
}

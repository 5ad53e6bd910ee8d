//! Tenant A looks for tenant B everywhere the schema leads, and finds nothing.
//!
//! The questions are made from the schema's own text ([`sdl`]): every way through the queries ([`walk`]), every argument
//! and input field with what names B's things ([`probes`]), every subscription ([`streams`]) and every mutation
//! ([`writes`]). Each is asked in two worlds that differ in B alone ([`tenants`]): A's answers, errors, counts, pages and
//! the number of statements they take are the same in both ([`pair`]), so nothing of B is in them, and what is B's is
//! answered as what is not there. The same questions asked as B show that there was something to find.
//!
//! What the schema holds and no question touched makes the test fail ([`ledger`]):
//! - *no value for …*: a new argument or input field. Give it values in `Names::scalars`; an object that can be fetched by
//!   its global id also belongs into `Names::nodes`.
//! - *… is null in every answer*: a new field, which B must have something in. Fill it in `tenants.rs`, `mail.rs` or
//!   `Party::details`, with B's text in it.
//! - *… is never tried*: no way leads there. See `TIMES` in `ways.rs` and the depths in the other files.
//! - *… never shows B anything of its own*: the values given do not find what B has.

mod document;
mod ledger;
mod mail;
mod moves;
mod names;
mod pair;
mod party;
mod probes;
mod sdl;
mod streams;
mod tenants;
mod walk;
mod ways;
mod writes;

use ledger::Ledger;
use pair::Pair;
use sdl::Sdl;

// The clock is paused so that waiting for what does not come costs no time.
#[tokio::test(start_paused = true)]
async fn a_tenant_finds_nothing_of_another_wherever_it_looks() {
    let sdl = Sdl::read();
    let pair = Pair::arrange().await;
    let mut ledger = Ledger::of(&sdl);
    walk::every_way(&sdl, &pair, &mut ledger).await;
    probes::every_argument(&sdl, &pair, &mut ledger).await;
    streams::every_stream(&sdl, &pair, &mut ledger).await;
    writes::every_write(&sdl, &pair, &mut ledger).await;
    ledger.settle();
}

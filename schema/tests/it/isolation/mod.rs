//! Tenant A looks for tenant B everywhere.

mod document;
mod ledger;
mod mail;
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

#[tokio::test(start_paused = true)]
async fn a_tenant_finds_nothing_of_another_wherever_it_looks() {
    let t = std::time::Instant::now();
    let sdl = Sdl::read();
    let pair = Pair::arrange().await;
    let mut ledger = Ledger::of(&sdl);
    println!("{:?}", t.elapsed());
    walk::every_way(&sdl, &pair, &mut ledger).await;
    println!("{:?}", t.elapsed());
    probes::every_argument(&sdl, &pair, &mut ledger).await;
    println!("{:?}", t.elapsed());
    streams::every_stream(&sdl, &pair, &mut ledger).await;
    println!("{:?}", t.elapsed());
    writes::every_write(&sdl, &pair, &mut ledger).await;
    println!("{:?}", t.elapsed());
    ledger.settle();
}

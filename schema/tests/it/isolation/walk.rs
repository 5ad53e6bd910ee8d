//! Every way through the queries: as whoever may do everything, and each step as every caller of A.

use serde_json::Value;

use super::document::write;
use super::ledger::Ledger;
use super::pair::Pair;
use super::party::A;
use super::sdl::Sdl;
use super::ways;

pub async fn every_way(sdl: &Sdl, pair: &Pair, ledger: &mut Ledger<'_>) {
    let ways = ways::every(sdl, "Query");
    let mut shown = 0;
    for way in &ways {
        let document = write(sdl, &pair.a, way, None, 0);
        pair.ask("everything within", &A.caller(), &document).await;
        ledger.tried(&document.parts);
        let document = write(sdl, &pair.b, way, None, 0);
        let answer = pair.ask_b(&document).await;
        assert_eq!(answer["errors"], Value::Null, "{} {answer}", document.text);
        ledger.shown(&answer);
        shown += usize::from(pair.marker_in(&answer).is_some());
    }
    for way in ways::to_every_step(&ways) {
        let document = write(sdl, &pair.a, way, None, 0);
        for (who, caller) in A.callers() {
            let answer = pair.ask(&who, &caller, &document).await;
            ledger.said(&answer);
        }
        let document = write(sdl, &pair.b, way, None, 0);
        ledger.said(&pair.ask_everyone(&document).await);
    }
    println!(
        "isolation: {} ways through the queries, {shown} of them show B to itself",
        ways.len()
    );
}

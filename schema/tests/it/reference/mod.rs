//! `docs/api.md`, written from the schema: `UPDATE_SDL=1 cargo test -p connector-schema` rewrites it.

mod examples;
mod heading;
mod needs;
mod operation;
mod table;
mod types;

use std::path::Path;

use self::examples::Examples;
use self::heading::Headings;
use self::needs::Needs;
use self::types::Types;

const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

#[tokio::test]
async fn the_reference_is_the_committed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/api.md");
    let page = page().await;
    if std::env::var_os("UPDATE_SDL").is_some() {
        std::fs::write(&path, &page).expect("the page is writable");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "the schema differs from docs/api.md: set UPDATE_SDL=1 and read the difference"
    );
}

async fn page() -> String {
    let types = Types::read();
    let headings = Headings::of(&types);
    let examples = Examples::read();
    let needs = Needs::asked(&types).await;
    let mut parts = vec![
        include_str!("preface.md").to_owned(),
        headings.contents(&types),
        include_str!("rules.md").to_owned(),
    ];
    for root in ROOTS {
        parts.push(format!("## {root}\n\n{}\n\n", types.description(root)));
        let fields = types.fields(root).into_iter();
        parts.extend(
            fields.map(|field| operation::section(&headings, root, field, &needs, &examples)),
        );
    }
    parts.push("## Types\n\n".to_owned());
    let definitions = types.beside_roots();
    parts.extend(definitions.map(|definition| types.section(&headings, definition)));
    format!("{}\n", parts.concat().trim_end())
}

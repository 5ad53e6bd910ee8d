//! The schema's text is a file: `UPDATE_SDL=1 cargo test -p connector-schema` rewrites it.

use std::path::Path;

#[test]
fn the_sdl_is_the_committed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let sdl = connector_schema::sdl();
    if std::env::var_os("UPDATE_SDL").is_some() {
        std::fs::write(&path, &sdl).expect("the snapshot is writable");
    }
    let committed = std::fs::read_to_string(&path).expect("the snapshot is committed");
    assert!(
        committed == sdl,
        "the schema differs from schema.graphql: read the difference, then set UPDATE_SDL=1"
    );
}

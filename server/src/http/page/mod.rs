//! The pages: the playground at `/` and the fleet at `/fleet`, built by Vite from `web-playground/` and put into the
//! binary compressed (`web-playground/dist`). `--ui-dir` serves another build from a directory instead.

mod answer;
mod asset;
mod coding;
mod directory;
mod policy;
mod router;

pub use router::page_router;

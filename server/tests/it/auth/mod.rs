//! Who is let in, with what, for how long, and how often.

mod gateway;
mod issuer;
mod knock;
mod limits;
mod live;
mod origin;
mod secrets;
mod table;
mod world;

pub use knock::{bearer, until_let_in};
pub use world::{Issuer, IssuerKey, claims};

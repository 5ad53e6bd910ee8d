//! What goes wrong: refusals the caller can act on are data ([`user`]), faults are top-level errors ([`Fault`]).

mod fault;
pub(crate) mod user;

pub(crate) use fault::Fault;

//! What the pure rules promise: the fold of records under any order, duplication and replay ([`fold`]), parsers on any
//! bytes ([`parsers`]), and the exact JSON of everything that crosses a wire ([`golden`]).

mod fold;
mod golden;
mod parsers;

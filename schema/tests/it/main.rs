//! What callers see of the schema, on ports in memory.

mod audit;
mod blocking;
mod fake;
mod isolation;
mod live_events;
mod nulls;
mod objects;
mod ordering;
mod pages;
mod permissions;
mod reference;
mod requests;
mod sdl;
mod sending;
mod statements;
mod world;

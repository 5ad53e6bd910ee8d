//! The store on SQLite: the contract of stores, and what a file adds to it.

mod backup;
mod contract;
mod file;

//! The store in memory passes the contract of stores.

use std::future::{Ready, ready};

use connector_store_memory::{MemoryStore, restorer_contract_tests, store_contract_tests};

fn empty_store() -> Ready<Box<MemoryStore>> {
    ready(Box::new(MemoryStore::new()))
}

store_contract_tests!(empty_store());
restorer_contract_tests!(empty_store());

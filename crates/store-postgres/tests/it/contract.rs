//! The contract of stores, on a server.

use connector_store_memory::{restorer_contract_tests, store_contract_tests};

use crate::database::empty_store;

store_contract_tests!(empty_store());
restorer_contract_tests!(empty_store());

//! The contract of stores, on a server, kept by the processes that share one.

use connector_store_memory::{restorer_contract_tests, store_contract_tests};

use crate::processes::Processes;

store_contract_tests!(Processes::on_an_empty_store());
restorer_contract_tests!(Processes::on_an_empty_store());

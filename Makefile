# Everything a developer or a pipeline runs. `make test` needs a Rust toolchain, a C compiler, make and perl; it installs
# the rest.
# Tests that need services stand behind these features, so that none passes for want of one.
SERVICE_FEATURES := connector-service-tests/service-tests,connector-store-postgres/service-tests

.PHONY: run test lint unit conformance service-tests services-up services-down

run:
	cargo run --release

# All tests that need no service, on a fresh machine too.
test:
	scripts/install-test-tools
	$(MAKE) lint
	$(MAKE) unit
	$(MAKE) conformance

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

# No service needed: unit tests, contract suites and whole-platform tests on the embedded parts.
unit:
	cargo test --workspace

# The real binary against stock clients: mosquitto_pub, mosquitto_sub, curl, and graphql-ws from npm.
conformance:
	cargo build -p connector-server
	conformance/run target/debug/cloud-connector

# The PostgreSQL store, and the roles as separate processes, on a real PostgreSQL, Mosquitto and Kafka; all are started
# for the run. Reading the server's own counters of table scans takes a superuser.
service-tests:
	cargo build -p connector-server
	cargo test -p connector-service-tests -p connector-store-postgres --features $(SERVICE_FEATURES) --no-run
	scripts/services run sh -ec '\
	  CONNECTOR_TEST_POSTGRES_URL="$$CONNECTOR_TEST_POSTGRES_ADMIN_URL" cargo test -p connector-store-postgres --features service-tests; \
	  cargo test -p connector-service-tests --features service-tests'

# The same services for development, kept until services-down: eval "$$(scripts/services env)"
services-up:
	scripts/services up

services-down:
	scripts/services down

# Everything a developer or a pipeline runs. `make test` needs a Rust toolchain, a C compiler, make and perl; it installs
# the rest.
# Tests that need services stand behind these features, so that none passes for want of one.
SERVICE_FEATURES := connector-service-tests/service-tests,connector-store-postgres/service-tests,connector-transport/service-tests
# One selection of packages and features for everything: with another cargo would build most of it once more.
EVERYTHING := --workspace --features $(SERVICE_FEATURES)
BINARY := target/debug/cloud-connector

.PHONY: run test lint unit build conformance examples attacks attacks-report pages pages-full screenshots on-services service-tests \
  faults-short faults bench plans properties deny ui services-up services-down

run:
	cargo run --release

# Everything, on a fresh machine too; the fault runs and the pages in a short form.
test:
	scripts/install-test-tools
	$(MAKE) lint
	$(MAKE) build
	scripts/services run $(MAKE) on-services
	$(MAKE) conformance
	$(MAKE) attacks
	$(MAKE) examples
	$(MAKE) pages
	$(MAKE) faults-short

lint:
	cargo fmt --all --check
	cargo clippy $(EVERYTHING) --all-targets -- -D warnings

# What needs no service: unit tests, contract suites and whole-platform tests on the embedded parts.
unit:
	cargo test --workspace

# All tests and the binaries they run.
build:
	cargo test $(EVERYTHING) --no-run

# The real binary against stock clients: mosquitto_pub, mosquitto_sub, curl, graphql-ws, graphql-sse and urql from npm,
# Python's gql, and the audits of graphql-http.
conformance: build
	conformance/run $(BINARY)

# Attacks the real binary, and prints what was tried and what came of it; a minute and a half. It opens some thousand
# connections.
attacks: build
	ulimit -n 8192 2>/dev/null; target/debug/attack-suite $(BINARY)

# The same, for longer, with the tables in docs/security.md.
attacks-report: build
	ulimit -n 8192 2>/dev/null; target/debug/attack-suite $(BINARY) --seconds 10 --report docs/security.md

# Every client of examples/, and every document, against the real binary.
examples: build
	examples/run $(BINARY)

# The pages in Chromium, on the real binary; in full also with 100,000 devices.
pages: build
	node web-playground/tests/run.mjs $(BINARY)

pages-full: build
	node web-playground/tests/run.mjs --full $(BINARY)

# The README's pictures of the pages, with the demonstration's devices on them.
screenshots: build
	node web-playground/tests/run.mjs --pictures docs/images $(BINARY)

# The pages' assets, which are committed: only for those who change the pages.
ui:
	npm ci --prefix web-playground --no-audit --no-fund
	npm test --prefix web-playground
	npm run --prefix web-playground build

# Every test of cargo's, where services run. Reading PostgreSQL's own counters of table scans takes a superuser.
on-services:
	CONNECTOR_TEST_POSTGRES_URL="$$CONNECTOR_TEST_POSTGRES_ADMIN_URL" cargo test $(EVERYTHING) --no-fail-fast

# The PostgreSQL store, the Kafka client, and the roles as separate processes, on a real PostgreSQL, Mosquitto and Kafka; all
# are started for the run.
service-tests: build
	scripts/services run $(MAKE) on-services

# Breaks one thing after the other under load and judges what is left: docs/reliability.md. Short: the six kills.
faults-short: build
	scripts/services run target/debug/fault-suite --short

# All of it: 30 minutes at most.
faults: build
	scripts/services run target/debug/fault-suite --report docs/reliability.md

# The property tests at length, twenty times the usual number of cases. A case that fails is kept in a folder
# proptest-regressions, from where every later run tries it first: commit it.
PROPERTIES := parsers:: fold:: page::cursor node_id live::position auth::identity jwt::header websocket::frame
properties: build
	PROPTEST_CASES=5000 cargo test $(EVERYTHING) --lib --test it -- $(PROPERTIES)

# What the database's statements read of a million devices; `make test` asks at 60,000.
plans: build
	SERVICES=postgres CONNECTOR_TEST_FLEET_TIMES=17 scripts/services run sh -c \
	  'CONNECTOR_TEST_POSTGRES_URL="$$CONNECTOR_TEST_POSTGRES_ADMIN_URL" cargo test $(EVERYTHING) --test it -- plans::'

# What may be part of the binary: licences, sources, crates that must not creep in, known vulnerabilities.
deny:
	scripts/deny

# The table of docs/benchmarks.md: the release build on real services, in five minutes once everything is built.
bench: build
	cargo build --release
	CLOUD_CONNECTOR_BIN=target/release/cloud-connector scripts/services run target/debug/bench

# The same services for development, kept until services-down: eval "$$(scripts/services env)"
services-up:
	scripts/services up

services-down:
	scripts/services down

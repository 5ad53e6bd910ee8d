# PostgreSQL from Debian's package, with a cluster of our own, configured by deploy/postgres: only what a machine decides is
# other. Sourced by scripts/services.

# The directory of initdb: in the PATH, or where Debian keeps it (newest version).
postgres_binaries() {
  local found
  if found=$(command -v initdb); then
    dirname "$(realpath "$found")"
  else
    found=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -1)
    [ -n "$found" ] && dirname "$found"
  fi
}

postgres_prepare() {
  local home=$dir/postgres
  [ ! -f "$home/.complete" ] || return 0
  rm -rf "$home"
  mkdir -p "$home"
  random_secret >"$home/password"
  chmod 600 "$home/password"
  : >"$home/log"
  give_to postgres "$home"
  (cd / && as_user postgres "$(postgres_binaries)/initdb" -D "$home/data" -U postgres -A scram-sha-256 \
    --pwfile "$home/password" -E UTF8 --locale C.UTF-8) >>"$home/log" 2>&1 || fail "initdb failed; its log is $home/log"
  postgres_settings >>"$home/data/postgresql.conf"
  touch "$home/.complete"
}

postgres_settings() {
  cat "$root/deploy/postgres/connector.conf"
  cat <<SETTINGS
listen_addresses = '127.0.0.1'
port = $(port_of postgres)
unix_socket_directories = '$dir/postgres'
max_connections = 200
shared_buffers = 256MB
SETTINGS
}

postgres_start() {
  local home=$dir/postgres
  for _ in {1..300}; do
    is_left_over || break
    sleep 0.1
  done
  cd /
  as_user postgres setsid "$(postgres_binaries)/postgres" -D "$home/data" >>"$home/log" 2>&1 </dev/null &
  echo $! >"$home/pid"
  cd - >/dev/null
}

# The sessions of a killed postmaster end by themselves, and PostgreSQL takes its lock file for that of a running one until
# the killed process is reaped.
is_left_over() {
  local lock=$dir/postgres/data/postmaster.pid
  rm -f "$dir/postgres/pid"
  [ -n "$(pids_of postgres)" ] || { [ -s "$lock" ] && [ -d "/proc/$(head -1 "$lock")" ]; }
}

postgres_wait() {
  wait_for 60 postgres postgres_query postgres 'SELECT 1' && create_database
}

# The platform's user owns its database and may create others, for tests; it is no superuser.
create_database() {
  [ -z "$(postgres_query postgres "SELECT 1 FROM pg_database WHERE datname = 'connector'")" ] || return 0
  postgres_query postgres "CREATE ROLE connector LOGIN CREATEDB CREATEROLE PASSWORD '$(postgres_password)'" >/dev/null
  postgres_query postgres "CREATE DATABASE connector OWNER connector" >/dev/null
}

postgres_query() {
  PGPASSWORD=$(postgres_password) PGCONNECT_TIMEOUT=5 "$(postgres_binaries)/psql" -X -q -A -t -v ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p "$(port_of postgres)" -U postgres -d "$1" -c "$2"
}

postgres_password() { cat "$dir/postgres/password"; }

# "Fast": sessions are ended, what is committed stays.
postgres_stop_signal() { echo INT; }

postgres_environment() {
  local address
  address="$(postgres_password)@127.0.0.1:$(port_of postgres)"
  echo "export CONNECTOR_TEST_POSTGRES_URL=postgres://connector:$address/connector"
  echo "export CONNECTOR_TEST_POSTGRES_ADMIN_URL=postgres://postgres:$address/postgres"
}

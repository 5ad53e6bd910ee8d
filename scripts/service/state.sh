# Where the services are: directory, ports, process ids. Sourced by scripts/services.

fail() {
  echo "error: $*" >&2
  exit 1
}

choose_directory() {
  dir=${1:-${SERVICES_DIR:-${TMPDIR:-/tmp}/cloud-connector-services-$(id -u)}}
  dir=$(realpath -m "$dir")
  if [ -e "$dir" ] && [ ! -O "$dir" ]; then fail "$dir belongs to someone else"; fi
}

takes_part() {
  local name
  for name in "${services[@]}"; do [ "$name" != "$1" ] || return 0; done
  return 1
}

# A port that nothing listens on now, remembered under a name, so that a service comes back where it was. Below the
# range from which the kernel takes ports of outgoing connections.
port_of() {
  local file=$dir/ports/$1 port
  if [ ! -f "$file" ]; then
    mkdir -p "$dir/ports"
    for _ in {1..200}; do
      port=$((20000 + RANDOM % 10000))
      if ! listens "$port" && ! grep -qxs "$port" "$dir"/ports/*; then
        echo "$port" >"$file"
        break
      fi
    done
    [ -f "$file" ] || fail "there is no free port between 20000 and 30000"
  fi
  cat "$file"
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Waits up to $1 seconds until a command succeeds, or the service $2 has ended.
wait_for() {
  local deadline=$((SECONDS + $1)) name=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$deadline" ]; then return 1; fi
    if has_ended "$name"; then echo "$name has ended" >&2; return 1; fi
    sleep 0.1
  done
}

# Not the contrary of is_running: a process that was just started is still this script for a moment, by its command line.
has_ended() {
  local pid
  pid=$(pid_of "$1") && [ -n "$pid" ] || return 0
  [ ! -d "/proc/$pid" ] || [ "$(state_of "$pid")" = Z ]
}

pid_of() { cat "$dir/$1/pid" 2>/dev/null; }

# A process id is taken again after a while: what ran then must be what is meant.
is_running() {
  local pid
  pid=$(pid_of "$1") && [ -n "$pid" ] || return 1
  [ "$(state_of "$pid")" != Z ] && grep -zqF "$dir/$1" "/proc/$pid/cmdline" 2>/dev/null
}

state_of() { sed -n 's/^State:\s*\(\S\).*/\1/p' "/proc/$1/status" 2>/dev/null; }

# Asks the service to end, and ends it after 30 s.
stop() {
  local pid
  is_running "$1" || return 0
  pid=$(pid_of "$1")
  # One that was paused hears nothing.
  signal_all CONT "$1" 2>/dev/null || true
  kill "-$("$1_stop_signal")" "$pid" 2>/dev/null || true
  for _ in {1..300}; do
    is_running "$1" || { rm -f "$dir/$1/pid"; return 0; }
    sleep 0.1
  done
  echo "$1 does not end when asked; its log is $dir/$1/log" >&2
  kill_hard "$1"
}

# Every process of a service; PostgreSQL has one for each session.
pids_of() {
  local cwd
  pid_of "$1"
  for cwd in /proc/[0-9]*/cwd; do
    if [ "$(readlink "$cwd" 2>/dev/null)" = "$dir/$1/data" ]; then cwd=${cwd#/proc/} && echo "${cwd%/cwd}"; fi
  done
}

signal_all() {
  is_running "$2" || fail "$2 does not run"
  pids_of "$2" | sort -u | xargs kill "-$1"
}

# Ends it as a crash does.
kill_hard() {
  local pid
  is_running "$1" || return 0
  pid=$(pid_of "$1")
  kill -KILL "$pid" 2>/dev/null || true
  for _ in {1..100}; do
    is_running "$1" || { rm -f "$dir/$1/pid"; return 0; }
    sleep 0.1
  done
  echo "$1 (pid $pid) does not end" >&2
  return 1
}

# Runs a command as user $1 when we are root, in place of the shell that runs this: PostgreSQL refuses to run as root.
as_user() {
  local user=$1
  shift
  if [ "$(id -u)" -eq 0 ]; then
    exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@"
  else
    exec "$@"
  fi
}

# Gives files to user $1 when we are root.
give_to() {
  local user=$1
  shift
  if [ "$(id -u)" -eq 0 ]; then chown -R "$user" "$@"; fi
}

random_secret() { openssl rand -hex 16; }

# Installs what the services need, from Debian and Maven Central; skips what is there. Sourced by scripts/services.

# Where the jars of Kafka are kept; another version gets another directory.
kafka_jars="$root/target/kafka/$(cksum <"$root/scripts/kafka/pom.xml" | cut -d' ' -f1)"

install_missing() {
  local packages=()
  command -v openssl >/dev/null || packages+=(openssl)
  if takes_part postgres; then postgres_binaries >/dev/null || packages+=(postgresql); fi
  if takes_part mosquitto; then command -v mosquitto >/dev/null || packages+=(mosquitto); fi
  if takes_part mosquitto; then command -v mosquitto_sub >/dev/null || packages+=(mosquitto-clients); fi
  if takes_part kafka; then
    command -v kcat >/dev/null || packages+=(kcat)
    command -v java >/dev/null || packages+=(default-jre-headless)
    [ -f "$kafka_jars/.complete" ] || command -v mvn >/dev/null || packages+=(maven)
  fi
  [ ${#packages[@]} -eq 0 ] || install_packages "${packages[@]}"
  if takes_part kafka; then
    java_is_new_enough
    [ -f "$kafka_jars/.complete" ] || download_kafka
  fi
}

install_packages() {
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  command -v apt-get >/dev/null || fail "$* missing, and there is no apt-get to install with: install by hand and run again"
  echo "installing $*" >&2
  # The packages' own services must not start: ours run beside them, and only while they are needed.
  local policy=/usr/sbin/policy-rc.d ours=
  if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
  fi
  local done=0
  {
    "${as_root[@]}" apt-get update -qq &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  } >/dev/null || done=$?
  [ -z "$ours" ] || "${as_root[@]}" rm -f "$policy"
  [ "$done" -eq 0 ] || fail "cannot install $*: install by hand and run again"
}

java_is_new_enough() {
  local version
  version=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/.*java.specification.version = //p')
  [ "${version%%.*}" -ge 17 ] 2>/dev/null || fail "Kafka needs Java 17 or newer, and java is ${version:-unknown}"
}

download_kafka() {
  echo "downloading Kafka from Maven Central" >&2
  rm -rf "$kafka_jars"
  if ! mvn -B -q -f "$root/scripts/kafka/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$kafka_jars" >&2; then
    fail "cannot download Kafka from Maven Central"
  fi
  touch "$kafka_jars/.complete"
}

#!/usr/bin/env bash
# Creates the platform's topics; leaves those that exist as they are. Run it again after an upgrade.
#
#   deploy/kafka/topics.sh BOOTSTRAP_SERVERS [ARGUMENTS OF kafka-topics.sh, e.g. --command-config FILE]
#
# Settings (environment):
#   PARTITIONS    of the topics keyed by client id; the same for all, and not to be changed later, since records of one
#                 device would then be in two partitions (24)
#   REPLICATION   copies of every partition (3)
#   PREFIX        of the names (platform.cloud-connector.)
#   MESSAGE_BYTES largest record; not less than kafka.message_max_bytes (2097152)
#   KAFKA_TOPICS  the command (kafka-topics.sh)
set -euo pipefail

servers=${1:?usage: topics.sh BOOTSTRAP_SERVERS [arguments of kafka-topics.sh]}
shift
partitions=${PARTITIONS:-24}
replication=${REPLICATION:-3}
prefix=${PREFIX-platform.cloud-connector.}
message_bytes=${MESSAGE_BYTES:-2097152}
read -ra command <<<"${KAFKA_TOPICS:-kafka-topics.sh}"
# What was acknowledged is on two brokers, where there are that many.
in_sync=$((replication > 2 ? 2 : 1))

create() {
  local name=$1 count=${2/PARTITIONS/$partitions} cleanup=$3 retention=$4 setting
  local configs=(--config "cleanup.policy=$cleanup" --config "retention.ms=$retention"
    --config "max.message.bytes=$message_bytes" --config "min.insync.replicas=$in_sync")
  for setting in "${@:5}"; do configs+=(--config "$setting"); done
  "${command[@]}" --bootstrap-server "$servers" "${arguments[@]}" --create --if-not-exists \
    --topic "$prefix$name" --partitions "$count" --replication-factor "$replication" "${configs[@]}"
}

arguments=("$@")
running=()
while read -ra line; do
  [ ${#line[@]} -eq 0 ] || [[ ${line[0]} == \#* ]] && continue
  create "${line[@]}" &
  running+=($!)
done <"$(dirname "$0")/topics.list"
failed=0
for job in "${running[@]}"; do wait "$job" || failed=1; done
exit "$failed"

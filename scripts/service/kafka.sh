# Apache Kafka from Maven Central, one node, KRaft. Sourced by scripts/services.

kafka_user=connector

kafka_prepare() {
  local home=$dir/kafka
  [ ! -f "$home/.complete" ] || return 0
  rm -rf "$home"
  mkdir -p "$home"
  random_secret >"$home/password"
  chmod 600 "$home/password"
  cat "$dir/certs/services/broker.key" "$dir/certs/services/broker.pem" >"$home/broker.pem"
  chmod 600 "$home/broker.pem"
  sed -e "s#@DIR@#$home#" -e "s#@PORT@#$(port_of kafka)#" -e "s#@SASL_PORT@#$(port_of kafka-sasl)#" \
    -e "s#@TLS_PORT@#$(port_of kafka-tls)#" -e "s#@TLS_WIRE_PORT@#$(port_of kafka-tls-wire)#" \
    -e "s#@CA@#$dir/certs/services/ca.pem#" -e "s#@CONTROLLER_PORT@#$(port_of kafka-controller)#" \
    -e "s#@USER@#$kafka_user#" -e "s#@PASSWORD@#$(cat "$home/password")#" \
    "$root/scripts/kafka/server.properties" >"$home/server.properties"
  chmod 600 "$home/server.properties"
  kafka_java -Xmx256m kafka.tools.StorageTool format -c "$home/server.properties" -t "$(kafka_cluster_id)" \
    --add-scram "SCRAM-SHA-512=[name=$kafka_user,password=$(cat "$home/password")]" >>"$home/log" 2>&1 ||
    fail "Kafka's storage cannot be formatted; the log is $home/log"
  touch "$home/.complete"
}

# 16 random bytes as Kafka writes them; a leading dash would be taken for an option.
kafka_cluster_id() { openssl rand -base64 16 | tr '+/' '-_' | tr -d = | sed 's/^-/_/'; }

# A short-lived command.
kafka_java() {
  java -cp "$kafka_jars/*" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    -Dlog4j2.configurationFile="$root/scripts/kafka/log4j2.properties" "$@"
}

kafka_start() {
  local home=$dir/kafka
  setsid java -cp "$kafka_jars/*" -Xms256m -Xmx512m -XX:+UseSerialGC -Dkafka.log.level=info \
    -Dlog4j2.configurationFile="$root/scripts/kafka/log4j2.properties" kafka.Kafka "$home/server.properties" \
    >>"$home/log" 2>&1 </dev/null &
  echo $! >"$home/pid"
}

kafka_wait() {
  wait_for 90 kafka kcat -L -m 2 -b "127.0.0.1:$(port_of kafka)" && kafka_topics
}

# deploy/kafka/topics.sh, with the command of the jars in place of kafka-topics.sh.
kafka_topics() {
  local home=$dir/kafka
  [ ! -f "$home/.topics" ] || return 0
  export -f kafka_java topic_command
  export root kafka_jars
  PARTITIONS=${PARTITIONS:-24} REPLICATION=1 KAFKA_TOPICS="topic_command" \
    "$root/deploy/kafka/topics.sh" "127.0.0.1:$(port_of kafka)" >>"$home/log" 2>&1 || return 1
  wait_for 30 kafka kafka_shows_topics || return 1
  touch "$home/.topics"
}

# A topic is created before every partition of it has a leader.
kafka_shows_topics() {
  local topics partitions led
  topics=$(grep -cE '^[a-z]' "$root/deploy/kafka/topics.list")
  partitions=$(((topics - 1) * ${PARTITIONS:-24} + 1))
  led=$(kcat -L -m 5 -b "127.0.0.1:$(port_of kafka)" | grep -cE 'partition [0-9]+, leader [0-9]+, .* isrs: [0-9]+$')
  [ "$led" -ge "$partitions" ]
}

topic_command() { kafka_java -Xmx64m org.apache.kafka.tools.TopicCommand "$@"; }

kafka_stop_signal() { echo TERM; }

kafka_environment() {
  echo "export CONNECTOR_TEST_KAFKA=127.0.0.1:$(port_of kafka)"
  echo "export CONNECTOR_TEST_KAFKA_SASL=127.0.0.1:$(port_of kafka-sasl)"
  echo "export CONNECTOR_TEST_KAFKA_TLS=127.0.0.1:$(port_of kafka-tls)"
  echo "export CONNECTOR_TEST_KAFKA_TLS_WIRE=127.0.0.1:$(port_of kafka-tls-wire)"
  echo "export CONNECTOR_TEST_KAFKA_USER=$kafka_user"
  echo "export CONNECTOR_TEST_KAFKA_PASSWORD=$(cat "$dir/kafka/password")"
  echo "export CONNECTOR_TEST_KAFKA_CA=$dir/certs/services/ca.pem"
}

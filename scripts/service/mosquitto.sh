# Mosquitto from Debian's package, configured by deploy/mosquitto: only paths and ports are other. Sourced by
# scripts/services.

mosquitto_prepare() {
  local home=$dir/mosquitto kind
  mkdir -p "$home/certs" "$home/data"
  for kind in devices services; do
    cp "$dir/certs/$kind/ca.pem" "$home/certs/$kind-ca.pem"
    cp "$dir/certs/$kind/broker.pem" "$home/certs/$kind-broker.pem"
    cp "$dir/certs/$kind/broker.key" "$home/certs/$kind-broker.key"
  done
  cp "$root/deploy/mosquitto/"*.acl "$home/"
  # Mosquitto refuses, with a later version, rules that others may change.
  chmod 600 "$home/"*.acl
  sed -e "s#/etc/mosquitto/#$home/#" -e "s#/var/lib/mosquitto/#$home/data/#" \
    -e "s#^listener 8883#listener $(port_of mosquitto-devices) 127.0.0.1#" \
    -e "s#^listener 8884#listener $(port_of mosquitto-services) 127.0.0.1#" \
    "$root/deploy/mosquitto/mosquitto.conf" >"$home/mosquitto.conf"
  # Started by root it steps down to this user.
  give_to mosquitto "$home"
}

mosquitto_start() {
  setsid mosquitto -c "$dir/mosquitto/mosquitto.conf" >>"$dir/mosquitto/log" 2>&1 </dev/null &
  echo $! >"$dir/mosquitto/pid"
}

mosquitto_wait() {
  wait_for 20 mosquitto listens "$(port_of mosquitto-devices)" &&
    wait_for 20 mosquitto listens "$(port_of mosquitto-services)"
}

# Publishes wills and saves.
mosquitto_stop_signal() { echo TERM; }

mosquitto_environment() {
  echo "export CONNECTOR_TEST_MQTT_DEVICES=127.0.0.1:$(port_of mosquitto-devices)"
  echo "export CONNECTOR_TEST_MQTT_SERVICES=127.0.0.1:$(port_of mosquitto-services)"
}

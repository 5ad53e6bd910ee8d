# Two authorities made at run time, laid out as in a data directory of cloud-connector, so that
# `cloud-connector certs issue` and `device` work with `--data-dir DIR`:
#
#   certs/devices/{ca,broker}.{pem,key}                       signs devices; the device listener's certificate
#   certs/services/{ca,broker,consumer,publisher}.{pem,key}   signs our services; the service listener's and theirs
#
# Sourced by scripts/services.

make_certificates() {
  local certs=$dir/certs
  [ ! -f "$certs/.complete" ] || return 0
  mkdir -p "$certs/devices" "$certs/services"
  make_authority "$certs/devices" "test devices"
  make_authority "$certs/services" "test services"
  issue "$certs/devices" broker broker serverAuth
  issue "$certs/services" broker broker serverAuth
  issue "$certs/services" consumer cloud-connector-consumer clientAuth
  issue "$certs/services" publisher cloud-connector-publisher clientAuth
  touch "$certs/.complete"
}

make_authority() {
  make_key "$1/ca.key"
  openssl req -x509 -new -key "$1/ca.key" -subj "/CN=$2" -days 30 -out "$1/ca.pem" \
    -addext keyUsage=critical,keyCertSign,cRLSign
}

# issue AUTHORITY FILE COMMON_NAME USAGE
issue() {
  local authority=$1 file=$1/$2
  make_key "$file.key"
  openssl req -new -key "$file.key" -subj "/CN=$3" -out "$file.csr"
  openssl x509 -req -in "$file.csr" -CA "$authority/ca.pem" -CAkey "$authority/ca.key" -CAcreateserial -days 30 \
    -out "$file.pem" -extfile <(printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1" "extendedKeyUsage=$4" \
      "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" "authorityKeyIdentifier=keyid") 2>/dev/null
  rm -f "$file.csr"
}

make_key() {
  (umask 077 && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null)
}

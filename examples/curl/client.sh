#!/usr/bin/env bash
# Lists devices, sends one of them a message and waits for its answer, then watches the fleet until something changes.
# Nothing but curl and bash: subscriptions are server-sent events, and `curl -N` is a live tail.
#
#   CLOUD_CONNECTOR_TOKEN=$(cloud-connector token --org 10000) examples/curl/client.sh device
set -euo pipefail
url=${CLOUD_CONNECTOR_URL:-http://127.0.0.1:8080/graphql}
device=${1:-device}

# The token goes through a file descriptor: on the command line, every user of the machine could read it.
authorization() { echo "authorization: Bearer $CLOUD_CONNECTOR_TOKEN"; }
post() { # body
  curl -sS "$url" -H @<(authorization) -H 'content-type: application/json' --data-binary "$1"
  echo
}
tail_until() { # pattern, body: prints events up to the first that matches
  local events curl
  exec {events}< <(exec curl -sSN "$url" -H @<(authorization) -H 'content-type: application/json' \
    -H 'accept: text/event-stream' --data-binary "$2")
  curl=$!
  # Comments keep the connection alive, and the event `complete` has no data.
  sed -un "s/^data: *\({.*\)/\1/; t event; b; : event; p; /$1/q" <&"$events"
  kill "$curl" 2>/dev/null || true
}

echo "online:"
post '{"query": "{ connections(first: 20, filter: { state: [ONLINE] }) { nodes { clientId dispatchers { name } } } }"}'

# Taken before the message is sent, so that no step of it is missed.
after=$(post '{"query": "{ changesCursor }"}' | sed 's/.*"changesCursor":"\([^"]*\)".*/\1/')
# Your own id for the message: sending the same again under it is safe.
id=$(cat /proc/sys/kernel/random/uuid)
sent=$(post '{
  "query": "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { state } errors { code message } } }",
  "variables": {"input": {"clientId": "'"$device"'", "messageId": "'"$id"'", "directive": "echo", "content": {"hello": "world"}}}
}')
echo "$sent"
[[ $sent == *'"errors":[]'* ]] || exit 1
tail_until '"RESPONDED"' '{
  "query": "subscription($id: UUID!, $after: String) { messageStateChanged(filter: { messageIds: [$id] }, after: $after) { state message { responses(first: 1) { nodes { content } } } } }",
  "variables": {"id": "'"$id"'", "after": "'"$after"'"}
}'

echo "watching: start or stop a device"
tail_until '{' '{
  "query": "subscription($after: String) { connectionChanged(after: $after) { clientId state reason } }",
  "variables": {"after": "'"$after"'"}
}'

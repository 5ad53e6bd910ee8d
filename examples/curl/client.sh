#!/usr/bin/env bash
# Lists devices, sends one of them a message and waits for its answer, then watches the fleet until something changes.
# Nothing but curl: subscriptions are server-sent events, one JSON line each.
#
#   CLOUD_CONNECTOR_TOKEN=$(cloud-connector token --org 10000) examples/curl/client.sh device
set -euo pipefail
url=${CLOUD_CONNECTOR_URL:-http://127.0.0.1:8080/graphql}
device=${1:-device}

# The token goes through a file descriptor: on the command line, every user of the machine could read it.
request() { # body, options of curl…
  local body=$1; shift
  curl -sS "$@" "$url" -H @<(echo "authorization: Bearer $CLOUD_CONNECTOR_TOKEN") \
    -H 'content-type: application/json' --data-binary "$body"
}
live_tail() { # body; prints the JSON of each event. -N: as it comes
  request "$1" -N -H 'accept: text/event-stream' | sed -un 's/^data: *\({.*\)/\1/p'
}

echo "online:"
request '{"query":"{ connections(first: 20, filter: { state: [ONLINE] }) { nodes { clientId dispatchers { name } } } }"}'
echo

# Taken before the message is sent, so that no step of it is missed.
after=$(request '{"query":"{ changesCursor }"}' | sed 's/.*"changesCursor":"\([^"]*\)".*/\1/')
# Your own id for the message: sending the same again under it is safe.
id=$(cat /proc/sys/kernel/random/uuid)
request '{
  "query": "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { state } errors { code message } } }",
  "variables": {"input": {"clientId": "'"$device"'", "messageId": "'"$id"'", "directive": "echo", "content": {"hello": "world"}}}
}'
echo

# grep ends at the first match, and the pipe ends curl.
live_tail '{
  "query": "subscription($id: UUID!, $after: String) { messageStateChanged(filter: { messageIds: [$id] }, after: $after) { state message { responses(first: 1) { nodes { content } } } } }",
  "variables": {"id": "'"$id"'", "after": "'"$after"'"}
}' | grep -m 1 '"RESPONDED"' || true

echo "watching: start or stop a device"
live_tail '{
  "query": "subscription($after: String) { connectionChanged(after: $after) { clientId state reason } }",
  "variables": {"after": "'"$after"'"}
}' | head -n 1

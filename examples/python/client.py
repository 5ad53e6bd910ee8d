"""Lists devices, sends one of them a message and waits for its answer, then watches the fleet until something changes.
Standard library only; subscriptions are server-sent events.

    CLOUD_CONNECTOR_TOKEN=$(cloud-connector token --org 10000) python3 examples/python/client.py device
"""

import json
import os
import sys
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("CLOUD_CONNECTOR_URL", "http://127.0.0.1:8080/graphql")
TOKEN = os.environ["CLOUD_CONNECTOR_TOKEN"]


def post(accept, query, variables):
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json", "accept": accept}
    request = urllib.request.Request(URL, body, headers)
    try:
        return urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as refused:  # its body says why
        return refused


def data_of(text):
    answer = json.loads(text)
    if answer.get("errors"):
        error = answer["errors"][0]
        sys.exit(f"{error['extensions']['code']}: {error['message']}")
    return answer["data"]


def execute(query, **variables):
    with post("application/json", query, variables) as response:
        return data_of(response.read())


def watch(query, **variables):
    """Yields the events of a subscription. A comment every 12 s keeps the connection alive."""
    with post("text/event-stream", query, variables) as response:
        for line in response:
            line = line.decode().rstrip("\r\n")
            if line.startswith("data:") and line != "data:":
                yield data_of(line.removeprefix("data:"))


client_id = sys.argv[1] if len(sys.argv) > 1 else "device"
online = "{ connections(first: 20, filter: { state: [ONLINE] }) { nodes { clientId dispatchers { name } } } }"
for device in execute(online)["connections"]["nodes"]:
    print("online:", device["clientId"], *(worker["name"] for worker in device["dispatchers"]))

# Taken before the message is sent, so that no step of it is missed.
after = execute("{ changesCursor }")["changesCursor"]
message_id = str(uuid.uuid4())
send = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { state } errors { code message } } }"
message = {"clientId": client_id, "messageId": message_id, "directive": "echo", "content": {"hello": "world"}}
for error in execute(send, input=message)["sendMessage"]["errors"]:
    sys.exit(f"{error['code']}: {error['message']}")
steps = """subscription($id: UUID!, $after: String) { messageStateChanged(filter: { messageIds: [$id] }, after: $after) {
    state message { responses(first: 1) { nodes { content } } } } }"""
for event in watch(steps, id=message_id, after=after):
    step = event["messageStateChanged"]
    print("message:", step["state"])
    if step["state"] == "RESPONDED":
        print("answer:", json.dumps(step["message"]["responses"]["nodes"][0]["content"]))
        break

print("watching: start or stop a device", flush=True)
changes = "subscription($after: String) { connectionChanged(after: $after) { clientId state reason } }"
for event in watch(changes, after=after):
    change = event["connectionChanged"]
    print("change:", change["clientId"], change["state"], change["reason"])
    break

// The page at `/`. No dependency: fetch for queries and mutations, one WebSocket (graphql-transport-ws) per subscription.
"use strict";

const EXAMPLES = [
  {
    name: "Who am I",
    query: `query WhoAmI {
  viewer { name orgId accountNumber permissions }
  server { version time presenceAsOf limits { maxPageSize maxMessageBytes } }
}`,
  },
  {
    name: "My connections",
    query: `query MyConnections {
  connectionStats { total online offline }
  connections(first: 20, orderBy: { field: STATE_CHANGED_AT, direction: DESC }) {
    nodes {
      clientId state stateReason stateChangedAt lastSeenAt
      canonicalFacts { fqdn ipAddresses }
      dispatchers { name }
      tags { key value }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
  {
    name: "One device with its history",
    query: `query OneDevice($clientId: ID!) {
  connection(clientId: $clientId) {
    clientId state stateReason version clientName clientVersion
    stateHistory(first: 10) { nodes { version previousState state reason occurredAt } }
    messages(first: 10) { nodes { messageId direction kind state directive createdAt } }
  }
}`,
    variables: { clientId: "device" },
  },
  {
    name: "Send a message",
    query: `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    message { messageId state transitions { state occurredAt } }
    duplicate
    errors { code message path }
  }
}`,
    variables: { input: { clientId: "device", directive: "echo", content: { hello: "world" } } },
  },
  {
    name: "Ping a device",
    query: `mutation Ping($input: PingInput!) {
  ping(input: $input) { message { messageId state } errors { code message } }
}`,
    variables: { input: { clientId: "device" } },
  },
  {
    name: "Watch connections",
    query: `subscription Watch {
  connectionChanged {
    kind clientId previousState state reason occurredAt missed
    connection { canonicalFacts { fqdn } }
  }
}`,
  },
  {
    name: "Watch messages from devices",
    query: `subscription Received {
  messageReceived {
    message { clientId kind directive content responseTo { messageId state } createdAt }
    missed
  }
}`,
  },
  {
    name: "Watch what I send",
    query: `subscription Moved {
  messageStateChanged { seq previousState state occurredAt message { messageId clientId } }
}`,
  },
];

const element = (id) => document.getElementById(id);
const token = () => element("token").value.trim();
const say = (text) => { element("state").textContent = text; };
let socket;

function show(value, more) {
  const text = JSON.stringify(value, null, 2);
  const result = element("result");
  result.textContent = more ? `${text}\n${result.textContent}`.slice(0, 200000) : text;
}

async function post(query, variables) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  if (token()) headers.authorization = `Bearer ${token()}`;
  const response = await fetch("graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  return response.json();
}

async function showViewer() {
  if (!token()) { element("viewer").textContent = "no token yet"; return; }
  try {
    const { data, errors } = await post("{ viewer { name orgId permissions } }");
    element("viewer").textContent = data
      ? `${data.viewer.name}, organisation ${data.viewer.orgId ?? "any"}: ${data.viewer.permissions.join(", ")}`
      : errors[0].message;
  } catch (problem) {
    element("viewer").textContent = `the server does not answer: ${problem.message}`;
  }
}

function stop(reason) {
  element("stop").disabled = true;
  if (socket) { socket.onclose = null; socket.close(1000); socket = undefined; }
  say(reason);
}

function subscribe(query, variables) {
  const address = new URL("graphql/ws", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.hash = "";
  element("result").textContent = "";
  element("stop").disabled = false;
  say("connecting");
  socket = new WebSocket(address, "graphql-transport-ws");
  socket.onopen = () => {
    const payload = token() ? { authorization: `Bearer ${token()}` } : {};
    socket.send(JSON.stringify({ type: "connection_init", payload }));
  };
  socket.onclose = (event) => stop(`closed: ${event.code} ${event.reason}`);
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "connection_ack") {
      say("watching");
      socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query, variables } }));
    } else if (message.type === "next") {
      show(message.payload, true);
    } else if (message.type === "error") {
      show({ errors: message.payload });
      stop("refused");
    } else if (message.type === "complete") {
      stop("complete");
    } else if (message.type === "ping") {
      socket.send(JSON.stringify({ type: "pong" }));
    }
  };
}

async function run() {
  stop("running");
  let variables;
  try {
    variables = element("variables").value.trim() ? JSON.parse(element("variables").value) : undefined;
  } catch (problem) {
    say(`variables are not JSON: ${problem.message}`);
    return;
  }
  const query = element("query").value;
  if (/^\s*(#.*\n\s*)*subscription\b/.test(query)) { subscribe(query, variables); return; }
  const started = performance.now();
  try {
    show(await post(query, variables));
    say(`answered in ${Math.round(performance.now() - started)} ms`);
  } catch (problem) {
    say(`the server does not answer: ${problem.message}`);
  }
}

function choose(index) {
  const { query, variables } = EXAMPLES[index];
  element("query").value = query;
  element("variables").value = variables ? JSON.stringify(variables, null, 2) : "";
}

// The link printed at start carries the token in its fragment; it is read once and leaves the address bar.
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  element("token").value = given;
  history.replaceState(null, "", location.pathname + location.search);
}
EXAMPLES.forEach(({ name }, index) => element("examples").add(new Option(name, String(index))));
element("examples").addEventListener("change", (event) => choose(Number(event.target.value)));
element("token").addEventListener("change", showViewer);
element("run").addEventListener("click", run);
element("stop").addEventListener("click", () => stop("stopped"));
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
choose(0);
showViewer();

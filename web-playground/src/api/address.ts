/** Where the API is: beside the page, under whatever path a proxy puts both. */

export function apiAddress(): string {
  return new URL("graphql", document.baseURI).href;
}

export function socketAddress(): string {
  const address = new URL("graphql/ws", document.baseURI);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

// The real server, started as a newcomer starts it, on free ports and with a data directory of its own.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { until } from "./wait.mjs";

const FREE_PORT = new URL("../../scripts/free-port", import.meta.url).pathname;

export class Platform {
  constructor(binary, options = []) {
    this.binary = binary;
    this.options = options;
    this.directory = mkdtempSync(join(tmpdir(), "connector-pages-"));
    this.children = new Set();
  }

  async start() {
    this.ports ??= execFileSync(FREE_PORT, ["3"], { encoding: "utf8" }).trim().split(" ");
    const [http, management, mqtt] = this.ports;
    this.base = `http://127.0.0.1:${http}`;
    this.broker = `127.0.0.1:${mqtt}`;
    this.environment = {
      ...process.env,
      CLOUD_CONNECTOR__HTTP__PORT: String(http),
      CLOUD_CONNECTOR__MANAGEMENT__PORT: String(management),
      CLOUD_CONNECTOR__MQTT__LISTEN_PORT: String(mqtt),
    };
    this.server = this.spawn(["all-in-one", ...this.options], "server");
    await until(
      "the server says that it is ready",
      () => this.output("server.out").includes("connect a simulated device"),
      60_000,
    );
    this.startLink = /^ {2}(http\S+#token=\S+)$/m.exec(this.output("server.out"))[1];
    this.startToken = this.startLink.split("#token=")[1];
  }

  /** Ends the server as Ctrl-C does. */
  async stop() {
    this.server.kill("SIGINT");
    await once(this.server, "exit");
  }

  /** Simulated devices; `kill()` leaves them to their last will, `quit()` says goodbye. */
  devices(clientId, count) {
    const many = count ? ["--count", String(count)] : [];
    const child = this.spawn(
      ["device", "--client-id", clientId, ...many, "--broker", this.broker],
      `device-${clientId}`,
    );
    return {
      kill: () => child.kill("SIGKILL"),
      quit: async () => {
        child.kill("SIGINT");
        await once(child, "exit");
      },
    };
  }

  token(...options) {
    return this.run("token", "--org", "10000", ...options).trim();
  }

  async ask(query, variables = {}) {
    const response = await fetch(`${this.base}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.startToken}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()).data;
  }

  /** Waits until a search finds so many devices online. */
  async online(search, count) {
    const query = "query($search: String!) { connectionStats(filter: { search: $search }) { online } }";
    await until(`${count} devices like ${search} are online`, async () => {
      const data = await this.ask(query, { search });
      return data?.connectionStats.online === count;
    });
  }

  async end() {
    for (const child of this.children) child.kill("SIGKILL");
    await Promise.all([...this.children].map((child) => child.exitCode ?? child.signalCode ?? once(child, "exit")));
    rmSync(this.directory, { recursive: true, force: true });
  }

  output(name) {
    return readFileSync(join(this.directory, name), "utf8");
  }

  get dataDirectory() {
    return join(this.directory, "data");
  }

  run(...words) {
    const options = { env: this.environment, encoding: "utf8" };
    return execFileSync(this.binary, [...words, "--data-dir", this.dataDirectory], options);
  }

  spawn(words, name) {
    for (const end of ["out", "err"]) writeFileSync(join(this.directory, `${name}.${end}`), "");
    const redirect = `exec "$@" >'${join(this.directory, name)}.out' 2>'${join(this.directory, name)}.err'`;
    const command = ["-c", redirect, "sh", this.binary, ...words, "--data-dir", this.dataDirectory];
    const child = spawn("sh", command, { env: this.environment, stdio: "ignore" });
    this.children.add(child);
    child.once("exit", () => this.children.delete(child));
    return child;
  }
}

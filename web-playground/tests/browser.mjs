// Debian's Chromium, and everything that goes wrong in it: requests to elsewhere, errors on the console, exceptions.
import { chromium } from "playwright-core";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";

export class Browser {
  constructor(platform) {
    this.platform = platform;
    this.problems = [];
    this.expected = [];
  }

  async start() {
    this.chromium = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
  }

  async end() {
    await this.chromium?.close();
  }

  /** Somebody's browser: pages opened in it know each other. */
  async person({ dark = false, width = 1280, height = 800 } = {}) {
    const person = await this.chromium.newContext({
      colorScheme: dark ? "dark" : "light",
      viewport: { width, height },
      permissions: ["clipboard-read", "clipboard-write"],
      reducedMotion: "reduce",
    });
    person.setDefaultTimeout(15_000);
    person.on("page", (page) => this.guard(page));
    return person;
  }

  /** A page with the token of the start link. */
  async open(person, path = "/") {
    const page = await person.newPage();
    await page.goto(`${this.platform.base}${path}#token=${this.platform.startToken}`);
    return page;
  }

  guard(page) {
    page.on("request", (request) => {
      if (isForeign(request.url(), this.platform.base)) this.note(`request to elsewhere: ${request.url()}`);
    });
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.note(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.note(`exception: ${error.message}`));
  }

  note(problem) {
    if (!this.expected.some((pattern) => pattern.test(problem))) this.problems.push(problem);
  }

  /** While something is done, problems that match are part of it. */
  async expecting(pattern, action) {
    this.expected.push(pattern);
    try {
      return await action();
    } finally {
      this.expected.pop();
    }
  }
}

function isForeign(address, base) {
  return !address.startsWith(`${base}/`) && !/^(data|blob):/.test(address);
}

// Says what holds, one line each, and what does not.
import assert from "node:assert/strict";

export class Report {
  constructor(browser) {
    this.browser = browser;
    this.passed = 0;
  }

  /** Runs one check; fails when it throws, or when the browser had problems meanwhile. */
  async check(what, action) {
    await action();
    assert.deepEqual(this.browser.problems, [], `while: ${what}`);
    this.passed += 1;
    console.log(`ok ${this.passed} - ${what}`);
  }
}

// Pictures for the README: WebP, which is a fifth of PNG.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export class Pictures {
  constructor(directory) {
    this.directory = directory;
  }

  async take(page, name) {
    if (!this.directory) return;
    const session = await page.context().newCDPSession(page);
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 80 });
    await session.detach();
    mkdirSync(this.directory, { recursive: true });
    writeFileSync(join(this.directory, `${name}.webp`), Buffer.from(data, "base64"));
  }
}

// What a page weighs before anything is clicked: as the browser asked for it, and as those who take gzip only do.
import assert from "node:assert/strict";
import { get } from "node:http";

export async function assertFirstLoad(page, address, budget, isThere) {
  const loaded = [];
  const note = (request) => loaded.push(request);
  page.on("requestfinished", note);
  await page.goto(address);
  await isThere();
  await page.waitForLoadState("networkidle");
  page.off("requestfinished", note);
  const files = loaded.filter((request) => request.method() === "GET" && request.url().startsWith("http"));
  const sizes = await Promise.all(files.map(async (request) => (await request.sizes()).responseBodySize));
  const zipped = await Promise.all(files.map((request) => sizeInGzip(request.url())));
  for (const [coding, sum] of [
    ["br", total(sizes)],
    ["gzip", total(zipped)],
  ]) {
    assert.ok(
      sum > 50_000 && sum <= budget,
      `first load of ${new URL(address).pathname}: ${sum} bytes in ${coding}, ${budget} allowed`,
    );
  }
  console.log(
    `# first load of ${new URL(address).pathname}: ${total(sizes)} bytes, ${total(zipped)} in gzip, ${files.length} files`,
  );
}

function total(sizes) {
  return sizes.reduce((sum, size) => sum + size, 0);
}

function sizeInGzip(address) {
  return new Promise((resolve, reject) => {
    get(address, { headers: { "accept-encoding": "gzip" } }, (response) => {
      let size = 0;
      response.on("data", (chunk) => (size += chunk.length));
      response.on("end", () => resolve(size));
    }).on("error", reject);
  });
}

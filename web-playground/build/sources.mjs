// A digest of everything the built pages are made from. `server/tests/it/page.rs` computes the same and fails when the
// committed pages were built from something else.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));

const files = ["index.html", "fleet.html", "package-lock.json", "vite.config.ts"].map(
  (name) => `web-playground/${name}`,
);

export function sourcesDigest() {
  const sources = [
    ...files,
    ...filesUnder("web-playground/src").filter((path) => !/\.test\.tsx?$|\/schema\.d\.ts$/.test(path)),
    ...filesUnder("examples").filter((path) => /^examples\/[^/]+\.(graphql|variables\.json)$/.test(path)),
  ];
  const digest = createHash("sha256");
  for (const path of sources.sort()) {
    digest.update(
      `${path}\n${createHash("sha256")
        .update(readFileSync(repository + path))
        .digest("hex")}\n`,
    );
  }
  return digest.digest("hex");
}

function filesUnder(root) {
  return readdirSync(repository + root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.slice(repository.length)}/${entry.name}`);
}

// Takes what Vite built and keeps it compressed in `dist/`, as it is committed and put into the server. With `--check` it
// only says whether `dist/` was made from the present sources.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

import { sourcesDigest } from "./sources.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [built, kept] = [join(here, ".build"), join(here, "dist")];
const record = join(kept, "sources.sha256");

if (process.argv.includes("--check")) check();
else pack();

function check() {
  if (readFileSync(record, "utf8").trim() === sourcesDigest()) return;
  console.error("web-playground/dist was not built from these sources: run `make ui`");
  process.exitCode = 1;
}

function pack() {
  rmSync(kept, { recursive: true, force: true });
  let bytes = 0;
  for (const file of filesOf(built)) {
    const target = join(kept, `${relative(built, file)}.br`);
    const text = readFileSync(file);
    const options = {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    };
    const packed = brotliCompressSync(text, { params: options });
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, packed);
    bytes += packed.length;
  }
  writeFileSync(record, `${sourcesDigest()}\n`);
  console.log(`web-playground/dist: ${Math.round(bytes / 1024)} KiB`);
}

function filesOf(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

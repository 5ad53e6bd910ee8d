// Waiting for conditions, never for time to pass.

const PATIENCE_MS = 20_000;

export async function until(what, condition, patience = PATIENCE_MS) {
  const deadline = Date.now() + patience;
  for (;;) {
    const value = await Promise.resolve(condition()).catch(() => undefined);
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${patience / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

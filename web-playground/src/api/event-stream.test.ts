import { afterEach, expect, test, vi } from "vitest";

import { subscribeOverEvents } from "./event-stream";

afterEach(() => vi.unstubAllGlobals());

/** A server that streams these pieces. */
function streaming(...pieces: string[]): void {
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  const response = { headers: new Headers({ "content-type": "text/event-stream" }), body };
  vi.stubGlobal("fetch", () => Promise.resolve(response));
}

function follow(): Promise<{ answers: unknown[]; error: Error | undefined }> {
  const answers: unknown[] = [];
  return new Promise((resolve) => {
    subscribeOverEvents(
      { query: "subscription { x }" },
      {},
      {
        next: (answer) => answers.push(answer),
        ended: (error) => resolve({ answers, error }),
      },
    );
  });
}

test("events arrive whole, however the network cut them, and comments are no events", async () => {
  streaming(
    ": alive\n\nevent: next\nda",
    'ta: {"data":{"x":1}}\n',
    '\n: alive\n\nevent: next\r\ndata: {"data":{"x":2}}\r\n\r\n',
    "event: complete\ndata:\n\n",
  );
  expect(await follow()).toEqual({ answers: [{ data: { x: 1 } }, { data: { x: 2 } }], error: undefined });
});

test("a stream that ends without being completed broke off", async () => {
  streaming('event: next\ndata: {"data":{"x":1}}\n\n');
  expect((await follow()).error?.message).toBe("the stream broke off");
});

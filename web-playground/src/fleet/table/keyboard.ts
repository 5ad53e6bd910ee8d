/** Keys that work wherever nothing is being typed: `/` searches, `j` and `k` go down and up the rows. */

export function followKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

const keys: Record<string, () => void> = {
  "/": () => document.querySelector<HTMLInputElement>("#cc-search input")?.focus(),
  j: () => step(1),
  k: () => step(-1),
};

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}

function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-device]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at < 0 && by < 0 ? rows.length - 1 : at + by;
  rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
}

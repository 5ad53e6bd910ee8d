/**
 * GraphiQL calls a list item a tab although it holds two buttons, which assistive technology cannot reach then
 * (axe: nested-interactive). As a plain list of buttons they can.
 */

export function correctTabRoles(page: HTMLElement): void {
  const observer = new MutationObserver(() => correct(page));
  observer.observe(page, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["aria-selected", "role"],
  });
}

function correct(page: HTMLElement): void {
  for (const list of page.querySelectorAll(".graphiql-tabs[role]")) list.removeAttribute("role");
  for (const item of page.querySelectorAll(".graphiql-tab")) {
    const isActive = item.classList.contains("graphiql-tab-active");
    item.removeAttribute("role");
    item.removeAttribute("aria-selected");
    const button = item.querySelector(".graphiql-tab-button");
    button?.removeAttribute("aria-controls");
    if (isActive) button?.setAttribute("aria-current", "true");
    else button?.removeAttribute("aria-current");
  }
}

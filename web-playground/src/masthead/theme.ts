/** Light or dark: as the system says, until the person chooses. The choice is remembered; it is no secret. */
import { type Store, store } from "../store";

export type Theme = "light" | "dark" | "system";

const KEY = "cloud-connector-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export const theme: Store<Theme> = store(remembered());

/** Shows the theme from now on. */
export function followTheme(): void {
  show();
  theme.watch(() => {
    localStorage.setItem(KEY, theme.get());
    show();
  });
  system.addEventListener("change", show);
}

export function isDark(choice: Theme): boolean {
  return choice === "system" ? system.matches : choice === "dark";
}

function show(): void {
  const dark = isDark(theme.get());
  document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
}

function remembered(): Theme {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : "system";
}

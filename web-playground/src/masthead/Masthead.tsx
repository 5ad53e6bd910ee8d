/** The bar above both pages: where one is, who one is, light or dark. */
import type { ReactNode } from "react";

import icon from "./icon.svg";
import { ThemeButton } from "./ThemeButton";
import { ViewerBadge } from "./ViewerBadge";
import "./fonts.css";
import "./masthead.css";

/** Each page keeps a tab of its own, so that one can watch the fleet while trying the API; see `session.ts`. */
const pages = [
  { name: "Playground", address: "./", tab: "cloud-connector-playground" },
  { name: "Fleet", address: "./fleet", tab: "cloud-connector-fleet" },
] as const;

type PageName = (typeof pages)[number]["name"];

interface MastheadProps {
  page: PageName;
  /** What the page itself has to say. */
  children?: ReactNode;
}

export function Masthead({ page, children }: MastheadProps) {
  return (
    <header className="cc-masthead">
      <a className="cc-skip" href="#main">
        Skip to content
      </a>
      <span className="cc-brand">
        <img src={icon} alt="" width={28} height={28} />
        <span className="cc-brand-name">Cloud Connector</span>
      </span>
      <nav aria-label="Pages">
        {pages.map(({ name, address, tab }) =>
          name === page ? (
            <a key={name} href={address} aria-current="page" onClick={(event) => event.preventDefault()}>
              {name}
            </a>
          ) : (
            <a key={name} href={address} target={tab}>
              {name}
            </a>
          ),
        )}
      </nav>
      <div className="cc-masthead-end">
        {children}
        <ViewerBadge />
        <ThemeButton />
      </div>
    </header>
  );
}

/** Makes this tab the one that links of the other page lead to. */
export function claimTab(page: PageName): void {
  window.name = pages.find(({ name }) => name === page)?.tab ?? "";
}

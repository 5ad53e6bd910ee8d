import { Button } from "@patternfly/react-core";
import { MoonIcon } from "@patternfly/react-icons/dist/esm/icons/moon-icon";
import { SunIcon } from "@patternfly/react-icons/dist/esm/icons/sun-icon";

import { useStore } from "../store";

import { isDark, theme } from "./theme";

export function ThemeButton() {
  const dark = isDark(useStore(theme));
  return (
    <Button
      variant="plain"
      aria-label={dark ? "Use the light theme" : "Use the dark theme"}
      icon={dark ? <SunIcon /> : <MoonIcon />}
      onClick={() => theme.set(dark ? "light" : "dark")}
    />
  );
}

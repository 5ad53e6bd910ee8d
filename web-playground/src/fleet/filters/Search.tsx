/** Free text over client id, FQDN and addresses; asked when typing pauses. */
import { useEffect, useState } from "react";

import { SearchInput } from "@patternfly/react-core";

import { useStore } from "../../store";
import { search, view } from "../view/address";

const PAUSE_MS = 250;

export function Search() {
  const current = useStore(view).search;
  const [text, setText] = useState(current);
  useEffect(() => setText(current), [current]);
  useEffect(() => {
    if (text === current) return;
    const timer = setTimeout(() => search(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, current]);
  return (
    <SearchInput
      id="cc-search"
      className="cc-search"
      aria-label="Search client id, FQDN and addresses"
      placeholder="Client id, FQDN, address  ( / )"
      value={text}
      onChange={(_, value) => setText(value)}
      onClear={() => setText("")}
    />
  );
}

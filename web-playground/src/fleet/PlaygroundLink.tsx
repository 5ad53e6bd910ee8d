/** Opens what this part of the page asks, or does, in the playground. */
import { useEffect, useState } from "react";

import { CodeIcon } from "@patternfly/react-icons/dist/esm/icons/code-icon";

import { type Document, textOf } from "../api/document";
import { fragmentOf } from "../playground/share-link";

interface PlaygroundLinkProps<Data, Variables> {
  document: Document<Data, Variables>;
  variables: Variables;
}

export function PlaygroundLink<Data, Variables>({ document, variables }: PlaygroundLinkProps<Data, Variables>) {
  const query = textOf(document);
  const text = JSON.stringify(variables, null, 2);
  const [fragment, setFragment] = useState("");
  useEffect(() => {
    let isCurrent = true;
    void fragmentOf({ query, variables: text }).then((made) => isCurrent && setFragment(made));
    return () => {
      isCurrent = false;
    };
  }, [query, text]);
  return (
    <a className="cc-playground-link" href={`./${fragment}`} target="cloud-connector-playground">
      <CodeIcon aria-hidden /> Open in the playground
    </a>
  );
}

/** The filters in force, each to be taken away. */
import { Button, Label, LabelGroup } from "@patternfly/react-core";

import { useStore } from "../../store";
import { narrow, view } from "../view/address";
import { type View, firstView } from "../view/view";

type Kind = "tags" | "dispatchers" | "versions";

const names: Record<Kind, string> = { tags: "Tags", dispatchers: "Dispatchers", versions: "Versions" };

export function Chips() {
  const current = useStore(view);
  const kinds = (Object.keys(names) as Kind[]).filter((kind) => current[kind].length > 0);
  if (kinds.length === 0) return null;
  return (
    <div className="cc-chips">
      {kinds.map((kind) => (
        <LabelGroup key={kind} categoryName={names[kind]} numLabels={10}>
          {current[kind].map((value) => (
            <Label
              key={value}
              onClose={() => narrow(without(current, kind, value))}
              closeBtnAriaLabel={`Remove ${value}`}
            >
              {value}
            </Label>
          ))}
        </LabelGroup>
      ))}
      <Button variant="link" isInline onClick={() => narrow(everything)}>
        Clear filters
      </Button>
    </div>
  );
}

export const everything: Partial<View> = {
  search: "",
  state: undefined,
  tags: firstView.tags,
  dispatchers: firstView.dispatchers,
  versions: firstView.versions,
};

function without(current: View, kind: Kind, value: string): Partial<View> {
  return { [kind]: current[kind].filter((one) => one !== value) };
}

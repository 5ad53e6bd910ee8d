/** Adds a label that devices must have. */
import { type FormEvent, useState } from "react";

import { Button, InputGroup, InputGroupItem, TextInput } from "@patternfly/react-core";
import { PlusIcon } from "@patternfly/react-icons/dist/esm/icons/plus-icon";

import { useStore } from "../../store";
import { narrow, view } from "../view/address";

export function TagInput() {
  const { tags } = useStore(view);
  const [text, setText] = useState("");
  const add = (event: FormEvent) => {
    event.preventDefault();
    const tag = text.trim();
    if (tag && !tags.includes(tag)) narrow({ tags: [...tags, tag] });
    setText("");
  };
  return (
    <form onSubmit={add}>
      <InputGroup>
        <InputGroupItem isFill>
          <TextInput
            aria-label="Tag, as key or key=value"
            placeholder="Tag: key=value"
            value={text}
            onChange={(_, value) => setText(value)}
          />
        </InputGroupItem>
        <InputGroupItem>
          <Button type="submit" variant="control" aria-label="Filter by this tag" icon={<PlusIcon />} />
        </InputGroupItem>
      </InputGroup>
    </form>
  );
}

/** A menu of things to tick. */
import { useState } from "react";

import { Badge, MenuToggle, Select, SelectList, SelectOption } from "@patternfly/react-core";

export interface Choice {
  value: string;
  text: string;
  hint?: string;
}

interface CheckMenuProps {
  name: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChoose: (chosen: string[]) => void;
  onOpen?: () => void;
  /** Says how many are chosen. */
  isCounted?: boolean;
}

export function CheckMenu({ name, choices, chosen, onChoose, onOpen, isCounted = false }: CheckMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const open = (next: boolean) => {
    if (next) onOpen?.();
    setOpen(next);
  };
  const toggle = (value: string) =>
    onChoose(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <Select
      isOpen={isOpen}
      onOpenChange={open}
      onSelect={(_, value) => toggle(String(value))}
      isScrollable
      role="menu"
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          isExpanded={isOpen}
          onClick={() => open(!isOpen)}
          badge={isCounted && chosen.length > 0 && <Badge isRead>{chosen.length}</Badge>}
        >
          {name}
        </MenuToggle>
      )}
    >
      <SelectList aria-label={name}>
        {choices.length === 0 && <SelectOption isDisabled>none reported</SelectOption>}
        {choices.map(({ value, text, hint }) => (
          <SelectOption key={value} value={value} hasCheckbox isSelected={chosen.includes(value)} description={hint}>
            {text}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  );
}

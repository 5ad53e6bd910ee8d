/** A field for JSON that says at once what is wrong with it. */
import { FormGroup, FormHelperText, HelperText, HelperTextItem, TextArea } from "@patternfly/react-core";

import type { Checked } from "./json";

interface JsonInputProps {
  id: string;
  label: string;
  rows: number;
  text: string;
  check: (text: string) => Checked;
  onChange: (text: string) => void;
}

export function JsonInput({ id, label, rows, text, check, onChange }: JsonInputProps) {
  const result = check(text);
  const tidy = () => {
    if (result.ok && result.value !== null) onChange(JSON.stringify(result.value, null, 2));
  };
  return (
    <FormGroup label={label} fieldId={id}>
      <TextArea
        id={id}
        rows={rows}
        className="cc-mono"
        spellCheck={false}
        value={text}
        validated={result.ok ? "default" : "error"}
        aria-describedby={`${id}-problem`}
        resizeOrientation="vertical"
        onChange={(_, value) => onChange(value)}
        onBlur={tidy}
      />
      <FormHelperText>
        <HelperText id={`${id}-problem`} aria-live="polite">
          {!result.ok && <HelperTextItem variant="error">{result.problem}</HelperTextItem>}
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}

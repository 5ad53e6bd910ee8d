/** The fields of one kind of credentials. */
import type { ReactNode } from "react";

import { FormGroup, FormHelperText, HelperText, HelperTextItem, TextArea, TextInput } from "@patternfly/react-core";

import type { Draft, Kind } from "./credentials-draft";

interface FieldsProps {
  kind: Kind;
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}

export function CredentialsFields({ kind, draft, onChange }: FieldsProps) {
  switch (kind) {
    case "token":
      return (
        <Field id="cc-token" label="Token" hint="cloud-connector token --org 10000 prints one.">
          <Secret id="cc-token" value={draft.token} onChange={(token) => onChange({ token })} />
        </Field>
      );
    case "identity":
      return (
        <Field
          id="cc-identity"
          label="Identity (x-rh-identity)"
          hint="As JSON, or encoded in base64. Where the server takes it."
        >
          <TextArea
            id="cc-identity"
            rows={9}
            spellCheck={false}
            className="cc-mono"
            value={draft.identity}
            onChange={(_, identity) => onChange({ identity })}
          />
        </Field>
      );
    case "key":
      return (
        <>
          <Field id="cc-client" label="Client id of the service">
            <Plain id="cc-client" value={draft.clientId} onChange={(clientId) => onChange({ clientId })} />
          </Field>
          <Field id="cc-key" label="Pre-shared key">
            <Secret id="cc-key" value={draft.key} onChange={(key) => onChange({ key })} />
          </Field>
          <Field id="cc-org" label="Organisation to act for">
            <Plain id="cc-org" value={draft.orgId} onChange={(orgId) => onChange({ orgId })} />
          </Field>
          <Field id="cc-account" label="Or its account number">
            <Plain
              id="cc-account"
              value={draft.accountNumber}
              onChange={(accountNumber) => onChange({ accountNumber })}
            />
          </Field>
        </>
      );
  }
}

function Field({ id, label, hint, children }: { id: string; label: string; hint?: string; children: ReactNode }) {
  return (
    <FormGroup label={label} fieldId={id}>
      {children}
      {hint && (
        <FormHelperText>
          <HelperText>
            <HelperTextItem>{hint}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}

interface InputProps {
  id: string;
  value: string;
  onChange: (value: string) => void;
}

function Secret({ id, value, onChange }: InputProps) {
  return (
    <TextInput
      id={id}
      type="password"
      autoComplete="off"
      spellCheck="false"
      value={value}
      onChange={(_, text) => onChange(text)}
    />
  );
}

function Plain({ id, value, onChange }: InputProps) {
  return (
    <TextInput id={id} autoComplete="off" spellCheck="false" value={value} onChange={(_, text) => onChange(text)} />
  );
}

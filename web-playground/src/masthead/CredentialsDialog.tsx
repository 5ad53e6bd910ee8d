/** Where credentials are given. They stay in memory: see `session.ts`. */
import { type FormEvent, useState } from "react";

import {
  Alert,
  Button,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextArea,
  TextInput,
  ToggleGroup,
  ToggleGroupItem,
} from "@patternfly/react-core";

import { type Credentials, noCredentials } from "../api/credentials";
import { credentials } from "../session/session";
import { viewer } from "../session/viewer";
import { useStore } from "../store";

type Kind = Exclude<Credentials["kind"], "none">;

const FORM = "cc-credentials";

const kinds: { kind: Kind; name: string }[] = [
  { kind: "token", name: "Token (JWT)" },
  { kind: "identity", name: "Identity header" },
  { kind: "key", name: "Pre-shared key" },
];

const identityTemplate = `{
  "identity": {
    "type": "User",
    "org_id": "10000",
    "account_number": "111000",
    "user": { "username": "developer" }
  }
}`;

interface Draft {
  token: string;
  identity: string;
  clientId: string;
  key: string;
  orgId: string;
  accountNumber: string;
}

export default function CredentialsDialog({ onClose }: { onClose: () => void }) {
  const current = credentials.get();
  const [kind, setKind] = useState<Kind>(current.kind === "none" ? "token" : current.kind);
  const [draft, setDraft] = useState<Draft>(() => draftOf(current));
  const state = useStore(viewer);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const take = (chosen: Credentials) => {
    credentials.set(chosen);
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    take(credentialsOf(kind, draft));
  };
  return (
    <Modal isOpen onClose={onClose} variant="medium" aria-labelledby="cc-credentials-title">
      <ModalHeader
        title="Credentials"
        labelId="cc-credentials-title"
        description="Sent with queries, mutations and subscriptions. Kept in memory only: gone when the last of these pages is closed."
      />
      <ModalBody>
        {state.kind === "refused" && <Alert variant="danger" isInline title={`The server said: ${state.message}`} />}
        <Form id={FORM} onSubmit={submit} autoComplete="off">
          <ToggleGroup aria-label="Kind of credentials">
            {kinds.map((one) => (
              <ToggleGroupItem
                key={one.kind}
                text={one.name}
                buttonId={`cc-kind-${one.kind}`}
                isSelected={kind === one.kind}
                onChange={() => setKind(one.kind)}
              />
            ))}
          </ToggleGroup>
          <Fields kind={kind} draft={draft} onChange={change} />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form={FORM} isDisabled={!isComplete(kind, draft)}>
          Use these
        </Button>
        {current.kind !== "none" && (
          <Button variant="secondary" isDanger onClick={() => take(noCredentials)}>
            Forget
          </Button>
        )}
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}

interface FieldsProps {
  kind: Kind;
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}

function Fields({ kind, draft, onChange }: FieldsProps) {
  switch (kind) {
    case "token":
      return (
        <Field id="cc-token" label="Token" hint="cloud-connector token --org 10000 prints one.">
          <Secret id="cc-token" value={draft.token} onChange={(token) => onChange({ token })} />
        </Field>
      );
    case "identity":
      return (
        <Field id="cc-identity" label="Identity (x-rh-identity)" hint="As JSON, or encoded in base64. Where the server takes it.">
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
            <Plain id="cc-account" value={draft.accountNumber} onChange={(accountNumber) => onChange({ accountNumber })} />
          </Field>
        </>
      );
  }
}

function Field({ id, label, hint, children }: { id: string; label: string; hint?: string; children: React.ReactNode }) {
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
  return <TextInput id={id} autoComplete="off" spellCheck="false" value={value} onChange={(_, text) => onChange(text)} />;
}

function draftOf(current: Credentials): Draft {
  const empty = { token: "", identity: identityTemplate, clientId: "", key: "", orgId: "", accountNumber: "" };
  return { ...empty, ...current };
}

function credentialsOf(kind: Kind, draft: Draft): Credentials {
  switch (kind) {
    case "token":
      return { kind, token: draft.token.trim().replace(/^bearer\s+/i, "") };
    case "identity":
      return { kind, identity: draft.identity };
    case "key":
      return { kind, clientId: draft.clientId, key: draft.key, orgId: draft.orgId, accountNumber: draft.accountNumber };
  }
}

function isComplete(kind: Kind, draft: Draft): boolean {
  const needed = { token: [draft.token], identity: [draft.identity], key: [draft.clientId, draft.key] }[kind];
  return needed.every((value) => value.trim() !== "");
}

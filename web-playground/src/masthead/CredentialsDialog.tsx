/** Where credentials are given. They stay in memory: see `session.ts`. */
import { type FormEvent, useState } from "react";

import {
  Alert,
  Button,
  Form,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  ToggleGroup,
  ToggleGroupItem,
} from "@patternfly/react-core";

import { type Credentials, noCredentials } from "../api/credentials";
import { credentials } from "../session/session";
import { viewer } from "../session/viewer";
import { useStore } from "../store";

import { CredentialsFields } from "./CredentialsFields";
import { type Draft, type Kind, credentialsOf, draftOf, isComplete } from "./credentials-draft";

const FORM = "cc-credentials";

const kinds: { kind: Kind; name: string }[] = [
  { kind: "token", name: "Token (JWT)" },
  { kind: "identity", name: "Identity header" },
  { kind: "key", name: "Pre-shared key" },
];

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
          <CredentialsFields kind={kind} draft={draft} onChange={change} />
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

/** Sends a message to one of the device's workers: checked first, if one likes, and watched afterwards. */
import { type FormEvent, useState } from "react";

import {
  ActionGroup,
  Alert,
  Button,
  Form,
  FormGroup,
  FormSelect,
  FormSelectOption,
  TextInput,
} from "@patternfly/react-core";

import { ask } from "../../session/api";
import { SendMessage, type SendMessageInput } from "../documents/action";
import { PlaygroundLink } from "../PlaygroundLink";

import { checked, checkedMetadata } from "./json";
import { JsonInput } from "./JsonInput";
import { LiveDelivery } from "./LiveDelivery";
import { type Outcome, outcomeOf } from "./outcome";

interface SendFormProps {
  clientId: string;
  isOnline: boolean;
  dispatchers: readonly string[];
}

interface Draft {
  directive: string;
  content: string;
  metadata: string;
  seconds: string;
}

export function SendForm({ clientId, isOnline, dispatchers }: SendFormProps) {
  const [draft, setDraft] = useState<Draft>({
    directive: "",
    content: '{\n  "hello": "world"\n}',
    metadata: "",
    seconds: "300",
  });
  const [outcome, setOutcome] = useState<Outcome>();
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const directive = draft.directive || dispatchers[0] || "";
  const input = inputOf(clientId, directive, draft);
  const send = async (dryRun: boolean) => {
    if (!input) return;
    setBusy(true);
    setOutcome(
      await outcomeOf(ask(SendMessage, { input: { ...input, dryRun } }).then(({ sendMessage }) => sendMessage)),
    );
    setBusy(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(false);
  };
  return (
    <Form onSubmit={submit} aria-label={`Send a message to ${clientId}`}>
      {!isOnline && (
        <Alert
          variant="warning"
          isInline
          isPlain
          title="The device is offline: the server would refuse a message now"
        />
      )}
      <FormGroup label="Dispatcher" fieldId="cc-directive">
        <FormSelect id="cc-directive" value={directive} onChange={(_, value) => change({ directive: value })}>
          {dispatchers.length === 0 && <FormSelectOption value="" label="the device reports none" isDisabled />}
          {dispatchers.map((name) => (
            <FormSelectOption key={name} value={name} label={name} />
          ))}
        </FormSelect>
      </FormGroup>
      <JsonInput
        id="cc-content"
        label="Content (JSON)"
        rows={5}
        text={draft.content}
        check={checked}
        onChange={(content) => change({ content })}
      />
      <JsonInput
        id="cc-metadata"
        label="Metadata (JSON, strings only)"
        rows={2}
        text={draft.metadata}
        check={checkedMetadata}
        onChange={(metadata) => change({ metadata })}
      />
      <FormGroup label="Give up after, in seconds" fieldId="cc-seconds">
        <TextInput
          id="cc-seconds"
          type="number"
          min={1}
          value={draft.seconds}
          onChange={(_, seconds) => change({ seconds })}
        />
      </FormGroup>
      <ActionGroup>
        <Button type="submit" isDisabled={!input || isBusy}>
          Send
        </Button>
        <Button variant="secondary" isDisabled={!input || isBusy} onClick={() => void send(true)}>
          Check only
        </Button>
        {input && <PlaygroundLink document={SendMessage} variables={{ input }} />}
      </ActionGroup>
      {outcome && <OutcomeView outcome={outcome} />}
    </Form>
  );
}

function OutcomeView({ outcome }: { outcome: Outcome }) {
  switch (outcome.kind) {
    case "sent":
      return <LiveDelivery key={outcome.message.messageId} sent={outcome.message} />;
    case "checked":
      return <Alert variant="success" isInline isLiveRegion title="Nothing wrong with it; nothing was sent" />;
    case "refused":
      return <Alert variant="danger" isInline isLiveRegion title={`Refused: ${outcome.reasons.join("; ")}`} />;
  }
}

/** The API's input; `undefined` while something in the form is wrong. */
function inputOf(clientId: string, directive: string, draft: Draft): SendMessageInput | undefined {
  const content = checked(draft.content);
  const metadata = checkedMetadata(draft.metadata);
  const expiresInSeconds = Number(draft.seconds);
  if (!directive || !content.ok || !metadata.ok || !Number.isInteger(expiresInSeconds) || expiresInSeconds < 1)
    return undefined;
  return {
    clientId,
    directive,
    content: content.value,
    ...(metadata.value !== null && { metadata: metadata.value as Record<string, string> }),
    expiresInSeconds,
  };
}

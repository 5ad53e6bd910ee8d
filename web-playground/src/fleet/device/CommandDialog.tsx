/** Asks before a device is cut off, and names it. */
import { type FormEvent, useState } from "react";

import { Button, Form, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";

export interface CommandInput {
  delaySeconds: number;
  reason: string;
}

interface CommandDialogProps {
  command: "reconnect" | "disconnect";
  clientId: string;
  onConfirm: (input: CommandInput) => void;
  onCancel: () => void;
}

const FORM = "cc-command";
const LONGEST_DELAY = 3600;
const LONGEST_REASON = 200;

export function CommandDialog({ command, clientId, onConfirm, onCancel }: CommandDialogProps) {
  const [delay, setDelay] = useState("5");
  const [reason, setReason] = useState("");
  const delaySeconds = Number(delay);
  const isValid = Number.isInteger(delaySeconds) && delaySeconds >= 0 && delaySeconds <= LONGEST_DELAY;
  const isReconnect = command === "reconnect";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isValid) onConfirm({ delaySeconds, reason });
  };
  return (
    <Modal
      isOpen
      variant="small"
      onClose={onCancel}
      aria-labelledby="cc-command-title"
      aria-describedby="cc-command-text"
    >
      <ModalHeader
        title={isReconnect ? `Reconnect ${clientId}?` : `Disconnect ${clientId}?`}
        titleIconVariant={isReconnect ? "info" : "warning"}
        labelId="cc-command-title"
      />
      <ModalBody>
        <p id="cc-command-text">
          {isReconnect
            ? "The device drops its link and comes back after the delay."
            : "The device drops its link and stays away until somebody starts it again on the host."}
        </p>
        <Form id={FORM} onSubmit={submit}>
          {isReconnect && (
            <FormGroup label="Seconds to stay away, 0 to 3600" fieldId="cc-delay">
              <TextInput
                id="cc-delay"
                type="number"
                min={0}
                max={LONGEST_DELAY}
                value={delay}
                validated={isValid ? "default" : "error"}
                onChange={(_, value) => setDelay(value)}
              />
            </FormGroup>
          )}
          <FormGroup label="Reason, shown in the device's log" fieldId="cc-reason">
            <TextInput
              id="cc-reason"
              maxLength={LONGEST_REASON}
              value={reason}
              onChange={(_, value) => setReason(value)}
            />
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form={FORM} variant={isReconnect ? "primary" : "danger"} isDisabled={!isValid}>
          {isReconnect ? "Reconnect" : "Disconnect"}
        </Button>
        <Button variant="link" onClick={onCancel}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}

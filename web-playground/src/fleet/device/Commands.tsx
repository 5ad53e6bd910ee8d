/** What a device can be told: to answer, to come back, to stay away. The last two are asked about first. */
import { useState } from "react";

import { Alert, Button } from "@patternfly/react-core";

import { ask } from "../../session/api";
import { mayDo, viewer } from "../../session/viewer";
import { useStore } from "../../store";
import { Disconnect, Ping, Reconnect } from "../documents/action";
import { LiveDelivery } from "../message/LiveDelivery";
import { type Outcome, outcomeOf } from "../message/outcome";

import { CommandDialog, type CommandInput } from "./CommandDialog";

type Asked = "reconnect" | "disconnect";

export function Commands({ clientId }: { clientId: string }) {
  const [asked, setAsked] = useState<Asked>();
  const [done, setDone] = useState<{ what: string; outcome: Outcome }>();
  const may = mayDo(useStore(viewer), "CONNECTION_COMMAND");
  const run = async (what: string, outcome: Promise<Outcome>) => {
    setAsked(undefined);
    setDone({ what, outcome: await outcome });
  };
  return (
    <>
      <div className="cc-row" role="group" aria-label="Commands">
        <Button variant="secondary" size="sm" isDisabled={!may} onClick={() => void run("Ping", ping(clientId))}>
          Ping
        </Button>
        <Button variant="secondary" size="sm" isDisabled={!may} onClick={() => setAsked("reconnect")}>
          Reconnect…
        </Button>
        <Button variant="secondary" size="sm" isDanger isDisabled={!may} onClick={() => setAsked("disconnect")}>
          Disconnect…
        </Button>
        {!may && <span className="cc-subtle">Commands need the permission CONNECTION_COMMAND.</span>}
      </div>
      {done && <Done {...done} onClose={() => setDone(undefined)} />}
      {asked && (
        <CommandDialog
          command={asked}
          clientId={clientId}
          onCancel={() => setAsked(undefined)}
          onConfirm={(input) =>
            void run(asked === "reconnect" ? "Reconnect" : "Disconnect", tell(asked, clientId, input))
          }
        />
      )}
    </>
  );
}

interface DoneProps {
  what: string;
  outcome: Outcome;
  onClose: () => void;
}

function Done({ what, outcome, onClose }: DoneProps) {
  if (outcome.kind !== "sent") {
    const reasons = outcome.kind === "refused" ? outcome.reasons.join("; ") : "";
    return <Alert variant="danger" isInline isLiveRegion title={`${what} refused: ${reasons}`} />;
  }
  return (
    <section className="cc-done" aria-label={what}>
      <div className="cc-row">
        <h3>{what}</h3>
        <Button variant="link" isInline onClick={onClose}>
          Hide
        </Button>
      </div>
      <LiveDelivery key={outcome.message.messageId} sent={outcome.message} />
    </section>
  );
}

function ping(clientId: string): Promise<Outcome> {
  return outcomeOf(ask(Ping, { input: { clientId } }).then((answer) => answer.ping));
}

function tell(command: Asked, clientId: string, { delaySeconds, reason }: CommandInput): Promise<Outcome> {
  const why = reason.trim() ? { reason: reason.trim() } : {};
  return outcomeOf(
    command === "reconnect"
      ? ask(Reconnect, { input: { clientId, delaySeconds, ...why } }).then((answer) => answer.reconnect)
      : ask(Disconnect, { input: { clientId, ...why } }).then((answer) => answer.disconnect),
  );
}

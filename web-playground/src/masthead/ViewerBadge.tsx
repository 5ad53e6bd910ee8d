/** Who the server says that one is and what one may do: the answer to "why is my list empty?". */
import { Suspense, lazy, useState } from "react";

import {
  Button,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Label,
  LabelGroup,
  Popover,
} from "@patternfly/react-core";
import { ExclamationTriangleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";
import { KeyIcon } from "@patternfly/react-icons/dist/esm/icons/key-icon";
import { UserIcon } from "@patternfly/react-icons/dist/esm/icons/user-icon";

import { type Viewer, type ViewerState, viewer } from "../session/viewer";
import { useStore } from "../store";

const CredentialsDialog = lazy(() => import("./CredentialsDialog"));

const methods: Record<string, string> = {
  JWT: "Token (JWT)",
  IDENTITY_HEADER: "Identity header",
  PRE_SHARED_KEY: "Pre-shared key",
};

export function ViewerBadge() {
  const state = useStore(viewer);
  const [editing, setEditing] = useState(false);
  const edit = () => setEditing(true);
  return (
    <>
      {state.kind === "known" ? <Known viewer={state.viewer} onEdit={edit} /> : <Unknown state={state} onEdit={edit} />}
      {editing && (
        <Suspense fallback={null}>
          <CredentialsDialog onClose={() => setEditing(false)} />
        </Suspense>
      )}
    </>
  );
}

function Known({ viewer, onEdit }: { viewer: Viewer; onEdit: () => void }) {
  return (
    <Popover
      aria-label="You, as the server sees you"
      bodyContent={(hide) => (
        <Details
          viewer={viewer}
          onEdit={() => {
            hide();
            onEdit();
          }}
        />
      )}
      minWidth="20rem"
    >
      <Button variant="tertiary" className="cc-viewer" icon={<UserIcon />}>
        <span className="cc-viewer-name">{viewer.name}</span>
        <span className="cc-viewer-org">{viewer.orgId ? `org ${viewer.orgId}` : "every organisation"}</span>
      </Button>
    </Popover>
  );
}

function Details({ viewer, onEdit }: { viewer: Viewer; onEdit: () => void }) {
  return (
    <div className="cc-viewer-details">
      <h2>You, as the server sees you</h2>
      <DescriptionList isHorizontal isCompact aria-label="Viewer">
        <Fact name="Name" value={viewer.name} />
        <Fact name="Known by" value={methods[viewer.authMethod] ?? viewer.authMethod} />
        <Fact name="Organisation" value={viewer.orgId ?? "none named"} />
        <Fact name="Account" value={viewer.accountNumber ?? "not known"} />
        <DescriptionListGroup>
          <DescriptionListTerm>May</DescriptionListTerm>
          <DescriptionListDescription>
            <LabelGroup numLabels={10} aria-label="Permissions">
              {viewer.permissions.map((permission) => (
                <Label key={permission} isCompact>
                  {permission}
                </Label>
              ))}
            </LabelGroup>
          </DescriptionListDescription>
        </DescriptionListGroup>
      </DescriptionList>
      <Button variant="secondary" icon={<KeyIcon />} onClick={onEdit}>
        Change credentials
      </Button>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{name}</DescriptionListTerm>
      <DescriptionListDescription>{value}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}

type Unsettled = Exclude<ViewerState, { kind: "known" }>;

function Unknown({ state, onEdit }: { state: Unsettled; onEdit: () => void }) {
  const wrong = state.kind === "refused" || state.kind === "unreachable";
  return (
    <Button
      variant={state.kind === "asking" ? "tertiary" : "primary"}
      className="cc-viewer"
      icon={wrong ? <ExclamationTriangleIcon /> : <KeyIcon />}
      isDisabled={state.kind === "asking"}
      onClick={onEdit}
    >
      {textOf(state)}
    </Button>
  );
}

function textOf(state: Unsettled): string {
  switch (state.kind) {
    case "unknown":
      return "Set credentials";
    case "asking":
      return "Who am I?";
    case "refused":
      return "Refused: change credentials";
    case "unreachable":
      return "Server does not answer";
  }
}

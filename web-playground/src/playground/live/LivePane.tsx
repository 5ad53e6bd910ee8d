/** The pane "Live": subscriptions that run, also those whose tab was left. */
import { useEffect } from "react";

import { Button, type GraphiQLPlugin, useGraphiQLActions } from "@graphiql/react";
import { StreamIcon } from "@patternfly/react-icons/dist/esm/icons/stream-icon";

import { useStore } from "../../store";

import { type Feed, feeds, stopFeed } from "./feed";

export const LIVE_PLUGIN: GraphiQLPlugin = { title: "Live", icon: StreamIcon, content: LivePane };

function LivePane() {
  const running = useStore(feeds);
  return (
    <section className="cc-live" aria-label="Live">
      <h1 className="cc-live-title">Live</h1>
      {running.length === 0 && <p>Subscriptions you start are listed here and go on while you use other tabs.</p>}
      {running.map((feed) => (
        <FeedView key={feed.id} feed={feed} />
      ))}
    </section>
  );
}

function FeedView({ feed }: { feed: Feed }) {
  return (
    <article className="cc-feed" aria-label={feed.name}>
      <header>
        <h2>{feed.name}</h2>
        <span role="status">{feed.ending ?? `${feed.received} received`}</span>
        <Button onClick={() => stopFeed(feed.id)}>{feed.ending ? "Remove" : "Stop"}</Button>
      </header>
      {feed.events.length > 0 && (
        <pre tabIndex={0} aria-label={`Events of ${feed.name}, newest first`}>
          {JSON.stringify(feed.events, null, 2)}
        </pre>
      )}
    </article>
  );
}

/** Opens the pane as soon as a subscription runs on unseen. Renders nothing. */
export function LiveOpener() {
  const { setVisiblePlugin } = useGraphiQLActions();
  const unseen = useStore(feeds).filter((feed) => feed.inBackground).length;
  useEffect(() => {
    if (unseen > 0) setVisiblePlugin(LIVE_PLUGIN);
  }, [unseen, setVisiblePlugin]);
  return null;
}

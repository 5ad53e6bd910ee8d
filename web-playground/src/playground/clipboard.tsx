/** Copying, and saying so for a moment. */
import { useEffect, useState } from "react";

const SAID_FOR_MS = 2500;

export function useCopy(): { copied: string; copy: (text: string, what: string) => Promise<void> } {
  const [copied, setCopied] = useState("");
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(""), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (text: string, what: string) => {
    await navigator.clipboard.writeText(text);
    setCopied(what);
  };
  return { copied, copy };
}

export function Copied({ what }: { what: string }) {
  return (
    <span className="cc-copied" role="status">
      {what}
    </span>
  );
}

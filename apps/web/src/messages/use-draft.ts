import type { ConversationView } from '@parley/client';
import { useChat } from '@parley/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';

/** It is kept when no key was pressed for so long. */
const KEPT_AFTER_MS = 800;

/** What is written in a conversation and not sent: on all devices of this person. */
export function useDraft({ id, draft }: ConversationView) {
  const chat = useChat();
  const [text, setText] = useState(draft?.text ?? '');
  /** What the server has, or will have when it has answered. */
  const kept = useRef(draft?.text ?? '');
  const latest = useRef(text);
  latest.current = text;

  const keep = useCallback(
    (words: string) => {
      if (words === kept.current) return;
      kept.current = words;
      // Lost with the connection, it is written again with the next key.
      chat.api.drafts.set.mutate({ conversationId: id, text: words }).catch(() => {
        kept.current = '';
      });
    },
    [chat, id],
  );

  useEffect(() => {
    const timer = setTimeout(() => keep(text), KEPT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, keep]);
  // Whoever goes elsewhere finds it again.
  useEffect(() => () => keep(latest.current), [keep]);

  // Written on another device: it shows here unless something was written here meanwhile.
  const told = draft?.text ?? '';
  useEffect(() => {
    if (told === kept.current) return;
    if (latest.current === kept.current) setText(told);
    kept.current = told;
  }, [told]);

  return {
    text,
    setText,
    clear(): void {
      setText('');
      latest.current = '';
      keep('');
    },
  };
}

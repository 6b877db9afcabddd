import type { ConversationView, Message } from '@parley/client';
import { useChat, useChatState } from '@parley/client/react';
import { type FormEvent, useCallback, useState } from 'react';
import { summaryOf } from '../conversations/conversation-row.tsx';
import { shortTime } from '../conversations/time.ts';
import { Field } from '../look/field.tsx';
import { useNotices } from '../look/notices.tsx';
import { Panel } from '../look/panel.tsx';
import { nameOf, titleOf, usePerson } from '../people/names.ts';
import { linkTo } from '../router.ts';
import './search.css';

interface Found {
  query: string;
  messages: Message[];
  next: string | null;
}

/** Looks through messages, of one conversation or of all. */
export function Search({ conversationId }: { conversationId: string | undefined }) {
  const chat = useChat();
  const { attempt } = useNotices();
  const conversation = useKnownConversation(conversationId);
  const [found, setFound] = useState<Found>();
  const [isBusy, setBusy] = useState(false);

  async function search(query: string, before?: Found): Promise<void> {
    setBusy(true);
    const cursor = before?.next;
    const page = chat.api.search.messages.query({
      query,
      ...(conversationId && { conversationId }),
      ...(cursor && { cursor }),
    });
    await attempt(
      page.then(({ messages, next }) =>
        setFound({ query, messages: [...(before?.messages ?? []), ...messages], next }),
      ),
    );
    setBusy(false);
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const query = String(new FormData(event.currentTarget).get('query')).trim();
    if (query) void search(query);
  }

  const where = conversation ? `in ${titleOf(conversation)}` : 'in all conversations';
  return (
    <Panel title={`Search ${where}`} back={conversationId ? linkTo('c', conversationId) : linkTo()}>
      <search>
        <form className="query" onSubmit={onSubmit}>
          <Field label="Words, or parts of them" name="query" type="search" maxLength={200} autoFocus />
          <button type="submit" className="button main" disabled={isBusy}>
            Search
          </button>
        </form>
      </search>
      <section aria-live="polite">
        {found?.messages.length === 0 && <p className="quiet">Nothing was found.</p>}
        <ul>
          {found?.messages.map((message) => (
            <FoundMessage key={message.id} message={message} query={found.query} />
          ))}
        </ul>
        {found?.next && (
          <button
            type="button"
            className="button"
            disabled={isBusy}
            onClick={() => void search(found.query, found)}
          >
            More
          </button>
        )}
      </section>
    </Panel>
  );
}

function FoundMessage({ message, query }: { message: Message; query: string }) {
  const sender = usePerson(message.senderId);
  const conversation = useKnownConversation(message.conversationId);
  return (
    <li>
      <a className="person found" href={linkTo('c', message.conversationId, message.seq)}>
        <span className="grow">
          <span className="quiet small">
            {sender && nameOf(sender)}
            {conversation?.kind === 'group' && ` in ${titleOf(conversation)}`}, {shortTime(message.createdAt)}
          </span>
          <Marked text={summaryOf(message)} query={query} />
        </span>
      </a>
    </li>
  );
}

/** One that is known already: nothing is loaded for its title. */
const useKnownConversation = (conversationId: string | undefined): ConversationView | undefined =>
  useChatState(useCallback(({ conversations }) => conversations?.[conversationId ?? ''], [conversationId]));

/** Where the first of the words is, if it is there as it was written. */
function Marked({ text, query }: { text: string; query: string }) {
  const word = query.split(/\s+/)[0] ?? '';
  const at = text.toLowerCase().indexOf(word.toLowerCase());
  if (at < 0 || word === '') return <span className="excerpt">{text}</span>;
  const start = Math.max(0, at - 60);
  return (
    <span className="excerpt">
      {start > 0 && '… '}
      {text.slice(start, at)}
      <mark>{text.slice(at, at + word.length)}</mark>
      {text.slice(at + word.length, at + 160)}
    </span>
  );
}

import type { ConversationView } from '@parley/client';
import { unreadOf } from '@parley/client';
import { useConversations, useMe, useThreads } from '@parley/client/react';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { Icon } from '../look/icons.tsx';
import { Avatar } from '../people/avatar.tsx';
import { titleOf } from '../people/names.ts';
import { linkTo } from '../router.ts';
import { StoriesRow } from '../stories/stories-row.tsx';
import { ConversationRow } from './conversation-row.tsx';
import { NewConversation } from './new-conversation.tsx';
import './conversations.css';

type Shown = 'all' | 'unread' | 'threads' | 'archived';

const NONE: readonly never[] = [];

/** All conversations, the most recent first, and what leads elsewhere. */
export function ConversationList({ chosen }: { chosen: string | undefined }) {
  const me = useMe();
  const conversations = useConversations();
  const [query, setQuery] = useState('');
  const [shown, setShown] = useState<Shown>('all');
  const [isBeginning, setBeginning] = useState(false);
  const threads = useThreads();
  const all = (shown === 'threads' ? threads : conversations) ?? NONE;
  const listed = useMemo(() => pick(all, query, shown), [all, query, shown]);
  return (
    <>
      <header className="bar">
        <a className="button round" href={linkTo('settings')} aria-label="Your profile and settings">
          <Avatar user={me} size="small" />
        </a>
        <h1 className="grow">Chats</h1>
        <a className="button round" href={linkTo('search')} aria-label="Search in messages">
          <Icon name="search" />
        </a>
        <a className="button round" href={linkTo('people')} aria-label="People">
          <Icon name="people" />
        </a>
        <button
          type="button"
          className="button round"
          aria-label="New conversation"
          onClick={() => setBeginning(true)}
        >
          <Icon name="write" />
        </button>
      </header>
      <StoriesRow />
      <div className="filter">
        <input
          className="input"
          type="search"
          placeholder="Filter"
          aria-label="Filter conversations"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <select
          className="input"
          aria-label="Which conversations"
          value={shown}
          onChange={(event) => setShown(event.target.value as Shown)}
        >
          <option value="all">All</option>
          <option value="unread">Unread</option>
          <option value="threads">Threads</option>
          <option value="archived">Archived</option>
        </select>
      </div>
      {conversations === undefined && <p className="empty quiet">Loading …</p>}
      {conversations && listed.length === 0 && <p className="empty quiet">No conversations here.</p>}
      <ul className="conversations" onKeyDown={step}>
        {listed.map((conversation) => (
          <ConversationRow
            key={conversation.id}
            conversation={conversation}
            isChosen={conversation.id === chosen}
          />
        ))}
      </ul>
      {isBeginning && <NewConversation onClose={() => setBeginning(false)} />}
    </>
  );
}

function pick(all: readonly ConversationView[], query: string, shown: Shown): ConversationView[] {
  const wanted = query.trim().toLowerCase();
  return all
    .filter((one) => one.me.isArchived === (shown === 'archived'))
    .filter((one) => shown !== 'unread' || unreadOf(one) > 0 || one.me.isMarkedUnread)
    .filter((one) => titleOf(one).toLowerCase().includes(wanted))
    .sort((a, b) => Number(b.me.pinnedAt !== null) - Number(a.me.pinnedAt !== null));
}

/** The arrow keys go from one to the next. */
function step(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  const links = [...event.currentTarget.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  if (at < 0) return;
  event.preventDefault();
  links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
}

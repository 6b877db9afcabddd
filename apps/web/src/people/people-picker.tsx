import type { PublicUser } from '@parley/client';
import { useChat, useContacts, useFriends } from '@parley/client/react';
import { useEffect, useState } from 'react';
import { Field } from '../look/field.tsx';
import { Icon } from '../look/icons.tsx';
import { Avatar } from './avatar.tsx';
import { nameOf } from './names.ts';
import './people.css';

const TYPED_FOR_MS = 250;

/** Whom a search finds; without one, friends and contacts. */
export function useFoundPeople(query: string): PublicUser[] {
  const chat = useChat();
  const friends = useFriends() ?? [];
  const contacts = useContacts() ?? [];
  const [found, setFound] = useState<{ query: string; users: PublicUser[] }>();
  const wanted = query.trim();
  useEffect(() => {
    if (wanted.length < 2) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      chat.api.users.search.query({ query: wanted }).then(
        ({ users }) => isCurrent && setFound({ query: wanted, users }),
        () => {},
      );
    }, TYPED_FOR_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [chat, wanted]);
  if (wanted.length >= 2) return found?.users ?? [];
  const known = [...friends, ...contacts].map(({ user }) => user);
  return [...new Map(known.map((user) => [user.id, user])).values()];
}

/** Chooses people by searching for them. */
export function PeoplePicker({
  chosen,
  onChange,
}: {
  chosen: PublicUser[];
  onChange: (people: PublicUser[]) => void;
}) {
  const [query, setQuery] = useState('');
  const found = useFoundPeople(query).filter(({ id }) => !chosen.some((one) => one.id === id));
  return (
    <div className="picker">
      <Field
        label="Whom? By username or name"
        type="search"
        autoFocus
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <ul className="chosen" aria-label="Chosen">
        {chosen.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              className="button"
              aria-label={`Without ${nameOf(user)}`}
              onClick={() => onChange(chosen.filter(({ id }) => id !== user.id))}
            >
              {nameOf(user)} <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <ul className="found" aria-label="People">
        {found.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              className="person"
              onClick={() => {
                onChange([...chosen, user]);
                setQuery('');
              }}
            >
              <Avatar user={user} size="small" />
              <span className="grow ellipsis">{nameOf(user)}</span>
              <span className="quiet">@{user.username}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

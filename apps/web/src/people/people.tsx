import type { PublicUser } from '@parley/client';
import { useBlocks, useChat, useContacts, useFriendRequests, useFriends } from '@parley/client/react';
import { type ReactNode, useState } from 'react';
import { Field } from '../look/field.tsx';
import { useNotices } from '../look/notices.tsx';
import { Panel } from '../look/panel.tsx';
import { linkTo } from '../router.ts';
import { Avatar } from './avatar.tsx';
import { nameOf } from './names.ts';
import { useFoundPeople } from './people-picker.tsx';
import './people.css';

/** Whom one knows, who has asked, and everybody else. */
export function People() {
  const chat = useChat();
  const { attempt } = useNotices();
  const friends = useFriends() ?? [];
  const requests = useFriendRequests() ?? [];
  const contacts = useContacts() ?? [];
  const blocks = useBlocks() ?? [];
  const [query, setQuery] = useState('');
  const found = useFoundPeople(query);
  const { accept, reject, cancel } = chat.api.friendRequests;
  return (
    <Panel title="People" back={linkTo()}>
      <section>
        <Field
          label="Find somebody by username or name"
          type="search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        {query.trim().length >= 2 && <PeopleList title="Found" people={found} />}
      </section>
      {requests.length > 0 && (
        <section>
          <h3>Friend requests</h3>
          <ul>
            {requests.map(({ user, direction }) => (
              <PersonRow key={user.id} user={user}>
                {direction === 'incoming' ? (
                  <>
                    <button
                      type="button"
                      className="button main"
                      onClick={() => void attempt(accept.mutate({ userId: user.id }))}
                    >
                      Accept
                    </button>
                    <button
                      type="button"
                      className="button"
                      onClick={() => void attempt(reject.mutate({ userId: user.id }))}
                    >
                      Decline
                    </button>
                  </>
                ) : (
                  <button
                    type="button"
                    className="button"
                    onClick={() => void attempt(cancel.mutate({ userId: user.id }))}
                  >
                    Take it back
                  </button>
                )}
              </PersonRow>
            ))}
          </ul>
        </section>
      )}
      <PeopleList title="Friends" people={friends.map(userOf)} />
      <PeopleList title="Contacts" people={contacts.map(userOf)} />
      <PeopleList title="Blocked" people={blocks.map(userOf)} />
    </Panel>
  );
}

const userOf = ({ user }: { user: PublicUser }): PublicUser => user;

const PeopleList = ({ title, people }: { title: string; people: PublicUser[] }) => (
  <section>
    <h3>{title}</h3>
    {people.length === 0 && <p className="quiet">Nobody.</p>}
    <ul>
      {people.map((user) => (
        <PersonRow key={user.id} user={user} />
      ))}
    </ul>
  </section>
);

/** Somebody, with what can be done about them. */
export const PersonRow = ({ user, children }: { user: PublicUser; children?: ReactNode }) => (
  <li className="row">
    <a className="person grow" href={linkTo('people', user.id)}>
      <Avatar user={user} size="small" showsPresence />
      <span className="grow ellipsis">{nameOf(user)}</span>
      <span className="quiet small">@{user.username}</span>
    </a>
    {children}
  </li>
);

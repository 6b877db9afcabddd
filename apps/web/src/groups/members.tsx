import type { ConversationView, Member, PublicUser } from '@parley/client';
import { useChat, useMembers } from '@parley/client/react';
import { useState } from 'react';
import { Dialog } from '../look/dialog.tsx';
import { Menu, type MenuEntry } from '../look/menu.tsx';
import { useNotices } from '../look/notices.tsx';
import { PersonRow } from '../people/people.tsx';
import { PeoplePicker } from '../people/people-picker.tsx';
import { InviteLink } from './invite-link.tsx';

/** Who is in a group, and what one may do about it. */
export function Members({ conversation }: { conversation: ConversationView }) {
  const { id: conversationId, me, memberCount } = conversation;
  const chat = useChat();
  const { attempt, say } = useNotices();
  const members = useMembers(conversationId) ?? [];
  const [isAdding, setAdding] = useState(false);
  const leads = me.role !== 'member';

  async function add(people: PublicUser[]): Promise<void> {
    setAdding(false);
    const userIds = people.map(({ id }) => id);
    const { skipped } = await chat.api.groups.addMembers.mutate({ conversationId, userIds });
    if (skipped.length > 0) say(`${skipped.length} could not be added.`);
  }

  function entriesFor({ role, user }: Member): MenuEntry[] {
    const person = { conversationId, userId: user.id };
    const { removeMember, setRole, transferOwnership } = chat.api.groups;
    const other = role === 'admin' ? 'member' : 'admin';
    const isOwner = me.role === 'owner';
    const all: (MenuEntry | false)[] = [
      isOwner && {
        label: role === 'admin' ? 'Make a plain member' : 'Make an admin',
        act: () => void attempt(setRole.mutate({ ...person, role: other })),
      },
      isOwner && {
        label: 'Hand the group over',
        act: () => void attempt(transferOwnership.mutate(person)),
      },
      { label: 'Remove', isDanger: true, act: () => void attempt(removeMember.mutate(person)) },
    ];
    return all.filter((entry) => entry !== false);
  }

  const mayChange = ({ role, user }: Member): boolean =>
    user.id !== chat.state.get().me?.id &&
    (me.role === 'owner' || (me.role === 'admin' && role === 'member'));

  return (
    <section>
      <h3>{memberCount} members</h3>
      {leads && (
        <div className="row">
          <button type="button" className="button" onClick={() => setAdding(true)}>
            Add people
          </button>
          <InviteLink conversationId={conversationId} />
        </div>
      )}
      <ul>
        {members.map((member) => (
          <PersonRow key={member.user.id} user={member.user}>
            {member.role !== 'member' && <span className="quiet small">{member.role}</span>}
            {mayChange(member) && (
              <Menu label={`About ${member.user.username}`} entries={() => entriesFor(member)} />
            )}
          </PersonRow>
        ))}
      </ul>
      {isAdding && (
        <AddPeople onAdd={(people) => void attempt(add(people))} onClose={() => setAdding(false)} />
      )}
    </section>
  );
}

function AddPeople({ onAdd, onClose }: { onAdd: (people: PublicUser[]) => void; onClose: () => void }) {
  const [people, setPeople] = useState<PublicUser[]>([]);
  return (
    <Dialog title="Add people" onClose={onClose}>
      <div className="form">
        <PeoplePicker chosen={people} onChange={setPeople} />
        <button
          type="button"
          className="button main"
          disabled={people.length === 0}
          onClick={() => onAdd(people)}
        >
          Add
        </button>
      </div>
    </Dialog>
  );
}

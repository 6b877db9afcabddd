import { type Profile, type PublicUser, statusAt } from '@parley/client';
import {
  useBlocks,
  useChat,
  useContacts,
  useFriendRequests,
  useFriends,
  usePresence,
} from '@parley/client/react';
import { useEffect, useState } from 'react';
import { shortTime } from '../conversations/time.ts';
import { useNotices } from '../look/notices.tsx';
import { Panel } from '../look/panel.tsx';
import { goTo, linkTo } from '../router.ts';
import { Avatar } from './avatar.tsx';
import { nameOf } from './names.ts';
import { ReportDialog } from './report-dialog.tsx';

/** Somebody's page, and how one stands to them. */
export function PersonPage({ userId }: { userId: string }) {
  const chat = useChat();
  const { attempt } = useNotices();
  const presence = usePresence(userId);
  const [profile, setProfile] = useState<Profile>();
  useEffect(() => {
    void attempt(chat.api.users.get.query({ userId }).then(setProfile));
  }, [chat, userId, attempt]);

  async function write(): Promise<void> {
    const { id } = await chat.api.conversations.openDirect.mutate({ userId });
    await chat.conversations.load({ conversationId: id });
    goTo('c', id);
  }

  if (!profile)
    return (
      <Panel title="Profile" back={linkTo('people')}>
        <p className="quiet">Loading …</p>
      </Panel>
    );
  const status = statusAt(profile, Date.now());
  return (
    <Panel title={nameOf(profile)} back={linkTo('people')}>
      <section className="profile">
        <Avatar user={profile} size="large" showsPresence />
        <h3>{nameOf(profile)}</h3>
        <p className="quiet">
          @{profile.username}
          {presence && `, ${presence.status}`}
          {presence?.lastSeenAt && ` since ${shortTime(presence.lastSeenAt)}`}
        </p>
        {status && <p>{status.text}</p>}
        {profile.bio && <p className="bio">{profile.bio}</p>}
      </section>
      <section className="choices">
        <button type="button" className="button main" onClick={() => void attempt(write())}>
          Write
        </button>
        <Standing userId={userId} />
      </section>
    </Panel>
  );
}

function Standing({ userId }: { userId: string }) {
  const { api } = useChat();
  const { attempt } = useNotices();
  const friends = useFriends() ?? [];
  const requests = useFriendRequests() ?? [];
  const contacts = useContacts() ?? [];
  const blocks = useBlocks() ?? [];
  const [isReporting, setReporting] = useState(false);
  const isThem = ({ user }: { user: PublicUser }): boolean => user.id === userId;
  const isFriend = friends.some(isThem);
  const request = requests.find(isThem);
  const person = { userId };
  const choices: [string, () => Promise<unknown>][] = [
    isFriend
      ? ['End the friendship', () => api.friends.remove.mutate(person)]
      : request?.direction === 'outgoing'
        ? ['Take the friend request back', () => api.friendRequests.cancel.mutate(person)]
        : request
          ? ['Accept the friend request', () => api.friendRequests.accept.mutate(person)]
          : ['Ask to be friends', () => api.friendRequests.send.mutate(person)],
    contacts.some(isThem)
      ? ['Remove from contacts', () => api.contacts.remove.mutate(person)]
      : ['Add to contacts', () => api.contacts.create.mutate(person)],
    blocks.some(isThem)
      ? ['Unblock', () => api.blocks.remove.mutate(person)]
      : ['Block', () => api.blocks.add.mutate(person)],
  ];
  return (
    <>
      {choices.map(([label, act]) => (
        <button key={label} type="button" className="button" onClick={() => void attempt(act())}>
          {label}
        </button>
      ))}
      <button type="button" className="button danger" onClick={() => setReporting(true)}>
        Report
      </button>
      {isReporting && <ReportDialog what={{ kind: 'user', userId }} onClose={() => setReporting(false)} />}
    </>
  );
}

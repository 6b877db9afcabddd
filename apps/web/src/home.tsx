import { useUnread } from '@parley/client/react';
import { useEffect } from 'react';
import { ConnectionBanner } from './connection/connection-banner.tsx';
import { ConversationList } from './conversations/conversation-list.tsx';
import { About } from './groups/about.tsx';
import { JoinByInvite } from './groups/join-by-invite.tsx';
import { Chat } from './messages/chat.tsx';
import { People } from './people/people.tsx';
import { PersonPage } from './people/person-page.tsx';
import { useRoute } from './router.ts';
import { Search } from './search/search.tsx';
import { Settings } from './settings/settings.tsx';
import { StoryViewer } from './stories/story-viewer.tsx';
import './home.css';

/** The list beside what was chosen in it; on a phone one or the other. */
export function Home() {
  const [place, ...rest] = useRoute();
  useTitle();
  return (
    <div className={`home ${place ? 'is-away' : ''}`}>
      <ConnectionBanner />
      <nav className="side" aria-label="Conversations">
        <ConversationList chosen={place === 'c' ? rest[0] : undefined} />
      </nav>
      <main className="pane">
        <Pane place={place} rest={rest} />
      </main>
    </div>
  );
}

/** How much is unread is seen from other tabs, too. */
function useTitle(): void {
  const total = useUnread()?.total ?? 0;
  useEffect(() => {
    document.title = total > 0 ? `(${total}) Parley` : 'Parley';
  }, [total]);
}

function Pane({ place, rest }: { place: string | undefined; rest: string[] }) {
  const [first, second] = rest;
  switch (place) {
    case 'c':
      return first ? <Chat key={first} conversationId={first} seq={second} /> : null;
    case 'info':
      return first ? <About key={first} conversationId={first} /> : null;
    case 'people':
      return first ? <PersonPage key={first} userId={first} /> : <People />;
    case 'search':
      return <Search key={first ?? ''} conversationId={first} />;
    case 'settings':
      return <Settings />;
    case 'stories':
      return first ? <StoryViewer key={first} authorId={first} /> : null;
    case 'invite':
      return first ? <JoinByInvite token={first} /> : null;
    default:
      return <p className="empty quiet">Choose a conversation, or begin one.</p>;
  }
}

import { useMe, useStories } from '@parley/client/react';
import { useState } from 'react';
import { Icon } from '../look/icons.tsx';
import { Avatar } from '../people/avatar.tsx';
import { nameOf } from '../people/names.ts';
import { linkTo } from '../router.ts';
import { NewStory } from './new-story.tsx';
import './stories.css';

/** Who shows something today. Without anybody there is only the way to show something oneself. */
export function StoriesRow() {
  const { own, others } = useStories() ?? { own: [], others: [] };
  const me = useMe();
  const [isMaking, setMaking] = useState(false);
  if (!me) return null;
  return (
    <ul className="stories" aria-label="Stories">
      <li>
        <button type="button" className="story" onClick={() => setMaking(true)}>
          <span className="ring none">
            <Icon name="add" />
          </span>
          <span className="small">Add</span>
        </button>
      </li>
      {own.length > 0 && (
        <li>
          <a className="story" href={linkTo('stories', me.id)}>
            <span className="ring">
              <Avatar user={me} />
            </span>
            <span className="small">Yours</span>
          </a>
        </li>
      )}
      {others.map(({ author, hasUnseen }) => (
        <li key={author.id}>
          <a className="story" href={linkTo('stories', author.id)}>
            <span className={hasUnseen ? 'ring unseen-one' : 'ring'}>
              <Avatar user={author} />
            </span>
            <span className="small ellipsis">
              {nameOf(author)}
              {hasUnseen && <span className="unseen">, new</span>}
            </span>
          </a>
        </li>
      ))}
      {isMaking && <NewStory onClose={() => setMaking(false)} />}
    </ul>
  );
}

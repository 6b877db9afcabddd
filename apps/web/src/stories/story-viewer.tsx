import type { Story } from '@parley/client';
import { useChat, useFileLink, useMe, useStories } from '@parley/client/react';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { newKey } from '../chat/new-key.ts';
import { shortTime } from '../conversations/time.ts';
import { Field, Problem } from '../look/field.tsx';
import { useNotices } from '../look/notices.tsx';
import { Panel } from '../look/panel.tsx';
import { useForm } from '../look/use-form.ts';
import { nameOf, usePerson } from '../people/names.ts';
import { ReportDialog } from '../people/report-dialog.tsx';
import { goTo, linkTo } from '../router.ts';
import { StoryViewers } from './story-viewers.tsx';
import './stories.css';

/** The stories of one person, the oldest first. The arrow keys go from one to the next. */
export function StoryViewer({ authorId }: { authorId: string }) {
  const me = useMe();
  const { own, others } = useStories() ?? { own: [], others: [] };
  const author = usePerson(authorId);
  const isOwn = me?.id === authorId;
  const all = isOwn ? own : (others.find((one) => one.author.id === authorId)?.stories ?? []);
  const stories = all.toReversed();
  const [shownId, setShownId] = useState<string>();
  const first = stories.find(({ isSeen }) => !isSeen) ?? stories[0];
  const at = Math.max(
    0,
    stories.findIndex(({ id }) => id === (shownId ?? first?.id)),
  );
  const story = stories[at];
  useEffect(() => {
    if (shownId === undefined && first) setShownId(first.id);
  }, [shownId, first]);

  const step = (by: number) => setShownId(stories[at + by]?.id ?? story?.id);
  function onKeyDown({ key }: KeyboardEvent): void {
    if (key === 'ArrowRight') step(1);
    if (key === 'ArrowLeft') step(-1);
    if (key === 'Escape') goTo();
  }

  const title = isOwn ? 'Your stories' : author ? `Stories of ${nameOf(author)}` : 'Stories';
  return (
    <Panel title={title} back={linkTo()}>
      {story ? (
        // biome-ignore lint/a11y/noStaticElementInteractions: the buttons in it do the same
        <div className="viewer" onKeyDown={onKeyDown}>
          <Shown key={story.id} story={story} isOwn={isOwn} />
          <div className="row">
            <button type="button" className="button" disabled={at === 0} onClick={() => step(-1)}>
              Before
            </button>
            <span className="grow quiet small">
              {at + 1} of {stories.length}
            </span>
            <button
              type="button"
              className="button"
              disabled={at === stories.length - 1}
              onClick={() => step(1)}
            >
              Next
            </button>
          </div>
        </div>
      ) : (
        <p className="quiet">Nothing is shown here any more.</p>
      )}
    </Panel>
  );
}

function Shown({ story, isOwn }: { story: Story; isOwn: boolean }) {
  const chat = useChat();
  const me = useMe();
  const { attempt } = useNotices();
  const link = useFileLink(story.file.id);
  const [isReporting, setReporting] = useState(false);
  const [isListing, setListing] = useState(false);
  const { id: storyId, caption, createdAt, file, isSeen } = story;
  useEffect(() => {
    if (!isSeen) chat.api.stories.markSeen.mutate({ storyId }).catch(() => {});
  }, [chat, storyId, isSeen]);
  return (
    <>
      <figure>
        {link && file.kind === 'image' && <img src={link} alt={caption ?? 'A story'} />}
        {link && file.kind === 'video' && (
          // biome-ignore lint/a11y/useMediaCaption: people show what they have
          <video src={link} controls autoPlay aria-label={caption ?? 'A story'} />
        )}
        <figcaption>
          {caption} <span className="quiet small">{shortTime(createdAt)}</span>
        </figcaption>
      </figure>
      {isOwn ? (
        <div className="row">
          <span className="grow">
            <button type="button" className="button" disabled={!story.views} onClick={() => setListing(true)}>
              Seen by {story.views ?? 0}
            </button>
          </span>
          <button
            type="button"
            className="button danger"
            onClick={() => void attempt(chat.api.stories.delete.mutate({ storyId }))}
          >
            Delete
          </button>
        </div>
      ) : (
        me && <Answer storyId={storyId} onReport={() => setReporting(true)} />
      )}
      {isListing && <StoryViewers storyId={storyId} onClose={() => setListing(false)} />}
      {isReporting && <ReportDialog what={{ kind: 'story', storyId }} onClose={() => setReporting(false)} />}
    </>
  );
}

function Answer({ storyId, onReport }: { storyId: string; onReport: () => void }) {
  const chat = useChat();
  const { say } = useNotices();
  const { onSubmit, problem, isBusy } = useForm(async ({ text = '' }) => {
    await chat.api.stories.reply.mutate({ storyId, text, clientMessageId: newKey() });
    say('Sent.');
  });
  return (
    <form className="form" onSubmit={onSubmit}>
      <Field label="Answer" name="text" maxLength={4_000} required autoComplete="off" />
      <Problem text={problem} />
      <div className="row">
        <button type="submit" className="button main" disabled={isBusy}>
          Send
        </button>
        <button type="button" className="button danger" onClick={onReport}>
          Report
        </button>
      </div>
    </form>
  );
}

import type { ChatEvent, PublicUser, Story } from '@parley/contract';
import fc from 'fast-check';

/** Somebody shows a story to `me`, or `me` to others; one is seen, by `me` or by one more person; one is over. */
export interface StoryAction {
  do: 'show a story' | 'see a story' | 'end a story';
  who: number;
}

export const storyActions: fc.Arbitrary<StoryAction> = fc.record({
  do: fc.constantFrom('show a story' as const, 'see a story' as const, 'end a story' as const),
  who: fc.nat(99),
});

const AT = '2026-11-20T10:00:00.000Z';
const LATER = '2026-11-21T10:00:00.000Z';

/** The stories that `me` sees, as the server would keep them. */
export class StoriesModel {
  readonly #me: string;
  readonly #tell: (event: ChatEvent) => void;
  #stories: Story[] = [];
  #ids = 0;

  constructor(me: string, tell: (event: ChatEvent) => void) {
    this.#me = me;
    this.#tell = tell;
  }

  list = (): Story[] => [...this.#stories].reverse();

  hasSomeOf = (userId: string): boolean => this.#stories.some(({ authorId }) => authorId === userId);

  /** Whoever shows something is of these people. */
  run({ do: deed, who }: StoryAction, people: PublicUser[]): void {
    const at = who % Math.max(1, this.#stories.length);
    const story = this.#stories[at];
    if (deed === 'show a story') this.#show(people[who % people.length]!);
    else if (story && deed === 'see a story') this.#see(story, at);
    else if (story) {
      this.#stories = this.#stories.filter((other) => other !== story);
      this.#tell({ type: 'story.deleted', storyId: story.id, authorId: story.authorId });
    }
  }

  /** Their account is gone. */
  drop(userId: string): void {
    this.#stories = this.#stories.filter(({ authorId }) => authorId !== userId);
  }

  #show({ id: authorId, isDeleted }: PublicUser): void {
    if (isDeleted) return;
    const isMine = authorId === this.#me;
    const id = `story ${this.#ids++}`;
    const file = { id: `file of ${id}`, name: 'a.webp', size: 1, type: 'image/webp', kind: 'image' as const };
    const times = { createdAt: AT, expiresAt: LATER };
    const story = { id, authorId, file, caption: null, ...times, isSeen: isMine, views: isMine ? 0 : null };
    this.#stories.push(story);
    this.#tell({ type: 'story.created', story });
  }

  #see(story: Story, at: number): void {
    const views = story.views === null ? null : story.views + 1;
    this.#stories[at] = { ...story, isSeen: true, views };
    this.#tell({ type: 'story.seen', storyId: story.id, authorId: story.authorId, views });
  }
}

import { useChat } from '@parley/client/react';
import { useEffect, useState } from 'react';
import { describeError } from '../look/describe-error.ts';
import { useNotices } from '../look/notices.tsx';
import { Panel } from '../look/panel.tsx';
import { goTo, linkTo } from '../router.ts';

interface Preview {
  title: string | null;
  description: string | null;
  memberCount: number;
}

/** What somebody sees who has followed a link into a group. */
export function JoinByInvite({ token }: { token: string }) {
  const chat = useChat();
  const { attempt } = useNotices();
  const [preview, setPreview] = useState<Preview>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    chat.api.invites.preview.query({ token }).then(setPreview, (error: unknown) => {
      setProblem(describeError(error));
    });
  }, [chat, token]);

  async function join(): Promise<void> {
    const { id } = await chat.api.invites.accept.mutate({ token });
    await chat.conversations.load({ conversationId: id });
    goTo('c', id);
  }

  return (
    <Panel title="An invitation" back={linkTo()}>
      <section className="profile">
        {problem && <p role="alert">{problem}</p>}
        {preview && (
          <>
            <h3>{preview.title}</h3>
            {preview.description && <p>{preview.description}</p>}
            <p className="quiet">{preview.memberCount} members</p>
            <button type="button" className="button main" onClick={() => void attempt(join())}>
              Come in
            </button>
          </>
        )}
      </section>
    </Panel>
  );
}

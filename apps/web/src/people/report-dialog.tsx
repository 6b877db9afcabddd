import type { ReportReason } from '@parley/client';
import { useChat } from '@parley/client/react';
import { Dialog } from '../look/dialog.tsx';
import { Field, Problem } from '../look/field.tsx';
import { useNotices } from '../look/notices.tsx';
import { useForm } from '../look/use-form.ts';

type Reported =
  | { kind: 'user'; userId: string }
  | { kind: 'message'; conversationId: string; seq: number }
  | { kind: 'story'; storyId: string };

const REASONS: Record<ReportReason, string> = {
  spam: 'Spam',
  harassment: 'Harassment',
  violence: 'Violence',
  impersonation: 'Somebody else’s name',
  illegal: 'Against the law',
  other: 'Something else',
};

/** Tells the moderators of a person, a message or a story. */
export function ReportDialog({ what, onClose }: { what: Reported; onClose: () => void }) {
  const chat = useChat();
  const { say } = useNotices();
  const { onSubmit, problem, isBusy } = useForm(async ({ reason, comment }) => {
    const why = { reason: reason as ReportReason, ...(comment && { comment }) };
    await chat.api.reports.create.mutate({ ...what, ...why });
    say('Thank you. The moderators will look at it.');
    onClose();
  });
  return (
    <Dialog title="Report" onClose={onClose}>
      <form className="form" onSubmit={onSubmit}>
        <label className="field">
          <span>Why</span>
          <select className="input" name="reason">
            {Object.entries(REASONS).map(([reason, words]) => (
              <option key={reason} value={reason}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <Field label="What the moderators should know" name="comment" maxLength={1_000} />
        <Problem text={problem} />
        <button type="submit" className="button main" disabled={isBusy}>
          Report
        </button>
      </form>
    </Dialog>
  );
}

import type { OwnUser } from '@parley/client';
import { useChat } from '@parley/client/react';
import { useState } from 'react';
import { Dialog } from '../look/dialog.tsx';
import { Field, Problem } from '../look/field.tsx';
import { useNotices } from '../look/notices.tsx';
import { useForm } from '../look/use-form.ts';
import { goTo } from '../router.ts';

/** The password, and the end of the account. */
export function Account({ me }: { me: OwnUser }) {
  const [shown, setShown] = useState<'password' | 'delete'>();
  const onClose = (): void => setShown(undefined);
  return (
    <section>
      <h3>Account</h3>
      <p className="quiet">{me.email}</p>
      <div className="row">
        <button type="button" className="button" onClick={() => setShown('password')}>
          Change the password
        </button>
        <button type="button" className="button danger" onClick={() => setShown('delete')}>
          Delete the account
        </button>
      </div>
      {shown === 'password' && <ChangePassword onClose={onClose} />}
      {shown === 'delete' && <DeleteAccount onClose={onClose} />}
    </section>
  );
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const { say } = useNotices();
  const { onSubmit, problem, isBusy } = useForm(async ({ currentPassword = '', newPassword = '' }) => {
    await chat.api.auth.changePassword.mutate({ currentPassword, newPassword });
    say('The password is changed. Your other sessions are over.');
    onClose();
  });
  return (
    <Dialog title="Change the password" onClose={onClose}>
      <form className="form" onSubmit={onSubmit}>
        <Field
          label="The password now"
          name="currentPassword"
          type="password"
          autoComplete="current-password"
          required
        />
        <Field
          label="The new one"
          name="newPassword"
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
        />
        <Problem text={problem} />
        <button type="submit" className="button main" disabled={isBusy}>
          Change
        </button>
      </form>
    </Dialog>
  );
}

function DeleteAccount({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const { onSubmit, problem, isBusy } = useForm(async ({ password = '', erase }) => {
    await chat.api.auth.deleteAccount.mutate({ password, messages: erase ? 'erase' : 'keep' });
    goTo();
  });
  return (
    <Dialog title="Delete the account" onClose={onClose}>
      <form className="form" onSubmit={onSubmit}>
        <p>It cannot be had back. Others see “Deleted user” where you were.</p>
        <label className="row">
          <input type="checkbox" name="erase" /> All that I wrote goes, too
        </label>
        <Field
          label="Your password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <Problem text={problem} />
        <button type="submit" className="button danger" disabled={isBusy}>
          Delete it
        </button>
      </form>
    </Dialog>
  );
}

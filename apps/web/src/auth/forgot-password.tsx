import { useChat } from '@parley/client/react';
import { useState } from 'react';
import { Field, Problem } from '../look/field.tsx';
import { useForm } from '../look/use-form.ts';
import { linkTo } from '../router.ts';
import { InboxLink } from './verify-email.tsx';

/** The mail has a link to a page of the server, where the new password is set. */
export function ForgotPassword() {
  const chat = useChat();
  const [isSent, setSent] = useState(false);
  const { onSubmit, problem, isBusy } = useForm(async ({ email = '' }) => {
    await chat.api.auth.forgotPassword.mutate({ email });
    setSent(true);
  });
  return (
    <>
      <h1>Forgot the password</h1>
      {isSent ? (
        <p role="status">If there is an account with this address, a mail with a link is on its way.</p>
      ) : (
        <form className="form" onSubmit={onSubmit}>
          <Field label="E-mail" name="email" type="email" autoComplete="email" required autoFocus />
          <Problem text={problem} />
          <button type="submit" className="button main" disabled={isBusy}>
            Send me a link
          </button>
        </form>
      )}
      <footer>
        <a href={linkTo()}>Log in</a>
        {isSent && <InboxLink />}
      </footer>
    </>
  );
}

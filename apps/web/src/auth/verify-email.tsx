import { useChat } from '@parley/client/react';
import { Field, Problem } from '../look/field.tsx';
import { useNotices } from '../look/notices.tsx';
import { useForm } from '../look/use-form.ts';
import { goTo, linkTo } from '../router.ts';

export function VerifyEmail({ email }: { email: string }) {
  const chat = useChat();
  const { say } = useNotices();
  const verify = useForm(async ({ address = '', code = '' }) => {
    await chat.api.auth.verifyEmail.mutate({ email: address, code });
    say('Your address is verified. You can log in now.');
    goTo();
  });
  const again = useForm(async ({ address = '' }) => {
    await chat.api.auth.resendVerification.mutate({ email: address });
    say('Another mail is on its way.');
  });
  return (
    <>
      <h1>Look into your mail</h1>
      <p className="quiet">We have sent you six digits, and a link that does the same.</p>
      <form id="verify" className="form" onSubmit={verify.onSubmit}>
        <Field label="E-mail" name="address" type="email" defaultValue={email} required />
        <Field
          label="Six digits"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          required
        />
        <Problem text={verify.problem} />
        <button type="submit" className="button main" disabled={verify.isBusy}>
          Verify
        </button>
      </form>
      <form className="form" onSubmit={again.onSubmit}>
        <input type="hidden" name="address" value={email} />
        <Problem text={again.problem} />
        <button type="submit" className="button" disabled={again.isBusy || email === ''}>
          Send another mail
        </button>
      </form>
      <footer>
        <InboxLink />
        <a href={linkTo()}>Log in</a>
      </footer>
    </>
  );
}

/** In development, which is on this machine, mail goes into a page of the server. */
export const InboxLink = () =>
  LOCAL.has(location.hostname) && (
    <a href="/dev/inbox" target="_blank" rel="noreferrer">
      The inbox of development
    </a>
  );

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);

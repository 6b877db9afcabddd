import { isParleyError } from '@parley/client';
import { useChat } from '@parley/client/react';
import { Field, Problem } from '../look/field.tsx';
import { useForm } from '../look/use-form.ts';
import { goTo, linkTo } from '../router.ts';

export function LogIn({ isSessionOver }: { isSessionOver: boolean }) {
  const chat = useChat();
  const { onSubmit, problem, isBusy } = useForm(async ({ login = '', password = '' }) => {
    try {
      await chat.login({ login, password });
    } catch (error) {
      if (!isParleyError(error, 'EMAIL_NOT_VERIFIED')) throw error;
      goTo('verify', login.includes('@') ? login : '');
    }
  });
  return (
    <>
      <h1>Log in</h1>
      <form className="form" onSubmit={onSubmit}>
        {isSessionOver && <p role="status">Your session is over. Log in again to go on.</p>}
        <Field label="Username or e-mail" name="login" autoComplete="username" required autoFocus />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        <Problem text={problem} />
        <button type="submit" className="button main" disabled={isBusy}>
          Log in
        </button>
      </form>
      <footer>
        <a href={linkTo('sign-up')}>Make an account</a>
        <a href={linkTo('forgot')}>Forgot the password?</a>
      </footer>
    </>
  );
}

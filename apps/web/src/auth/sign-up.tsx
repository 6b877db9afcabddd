import { useChat } from '@parley/client/react';
import { Field, Problem } from '../look/field.tsx';
import { useForm } from '../look/use-form.ts';
import { goTo, linkTo } from '../router.ts';

export function SignUp() {
  const chat = useChat();
  const { onSubmit, problem, isBusy } = useForm(
    async ({ username = '', email = '', password = '', name }) => {
      const user = await chat.register({ username, email, password, ...(name && { fullName: name }) });
      if (user) goTo();
      else goTo('verify', email);
    },
  );
  return (
    <>
      <h1>Make an account</h1>
      <form className="form" onSubmit={onSubmit}>
        <Field
          label="Username"
          name="username"
          autoComplete="username"
          minLength={3}
          maxLength={20}
          required
        />
        <Field label="Your name (if you like)" name="name" autoComplete="name" maxLength={100} />
        <Field label="E-mail" name="email" type="email" autoComplete="email" required />
        <Field
          label="Password, 8 characters or more"
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
        />
        <Problem text={problem} />
        <button type="submit" className="button main" disabled={isBusy}>
          Sign up
        </button>
      </form>
      <footer>
        <a href={linkTo()}>I have an account</a>
      </footer>
    </>
  );
}

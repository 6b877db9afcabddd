import { isParleyError } from '@parley/client';
import { useState } from 'react';
import { Button, Field, Words } from '../look/parts.tsx';
import { useSubmit } from '../look/use-submit.ts';
import type { PageProps } from './entrance.tsx';

export function LogIn({ connect, goTo }: PageProps) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const { submit, problem, isBusy } = useSubmit(async () => {
    const chat = await connect();
    try {
      await chat.login({ login: login.trim(), password });
    } catch (error) {
      if (!isParleyError(error, 'EMAIL_NOT_VERIFIED')) throw error;
      goTo('verify', login.includes('@') ? login.trim() : '');
    }
  });
  return (
    <>
      <Field
        label="Username or e-mail"
        autoComplete="username"
        inputMode="email"
        value={login}
        onChangeText={setLogin}
      />
      <Field
        label="Password"
        autoComplete="current-password"
        secureTextEntry
        value={password}
        onChangeText={setPassword}
        onSubmitEditing={submit}
      />
      {problem !== undefined && <Words tone="danger">{problem}</Words>}
      <Button label="Log in" isMain isDisabled={isBusy} onPress={submit} />
      <Button label="Make an account" onPress={() => goTo('sign-up')} />
    </>
  );
}

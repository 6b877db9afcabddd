import { useRoute } from '../router.ts';
import { ForgotPassword } from './forgot-password.tsx';
import { LogIn } from './log-in.tsx';
import { SignUp } from './sign-up.tsx';
import { VerifyEmail } from './verify-email.tsx';
import './entrance.css';

/** For whoever is not signed in. */
export function Entrance({ isSessionOver = false }: { isSessionOver?: boolean }) {
  const [place, email] = useRoute();
  return (
    <main className="entrance">
      <div className="card">
        <img className="logo" src="/icon.svg" alt="" width="52" height="52" />
        <Page place={place} email={email} isSessionOver={isSessionOver} />
      </div>
    </main>
  );
}

function Page(props: { place: string | undefined; email: string | undefined; isSessionOver: boolean }) {
  switch (props.place) {
    case 'sign-up':
      return <SignUp />;
    case 'verify':
      return <VerifyEmail email={props.email ?? ''} />;
    case 'forgot':
      return <ForgotPassword />;
    default:
      return <LogIn isSessionOver={props.isSessionOver} />;
  }
}

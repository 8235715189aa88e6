import { type ComponentChild, render } from 'preact';
import { t, word } from '../i18n';
import { ApiError, signedIn } from '../lib/api';
import type { Me } from '../wire';
import { Forbidden, Plain } from './bits';

/** Shows a page to whoever is signed in and holds the role; says why not to everyone else. */
export async function boot(role: string, why: () => string, page: (me: Me) => ComponentChild): Promise<void> {
  const root = document.getElementById('page');
  if (!root) return;
  try {
    const me = await signedIn();
    render(me.roles.includes(role) ? page(me) : <Refused why={why} />, root);
  } catch (error) {
    const code = error instanceof ApiError ? error.code : 'failed';
    // Signed out: the login page is on its way.
    if (code !== 'signed_out') render(<Away code={code} />, root);
  }
}

function Refused({ why }: { why: () => string }) {
  return <Forbidden why={why()} />;
}

function Away({ code }: { code: string }) {
  return (
    <Plain title={t.value.common.product}>
      <p class="notice stop" role="alert" data-testid="notice" data-reason={code}>
        {word(t.value.common.problems, code)}
      </p>
      <p>
        <button type="button" class="primary" onClick={() => location.reload()}>
          {t.value.common.tryAgain}
        </button>
      </p>
    </Plain>
  );
}

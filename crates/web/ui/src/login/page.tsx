import { useSignal, useSignalEffect } from '@preact/signals';
import { t, word } from '../i18n';
import { ApiError, api, ownPath } from '../lib/api';
import { Plain } from '../ui/bits';
import type { Me, SignIn } from '../wire';

/** Sign-in, then to where one was going; an account without a page is told so. */
export function LoginPage() {
  const me = useSignal<Me | null>(null);
  useSignalEffect(() => {
    document.title = `${t.value.login.title} · ${t.value.common.product}`;
  });
  return me.value ? <Already me={me.value} /> : <Form signedIn={(found) => (me.value = found)} />;
}

function Form({ signedIn }: { signedIn: (me: Me) => void }) {
  const words = t.value.login;
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const caps = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    busy.value = true;
    problem.value = null;
    try {
      const body: SignIn = { name: field(fields, 'name').trim(), password: field(fields, 'password') };
      const me = await api<Me>('/api/session', { method: 'POST', body });
      const next = leadsTo(me);
      if (next) location.assign(next);
      else signedIn(me);
    } catch (error) {
      problem.value = error instanceof ApiError ? error.code : 'failed';
      busy.value = false;
      document.getElementById('password')?.focus();
    }
  };
  return (
    <Plain title={words.title}>
      <p class="soft">{words.intro}</p>
      <form class="stack" method="post" onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span>{words.name}</span>
          <input
            name="name"
            required
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            data-testid="login-name"
          />
        </label>
        <label class="field">
          <span>{words.password}</span>
          <input
            id="password"
            name="password"
            type="password"
            required
            autocomplete="current-password"
            aria-describedby="login-problem"
            onKeyUp={(e) => {
              caps.value = e.getModifierState?.('CapsLock') ?? false;
            }}
            data-testid="login-password"
          />
        </label>
        <div id="login-problem" role="alert">
          {problem.value && (
            <p class="notice stop" data-testid="notice" data-reason={problem.value}>
              {word(t.value.common.problems, problem.value)}
            </p>
          )}
          {caps.value && <p class="soft">{words.capsLock}</p>}
        </div>
        <button type="submit" class="primary wide" aria-disabled={busy.value} data-testid="login-submit">
          {busy.value ? words.busy : words.submit}
        </button>
      </form>
    </Plain>
  );
}

function field(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

function Already({ me }: { me: Me }) {
  const words = t.value.login;
  const leave = () => api('/api/session', { method: 'DELETE' }).finally(() => location.reload());
  return (
    <Plain title={words.already(me.name)}>
      <p>{words.noPage}</p>
      <p>
        <button type="button" onClick={() => void leave()}>
          {t.value.common.signOut}
        </button>
      </p>
    </Plain>
  );
}

/** Where one was going, or the page of one's role; null: there is none. */
function leadsTo(me: Me): string | null {
  const next = ownPath(new URLSearchParams(location.search).get('next'));
  if (me.roles.includes('operator')) return next ?? '/desk';
  return me.roles.includes('supervisor') ? (next ?? '/console') : null;
}

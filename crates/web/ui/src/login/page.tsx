import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t, word } from '../i18n';
import { ApiError, api, ownPath } from '../lib/api';
import { Plain } from '../ui/bits';
import type { Me, SignIn } from '../wire';

/** Sign-in; whoever is signed in already sees where they may go. */
export function LoginPage() {
  const me = useSignal<Me | null>(null);
  useSignalEffect(() => {
    document.title = `${t.value.login.title} · ${t.value.common.product}`;
  });
  useEffect(() => {
    api<Me>('/api/session').then(
      (found) => {
        me.value = found;
      },
      () => undefined,
    );
  }, [me]);
  return me.value ? <Already me={me.value} /> : <Form />;
}

function Form() {
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
      const body: SignIn = { name: String(fields.get('name')).trim(), password: String(fields.get('password')) };
      leadOn(await api<Me>('/api/session', { method: 'POST', body }));
    } catch (error) {
      problem.value = error instanceof ApiError ? error.code : 'failed';
      busy.value = false;
      document.getElementById('password')?.focus();
    }
  };
  return (
    <Plain title={words.title}>
      <p class="soft">{words.intro}</p>
      <form class="stack" method="post" onSubmit={submit}>
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

function Already({ me }: { me: Me }) {
  const words = t.value.login;
  const desk = me.roles.includes('operator');
  const log = me.roles.includes('supervisor');
  return (
    <Plain title={words.already(me.name)}>
      {!desk && !log && <p>{words.noPage}</p>}
      <p class="row">
        {desk && (
          <a class="button primary" href="/desk">
            {words.toDesk}
          </a>
        )}
        {log && (
          <a class="button" href="/console">
            {words.toConsole}
          </a>
        )}
        <SignOut />
      </p>
    </Plain>
  );
}

function SignOut() {
  const leave = () => api('/api/session', { method: 'DELETE' }).finally(() => location.reload());
  return (
    <button type="button" onClick={() => void leave()}>
      {t.value.common.signOut}
    </button>
  );
}

/** To where one was going, or to the page of one's role. */
function leadOn(me: Me): void {
  const home = me.roles.includes('operator') ? '/desk' : me.roles.includes('supervisor') ? '/console' : '/login';
  location.assign(ownPath(new URLSearchParams(location.search).get('next')) ?? home);
}

import type { ComponentChildren } from 'preact';
import { LANGUAGES, type Lang, lang, setLang, t } from '../i18n';
import { signOut } from '../lib/api';
import type { Me } from '../wire';

/** Chooses the language of the pages. */
export function LanguageSwitch() {
  return (
    <label class="switch-language">
      <span class="sr">{t.value.common.language}</span>
      <select value={lang.value} onChange={(e) => setLang(e.currentTarget.value as Lang)} data-testid="language">
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The product's name with its mark. */
export function Brand({ trial = false }: { trial?: boolean }) {
  return (
    <span class="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="currentColor" />
        <path
          d="M10 9.5c0-.9.7-1.5 1.6-1.5h1.7c.6 0 1 .4 1.2 1l.7 2.6c.1.5 0 1-.4 1.3l-1.4 1.1c.9 1.9 2.4 3.4 4.3 4.3l1.1-1.4c.3-.4.8-.5 1.3-.4l2.6.7c.6.2 1 .6 1 1.2v1.7c0 .9-.6 1.6-1.5 1.6C15.6 21.7 10 16.1 10 9.5z"
          class="brand-ink"
        />
      </svg>
      <strong>{t.value.common.product}</strong>
      {trial && <span class="tag">{t.value.common.trial}</span>}
    </span>
  );
}

/** Who is signed in, with the way out; a shift is ended first. */
export function Account({ me, leave = true }: { me: Me; leave?: boolean }) {
  return (
    <span class="account">
      <span class="account-name">{me.name}</span>
      {leave && (
        <button type="button" class="quiet" onClick={() => void signOut()}>
          {t.value.common.signOut}
        </button>
      )}
    </span>
  );
}

/** The page's way past its header for the keyboard. */
export function SkipLink() {
  return (
    <a class="skip" href="#main">
      {t.value.common.skip}
    </a>
  );
}

/** A page that says one thing. */
export function Plain({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="plain" id="main">
      <header class="plain-top">
        <Brand />
        <LanguageSwitch />
      </header>
      <section class="card stack">
        <h1>{title}</h1>
        {children}
      </section>
    </main>
  );
}

/** The account lacks the role for a page. */
export function Forbidden({ why }: { why: string }) {
  const { forbidden } = t.value.common;
  return (
    <Plain title={forbidden.title}>
      <p>{why}</p>
      <p>
        <button type="button" onClick={() => void signOut()}>
          {forbidden.otherAccount}
        </button>
      </p>
    </Plain>
  );
}

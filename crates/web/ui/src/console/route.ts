import { signal } from '@preact/signals';

/** Where one is in the console. */
export type Route =
  | { page: 'calls' }
  | { page: 'call'; journey: string }
  | { page: 'obligations' }
  | { page: 'hours' }
  | { page: 'rota' };

/** Reads a path; what the console does not know leads to the call log. */
export function routeOf(path: string): Route {
  const [, , section, id] = path.split('/');
  if (section === 'obligations' || section === 'hours' || section === 'rota') return { page: section };
  if (section === 'calls' && id) return { page: 'call', journey: decodeURIComponent(id) };
  return { page: 'calls' };
}

/** The address of one call. */
export function callPath(journey: string): string {
  return `/console/calls/${encodeURIComponent(journey)}`;
}

const here = () => ({ path: location.pathname, query: location.search });

/** The address shown, as a signal. */
export const address = signal(typeof location === 'undefined' ? { path: '/console', query: '' } : here());

/** Goes to an address of the console without loading the page anew. */
export function go(to: string, replace = false): void {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  address.value = here();
}

/** Lets links within the console, and the back button, go without a reload. */
export function watchAddress(): void {
  addEventListener('popstate', () => {
    address.value = here();
  });
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a');
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.target || !link.pathname.startsWith('/console') || link.origin !== location.origin)
      return;
    event.preventDefault();
    if (link.hash && link.pathname === location.pathname) document.querySelector<HTMLElement>(link.hash)?.focus();
    else {
      go(link.pathname + link.search);
      scrollTo(0, 0);
      document.getElementById('main')?.focus({ preventScroll: true });
    }
  });
}

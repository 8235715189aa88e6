import type { Me, Problem } from '../wire';

/** A request that was answered with a problem, or not at all (`offline`). */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
  ) {
    super(code);
  }
}

const PATIENCE_MS = 10_000;

/** Asks the engine. `path` begins with `/api/`. */
export async function api<T>(path: string, init: { method?: string; body?: unknown } = {}): Promise<T> {
  const response = await send(path, init);
  if (!response.ok) throw new ApiError(await problemCode(response), response.status);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function send(path: string, { method = 'GET', body }: { method?: string; body?: unknown }): Promise<Response> {
  const request: RequestInit = { method, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) };
  if (body !== undefined) {
    request.headers = { 'content-type': 'application/json' };
    request.body = JSON.stringify(body);
  }
  try {
    return await fetch(path, request);
  } catch {
    throw new ApiError('offline', 0);
  }
}

async function problemCode(response: Response): Promise<string> {
  try {
    return ((await response.json()) as Problem).code || byStatus(response.status);
  } catch {
    return byStatus(response.status);
  }
}

function byStatus(status: number): string {
  const codes: Record<number, string> = {
    400: 'bad_request',
    401: 'signed_out',
    403: 'forbidden',
    404: 'not_found',
    429: 'too_many_tries',
    503: 'unavailable',
  };
  return codes[status] ?? 'failed';
}

/** Who is signed in, or the way to the login page and back. */
export async function signedIn(): Promise<Me> {
  try {
    return await api<Me>('/api/session');
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) toLogin();
    throw error;
  }
}

/** Leaves for the login page, which leads back here. */
export function toLogin(): void {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Ends the session, then leaves for the login page. */
export async function signOut(): Promise<void> {
  await api('/api/session', { method: 'DELETE' }).catch(() => undefined);
  location.assign('/login');
}

/** A path of our own pages, or nothing: a link must not lead a freshly signed-in person elsewhere. */
export function ownPath(next: string | null): string | null {
  return next && /^\/(?![/\\])/.test(next) ? next : null;
}

/** The address of a WebSocket on this host. */
export function socketUrl(path: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`;
}

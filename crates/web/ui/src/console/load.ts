import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError, api, toLogin } from '../lib/api';

/** What an address gave; `data` stays while it is asked again. */
export interface Loaded<T> {
  data: T | null;
  problem: string | null;
}

/** Asks an address now, and again every so often while the page is in sight. */
export function useLoad<T>(path: string, everyMs: number | null): ReadonlySignal<Loaded<T>> {
  const loaded = useSignal<Loaded<T> & { path: string }>({ data: null, problem: null, path });
  useEffect(() => {
    let alive = true;
    const load = async () => {
      const found = await ask<T>(path);
      if (!alive) return;
      const keep = loaded.value.path === path && found.problem !== 'not_found' ? loaded.value.data : null;
      loaded.value = { data: found.data ?? keep, problem: found.problem, path };
    };
    void load();
    const timer = everyMs && setInterval(() => !document.hidden && void load(), everyMs);
    return () => {
      alive = false;
      if (timer) clearInterval(timer);
    };
  }, [path, everyMs, loaded]);
  return loaded;
}

async function ask<T>(path: string): Promise<Loaded<T>> {
  try {
    return { data: await api<T>(path), problem: null };
  } catch (error) {
    const problem = error instanceof ApiError ? error.code : 'failed';
    if (problem === 'signed_out') toLogin();
    return { data: null, problem };
  }
}

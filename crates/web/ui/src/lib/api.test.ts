import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, api, ownPath } from './api';

afterEach(() => vi.unstubAllGlobals());

const answering = (response: Response | Error) =>
  vi.stubGlobal('fetch', () => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response)));

describe('api', () => {
  it('gives what was answered, or nothing', async () => {
    answering(Response.json({ a: 1 }));
    expect(await api('/api/status')).toEqual({ a: 1 });
    answering(new Response(null, { status: 204 }));
    expect(await api('/api/session', { method: 'DELETE' })).toBeUndefined();
  });

  it.each([
    [Response.json({ code: 'wrong_state', message: '' }, { status: 409 }), 'wrong_state'],
    [new Response('<html>', { status: 503 }), 'unavailable'],
    [new Response('', { status: 401 }), 'signed_out'],
    [new Response('', { status: 418 }), 'failed'],
    [new TypeError('network'), 'offline'],
  ])('names the problem (%#)', async (response, code) => {
    answering(response);
    const failure = await api('/api/status').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect((failure as ApiError).code).toBe(code);
  });
});

describe('ownPath', () => {
  it('leads only to our own pages', () => {
    expect(ownPath('/desk?x=1')).toBe('/desk?x=1');
    for (const foreign of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      'javascript:alert(1)',
      '',
      null,
    ]) {
      expect(ownPath(foreign)).toBeNull();
    }
  });
});

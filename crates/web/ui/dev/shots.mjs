// Pictures of every page and state from made-up data, in both languages, wide and narrow, light and dark, each looked over by axe.
// Usage: node dev/shots.mjs FOLDER [part of a name]. Exits 1 when axe finds something or the browser complains.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { answerer, DESK, ME, mock } from './mock.mjs';
import { serve } from './serve.mjs';

const [folder = 'test-results', only = ''] = process.argv.slice(2);
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 } };
const LANGUAGES = ['zh-CN', 'en'];
const FLAGS = [
  '--no-sandbox',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

const startShift = async (page) => {
  await page.getByTestId('start-shift').click();
  await page.waitForSelector('[data-testid=connection-pill][data-audio=up]');
  await page.waitForTimeout(400);
};

const desk = (deskView) => ({ path: '/desk', me: ME.operator, deskView, act: startShift });
const supervisor = (path, more) => ({ path, me: ME.supervisor, more });
const problem = (code, status) => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify({ code, message: '' }),
});

const SCENES = {
  login: { path: '/login' },
  'login-wrong': {
    path: '/login',
    more: { '/api/session': problem('bad_password', 401) },
    act: async (page) => {
      await page.getByTestId('login-name').fill('li.na');
      await page.getByTestId('login-password').fill('not this');
      await page.getByTestId('login-submit').click();
      await page.getByTestId('notice').waitFor();
    },
  },
  'login-no-page': {
    path: '/login',
    more: {
      '/api/session': {
        status: 200,
        contentType: 'application/json',
        body: JSON.stringify({ ...ME.operator, roles: ['administrator'] }),
      },
    },
    act: async (page) => {
      await page.getByTestId('login-name').fill('sun');
      await page.getByTestId('login-password').fill('secret');
      await page.getByTestId('login-submit').click();
      await page.locator('form').waitFor({ state: 'detached' });
    },
  },
  'desk-forbidden': { path: '/desk', me: ME.supervisor },
  'desk-setup': { path: '/desk', me: ME.operator, act: (page) => page.getByTestId('mic-level').waitFor() },
  'desk-blocked': {
    path: '/desk',
    me: ME.operator,
    init: () => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    },
    act: (page) => page.locator('[data-reason=blocked]').waitFor(),
  },
  ...Object.fromEntries(Object.entries(DESK).map(([name, shown]) => [`desk-${name}`, desk(shown)])),
  'desk-keypad': {
    ...desk(DESK.talking),
    act: async (page) => {
      await startShift(page);
      await page.getByTestId('keypad').click();
      await page.getByTestId('connection-pill').locator('summary').click();
    },
  },
  'desk-handover': {
    ...desk(DESK.talking),
    act: async (page) => {
      await startShift(page);
      await page.getByTestId('handover-toggle').click();
      await page.getByTestId('target-operator-lin').waitFor();
    },
  },
  'desk-keys': {
    ...desk(DESK.ready),
    act: async (page) => {
      await startShift(page);
      await page.keyboard.press('?');
    },
  },
  'desk-end': {
    ...desk(DESK.ready),
    act: async (page) => {
      await startShift(page);
      await page.getByTestId('state-select').selectOption('end_shift');
      await page.getByTestId('end-shift').waitFor();
    },
  },
  'desk-superseded': {
    ...desk(DESK.ready),
    act: async (page, shown) => {
      await startShift(page);
      shown.show({ type: 'superseded' });
      await page.locator('[data-reason=superseded]').waitFor();
    },
  },
  'console-calls': supervisor('/console?from=2026-11-20&language=zh-CN'),
  'console-empty': supervisor('/console', {
    '/api/calls': { status: 200, contentType: 'application/json', body: '{"calls":[],"next":null,"behind":0}' },
  }),
  'console-behind': supervisor('/console', {
    '/api/status': {
      status: 200,
      contentType: 'application/json',
      body: '{"database":true,"behind":1204,"open_obligations":1,"journeys":1,"on_shift":0,"late_promises":0,"lost_callers":null}',
    },
  }),
  'console-away': supervisor('/console', {
    '/api/calls': problem('unavailable', 503),
    '/api/status': {
      status: 200,
      contentType: 'application/json',
      body: '{"database":false,"behind":7,"open_obligations":1,"journeys":1,"on_shift":0,"late_promises":0,"lost_callers":null}',
    },
  }),
  'console-lost': supervisor('/console', {
    '/api/status': {
      status: 200,
      contentType: 'application/json',
      body: '{"database":true,"behind":0,"open_obligations":4,"journeys":1,"on_shift":2,"late_promises":3,"lost_callers":1}',
    },
  }),
  'console-timeline': supervisor('/console/calls/j1.7.42'),
  'console-nothing': supervisor('/console/calls/j9.9.9'),
  'console-obligations': supervisor('/console/obligations'),
  'console-obligations-act': {
    ...supervisor('/console/obligations'),
    act: async (page) => {
      await page.getByTestId('owed-actions').first().click();
      await page.getByTestId('owed-reason').waitFor();
    },
  },
  'console-hours': {
    ...supervisor('/console/hours'),
    act: async (page) => {
      await page.locator('[data-testid=switch] summary').click();
    },
  },
  'console-rota': supervisor('/console/rota'),
  'console-rota-edit': {
    ...supervisor('/console/rota'),
    act: async (page) => {
      await page.locator('[data-operator="li.na"] button').click();
      await page.locator('[name=day0]').fill('9-12 11-13');
      await page.locator('[data-testid=rota-edit] [type=submit]').click();
    },
  },
  'console-forbidden': { path: '/console', me: ME.operator },
  try: { path: '/try' },
  'try-away': { path: '/try', more: { '/api/try': problem('not_found', 404) } },
  'try-talking': {
    path: '/try',
    tryState: { state: 'talking', cause: null },
    act: async (page) => {
      await page.getByTestId('try-call').click();
      await page.locator('[data-testid=try-state][data-state=talking]').waitFor();
      await page.keyboard.press('1');
    },
  },
  'try-ended': {
    path: '/try',
    tryState: { state: 'ended', cause: 'closed' },
    act: async (page) => {
      await page.getByTestId('try-after-hours').check();
      await page.getByTestId('try-call').click();
      await page.locator('[data-testid=try-state][data-state=ended]').waitFor();
    },
  },
};

const { server, port } = await serve();
const origin = `http://localhost:${port}`;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
mkdirSync(folder, { recursive: true });
let faults = 0;

for (const [name, scene] of Object.entries(SCENES).filter(([name]) => name.includes(only))) {
  for (const language of LANGUAGES) {
    for (const [size, viewport] of Object.entries(SIZES)) await picture(name, scene, language, size, viewport);
  }
}
await browser.close();
server.close();
console.log(faults === 0 ? 'no faults' : `${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;

async function picture(name, scene, language, size, viewport) {
  // One picture in two is dark, so that both are seen without twice the pictures.
  const colorScheme = (language === 'en') === (size === 'wide') ? 'light' : 'dark';
  const context = await browser.newContext({ locale: language, viewport, colorScheme, permissions: ['microphone'] });
  try {
    const answer = await answerer(context, origin);
    const page = await context.newPage();
    page.on('console', (message) => complaint(name, message));
    page.on('pageerror', (error) => fault(name, error.message));
    if (scene.init) await page.addInitScript(scene.init);
    const shown = await mock(page, { ...scene, answer });
    await page.goto(origin + scene.path);
    await page.waitForSelector('h1');
    await scene.act?.(page, shown);
    await page.waitForTimeout(200);
    await page.screenshot({
      path: join(folder, `${name}.${language}.${size}.png`),
      fullPage: true,
      animations: 'disabled',
    });
    await examine(page, `${name} ${language} ${size}`);
  } catch (error) {
    fault(name, error.message);
  } finally {
    await context.close();
  }
}

async function examine(page, where) {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  const violations = await page.evaluate(async () => {
    const found = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`);
  });
  for (const violation of violations) fault(where, violation);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (overflow > 0) fault(where, `${overflow} px wider than the screen`);
}

function complaint(name, message) {
  // A refused request is part of several scenes.
  if (message.type() !== 'error' || /Failed to load resource/.test(message.text())) return;
  fault(name, message.text());
}

function fault(where, text) {
  faults += 1;
  console.log(`${where}: ${text}`);
}

// A mock of the engine inside the browser's automation: made-up answers to the pages' requests. The real thing is tested in tests/e2e.

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const ahead = (seconds) => ago(-seconds);

const caller = (more = {}) => ({
  masked: '139****8096',
  language: 'zh-CN',
  topic: 'wages',
  danger: false,
  waiting_since: ago(74),
  returned: false,
  ...more,
});

/** A desk's view in some state. */
export function view(state, more = {}) {
  return {
    type: 'view',
    state,
    reason: null,
    since: ago(312),
    audio: true,
    next: null,
    offer: null,
    callback: null,
    due: [],
    due_more: 0,
    call: null,
    asked: null,
    colleagues: [],
    wrap_up: null,
    queue: { waiting: 0, longest_since: null, ready: 2, on_shift: 3 },
    now: new Date().toISOString(),
    ...more,
  };
}

const busyQueue = () => ({ waiting: 3, longest_since: ago(192), ready: 0, on_shift: 3 });
const call = (more = {}) => ({
  journey: 'j1.7.42',
  caller: caller(),
  since: ago(185),
  conversing: true,
  held: false,
  muted: false,
  reconnecting: false,
  caller_silent: false,
  attempt: null,
  consult: null,
  number: number(),
  ...more,
});
function number(more = {}) {
  return { known: true, do_not_call: false, owed: [], ...more };
}

const shared = () =>
  number({
    owed: [
      { obligation: 'b1.7.11', opened: ago(9000), language: 'zh-CN', said: false },
      { obligation: 'b1.7.12', opened: ago(88_000), language: 'yue', said: true },
    ],
  });
const offer = (more = {}) => ({ offer: 'o1.7.9', journey: 'j1.7.42', caller: caller(more), until: ahead(17) });

const callback = (more = {}) => ({
  obligation: 'b1.7.42',
  masked: '139****8096',
  class: 'mobile',
  given: false,
  language: 'yue',
  topic: 'wages',
  danger: false,
  wanted: true,
  part: 'evening',
  promise: ahead(5400),
  opened: ago(52_000),
  journeys: 2,
  tried: [
    { at: ago(30_000), operator: 'chen', result: 'no_answer' },
    { at: ago(9000), operator: 'li.na', result: 'machine' },
  ],
  ...more,
});
const due = (n, more = {}) => ({
  obligation: `b1.7.${n}`,
  masked: `13${n % 9}****${1000 + n * 37}`,
  language: 'zh-CN',
  topic: 'wages',
  danger: false,
  due: ago(n * 60),
  promise: null,
  tried: 0,
  claimed_by: null,
  ringing: false,
  ...more,
});
const dues = () => ({
  due: [
    due(3, { danger: true, promise: ago(300) }),
    due(5, { language: 'yue', tried: 2 }),
    due(7, { claimed_by: 'li.na' }),
    due(8, { ringing: true }),
    due(9, { due: ahead(1500), topic: null }),
  ],
  due_more: 4,
});

/** Every state of a desk worth a picture. */
const COLLEAGUES = [
  { operator: 'lin', name: '林小雨', ready: true },
  { operator: 'chen', name: '陈静', ready: false },
];
const consult = (more = {}) => ({
  to: { kind: 'operator', operator: 'lin' },
  name: '林小雨',
  answered: false,
  with_caller: false,
  conference: false,
  ...more,
});
const asked = (more = {}) => ({
  offer: null,
  by: '王芳',
  caller: caller(),
  until: ahead(21),
  with_caller: false,
  conference: false,
  ...more,
});

export const DESK = {
  not_ready: () => view('not_ready', { reason: 'shift_started' }),
  ready: () => view('ready'),
  due: () => view('ready', dues()),
  callback: () =>
    view('offered', {
      callback: { offer: 'o1.7.9', until: ahead(17), callback: callback() },
      since: ago(3),
      ...dues(),
    }),
  calling: () =>
    view('on_call', { call: call({ conversing: false, attempt: { stage: 'ringing', callback: callback() } }) }),
  attempt: () => view('on_call', { call: call({ attempt: { stage: 'answered', callback: callback() } }) }),
  wrap_up_attempt: () =>
    view('wrap_up', {
      wrap_up: {
        journey: 'j1.7.42',
        until: ahead(94),
        outcome: 'no_answer',
        handed_on: false,
        ended_by: 'trunk',
        attempt: true,
        told: 'no_answer',
        number: number(),
      },
    }),
  meal: () => view('not_ready', { reason: 'meal' }),
  ringing: () => view('offered', { offer: offer(), since: ago(3), queue: busyQueue() }),
  ringing_danger: () =>
    view('offered', { offer: offer({ danger: true, returned: true, topic: null }), queue: busyQueue() }),
  talking: () => view('on_call', { call: call(), colleagues: COLLEAGUES, queue: busyQueue() }),
  shared_number: () => view('on_call', { call: call({ number: shared() }), queue: busyQueue() }),
  do_not_call: () => view('on_call', { call: call({ number: number({ do_not_call: true }) }), queue: busyQueue() }),
  held: () => view('on_call', { call: call({ held: true, muted: true }), queue: busyQueue() }),
  asking: () =>
    view('on_call', {
      call: call({ consult: consult({ answered: true }) }),
      colleagues: COLLEAGUES,
      queue: busyQueue(),
    }),
  conference: () =>
    view('on_call', {
      call: call({ consult: consult({ answered: true, with_caller: true, conference: true }) }),
      colleagues: COLLEAGUES,
      queue: busyQueue(),
    }),
  asked_ringing: () => view('offered', { asked: asked({ offer: 'o1.7.3' }) }),
  asked: () => view('on_call', { asked: asked() }),
  asked_conference: () => view('on_call', { asked: asked({ with_caller: true, conference: true }) }),
  caller_silent: () => view('on_call', { call: call({ caller_silent: true, caller: caller({ masked: '' }) }) }),
  reconnecting: () => view('on_call', { call: call({ reconnecting: true }), next: 'meal' }),
  wrap_up: () =>
    view('wrap_up', {
      wrap_up: {
        journey: 'j1.7.42',
        until: ahead(94),
        outcome: null,
        handed_on: false,
        ended_by: 'caller',
        attempt: false,
        told: null,
        number: number(),
      },
      next: 'rest',
    }),
  wrap_up_spoken: () =>
    view('wrap_up', {
      wrap_up: {
        journey: 'j1.7.42',
        until: ahead(94),
        outcome: 'spoken',
        handed_on: false,
        ended_by: 'operator',
        attempt: false,
        told: null,
        number: shared(),
      },
    }),
  wrap_up_handed_on: () =>
    view('wrap_up', {
      wrap_up: {
        journey: 'j1.7.42',
        until: ahead(94),
        outcome: null,
        handed_on: true,
        ended_by: null,
        attempt: false,
        told: null,
        number: number({ known: false }),
      },
    }),
  no_answer: () => view('not_ready', { reason: 'no_answer' }),
  desk_silent: () => view('not_ready', { reason: 'desk_silent' }),
};

const row = (n, more = {}) => ({
  journey: `j1.7.${n}`,
  opened: ago(n * 731),
  ended: ago(n * 731 - 260),
  caller: `13${n % 9}****${1000 + n * 37}`,
  dialled: '4008169580',
  service: 'helpline',
  open: true,
  language: 'zh-CN',
  topic: ['wages', 'hours', null, 'ehs', 'family'][n % 5],
  danger: false,
  operator: ['li.na', 'wang.fang', 'chen'][n % 3],
  wait_ms: 3000 + n * 2100,
  talk_ms: 61_000 + n * 17_000,
  cause: 'conversed',
  outcome: 'spoken',
  obligation: 'discharged',
  ...more,
});

export const CALLS = {
  calls: [
    row(1, { ended: null, cause: null, outcome: null, talk_ms: null, obligation: 'in_hand' }),
    row(2),
    row(3, { cause: 'abandoned', operator: null, talk_ms: null, outcome: null, obligation: 'open', language: 'yue' }),
    row(4, {
      caller: '',
      cause: 'left_in_menu',
      operator: null,
      wait_ms: null,
      talk_ms: null,
      outcome: null,
      obligation: 'open',
      language: null,
      topic: null,
    }),
    row(5, { language: 'en', outcome: 'not_spoken', obligation: 'open' }),
    row(6, {
      open: false,
      cause: 'closed',
      operator: null,
      wait_ms: null,
      talk_ms: null,
      outcome: null,
      obligation: 'open',
    }),
    row(7, { danger: true, cause: 'engine_lost', obligation: 'open', outcome: null }),
    row(8),
    row(9, { topic: 'a_new_topic', obligation: null }),
  ],
  next: 'c9',
  behind: 0,
};

const step = (s, event, detail = {}) => ({ utc: ago(800 - s), event, detail: { journey: 'j1.7.42', ...detail } });

export const DETAIL = {
  call: row(2, { journey: 'j1.7.42', opened: ago(800) }),
  steps: [
    step(0, 'journey_opened', {
      caller: { masked: '139****8096', class: 'mobile' },
      dialled: '4008169580',
      service: 'helpline',
      open: true,
    }),
    step(0.004, 'obligation_opened', { obligation: 'b1.7.42', kind: 'reach', reason: 'called' }),
    step(0.03, 'answered', { leg: 'l1.7.1' }),
    step(0.33, 'step_entered', { step: 'language' }),
    step(6.2, 'language_chosen', { language: 'zh-CN' }),
    step(6.21, 'step_entered', { step: 'topic' }),
    step(9.8, 'topic_chosen', { topic: 'wages' }),
    step(9.81, 'queued', { queue: 'main', skills: ['lang:zh-CN'], priority: 5 }),
    step(9.82, 'offered', { offer: 'o1.7.1', operator: 'chen', until: ahead(1) }),
    step(29.82, 'offer_ended', { offer: 'o1.7.1', operator: 'chen', outcome: { how: 'no_answer' } }),
    step(29.83, 'operator_changed', {
      operator: 'chen',
      state: { state: 'not_ready', reason: 'no_answer' },
      reason: 'no_answer',
    }),
    step(29.84, 'offered', { offer: 'o1.7.2', operator: 'li.na', until: ahead(1) }),
    step(33.1, 'offer_ended', { offer: 'o1.7.2', operator: 'li.na', outcome: { how: 'accepted' } }),
    step(33.2, 'conversing', { offer: 'o1.7.2', operator: 'li.na' }),
    step(33.21, 'obligation_in_hand', { obligation: 'b1.7.42', operator: 'li.na' }),
    step(120, 'held', { operator: 'li.na', on: true }),
    step(150, 'held', { operator: 'li.na', on: false }),
    step(290, 'leg_measured', {
      leg: 'l1.7.1',
      role: 'caller',
      quality: { received: 14_480, lost: 3, sent: 14_502, jitter_ms: 2.13 },
    }),
    step(290.01, 'ended', { cause: 'conversed', by: 'caller' }),
    step(301, 'outcome_given', { operator: 'li.na', outcome: 'spoken' }),
    step(301.01, 'obligation_discharged', { obligation: 'b1.7.42', reason: 'spoken', by: 'li.na' }),
    step(302, 'an_event_of_tomorrow', { something: 1 }),
  ],
  why: {
    headline:
      'Was put through to li.na after 23 s: 20 s it rang at chen; 3 s it rang at li.na. (The engine says this in the language of the page.)',
    sentences: [
      [0, '139****8096 called 4008169580 (helpline); the line was open'],
      [6.2, 'Speaks Mandarin'],
      [9.81, 'In line “main”, by the time of the call; needs someone who speaks Mandarin'],
      [9.82, 'Rings at chen: one of 2 ready and the longest, since 13:12:40'],
      [29.82, 'chen did not answer within 20 s; the caller keeps the head of the line'],
      [29.84, 'Rings at li.na: the only one ready since 13:40:11'],
      [33.1, 'li.na answered after 3 s'],
      [33.2, 'Hear each other: li.na and the caller, who had waited 23 s'],
      [290.01, 'Ended by the caller, 4 min 17 s after the answer: after a conversation'],
    ].map(([s, text]) => ({ utc: ago(800 - s), text })),
  },
};

const owed = (n, more = {}) => ({
  obligation: `b1.7.${n}`,
  state: 'open',
  kind: 'reach',
  opened: ago(n * 3600),
  journey: `j1.7.${n}`,
  journeys: 1,
  caller: `13${n % 9}****${1000 + n * 37}`,
  language: 'zh-CN',
  topic: 'wages',
  reason: 'abandoned',
  changed: ago(n * 3000),
  class: 'mobile',
  one_person: true,
  danger: false,
  part: null,
  wanted: null,
  contact: null,
  due: null,
  plan_reason: null,
  list: null,
  list_reason: null,
  claimed_by: null,
  promise: null,
  attempts: 0,
  under_way: null,
  last_attempt: null,
  last_result: null,
  operator: null,
  discharged_by: null,
  ...more,
});

export const OBLIGATIONS = {
  obligations: [
    owed(40, { danger: true, due: ago(600), promise: ago(300), attempts: 1, last_result: 'no_answer', wanted: true }),
    owed(31, { journeys: 3, due: ahead(3600), part: 'evening', wanted: true, promise: ahead(7200) }),
    owed(29, { list: 'supervisor', list_reason: 'exhausted', attempts: 8, last_result: 'machine' }),
    owed(9, { class: 'switchboard', one_person: false, contact: '137****5521', due: ago(60), claimed_by: 'li.na' }),
    owed(7, { reason: 'closed', language: 'yue', topic: null, under_way: 'j1.7.99', attempts: 1 }),
    owed(4, {
      caller: '',
      class: 'withheld',
      one_person: false,
      reason: 'engine_lost',
      list: 'supervisor',
      list_reason: 'no_number',
    }),
    owed(3, { class: 'service', one_person: false, list: 'review', list_reason: 'noise' }),
  ],
  next: null,
  behind: 0,
};

export const STATUS = {
  database: true,
  behind: 0,
  open_obligations: 3,
  journeys: 2,
  on_shift: 3,
  late_promises: 0,
  lost_callers: 0,
};

export const ME = {
  operator: {
    operator: 'li.na',
    name: '李娜',
    roles: ['operator'],
    trial: true,
    lines: ['hotline'],
    referrals: ['mind', 'social_security'],
  },
  supervisor: { operator: 'zhao', name: '赵敏', roles: ['supervisor'], trial: true, lines: [], referrals: [] },
};

const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

export const HOURS = {
  now: ago(0),
  services: [
    {
      service: 'hotline',
      open: false,
      why: 'switched',
      name: 'typhoon',
      by: 'zhao',
      changes: ahead(4000),
      opens: ahead(4000),
      calendar: 'hotline',
      version: 'a1b2c3d4e5f6',
      zone: 'Asia/Shanghai',
      confirmed_until: day(40),
      days_ahead: 40,
      notices: ['staff_meeting', 'typhoon', 'technical'],
      at_closing: 'serve',
      last_call_min: 30,
      days: Array.from({ length: 14 }, (_, n) => ({
        date: day(n),
        hours: n === 4 ? [] : n === 6 ? ['09:00-12:00', '13:00-21:00'] : ['09:00-21:00'],
        name: n === 4 ? 'Chinese New Year' : n === 6 ? 'Back early' : null,
        computed: n === 4,
      })),
      unplanned: [{ service: 'hotline', from: ahead(90_000), to: ahead(97_200) }],
      unpromised: [{ service: 'hotline', from: ahead(104_400), to: ahead(108_000) }],
    },
  ],
  holidays: [
    {
      calendar: 'hotline',
      holiday: 'chinese_new_year.2027',
      name: 'Chinese New Year',
      from: '2027-02-05',
      to: '2027-02-12',
      confirmed: null,
      by: null,
    },
    {
      calendar: 'hotline',
      holiday: 'chinese_new_year.2028',
      name: 'Chinese New Year',
      from: '2028-01-25',
      to: '2028-02-01',
      confirmed: ago(86_400),
      by: 'zhao',
    },
  ],
  changes: [
    {
      utc: ago(60),
      event: 'service_switched',
      detail: { service: 'hotline', closed: true, by: 'zhao', until: ahead(4000), reason: 'typhoon' },
    },
    { utc: ago(7200), event: 'rota_set', detail: { operator: 'li.na', by: 'zhao' } },
  ],
};

export const ROTA = {
  week: '2026-11-30',
  today: '2026-12-02',
  operators: [
    {
      operator: 'li.na',
      name: '李娜',
      known: true,
      week: Array.from({ length: 7 }, (_, n) => (n < 5 ? ['09:00-12:00', '13:00-17:00'] : [])),
      days: { '2026-12-03': [], '2026-12-06': ['09:00-21:00'] },
    },
    {
      operator: 'chen.mei',
      name: '陈美',
      known: true,
      week: Array.from({ length: 7 }, () => ['12:00-21:00']),
      days: {},
    },
    { operator: 'wu', name: '吴敏', known: false, week: Array.from({ length: 7 }, () => []), days: {} },
  ],
  unplanned: [{ service: 'hotline', from: '2026-12-03T01:00:00Z', to: '2026-12-03T04:00:00Z' }],
};

const json = (body, status = 200) => ({ status, contentType: 'application/json', body: JSON.stringify(body) });

/** Answers a page's requests from what is made up above; `more` overrides answers by path. */
export async function mock(page, { me = null, deskView = null, tryState = null, more = {}, answer }) {
  const answers = {
    '/api/session': me ? json(me) : json({ code: 'signed_out', message: '' }, 401),
    '/api/calls': json(CALLS),
    '/api/calls/j1.7.42': json(DETAIL),
    '/api/obligations': json(OBLIGATIONS),
    '/api/hours': json(HOURS),
    '/api/rota': json(ROTA),
    '/api/status': json(STATUS),
    '/api/try': json({ number: '4008169580', closed_number: '4008169581' }),
    ...more,
  };
  await page.route('**/api/**', async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname;
    if (request.method() === 'POST' && /\/api\/(desk\/leg|try\/calls)$/.test(path) && !more[path]) {
      const sdp = await answer(request.postDataJSON().sdp);
      return route.fulfill(json({ sdp, leg: 'l1.7.1' }));
    }
    return route.fulfill(answers[path] ?? json({ code: 'not_found', message: '' }, 404));
  });
  const sockets = [];
  const asked = [];
  await page.routeWebSocket('**/api/desk/socket', (socket) => {
    sockets.push(socket);
    socket.onMessage((text) => {
      const { type, id, ask } = JSON.parse(text);
      if (ask) asked.push(ask);
      socket.send(JSON.stringify(type === 'ping' ? { type: 'pong', id } : { type: 'reply', id, error: null }));
      if (ask?.do === 'ready') socket.send(JSON.stringify(DESK.ready()));
    });
    if (deskView) socket.send(JSON.stringify(deskView()));
  });
  await page.routeWebSocket('**/api/try/calls/*', (socket) => {
    if (tryState) socket.send(JSON.stringify(tryState));
  });
  return { asked, show: (shown) => sockets.at(-1)?.send(JSON.stringify(shown)) };
}

/** A second page that plays the engine's side of a connection: it answers an offer and sends a tone. */
export async function answerer(context, origin) {
  const page = await context.newPage();
  await page.goto(`${origin}/mock`);
  return (sdp) =>
    page.evaluate(async (offer) => {
      const connection = new RTCPeerConnection();
      const sound = new AudioContext();
      const tone = sound.createOscillator();
      const loudness = sound.createGain();
      const out = sound.createMediaStreamDestination();
      loudness.gain.value = 0.1;
      tone.connect(loudness).connect(out);
      tone.start();
      await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      connection.addTrack(out.stream.getAudioTracks()[0]);
      await connection.setLocalDescription();
      await new Promise((done) => setTimeout(done, 300));
      return connection.localDescription.sdp;
    }, sdp);
}

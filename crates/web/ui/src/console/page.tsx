import { useSignalEffect } from '@preact/signals';
import { t } from '../i18n';
import { beijingTime, now } from '../lib/time';
import { Account, Brand, LanguageSwitch, SkipLink } from '../ui/bits';
import type { Me, Status } from '../wire';
import { Calls } from './calls';
import { Hours } from './hours';
import { keeper } from './keeper';
import { useLoad } from './load';
import { Obligations } from './obligations';
import { Rota } from './rota';
import { address, type Route, routeOf } from './route';
import { Timeline } from './timeline';

const STATUS_EVERY_MS = 5000;

/** The console's sections, each with the pages that belong to it. */
const TABS: { path: string; pages: Route['page'][]; name: () => string }[] = [
  { path: '/console', pages: ['calls', 'call'], name: () => t.value.console.calls },
  { path: '/console/obligations', pages: ['obligations'], name: () => t.value.console.obligations },
  { path: '/console/hours', pages: ['hours'], name: () => t.value.hours.title },
  { path: '/console/rota', pages: ['rota'], name: () => t.value.hours.rota },
];

/** The supervisor's pages: call log, one call, what is owed, opening hours, who works when. */
export function ConsolePage({ me }: { me: Me }) {
  const words = t.value.console;
  keeper.value = me.roles.includes('supervisor');
  const route = routeOf(address.value.path);
  useSignalEffect(() => {
    const { calls, obligations, timeline } = t.value.console;
    const titles = {
      calls,
      obligations,
      call: timeline.title,
      hours: t.value.hours.title,
      rota: t.value.hours.rota,
    };
    document.title = `${titles[routeOf(address.value.path).page]} · ${t.value.common.product}`;
  });
  return (
    <>
      <SkipLink />
      <header class="bar">
        <Brand trial={me.trial} />
        <nav aria-label={words.title} class="tabs">
          {TABS.map(({ path, pages, name }) => (
            <a key={path} href={path} aria-current={pages.includes(route.page) ? 'page' : undefined}>
              {name()}
            </a>
          ))}
        </nav>
        <span class="bar-end">
          <span class="shift-clock digits" title={t.value.common.beijingTime}>
            <span class="sr">{t.value.common.beijingTime} </span>
            {beijingTime(now.value)}
          </span>
          <LanguageSwitch />
          <Account me={me} />
        </span>
      </header>
      <main id="main" class="console" tabindex={-1}>
        <StatusLine />
        <Shown route={route} query={address.value.query} />
      </main>
    </>
  );
}

function Shown({ route, query }: { route: Route; query: string }) {
  switch (route.page) {
    case 'calls':
      return <Calls query={query} />;
    case 'call':
      return <Timeline key={route.journey} journey={route.journey} />;
    case 'obligations':
      return <Obligations query={query} />;
    case 'hours':
      return <Hours />;
    case 'rota':
      return <Rota query={query} />;
  }
}

/** How the helpline does, and whether what stands here is all there is. */
function StatusLine() {
  const words = t.value.console.status;
  const { data, problem } = useLoad<Status>('/api/status', STATUS_EVERY_MS).value;
  return (
    <section class="status" aria-label={words.label}>
      {data && (
        <p class="soft">
          {words.journeys(data.journeys)} · {words.onShift(data.on_shift)} · {words.owed(data.open_obligations)}
        </p>
      )}
      <div role="status">
        {data && (data.lost_callers ?? 0) > 0 && (
          <p class="notice stop" data-testid="notice" data-reason="lost_callers">
            {words.lost(data.lost_callers ?? 0)}
          </p>
        )}
        {data && data.late_promises > 0 && (
          <p class="notice warn" data-testid="notice" data-reason="late_promises">
            {words.late(data.late_promises)} <a href="/console/obligations?state=late">{words.seeLate}</a>
          </p>
        )}
        {data && !data.database && <Warning reason="no_database" text={words.noDatabase} />}
        {data?.database && data.behind > 0 && <Warning reason="behind" text={words.behind(data.behind)} />}
        {problem === 'offline' && <Warning reason="offline" text={words.offline} />}
      </div>
    </section>
  );
}

function Warning({ reason, text }: { reason: string; text: string }) {
  return (
    <p class="notice warn" data-testid="notice" data-reason={reason}>
      {text}
    </p>
  );
}

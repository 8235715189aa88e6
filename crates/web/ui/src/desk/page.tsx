import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { SkipLink } from '../ui/bits';
import { AskedCard } from './asked';
import { CallCard } from './call';
import { CallbackCard } from './callback';
import { Due } from './due';
import { Idle } from './idle';
import { KeyList, listenToKeys } from './keylist';
import { Announcer, Notices } from './noticelist';
import { OfferCard } from './offer';
import { Queue } from './queue';
import { Setup } from './setup';
import { StatusBar } from './statusbar';
import type { Desk } from './store';
import { WrapUpCard } from './wrapup';

/** The one page of a shift. */
export function DeskPage({ desk }: { desk: Desk }) {
  const armed = useSignal(false);
  const help = useSignal(false);
  useEffect(() => listenToKeys(desk, armed, help), [desk, armed, help]);
  useSignalEffect(() => {
    const words = t.value.desk;
    document.title = `${desk.view.value?.offer || desk.view.value?.callback ? words.titleRinging : words.title} · ${t.value.common.product}`;
  });
  return (
    <>
      <SkipLink />
      <StatusBar desk={desk} onKeys={() => (help.value = true)} />
      <main id="main" class="desk" tabindex={-1}>
        <Notices desk={desk} />
        {desk.shift.value === 'before' && <Setup desk={desk} />}
        {desk.shift.value === 'gone' && <h1 class="sr">{t.value.desk.title}</h1>}
        {desk.shift.value === 'on' && <AtWork desk={desk} armed={armed.value} />}
      </main>
      <Remote desk={desk} />
      <Announcer desk={desk} />
      <KeyList open={help} />
    </>
  );
}

function AtWork({ desk, armed }: { desk: Desk; armed: boolean }) {
  return (
    <div class="work">
      <div class="work-main">
        <Now desk={desk} armed={armed} />
      </div>
      <aside class="work-side" aria-label={t.value.desk.queue.title}>
        <Queue desk={desk} />
        <Due desk={desk} />
      </aside>
    </div>
  );
}

/** What is to be done now: one thing at a time. */
function Now({ desk, armed }: { desk: Desk; armed: boolean }) {
  const view = desk.view.value;
  if (view?.offer) return <OfferCard key={view.offer.offer} desk={desk} offer={view.offer} />;
  if (view?.asked) return <AskedCard key="asked" desk={desk} asked={view.asked} />;
  if (view?.callback) return <CallbackCard key={view.callback.offer} desk={desk} offered={view.callback} />;
  if (view?.call) return <CallCard key={view.call.journey} desk={desk} call={view.call} armed={armed} />;
  if (view?.wrap_up)
    return <WrapUpCard key={view.wrap_up.journey} desk={desk} wrapUp={view.wrap_up} next={view.next} />;
  return <Idle desk={desk} />;
}

/** What the caller says comes out here. Chromium plays it without a click while a microphone is live. */
function Remote({ desk }: { desk: Desk }) {
  const element = useRef<HTMLAudioElement>(null);
  useSignalEffect(() => desk.playHere(element.current));
  return <audio ref={element} autoplay data-testid="remote-audio" />;
}

import { t } from '../i18n';
import { audioUp } from './notices';
import { quality } from './quality';
import type { Desk } from './store';

/** One word on the connection, with the figures behind it. */
export function ConnectionPill({ desk }: { desk: Desk }) {
  const words = t.value.desk.pill;
  const audio = audioUp(desk.condition.value);
  const pill = desk.pill.value;
  const now = quality.value;
  const rtt = desk.socket.rttMs.value;
  const yes = (up: boolean) => (up ? words.up : words.down);
  const signalling = desk.socket.state.value === 'open';
  return (
    <details class={`pill ${pill}`} data-testid="connection-pill" data-audio={audio ? 'up' : 'down'}>
      <summary>
        <span class="dot" aria-hidden="true" />
        {words[pill]}
      </summary>
      <dl class="pop">
        <Line
          name={words.signalling}
          value={signalling && rtt !== null ? words.ms(Math.round(rtt)) : yes(signalling)}
        />
        <Line name={words.audio} value={yes(audio)} />
        {now && <Line name={words.quality} value={words.words[now.grade]} />}
        {now && <Line name={words.rtt} value={words.ms(Math.round(now.rttMs))} />}
        {now && <Line name={words.jitter} value={words.ms(Math.round(now.jitterMs))} />}
        {now && <Line name={words.loss} value={words.percent((now.loss * 100).toFixed(1))} />}
      </dl>
    </details>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

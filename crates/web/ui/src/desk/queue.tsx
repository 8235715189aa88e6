import { t } from '../i18n';
import { clock, now, since } from '../lib/time';
import type { Desk } from './store';

/** How long the line is and who is there to take it. */
export function Queue({ desk }: { desk: Desk }) {
  const words = t.value.desk.queue;
  const queue = desk.view.value?.queue;
  const none = t.value.common.unknown;
  return (
    <section class="card queue" data-testid="queue-card">
      <h2>{words.title}</h2>
      <dl class="figures">
        <div class={queue && queue.waiting > 0 ? 'busy' : ''}>
          <dt>{words.waiting}</dt>
          <dd>{queue ? queue.waiting : none}</dd>
        </div>
        <div>
          <dt>{words.longest}</dt>
          <dd>{queue?.longest_since ? clock(since(queue.longest_since, now.value)) : none}</dd>
        </div>
        <div>
          <dt>{words.ready}</dt>
          <dd>{queue ? words.of(queue.ready, queue.on_shift) : none}</dd>
        </div>
      </dl>
    </section>
  );
}

import { t, word } from '../i18n';
import { clock, now, since } from '../lib/time';
import { Fact } from '../ui/fact';
import type { CallerView } from '../wire';

/** Who calls, as far as a desk may know. */
export function CallerFacts({ caller, waiting = false }: { caller: CallerView; waiting?: boolean }) {
  const words = t.value.desk.caller;
  return (
    <>
      {caller.danger && <p class="flag danger">{words.danger}</p>}
      {caller.returned && <p class="flag">{words.returned}</p>}
      <dl class="facts">
        <Fact name={words.number} wide>
          <span class="number">{caller.masked || t.value.common.withheld}</span>
        </Fact>
        <Fact name={words.language}>
          {caller.language ? word(t.value.common.languages, caller.language) : t.value.common.unknown}
        </Fact>
        <Fact name={words.topic}>{caller.topic ? word(t.value.common.topics, caller.topic) : words.noTopic}</Fact>
        {waiting && (
          <Fact name={words.waited}>
            <span class="digits">{clock(since(caller.waiting_since, now.value))}</span>
          </Fact>
        )}
      </dl>
    </>
  );
}

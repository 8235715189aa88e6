import { unlockSound } from '../audio/sound';
import { t, word } from '../i18n';
import { toLogin } from '../lib/api';
import { microphoneFault } from '../ui/microphone';
import type { Notice } from './notices';
import type { Desk } from './store';

/** Every fault in one sentence with what to do. */
export function Notices({ desk }: { desk: Desk }) {
  const problem = desk.problem.value;
  return (
    <div class="notices" role="alert">
      {desk.notices.value.map((notice) => (
        <div key={notice.reason} class={`notice ${notice.tone}`} data-testid="notice" data-reason={notice.reason}>
          <p>{sentence(notice)}</p>
          <Remedy notice={notice} desk={desk} />
        </div>
      ))}
      {problem && (
        <div class="notice warn" data-testid="notice" data-reason={problem}>
          <p>{word(t.value.common.problems, problem)}</p>
          <button type="button" class="quiet" onClick={() => (desk.problem.value = null)}>
            {t.value.common.close}
          </button>
        </div>
      )}
    </div>
  );
}

function sentence(notice: Notice): string {
  const { desk, common } = t.value;
  switch (notice.kind) {
    case 'desk':
      return desk.notices[notice.reason];
    case 'microphone':
      return microphoneFault(notice.reason) ?? notice.reason;
    case 'fault': {
      const { other, ...known } = desk.faults;
      return Object.hasOwn(known, notice.reason)
        ? word(known, notice.reason)
        : other(word({ ...t.value.console.reasons, ...common.problems }, notice.reason));
    }
  }
}

function Remedy({ notice, desk }: { notice: Notice; desk: Desk }) {
  const words = t.value.desk.notices;
  if (notice.kind === 'microphone') {
    return <Button label={t.value.common.tryAgain} act={() => void desk.microphone.open()} />;
  }
  switch (notice.reason) {
    case 'superseded':
      return <Button label={words.takeOver} act={() => void desk.startShift()} />;
    case 'signed_out':
      return <Button label={words.signIn} act={toLogin} />;
    case 'audio_blocked':
      return <Button label={words.unblock} act={() => void unlockSound()} />;
    default:
      return null;
  }
}

function Button({ label, act }: { label: string; act: () => void }) {
  return (
    <button type="button" onClick={act}>
      {label}
    </button>
  );
}

/** Says to screen readers what others see at a glance: the ring at once, the state when there is a pause. */
export function Announcer({ desk }: { desk: Desk }) {
  const view = desk.view.value;
  const words = t.value.desk;
  return (
    <div class="sr">
      <p role="alert">{view?.offer ? words.offer.announce : ''}</p>
      <p role="status">{view ? words.states[view.state] : ''}</p>
    </div>
  );
}

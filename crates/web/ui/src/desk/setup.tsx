import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { canChooseSpeaker, type Device, listDevices, microphones, speakers } from '../audio/devices';
import { recordSample } from '../audio/sample';
import { Outlet, testBuffer, unlockSound } from '../audio/sound';
import { t } from '../i18n';
import { type Prefs, readPrefs, writePrefs } from '../lib/prefs';
import { microphoneFault } from '../ui/microphone';
import { levels } from './levels';
import { testRing } from './ring';
import type { Desk } from './store';

/** Before the shift: hear, be heard, start. */
export function Setup({ desk }: { desk: Desk }) {
  const words = t.value.desk.setup;
  const prefs = useSignal(readPrefs());
  const keep = (change: Partial<Prefs>) => {
    writePrefs(change);
    prefs.value = readPrefs();
    if ('microphone' in change || 'processing' in change) void desk.microphone.open();
  };
  useEffect(() => {
    void listDevices();
    void openIfAllowed(desk);
  }, [desk]);
  return (
    <section class="card setup" aria-labelledby="setup-title">
      <header>
        <h1 id="setup-title">{words.title}</h1>
        <p class="soft">{words.intro}</p>
      </header>
      <div class="setup-grid">
        <MicrophonePart desk={desk} prefs={prefs.value} keep={keep} />
        <SpeakerPart prefs={prefs.value} keep={keep} />
      </div>
      <footer class="setup-end">
        <Notifications />
        <p class="row">
          <button type="button" class="go big" onClick={() => void desk.startShift()} data-testid="start-shift">
            {words.start}
          </button>
          <span class="soft">{words.startHelp}</span>
        </p>
      </footer>
    </section>
  );
}

interface PartProps {
  prefs: Prefs;
  keep: (change: Partial<Prefs>) => void;
}

function MicrophonePart({ desk, prefs, keep }: PartProps & { desk: Desk }) {
  const words = t.value.desk.setup;
  const state = desk.microphone.state.value;
  useSignalEffect(() => {
    if (desk.microphone.state.value === 'live') void listDevices();
  });
  const open = () => {
    void unlockSound();
    void desk.microphone.open();
  };
  return (
    <div class="stack">
      <Pick
        label={words.microphone}
        value={prefs.microphone}
        devices={microphones.value}
        choose={(microphone) => keep({ microphone })}
        hook="microphone"
      />
      {state === 'live' ? (
        <>
          <label class="field">
            <span>{words.level}</span>
            <meter min={0} max={100} value={levels.mic} data-testid="mic-level" />
            <small>{words.speak}</small>
          </label>
          <Sample desk={desk} />
        </>
      ) : (
        <MicrophoneOff state={state} open={open} />
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={prefs.processing}
          onChange={(e) => keep({ processing: e.currentTarget.checked })}
          data-testid="voice-processing"
        />
        <span>
          {words.processing}
          <small>{words.processingHelp}</small>
        </span>
      </label>
    </div>
  );
}

function MicrophoneOff({ state, open }: { state: Desk['microphone']['state']['value']; open: () => void }) {
  if (state === 'asking') return <p class="notice">{t.value.common.microphone.asking}</p>;
  if (state === 'off' || state === 'live') {
    return (
      <button type="button" onClick={open} data-testid="allow-microphone">
        {t.value.desk.setup.allow}
      </button>
    );
  }
  return (
    <div class="notice stop" role="alert" data-testid="notice" data-reason={state}>
      <p>{microphoneFault(state)}</p>
      <button type="button" onClick={open}>
        {t.value.common.tryAgain}
      </button>
    </div>
  );
}

function Sample({ desk }: { desk: Desk }) {
  const words = t.value.desk.setup;
  const phase = useSignal<'idle' | 'recording' | 'playing'>('idle');
  const run = async () => {
    const stream = desk.microphone.heard.value;
    if (!stream || phase.value !== 'idle') return;
    await unlockSound();
    phase.value = 'recording';
    try {
      const sample = await recordSample(stream);
      phase.value = 'playing';
      new Outlet().play(sample, readPrefs().speaker);
      await new Promise((done) => setTimeout(done, sample.duration * 1000));
    } finally {
      phase.value = 'idle';
    }
  };
  const label = { idle: words.record, recording: words.recording, playing: words.playing }[phase.value];
  return (
    <button type="button" class={phase.value === 'idle' ? '' : 'on'} onClick={() => void run()} data-testid="record">
      {label}
    </button>
  );
}

function SpeakerPart({ prefs, keep }: PartProps) {
  const words = t.value.desk.setup;
  const tone = async () => {
    await unlockSound();
    new Outlet().play(testBuffer(), readPrefs().speaker);
  };
  const ring = async () => {
    await unlockSound();
    const stop = testRing();
    setTimeout(stop, 1500);
  };
  return (
    <div class="stack">
      <Pick
        label={words.speaker}
        value={prefs.speaker}
        devices={speakers.value}
        choose={(speaker) => keep({ speaker })}
        hook="speaker"
        fixed={!canChooseSpeaker}
      />
      <button type="button" onClick={() => void tone()} data-testid="test-tone">
        {words.tone}
      </button>
      <Pick
        label={words.ring}
        value={prefs.ring}
        devices={speakers.value}
        choose={(device) => keep({ ring: device })}
        hook="ring"
        help={words.ringHelp}
        fixed={!canChooseSpeaker}
      />
      <button type="button" onClick={() => void ring()} data-testid="test-ring">
        {words.ringTest}
      </button>
    </div>
  );
}

interface PickProps {
  label: string;
  value: string;
  devices: Device[];
  choose: (id: string) => void;
  hook: string;
  help?: string;
  /** This browser gives no choice. */
  fixed?: boolean;
}

function Pick({ label, value, devices, choose, hook, help, fixed = false }: PickProps) {
  const words = t.value.desk.setup;
  const there = devices.some((device) => device.id === value);
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={there ? value : ''}
        disabled={fixed}
        onChange={(e) => choose(e.currentTarget.value)}
        data-testid={`pick-${hook}`}
      >
        <option value="">{words.systemDefault}</option>
        {devices.map((device, index) => (
          <option key={device.id} value={device.id}>
            {device.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
      {(fixed || help) && <small>{fixed ? words.noChoice : help}</small>}
    </label>
  );
}

function Notifications() {
  const words = t.value.desk.setup;
  const permission = useSignal('Notification' in window ? Notification.permission : 'denied');
  if (permission.value === 'granted') return <p class="soft">{words.notifyOn}</p>;
  if (permission.value === 'denied') return <p class="soft">{words.notifyBlocked}</p>;
  const ask = async () => {
    permission.value = await Notification.requestPermission();
  };
  return (
    <label class="check">
      <input type="checkbox" onChange={() => void ask()} />
      <span>{words.notify}</span>
    </label>
  );
}

/** Shows the level at once where the browser was told to allow it before; never surprises with its question. */
async function openIfAllowed(desk: Desk): Promise<void> {
  if (desk.shift.value !== 'before' || desk.microphone.state.value !== 'off') return;
  try {
    const { state } = await navigator.permissions.query({ name: 'microphone' });
    if (state === 'granted') await desk.microphone.open();
  } catch {
    // Browsers that cannot tell wait for the button.
  }
}

import { Outlet, ringBuffer } from '../audio/sound';
import { t } from '../i18n';
import { readPrefs } from '../lib/prefs';

let outlet: Outlet | null = null;
let stop: (() => void) | null = null;
let shown: Notification | null = null;

/** Rings on the chosen device and, behind other windows, by a notification without any number. */
export function ring(): void {
  if (stop) return;
  stop = testRing();
  if (document.hidden && 'Notification' in window && Notification.permission === 'granted') notify();
}

/** Silence. */
export function endRing(): void {
  stop?.();
  stop = null;
  shown?.close();
  shown = null;
}

/** Rings until the given function is called. */
export function testRing(): () => void {
  outlet ??= new Outlet();
  return outlet.play(ringBuffer(), readPrefs().ring, true);
}

function notify(): void {
  try {
    shown = new Notification(t.value.desk.title, { body: t.value.desk.offer.notification, tag: 'offer' });
    shown.onclick = () => window.focus();
  } catch {
    // Some mobile browsers know notifications only from service workers; the ring is enough.
  }
}

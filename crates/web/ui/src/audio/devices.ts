import { signal } from '@preact/signals';

/** A device to choose. */
export interface Device {
  id: string;
  label: string;
}

export const microphones = signal<Device[]>([]);
export const speakers = signal<Device[]>([]);

/** This browser can play on a chosen device. */
export const canChooseSpeaker = typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;

/** Lists the devices; their names are empty until a microphone was allowed. */
export async function listDevices(): Promise<void> {
  const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  microphones.value = ofKind(all, 'audioinput');
  speakers.value = ofKind(all, 'audiooutput');
}

function ofKind(all: MediaDeviceInfo[], kind: MediaDeviceKind): Device[] {
  // `default` and `communications` are Chromium's names for devices that stand in the list anyway.
  const named = all.filter((d) => d.kind === kind && d.deviceId && !['default', 'communications'].includes(d.deviceId));
  return named.map((d) => ({ id: d.deviceId, label: d.label }));
}

/** Tells of devices that come and go. */
export function onDevices(changed: () => void): void {
  navigator.mediaDevices?.addEventListener('devicechange', changed);
}

/** Plays an element on a device; one that is away falls back to the system's default. */
export async function playOn(element: HTMLMediaElement, device: string): Promise<void> {
  if (!canChooseSpeaker) return;
  await element.setSinkId(device).catch(() => element.setSinkId('').catch(() => undefined));
}

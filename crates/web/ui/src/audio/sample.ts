import { audioContext } from './sound';

const SECONDS_MS = 3000;

/** Records three seconds of a stream. What was recorded stays in memory and is played once. */
export async function recordSample(stream: MediaStream): Promise<AudioBuffer> {
  const recorder = new MediaRecorder(stream);
  const pieces: Blob[] = [];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  const over = new Promise<void>((done, failed) => {
    recorder.onstop = () => done();
    recorder.onerror = () => failed(new Error('failed to record'));
  });
  recorder.start();
  setTimeout(() => recorder.state !== 'inactive' && recorder.stop(), SECONDS_MS);
  await over;
  const bytes = await new Blob(pieces).arrayBuffer();
  return audioContext().decodeAudioData(bytes);
}

import { audioContext } from './sound';

/** Under this nothing that a person says is heard. */
export const SPEECH_DBFS = -42;

/** Measures a stream: how loud it was in the last 40 ms or so, in dBFS; -Infinity for digital silence. */
export class Meter {
  private readonly source: MediaStreamAudioSourceNode;
  private readonly analyser: AnalyserNode;
  private readonly samples: Float32Array<ArrayBuffer>;

  constructor(stream: MediaStream) {
    this.source = audioContext().createMediaStreamSource(stream);
    this.analyser = audioContext().createAnalyser();
    this.analyser.fftSize = 2048;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.source.connect(this.analyser);
  }

  /** The level now. */
  dbfs(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    return loudness(this.samples);
  }

  /** Stops measuring. */
  close(): void {
    this.source.disconnect();
  }
}

/** The root mean square of samples in dBFS. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / Math.max(1, samples.length));
}

/** A level on a bar from 0 to 100: speech at a normal distance stands around the middle. */
export function bar(dbfs: number): number {
  return Math.round(Math.min(100, Math.max(0, ((dbfs + 60) / 54) * 100)));
}

/** Whether something has held for long enough, told moment by moment. */
export class Lasting {
  private began: number | null = null;

  constructor(private readonly ms: number) {}

  /** Takes how it is now; true once it has been so for the whole time. */
  is(so: boolean, at: number): boolean {
    if (!so) this.began = null;
    else this.began ??= at;
    return this.began !== null && at - this.began >= this.ms;
  }
}

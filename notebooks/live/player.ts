/** Sound, and where in it the playhead is: one sound at a time. */
export class Player {
  private context: AudioContext | undefined;
  private source: AudioBufferSourceNode | undefined;
  private frame = 0;
  private ended: () => void = () => {};

  get plays(): boolean {
    return this.source !== undefined;
  }

  /**
   * Plays samples from their beginning; what played before ends.
   *
   * @param onTime told once a frame: seconds since the beginning
   */
  play(
    samples: Float32Array<ArrayBuffer>,
    sampleRateHz: number,
    onTime: (seconds: number) => void = () => {},
    onEnd: () => void = () => {},
  ): void {
    this.stop();
    this.context ??= new AudioContext();
    const { context } = this;
    void context.resume();
    const buffer = context.createBuffer(1, samples.length, sampleRateHz);
    buffer.copyToChannel(samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.onended = () => {
      if (this.source === source) this.stop();
    };
    this.source = source;
    this.ended = onEnd;
    const began = context.currentTime;
    source.start();
    const tick = () => {
      if (this.source !== source) return;
      onTime(context.currentTime - began);
      this.frame = requestAnimationFrame(tick);
    };
    tick();
  }

  stop(): void {
    const { source, ended } = this;
    if (!source) return;
    this.source = undefined;
    cancelAnimationFrame(this.frame);
    source.stop();
    this.ended = () => {};
    ended();
  }
}

/** Seconds of a step at the synthesiser's 100 beats a minute. */
export const stepSeconds = (stepsPerQuarter: number): number => 0.6 / stepsPerQuarter;

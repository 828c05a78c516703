declare module "wav-decoder" {
  export const decode: {
    sync(
      buffer: ArrayBuffer,
      options?: { symmetric?: boolean },
    ): { channelData: Float32Array[]; length: number; sampleRate: number };
  };
}

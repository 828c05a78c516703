import type { Engine } from "../engine.js";

// In words of its own, without the names of the browser's interface: for people whose TypeScript does not know those.

/** What is known of an adapter: its maker's words, and whether it is a program that plays a GPU. */
export interface AdapterDescription {
  readonly name: string;
  readonly isSoftware: boolean;
}

/** How the engine on a graphics processor shares it. */
export interface WebGpuOptions {
  /**
   * So many open sessions of equal models compute in the same dispatches; default 1: each by itself. Where it is more, a call waits
   * until every open session of that model has made one: they must be used by tasks of their own (`train` without `await`).
   */
  readonly sideBySide?: number;
  /** Whether loops keep their weights in workgroup memory where they fit; default: on a GPU. */
  readonly keepWeights?: boolean;
}

/** The engine on a graphics processor, and what it has used so far. */
export interface WebGpuEngine extends Engine {
  readonly adapter: AdapterDescription;
  /** Of the device in use: dispatches so far, the processor's milliseconds for preparing and submitting them, bytes of buffers now. */
  usage(): {
    readonly dispatches: number;
    readonly hostMilliseconds: number;
    readonly bytes: number;
  };
  /** Destroys the device in use, as a driver that goes away does: for tests. */
  loseDevice(): void;
}

// node --require: from SHIFT_AFTER_MS after the start on, the clock is SHIFT_MS off: a dead battery, a snapshot, an administrator.
const by = Number(process.env.SHIFT_MS ?? 0);
const after = Number(process.env.SHIFT_AFTER_MS ?? 0);
const Real = Date;
const now = () => Real.now() + (performance.now() >= after ? by : 0);
globalThis.Date = class extends Real {
  constructor(...parts) {
    if (parts.length > 0) super(...parts);
    else super(now());
  }
  static now() {
    return now();
  }
};

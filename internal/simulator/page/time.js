// What time it is for everybody here: the simulator's own, which may have been
// moved on, and in its time zone where it has one.

let ahead = 0; // seconds that the simulator is ahead of this device
let steps = []; // [from, seconds ahead of UTC] of the simulator's zone, in order; none for this device's

/** Sets the simulator's time, in Unix seconds. */
export function setNow(seconds) {
  ahead = seconds - Date.now() / 1000;
}

export function setZone(list) {
  steps = list ?? [];
}

/** The simulator's time, in Unix seconds. */
export const now = () => Date.now() / 1000 + ahead;

/** A moment for Intl.DateTimeFormat: with the zone of timeZone() it reads as the phones show it. */
export function shown(seconds) {
  const step = steps.findLast(([from]) => from <= seconds) ?? steps[0];
  return new Date((seconds + (step?.[1] ?? 0)) * 1000);
}

export const timeZone = () => (steps.length ? 'UTC' : undefined);

/** The number of a moment's day: two moments of one day have the same, and the next day's is one more. */
export function dayNumber(seconds) {
  const at = shown(seconds);
  return (steps.length ? Math.floor(at / 86400000) : Math.round(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86400000));
}

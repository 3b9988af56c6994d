// What time it is for everybody here: the simulator's own, which may have been
// moved on, and in its time zone where it has one.

let ahead = 0; // seconds that the simulator is ahead of this device
let zone; // an IANA name; undefined for this device's
let days = calendar();

function calendar() {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
}

/** Sets the simulator's time, in Unix seconds. */
export function setNow(seconds) {
  ahead = seconds - Date.now() / 1000;
}

export function setZone(name) {
  zone = name || undefined;
  days = calendar();
}

/** The simulator's time, in Unix seconds. */
export const now = () => Date.now() / 1000 + ahead;

export const timeZone = () => zone;

/** The number of a moment's day: two moments of one day have the same, and the next day's is one more. */
export const dayNumber = (seconds) => Date.parse(days.format(seconds * 1000)) / 86400000;

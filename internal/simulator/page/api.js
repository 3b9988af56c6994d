// The page's side of the simulator's /phone/ paths. A call resolves when the
// simulator took it and rejects with the simulator's own words when it didn't.

async function ask(path, options) {
  const response = await fetch('/phone/' + path, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error || `HTTP ${response.status}`);
  return body;
}

function post(path, body) {
  return ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) });
}

export const info = () => ask('info');
export const people = () => ask('people');
export const newPerson = (firstName, languageCode) => post('people', { first_name: firstName, language_code: languageCode });
export const nextDay = () => post('later');
export const fileURL = (fileID) => '/phone/file/' + encodeURIComponent(fileID);

/** One person's hands: what they do reaches the simulator in the order they did it. */
export class Hands {
  #id;
  #last = Promise.resolve();

  constructor(id) {
    this.#id = id;
  }

  text(text) { return this.#do('text', { text }); }
  press(messageID, data) { return this.#do('press', { message_id: messageID, data }); }
  contact() { return this.#do('contact'); }
  location(lat, lon) { return this.#do('location', { lat, lon }); }
  edit(messageID, text) { return this.#do('edit', { message_id: messageID, text }); }
  sticker() { return this.#do('sticker'); }
  block() { return this.#do('block'); }
  unblock() { return this.#do('unblock'); }

  /** kind is photo, voice or document; fields may hold caption and duration (seconds). */
  file(kind, file, fields = {}) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
    form.append('file', file, file.name || kind);
    return this.#queue(() => ask(`${this.#id}/${kind}`, { method: 'POST', body: form }));
  }

  #do(path, body) {
    return this.#queue(() => post(`${this.#id}/${path}`, body));
  }

  #queue(call) {
    const next = this.#last.then(call);
    this.#last = next.catch(() => {});
    return next;
  }
}

const HIDDEN_GRACE = 10000; // ms a tab in the background keeps its stream
const FIRST_RETRY = 500; // ms, doubled up to LAST_RETRY
const LAST_RETRY = 5000;
const EVENTS = ['chat', 'message', 'edit', 'delete', 'keyboard', 'commands', 'answer', 'action', 'blocked', 'elsewhere', 'clock'];

/**
 * One person's events, live, until close. It reconnects by itself; the
 * simulator then catches the page up or sends the whole chat again. A browser
 * gives one host about six connections, so a tab that nobody looks at lets go
 * of its own and takes it up again when it is seen: any number of tabs works.
 */
export class Stream {
  #id;
  #on;
  #source = null;
  #timer = 0;
  #retry = FIRST_RETRY;
  #seen;

  /** on has a method per event name, connected(bool), and refused() for an answer that is no stream. */
  constructor(id, on) {
    this.#id = id;
    this.#on = on;
    this.#seen = () => {
      clearTimeout(this.#timer);
      if (document.hidden) this.#timer = setTimeout(() => this.#hangUp(), HIDDEN_GRACE);
      else if (!this.#source) this.#open();
    };
    document.addEventListener('visibilitychange', this.#seen);
    this.#open();
  }

  close() {
    document.removeEventListener('visibilitychange', this.#seen);
    clearTimeout(this.#timer);
    this.#hangUp();
  }

  #hangUp() {
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    const source = new EventSource(`/phone/${this.#id}/events`);
    this.#source = source;
    source.onopen = () => {
      this.#retry = FIRST_RETRY;
      this.#on.connected(true);
    };
    source.onerror = () => {
      this.#on.connected(false);
      if (source.readyState !== EventSource.CLOSED || this.#source !== source) return;
      // The browser gives up after an answer that is no stream; we don't.
      this.#source = null;
      this.#timer = setTimeout(() => this.#open(), this.#retry);
      this.#on.refused();
      this.#retry = Math.min(this.#retry * 2, LAST_RETRY);
    };
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        if (this.#source === source) this.#on[name](JSON.parse(event.data));
      });
    }
  }
}

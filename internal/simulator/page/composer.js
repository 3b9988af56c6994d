// The line at the bottom: text, commands, corrections and voice recording.

import { el, icon, arrows } from './dom.js';
import { word } from './words.js';

const LONGEST = 4096; // UTF-16 units in one message; Telegram's apps cut what is longer into several
const TALLEST = 160; // pixels before the text scrolls

export class Composer {
  #parts;
  #actions;
  #commands = [];
  #editing = null;
  #shift = false;

  /**
   * parts: form, text, send, record, menu, commands, editing, recording.
   * actions: text(text), edit(id, text), lastOwn() → Message, voice(file, seconds), pickVoice(), typing().
   */
  constructor(parts, actions) {
    [this.#parts, this.#actions] = [parts, actions];
    parts.send.append(icon('send'));
    parts.record.append(icon('mic'));
    parts.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    parts.text.addEventListener('input', () => this.#typed());
    parts.text.addEventListener('keydown', (event) => this.#key(event));
    // A line break rather than the Enter key: touch keyboards and input methods tell no key.
    parts.text.addEventListener('beforeinput', (event) => {
      if (event.inputType !== 'insertLineBreak' || this.#shift) return;
      event.preventDefault();
      this.#send();
    });
    parts.menu.addEventListener('click', () => this.#toggleMenu());
    parts.record.addEventListener('click', () => this.#record());
    arrows(parts.commands);
    parts.commands.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#closeMenu(true);
    });
  }

  setCommands(commands) {
    this.#commands = commands ?? [];
    this.#parts.menu.hidden = this.#commands.length === 0;
    this.#closeMenu(false);
  }

  /** The person's app language changed. */
  relabel() {
    const { send, record, menu, text } = this.#parts;
    for (const [node, name] of [[send, 'send'], [record, 'record']]) {
      for (const attribute of ['aria-label', 'title']) node.setAttribute(attribute, word(name));
    }
    menu.replaceChildren(icon('menu'), el('span', {}, word('menu')));
    menu.setAttribute('aria-label', word('commands'));
    text.setAttribute('aria-label', word('message'));
  }

  reset() {
    this.#parts.text.value = '';
    this.#stopEditing();
  }

  focus() { this.#parts.text.focus(); }

  /** What is written becomes the caption of a file that is sent now, as in Telegram's desktop app. */
  takeCaption() {
    if (this.#editing) return '';
    const caption = this.#parts.text.value.trim();
    this.reset();
    return caption;
  }

  edit(message) {
    this.#editing = message;
    this.#parts.text.value = message.text;
    this.#parts.editing.replaceChildren(icon('edit'),
      el('span', { class: 'editing-text' }, el('b', {}, word('editing')), el('span', { dir: 'auto' }, message.text)),
      el('button', { type: 'button', class: 'icon-button', 'aria-label': word('cancel'), click: () => this.reset() }, icon('close')));
    this.#parts.editing.hidden = false;
    this.#typed();
    this.focus();
  }

  #stopEditing() {
    this.#editing = null;
    this.#parts.editing.hidden = true;
    this.#typed();
  }

  #key(event) {
    const { text } = this.#parts;
    this.#shift = event.shiftKey;
    if (event.key === 'Escape') {
      if (this.#editing) this.reset();
      this.#closeMenu(false);
    } else if (event.key === 'ArrowUp' && !this.#parts.commands.hidden) {
      event.preventDefault();
      [...this.#parts.commands.querySelectorAll('button')].pop()?.focus();
    } else if (event.key === 'ArrowUp' && text.value === '') {
      const own = this.#actions.lastOwn();
      if (!own) return;
      event.preventDefault();
      this.edit(own);
    }
  }

  #typed() {
    const { text, send, record } = this.#parts;
    text.style.height = 'auto';
    if (text.offsetParent) text.style.height = `${Math.min(text.scrollHeight, TALLEST)}px`;
    const some = text.value.trim() !== '';
    send.hidden = !some;
    record.hidden = some;
    const command = /^\/([a-z0-9_]*)$/i.exec(text.value);
    if (command && !this.#editing) this.#showMenu(this.#commands.filter((one) => one.command.startsWith(command[1].toLowerCase())));
    else this.#closeMenu(false);
  }

  #send() {
    const text = this.#parts.text.value.trim();
    if (!text) return;
    const editing = this.#editing;
    this.reset();
    this.focus(); // the send button has just gone
    const sent = editing
      ? this.#actions.edit(editing.message_id, text)
      : Promise.all(pieces(text).map((piece) => this.#actions.text(piece)));
    // What could not leave goes back where it was written, unless something new is there.
    sent.catch(() => {
      if (!this.#parts.text.value) this.#parts.text.value = text;
      this.#typed();
    });
  }

  #toggleMenu() {
    if (!this.#parts.commands.hidden) {
      this.#closeMenu(true);
      return;
    }
    this.#showMenu(this.#commands);
    this.#parts.commands.querySelector('button')?.focus();
  }

  #showMenu(commands) {
    const { commands: box, menu } = this.#parts;
    box.replaceChildren(...commands.map((one) => el('button', {
      type: 'button', class: 'command', 'data-testid': 'command', 'data-command': one.command,
      click: () => {
        this.reset();
        this.#closeMenu(false);
        this.focus();
        this.#actions.text('/' + one.command).catch(() => {});
      },
    }, el('span', { class: 'command-name', dir: 'ltr' }, '/' + one.command), el('span', { class: 'command-text', dir: 'auto' }, one.description))));
    box.setAttribute('aria-label', word('commands'));
    box.hidden = commands.length === 0;
    menu.setAttribute('aria-expanded', String(!box.hidden));
  }

  #closeMenu(focus) {
    this.#parts.commands.hidden = true;
    this.#parts.menu.setAttribute('aria-expanded', 'false');
    if (focus) this.#parts.menu.focus();
  }

  /** Records while the bar is shown; without a microphone an audio file will do. */
  async #record() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.#actions.pickVoice();
      return;
    }
    const type = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4'].find((one) => MediaRecorder.isTypeSupported(one));
    const recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
    const chunks = [];
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    let keep = false;
    const time = el('span', { class: 'recording-time', role: 'timer' }, '0:00');
    const tick = setInterval(() => { time.textContent = `${Math.floor(seconds() / 60)}:${String(Math.floor(seconds() % 60)).padStart(2, '0')}`; }, 250);
    const finish = (kept) => { keep = kept; recorder.stop(); };
    recorder.ondataavailable = (event) => chunks.push(event.data);
    recorder.onstop = () => {
      const length = Math.max(1, Math.round(seconds()));
      clearInterval(tick);
      for (const track of stream.getTracks()) track.stop();
      this.#parts.recording.hidden = true;
      this.#parts.form.hidden = false;
      this.focus();
      if (!keep) return;
      const kind = recorder.mimeType.split(';')[0] || 'audio/ogg';
      this.#actions.voice(new File(chunks, `voice.${kind.split('/')[1]}`, { type: kind }), length);
    };
    const stop = el('button', { type: 'button', class: 'icon-button strong', 'aria-label': word('send'), 'data-testid': 'record-send', click: () => finish(true) }, icon('send'));
    this.#parts.recording.replaceChildren(el('span', { class: 'recording-dot', 'aria-hidden': 'true' }), time,
      el('span', { class: 'recording-word' }, word('recording')),
      el('button', { type: 'button', class: 'flat', click: () => finish(false) }, word('cancel')), stop);
    this.#parts.form.hidden = true;
    this.#parts.recording.hidden = false;
    recorder.start();
    stop.focus();
  }
}

/** Cuts what is too long for one message, at a line or a word where there is one, never inside a letter. */
function pieces(text) {
  const found = [];
  let rest = text;
  while (rest.length > LONGEST) {
    let cut = Math.max(rest.lastIndexOf('\n', LONGEST), rest.lastIndexOf(' ', LONGEST));
    if (cut < LONGEST / 2) cut = LONGEST;
    if (/[\ud800-\udbff]/.test(rest[cut - 1])) cut--;
    found.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  return rest ? [...found, rest] : found;
}

// What slides over the chat: one sheet at a time, which takes the focus, gives
// it back when it closes, and closes on Escape and on a tap beside it.

import { el, icon, arrows, focusText } from './dom.js';
import { word, direction, LANGUAGES } from './words.js';

const TOAST_SHOWN = 4000; // ms, and as much again for a long text

export class Sheets {
  #layer;
  #behind;
  #toasts;
  #opener = null;
  #open = null;

  constructor(layer, behind, toasts) {
    [this.#layer, this.#behind, this.#toasts] = [layer, behind, toasts];
  }

  /** options: label, look (sheet, dialog or full), role, testid. Returns the sheet's element. */
  open(content, { label, look = 'sheet', role = 'dialog', testid } = {}) {
    if (!this.#open) this.#opener = document.activeElement;
    const sheet = el('div', { class: look, role, 'aria-modal': 'true', 'aria-label': label, tabindex: '-1', dir: direction(), 'data-testid': testid }, content);
    const cover = el('div', { class: 'cover', click: (event) => { if (event.target === cover) this.close(); } }, sheet);
    cover.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        this.close();
      }
    });
    this.#layer.replaceChildren(cover);
    this.#behind.inert = true;
    this.#open = cover;
    arrows(sheet);
    (sheet.querySelector('[data-focus]') ?? sheet.querySelector('button, a[href], input, select') ?? sheet).focus();
    return sheet;
  }

  close() {
    if (!this.#open) return;
    this.#layer.replaceChildren();
    this.#behind.inert = false;
    this.#open = null;
    if (this.#opener?.offsetParent) this.#opener.focus({ preventScroll: true });
    else focusText(this.#behind.querySelector('textarea'));
  }

  /** A callback answer: a short word over the chat. */
  toast(text) {
    const node = el('div', { class: 'toast', 'data-testid': 'toast', dir: 'auto' }, text);
    this.#toasts.replaceChildren(node);
    setTimeout(() => node.remove(), text.length > 60 ? 2 * TOAST_SHOWN : TOAST_SHOWN);
  }

  /** A callback answer with show_alert: stays until it is read. */
  alert(text) {
    const ok = el('button', { type: 'button', class: 'flat', 'data-focus': true, click: () => this.close() }, word('alertOK'));
    this.open([paragraphs(text), el('div', { class: 'dialog-buttons' }, ok)], { label: text, look: 'dialog', role: 'alertdialog', testid: 'alert' });
  }

  /** A question with one way to say yes, as Telegram asks before it hands out a number. */
  confirm(title, text, yes, action) {
    this.open([
      el('h2', { dir: 'auto' }, title), paragraphs(text),
      el('div', { class: 'dialog-buttons' },
        el('button', { type: 'button', class: 'flat', 'data-testid': 'cancel', click: () => this.close() }, word('cancel')),
        el('button', { type: 'button', class: 'flat', 'data-testid': 'confirm', 'data-focus': true, click: () => { this.close(); action(); } }, yes)),
    ], { label: title, look: 'dialog', testid: 'confirmation' });
  }

  /** A picture, full screen. */
  picture(url, caption) {
    const close = el('button', { type: 'button', class: 'full-close', 'aria-label': word('close'), click: () => this.close() }, icon('close'));
    const image = el('img', { src: url, alt: caption || word('photo'), click: () => this.close() });
    this.open([close, image, caption ? el('p', { dir: 'auto' }, caption) : null], { label: word('photo'), look: 'full' });
  }

  /** The paperclip's sheet. actions: file(kind, file), location(), contact(), sticker(). */
  attach(actions) {
    const then = (action) => () => { this.close(); action(); };
    const upload = (kind, accept) => {
      // The tile is the file input itself, so that a keyboard and a test reach it as one thing.
      const input = el('input', {
        type: 'file', accept, 'aria-label': word(kind), 'data-testid': `attach-${kind}`,
        change: () => { const [file] = input.files; if (file) then(() => actions.file(kind, file))(); },
      });
      return tile(kind, input);
    };
    const act = (name, testid, action) => tile(name, el('button', { type: 'button', 'aria-label': word(name), 'data-testid': testid, click: then(action) }));
    this.open([
      heading(word('attach'), this),
      el('div', { class: 'tiles' },
        upload('photo', 'image/*'), upload('voice', 'audio/*,.ogg,.oga,.opus'), upload('document'),
        act('location', 'attach-location', actions.location), act('contact', 'attach-contact', actions.contact), act('sticker', 'attach-sticker', actions.sticker)),
    ], { label: word('attach'), testid: 'attach-sheet' });
  }

  /** Where the person is: a town of the list, or typed coordinates. choose(lat, lon). */
  places(towns, choose) {
    const pick = (lat, lon) => { this.close(); choose(lat, lon); };
    const list = el('div', { class: 'list', role: 'group', 'aria-label': word('location') });
    const filter = el('input', { type: 'text', class: 'field', dir: 'auto', 'data-focus': true, autocomplete: 'off', 'data-testid': 'town-filter', placeholder: word('town'), 'aria-label': word('town') });
    const draw = () => {
      const typed = coordinates(filter.value);
      const wanted = fold(filter.value);
      const found = typed ? [{ name: filter.value.trim(), ...typed }] : towns.filter((town) => fold(town.name).includes(wanted));
      list.replaceChildren(...found.map((town) => el('button', {
        type: 'button', class: 'list-item', 'data-testid': 'town', 'data-lat': town.lat, 'data-lon': town.lon, click: () => pick(town.lat, town.lon),
      }, icon('location'), el('span', { class: 'list-name', dir: 'auto' }, town.name),
      el('small', { dir: 'ltr' }, `${town.lat.toFixed(2)}, ${town.lon.toFixed(2)}`))));
      if (!found.length) list.append(el('p', { class: 'none' }, word('noTown')));
    };
    filter.addEventListener('input', draw);
    filter.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      list.querySelector('button')?.focus();
    });
    // A form's Enter comes late enough not to press whatever has the focus next.
    const search = el('form', { class: 'search', submit: (event) => { event.preventDefault(); list.querySelector('button')?.click(); } }, filter);
    draw();
    this.open([heading(word('locationAsk'), this), el('p', { class: 'hint' }, word('locationText')), search, list],
      { label: word('locationAsk'), look: 'sheet high', testid: 'places' });
  }

  /** A new person's name and app language. create(name, code). */
  newPerson(create) {
    const name = el('input', { type: 'text', class: 'field', dir: 'auto', required: true, maxlength: '64', 'data-focus': true, autocomplete: 'off', 'data-testid': 'person-name', 'aria-label': word('name'), placeholder: word('name') });
    const code = el('select', { class: 'field', 'data-testid': 'person-language', 'aria-label': word('language') },
      LANGUAGES.map(([value, label]) => el('option', { value }, label)));
    this.open([heading(word('newPerson'), this), el('form', {
      class: 'form',
      submit: (event) => {
        event.preventDefault();
        this.close();
        create(name.value.trim() || word('newPerson'), code.value);
      },
    }, el('label', {}, word('name'), name), el('label', {}, word('language'), code),
    el('button', { type: 'submit', class: 'wide', 'data-testid': 'person-create' }, word('create')))], { label: word('newPerson'), testid: 'person-form' });
  }
}

export function heading(text, sheets) {
  return el('div', { class: 'heading' }, el('h2', {}, text),
    el('button', { type: 'button', class: 'icon-button', 'aria-label': word('close'), 'data-testid': 'close', click: () => sheets.close() }, icon('close')));
}

function tile(kind, control) {
  return el('div', { class: 'tile', 'data-tile': kind }, el('span', { class: 'tile-icon', 'aria-hidden': 'true' }, icon(kind === 'voice' ? 'mic' : kind)),
    el('span', { class: 'tile-name', 'aria-hidden': 'true' }, word(kind)), control);
}

function paragraphs(text) {
  return text.split('\n').map((line) => el('p', { dir: 'auto' }, line));
}

/** "31.63, -7.99" as {lat, lon}, else null. */
function coordinates(text) {
  const found = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (!found) return null;
  const [lat, lon] = [Number(found[1]), Number(found[2])];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

/** For looking up a name: without case, accents, tashkeel and the alef's and ta-marbuta's variants. */
function fold(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    .replace(/[أإآٱ]/g, 'ا').replace(/ة/g, 'ه').replace(/ى/g, 'ي').replace(/['’\-\s]+/g, ' ').trim();
}

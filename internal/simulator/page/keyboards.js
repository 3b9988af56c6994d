// The two keyboards a bot can show: inline, under a bubble, and reply, under
// the composer. Neither is ever mirrored.

import { el, icon, arrows, focusText } from './dom.js';
import { safeURL } from './entities.js';
import { word } from './words.js';

const PRESS_SHOWN = 8000; // ms a press looks busy when the bot doesn't answer it

/**
 * An inline keyboard. actions: press(data, text) resolves when the simulator
 * took it; open(url) true when it took care of it; copied().
 */
export function inlineKeyboard(markup, actions) {
  const rows = (markup?.inline_keyboard ?? []).filter((row) => row.length);
  if (!rows.length) return null;
  const box = el('div', { class: 'inline', role: 'group', 'aria-label': word('inlineKeyboard'), dir: 'ltr' },
    rows.map((row) => el('div', { class: 'row' }, row.map((button) => inlineButton(button, actions)))));
  arrows(box);
  return box;
}

function inlineButton(button, actions) {
  const label = el('span', { dir: 'auto' }, button.text);
  const common = { class: 'inline-button', 'data-testid': 'inline-button', 'data-text': button.text, title: button.text };
  const url = button.url || button.web_app?.url || button.login_url?.url;
  if (url) {
    const safe = safeURL(url);
    return el('a', {
      ...common, href: safe ?? undefined, target: '_blank', rel: 'noopener noreferrer', 'data-url': url,
      click: (event) => { if (safe && actions.open(safe)) event.preventDefault(); },
    }, label, icon('external'));
  }
  if (button.copy_text) {
    return el('button', { ...common, type: 'button', click: () => copy(button.copy_text.text).then(actions.copied) }, label);
  }
  const node = el('button', { ...common, type: 'button', 'data-callback': button.callback_data }, label);
  node.addEventListener('click', () => {
    if (button.callback_data === undefined || node.classList.contains('busy')) return;
    busy(node, true);
    setTimeout(() => busy(node, false), PRESS_SHOWN);
    actions.press(button.callback_data).catch(() => busy(node, false));
  });
  return node;
}

function busy(node, on) {
  node.classList.toggle('busy', on);
  if (on) node.setAttribute('aria-busy', 'true');
  else node.removeAttribute('aria-busy');
}

/** The bot has answered: no button is busy any more. */
export function settle(root) {
  for (const node of root.querySelectorAll('.inline-button.busy')) busy(node, false);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages outside https and localhost have no clipboard: the old way.
    const area = el('textarea', { class: 'offscreen' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

/**
 * The reply keyboard and its toggle. It shows itself when a new one comes and
 * steps aside after a press when it is one_time; the toggle brings it back.
 */
export class ReplyKeyboard {
  #box;
  #toggle;
  #composer;
  #actions;
  #markup = null;

  /** actions: text(label), contact(), location(), unsupported(). */
  constructor(box, toggle, composer, actions) {
    [this.#box, this.#toggle, this.#composer, this.#actions] = [box, toggle, composer, actions];
    toggle.append(icon('keyboard'));
    toggle.addEventListener('click', () => {
      this.show(this.#box.hidden);
      if (!this.#box.hidden) this.#box.querySelector('button')?.focus();
    });
    arrows(box);
  }

  set(markup) {
    const held = this.#box.contains(document.activeElement);
    const rows = (markup?.keyboard ?? []).filter((row) => row.length);
    this.#markup = rows.length ? markup : null;
    this.#toggle.hidden = !this.#markup;
    this.#composer.placeholder = markup?.input_field_placeholder || word('message');
    this.#box.replaceChildren();
    if (this.#markup) {
      this.#box.append(...rows.map((row) => el('div', { class: 'row' }, row.map((button) => this.#button(button)))));
      this.#box.classList.toggle('tall', !markup.resize_keyboard);
    }
    this.show(Boolean(this.#markup));
    if (held && this.#markup) this.#box.querySelector('button').focus();
    else if (held) focusText(this.#composer);
  }

  show(on) {
    const held = this.#box.contains(document.activeElement);
    this.#box.hidden = !on || !this.#markup;
    this.#toggle.setAttribute('aria-expanded', String(!this.#box.hidden));
    if (held && this.#box.hidden) focusText(this.#composer);
  }

  /** The person's app language changed. */
  relabel() {
    this.#box.setAttribute('aria-label', word('keyboard'));
    for (const name of ['aria-label', 'title']) this.#toggle.setAttribute(name, word('keyboard'));
    if (!this.#markup?.input_field_placeholder) this.#composer.placeholder = word('message');
  }

  #button(given) {
    const button = typeof given === 'string' ? { text: given } : given;
    const kind = button.request_contact ? 'contact' : button.request_location ? 'location' : plain(button) ? 'text' : 'unsupported';
    const press = () => {
      if (this.#markup?.one_time_keyboard && kind === 'text') this.show(false);
      this.#actions[kind](button.text);
    };
    return el('button', { type: 'button', class: 'reply-button', 'data-testid': 'reply-button', 'data-text': button.text, 'data-asks': kind, click: press },
      kind === 'contact' || kind === 'location' ? icon(kind) : null, el('span', { dir: 'auto' }, button.text));
  }

  /** A contact or location was given from a button: a one_time keyboard has done its work. */
  spent() {
    if (this.#markup?.one_time_keyboard) this.show(false);
  }
}

function plain(button) {
  return !button.request_users && !button.request_chat && !button.request_poll && !button.web_app;
}

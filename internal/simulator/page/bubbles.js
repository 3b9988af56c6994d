// The chat: bubbles in order, day separators, tails, inline keyboards, and the
// scroll position that a person expects. Messages are Bot API Message objects.

import { el, svg, icon } from './dom.js';
import { richText } from './entities.js';
import { attachment } from './media.js';
import { inlineKeyboard, settle } from './keyboards.js';
import { word, clock, day, longDay, sameDay } from './words.js';
import { now, dayNumber } from './time.js';

const GROUP_GAP = 300; // seconds between two bubbles that still stand together
const NEAR_END = 120; // pixels from the end at which a new message keeps the view at the end

export class Chat {
  #scroller;
  #list;
  #down;
  #actions;
  #messages = new Map(); // message_id → {message, node}
  #unread = 0;
  #atEnd = true;
  #lastTop = 0;
  #day = 0; // on which the separators were written

  /** actions: press(id, data), command(text), open(url), copied(), show(url, alt), edit(message). */
  constructor(scroller, list, down, actions) {
    [this.#scroller, this.#list, this.#down, this.#actions] = [scroller, list, down, actions];
    down.addEventListener('click', () => this.toEnd(true));
    scroller.addEventListener('scroll', () => this.#scrolled());
    // Pictures that load and keyboards that open must not push the last message out of sight.
    const keep = new ResizeObserver(() => { if (this.#atEnd) this.toEnd(false); });
    keep.observe(scroller);
    keep.observe(list);
  }

  get empty() { return this.#messages.size === 0; }

  /** The whole chat anew. */
  reset(messages) {
    this.#messages.clear();
    this.#list.replaceChildren();
    for (const message of messages) this.#put(message);
    this.#arrange();
    this.#unread = 0;
    this.toEnd(false);
  }

  /** A new day began: separators say "today" of another one. */
  redate() {
    if (this.#day === dayNumber(now())) return;
    this.#arrange();
    if (this.#atEnd) this.toEnd(true);
  }

  add(message) {
    const follow = this.#atEnd || !message.from?.is_bot;
    this.#put(message);
    this.#arrange();
    if (follow) this.toEnd(true);
    else this.#count(1);
  }

  /** Redraws an edited message; the focus stays on the same button, else on the one in its place. */
  edit(message) {
    const old = this.#messages.get(message.message_id)?.node;
    const focus = old?.contains(document.activeElement) ? document.activeElement : null;
    const place = focus ? [...old.querySelectorAll('.inline-button')].indexOf(focus) : -1;
    this.#put(message);
    this.#arrange();
    if (!focus) return;
    const now = [...this.#messages.get(message.message_id).node.querySelectorAll('.inline-button')];
    const same = now.find((button) => button.dataset.callback && button.dataset.callback === focus.dataset.callback);
    (same ?? now[Math.min(Math.max(place, 0), now.length - 1)] ?? this.#scroller).focus({ preventScroll: true });
  }

  remove(messageID) {
    const gone = this.#messages.get(messageID);
    if (!gone) return;
    if (gone.node.contains(document.activeElement)) this.#scroller.focus();
    gone.node.remove();
    this.#messages.delete(messageID);
    this.#arrange();
  }

  settle() { settle(this.#list); }

  /** The person's newest own text, for a correction. */
  lastOwnText() {
    const own = [...this.#messages.values()].map((entry) => entry.message).filter((message) => !message.from?.is_bot && message.text);
    return own.sort((a, b) => b.message_id - a.message_id)[0];
  }

  toEnd(smooth) {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'instant' });
    this.#atEnd = true;
    this.#count(-this.#unread);
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    // Only a person moves up; what grows below moves nothing.
    const near = scrollHeight - scrollTop - clientHeight < NEAR_END;
    this.#atEnd = near || (this.#atEnd && scrollTop >= this.#lastTop);
    this.#lastTop = scrollTop;
    this.#down.hidden = this.#atEnd;
    if (this.#atEnd) this.#count(-this.#unread);
  }

  #count(change) {
    this.#unread += change;
    this.#down.replaceChildren(icon('down'), ...(this.#unread ? [el('span', { class: 'badge' }, String(this.#unread))] : []));
    this.#down.setAttribute('aria-label', word('down'));
    this.#down.hidden = this.#atEnd;
  }

  #put(message) {
    const node = bubble(message, this.#actions);
    const known = this.#messages.get(message.message_id);
    this.#messages.set(message.message_id, { message, node });
    if (known) {
      known.node.replaceWith(node);
      return;
    }
    // Nearly always the newest; a late one is put where it belongs.
    const newest = Number([...this.#list.querySelectorAll('.message')].at(-1)?.dataset.id ?? 0) < message.message_id;
    const later = newest ? null : [...this.#list.querySelectorAll('.message')].find((other) => Number(other.dataset.id) > message.message_id);
    if (later) later.before(node);
    else this.#list.append(node);
  }

  /** Day separators, and which bubbles stand together. */
  #arrange() {
    for (const separator of this.#list.querySelectorAll('.day')) separator.remove();
    this.#day = dayNumber(now());
    let last = null;
    for (const node of this.#list.querySelectorAll('.message')) {
      const { message } = this.#messages.get(Number(node.dataset.id));
      const newDay = !last || !sameDay(last.message.date, message.date);
      const together = !newDay && last.node.dataset.from === node.dataset.from && message.date - last.message.date < GROUP_GAP;
      if (newDay) node.before(separator(day(message.date)));
      node.classList.toggle('first', !together);
      node.classList.add('last');
      if (together) last.node.classList.remove('last');
      last = { node, message };
    }
    // Nothing was said on this day yet: it is told all the same, so that a day that was moved on is seen.
    if (last && dayNumber(last.message.date) < this.#day) this.#list.append(separator(longDay(now())));
  }
}

function separator(label) {
  return el('li', { class: 'day', role: 'separator' }, el('span', { dir: 'auto' }, label));
}

function bubble(message, actions) {
  const mine = !message.from?.is_bot;
  const extra = attachment(message, actions.show);
  const text = message.text ?? message.caption ?? '';
  const lone = bare(message);
  const keyboard = inlineKeyboard(message.reply_markup, {
    press: (data) => actions.press(message.message_id, data), open: actions.open, copied: actions.copied,
  });
  const box = el('div', { class: `bubble${lone ? ' bare' : ''}${extra && !text ? ' only-media' : ''}` });
  box.append(...above(message));
  if (extra) box.append(extra);
  if (text) box.append(richText(text, message.entities ?? message.caption_entities, actions));
  if (!extra && !text) box.append(el('p', { class: 'text unsupported' }, word('unsupported')));
  const wasEdited = message.edit_date && (mine || !keyboard);
  const marks = stamp(message, mine, wasEdited);
  const last = box.querySelector(':scope > .text > p:last-child');
  // Keeps the end of the last line clear of the time; see .clear in bubbles.css.
  if (last) last.append(el('span', { class: 'clear', 'data-stamp': marks.textContent + (mine ? ' ✓✓' : '') }));
  box.append(marks);

  const node = el('li', {
    class: `message ${mine ? 'out' : 'in'}${keyboard ? ' with-keyboard' : ''}`, 'data-testid': 'message',
    'data-id': message.message_id, 'data-from': mine ? 'me' : 'bot', 'data-kind': kind(message), 'data-edited': message.edit_date ? 'true' : undefined,
  }, el('span', { class: 'offscreen' }, mine ? word('you') : message.from?.first_name || word('botStatus')),
  el('div', { class: 'stack' }, box, keyboard));
  if (mine && message.text) box.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    actions.edit(message);
  });
  return node;
}

function above(message) {
  const lines = [];
  const from = message.forward_origin;
  if (from) {
    const name = from.sender_user?.first_name ?? from.sender_user_name ?? from.chat?.title ?? from.sender_chat?.title ?? '';
    lines.push(el('div', { class: 'forwarded', dir: 'auto' }, `${word('forwarded')} `, el('b', {}, name)));
  }
  const to = message.reply_to_message;
  if (to) {
    lines.push(el('div', { class: 'answered', dir: 'auto' },
      el('b', {}, to.from?.first_name ?? ''), el('span', {}, to.text ?? to.caption ?? word(kind(to)))));
  }
  return lines;
}

function stamp(message, mine, wasEdited) {
  const time = el('time', { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date));
  return el('span', { class: 'stamp', dir: 'ltr' },
    wasEdited ? el('span', { class: 'edited' }, `${word('edited')} `) : null, time, mine ? ticks() : null);
}

function ticks() {
  return svg('svg', { class: 'ticks', viewBox: '0 0 18 11', 'aria-hidden': 'true' },
    svg('path', { d: 'M1 6l3.5 3.5L12 1.5M8 8.6l.9.9L16.5 1.5' }));
}

const KINDS = ['photo', 'voice', 'audio', 'video', 'document', 'sticker', 'venue', 'location', 'contact'];

function kind(message) {
  return KINDS.find((name) => message[name]) ?? (message.text === undefined ? 'other' : 'text');
}

/** Stickers, and one to three emoji alone, are shown large and without a bubble. */
function bare(message) {
  if (message.sticker) return true;
  if (!message.text || message.reply_markup || message.text.length > 40 || message.entities?.length) return false;
  const parts = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(message.text)].map((part) => part.segment);
  return parts.length <= 3 && parts.every((part) => /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Regional_Indicator}{2})/u.test(part));
}

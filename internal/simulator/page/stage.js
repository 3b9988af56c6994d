// Who plays, and when: the people who are there from the start, each with what
// they are, and the simulated day with the button that moves it on. A wide page
// has it beside the phone, and the others' phones too; a small one above it.

import { el, paintAvatar, arrows } from './dom.js';
import { word, direction, inLanguage, clock, longDay, shortDay } from './words.js';
import { now } from './time.js';

const TICK = 15000; // ms between two looks at the clock
// Width at which there is room for one more phone, and for two.
const ROOM = ['(min-width: 1180px) and (min-height: 480px)', '(min-width: 1640px) and (min-height: 480px)'];

/** A page within the page: one of the others' phones, and nothing around it. */
export const framed = window !== window.parent;

export class Stage {
  #strip;
  #side;
  #others;
  #actions;
  #hasNext = false;
  #news = new Map(); // person id → messages that came while their phone was out of sight
  #scene = { people: [], person: null };

  /** actions: go(person), address(person), nextDay(): a promise, newDay(). */
  constructor(strip, side, others, actions) {
    [this.#strip, this.#side, this.#others, this.#actions] = [strip, side, others, actions];
    if (framed) return;
    arrows(strip);
    for (const room of ROOM) matchMedia(room).addEventListener('change', () => this.draw(this.#scene));
    setInterval(() => this.tick(), TICK);
  }

  /** Whether the simulator can move the day on. */
  set hasNext(can) { this.#hasNext = can; }

  /** A message came to somebody's phone. */
  heard(id) {
    if (framed || this.#inSight().some((one) => one.id === id)) return;
    this.#news.set(id, (this.#news.get(id) ?? 0) + 1);
    this.draw(this.#scene);
  }

  /** How many messages wait on somebody's phone, as a badge; null for none. */
  badge(person) {
    const waiting = this.#news.get(person.id);
    return waiting ? el('span', { class: 'badge' }, String(waiting)) : null;
  }

  draw(scene) {
    if (framed) return;
    this.#scene = scene;
    for (const one of this.#inSight()) this.#news.delete(one.id);
    this.#drawOthers();
    const focus = document.activeElement?.dataset?.stage;
    const cast = this.#cast();
    this.#strip.hidden = cast.length === 0 && !this.#hasNext;
    this.#strip.dir = direction();
    this.#strip.setAttribute('aria-label', word('people'));
    this.#strip.replaceChildren(el('div', { class: 'stage-people', role: 'group', hidden: cast.length === 0 }, cast.map((one) => this.#chip(one))),
      this.#hasNext ? this.#calendar(shortDay) : '');
    this.#side.replaceChildren(this.#hasNext ? el('h3', {}, word('day')) : '', this.#hasNext ? this.#calendar(longDay) : '');
    if (focus) [...document.querySelectorAll(`[data-stage="${focus}"]`)].find((one) => one.offsetParent)?.focus();
    this.#strip.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    this.tick();
  }

  tick() {
    for (const time of document.querySelectorAll('.stage-time')) {
      const text = `${(time.dataset.look === 'long' ? longDay : shortDay)(now())} · ${clock(now())}`;
      if (time.textContent !== text) time.textContent = text;
    }
    this.#actions.newDay();
  }

  /** The cast, and whoever else holds the phone. */
  #cast() {
    const { people, person } = this.#scene;
    const cast = people.filter((one) => one.labels);
    return cast.length && person && !cast.some((one) => one.id === person.id) ? [...cast, person] : cast;
  }

  #inSight() {
    const { person } = this.#scene;
    return person ? [person, ...this.#beside()] : [];
  }

  #beside() {
    const room = ROOM.filter((one) => matchMedia(one).matches).length;
    return this.#cast().filter((one) => one.id !== this.#scene.person?.id).slice(0, room);
  }

  /** The others' phones. One that is open already stays as it is. */
  #drawOthers() {
    const wanted = this.#beside();
    const open = new Map([...this.#others.children].map((seat) => [Number(seat.dataset.person), seat]));
    for (const [id, seat] of open) if (!wanted.some((one) => one.id === id)) seat.remove();
    for (const [order, one] of wanted.entries()) {
      let seat = open.get(one.id);
      if (!seat) {
        seat = el('div', { class: 'seat', 'data-person': one.id, 'data-testid': 'beside' }, el('p', { class: 'caption' }),
          el('iframe', { class: 'phone', src: this.#actions.address(one) }));
        this.#others.append(seat);
      }
      seat.style.order = order;
      seat.querySelector('iframe').title = caption(seat.querySelector('.caption'), one);
    }
    document.body.classList.toggle('cast', this.#cast().length > 0);
    const own = document.getElementById('caption');
    own.hidden = !this.#cast().length;
    if (this.#scene.person) caption(own, this.#scene.person);
  }

  #chip(one) {
    const here = one.id === this.#scene.person?.id;
    return el('button', { type: 'button', class: 'stage-chip', 'data-testid': 'cast', 'data-id': one.id, 'data-stage': one.id, 'aria-current': here ? 'true' : undefined, click: () => { if (!here) this.#actions.go(one); } },
      paintAvatar(el('span', { class: 'avatar', 'aria-hidden': 'true' }), one.id, one.first_name),
      el('span', { class: 'stage-name' }, el('b', {}, el('bdi', {}, one.first_name)), one.labels ? el('small', {}, inLanguage(one.labels)) : null), this.badge(one));
  }

  #calendar(look) {
    const button = el('button', { type: 'button', class: 'next-day', 'data-testid': 'next-day', 'data-stage': 'next-day', click: () => {
      button.disabled = true;
      this.#actions.nextDay().catch(() => {}).finally(() => { button.disabled = false; button.focus(); });
    } }, el('span', { 'aria-hidden': 'true' }, '⏭'), word('nextDay'));
    return el('div', { class: 'stage-clock' }, el('span', { class: 'stage-time', role: 'status', 'data-look': look === longDay ? 'long' : 'short' }), button);
  }
}

/** Writes whose phone it is; gives it as a text too. */
function caption(node, person) {
  const what = person.labels ? inLanguage(person.labels) : '';
  node.dir = direction();
  node.replaceChildren(el('b', {}, el('bdi', {}, person.first_name)), what ? ` · ${what}` : '');
  return node.textContent;
}

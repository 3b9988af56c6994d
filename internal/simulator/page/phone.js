// One person's phone: wires the chat, the keyboards, the composer and the
// sheets to the simulator, and switches between people. The address holds who:
// /?person=ID, and ?start=PAYLOAD for a deep link that waits for START.

import * as api from './api.js';
import { el, icon, paintAvatar, arrows, focusText } from './dom.js';
import { Chat } from './bubbles.js';
import { ReplyKeyboard } from './keyboards.js';
import { Composer } from './composer.js';
import { Sheets, heading } from './sheets.js';
import { Stage, framed } from './stage.js';
import { word, speak, direction, actionWord, inLanguage } from './words.js';
import { setNow, setZone } from './time.js';

const ACTION_SHOWN = 5000; // ms, Telegram's own for a chat action
const BOT_HUE = 1;
const $ = (id) => document.getElementById(id);

const state = { info: null, people: [], person: null, payload: null, blocked: false, connected: false, action: '', actionTimer: 0, unseen: 0 };
let hands = null;
let stream = null;

const sheets = new Sheets($('sheets'), $('screen'), $('toasts'));

/** Does it; what the simulator refuses is told in a toast. */
function say(promise) {
  promise.catch((error) => sheets.toast(`${word('failed')}: ${error.message}`));
  return promise;
}

const send = (text) => say(hands.text(text));
const askContact = () => sheets.confirm(word('contactAsk'), word('contactText'), word('share'), () => {
  keyboard.spent();
  say(hands.contact()).catch(() => {});
});
const askLocation = () => sheets.places(state.info.towns ?? [], (lat, lon) => {
  keyboard.spent();
  say(hands.location(lat, lon)).catch(() => {});
});
const sendFile = (kind, file, duration) => say(hands.file(kind, file, { caption: composer.takeCaption(), duration })).catch(() => {});
const openAttach = () => sheets.attach({
  location: askLocation, contact: askContact, sticker: () => say(hands.sticker()).catch(() => {}),
  file: async (kind, file) => sendFile(kind, file, kind === 'voice' ? await soundLength(file) : undefined),
});

const chat = new Chat($('chat'), $('messages'), $('down'), {
  press: (id, data) => say(hands.press(id, data)),
  command: (text) => send(text).catch(() => {}),
  copied: () => sheets.toast(word('copied')),
  show: (url, caption) => sheets.picture(url, caption),
  edit: (message) => composer.edit(message),
  open: deepLink,
});

const keyboard = new ReplyKeyboard($('reply-keyboard'), $('keyboard-toggle'), $('composer'), {
  text: (label) => send(label).catch(() => {}), contact: askContact, location: askLocation, unsupported: () => sheets.toast(word('unsupported')),
});

const composer = new Composer({
  form: $('composer-form'), text: $('composer'), send: $('send'), record: $('record'), menu: $('menu-commands'),
  commands: $('commands'), editing: $('editing'), recording: $('recording'),
}, {
  text: send,
  edit: (id, text) => say(hands.edit(id, text)),
  lastOwn: () => chat.lastOwnText(),
  voice: (file, seconds) => sendFile('voice', file, seconds),
  pickVoice: () => {
    sheets.toast(word('micDenied'));
    openAttach();
    $('sheets').querySelector('[data-testid=attach-voice]').focus();
  },
});

/** A link to this very bot stays in this phone and shows START, as Telegram does. */
function deepLink(url) {
  const { hostname, pathname, searchParams } = new URL(url);
  if (!['t.me', 'telegram.me'].includes(hostname) || pathname.slice(1).toLowerCase() !== state.info.bot.username.toLowerCase()) return false;
  state.payload = searchParams.get('start') ?? '';
  drawFoot();
  $('start').focus();
  return true;
}

const stage = new Stage($('stage'), $('side-clock'), $('others'), {
  go: (person) => go(person), address: (person) => address(person), nextDay: () => say(api.nextDay()), newDay: () => chat.redate(),
});

const events = {
  connected(on) {
    state.connected = on;
    drawStatus();
  },
  /** The simulator was started anew without this person: take up another one. */
  async refused() {
    const people = await api.people().catch(() => [state.person]);
    if (people.some((one) => one.id === state.person.id)) return;
    stream.close();
    await arrive();
  },
  chat(all) {
    state.blocked = all.blocked;
    setNow(all.now);
    chat.reset(all.messages ?? []);
    keyboard.set(all.keyboard);
    if (all.keyboard_used) keyboard.show(false);
    composer.setCommands(all.commands);
    $('chat').dataset.ready = 'true';
    drawFoot();
    // A phone beside the one in hand doesn't take the focus from it.
    if (!framed && document.activeElement === document.body) focusText($('start').hidden ? $('composer') : $('start'));
  },
  message(message) {
    chat.add(message);
    if (message.from?.is_bot) {
      showAction('');
      if (document.hidden) state.unseen++;
      drawTitle();
    }
    drawFoot();
  },
  edit: (message) => chat.edit(message),
  delete(gone) {
    chat.remove(gone.message_id);
    drawFoot();
  },
  keyboard: (markup) => keyboard.set(markup),
  commands: (commands) => composer.setCommands(commands),
  answer(answer) {
    chat.settle();
    if (!answer.text) return;
    if (answer.show_alert) sheets.alert(answer.text);
    else sheets.toast(answer.text);
  },
  action: (one) => showAction(one.action),
  blocked(one) {
    state.blocked = one.blocked;
    drawFoot();
  },
  elsewhere(one) {
    stage.heard(one.person);
    const focus = $('side-people').contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    $('side-people').replaceChildren(...peopleList(''));
    if (focus) $('side-people').querySelector(`[data-id="${focus}"]`)?.focus();
  },
  clock(moved) {
    setNow(moved.now);
    chat.redate();
    stage.tick();
  },
};

function showAction(action) {
  clearTimeout(state.actionTimer);
  state.action = action;
  if (action) state.actionTimer = setTimeout(() => showAction(''), ACTION_SHOWN);
  drawStatus();
}

function drawStatus() {
  const status = $('bot-status');
  const busy = state.connected && state.action;
  status.classList.toggle('busy', Boolean(busy));
  status.textContent = !state.connected ? word('connecting') : busy ? actionWord(state.action) : word('botStatus');
  if (busy) status.append(el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')));
}

/** What stands at the bottom: START, RESTART, or the composer and the bot's keyboard. */
function drawFoot() {
  const starting = !state.blocked && (chat.empty || state.payload !== null);
  const talking = !state.blocked && !starting;
  $('start').hidden = !starting;
  $('restart').hidden = !state.blocked;
  if ($('recording').hidden) $('composer-form').hidden = !talking;
  $('screen').classList.toggle('talking', talking);
  $('empty').hidden = !chat.empty;
}

function drawTitle() {
  const name = state.person ? `${state.person.first_name} · ${state.info.bot.name}` : state.info.bot.name;
  document.title = state.unseen ? `(${state.unseen}) ${name}` : name;
}

/** Everything that is in words, after the language may have changed. */
function drawWords() {
  document.documentElement.lang = speak(state.person?.language_code);
  for (const node of document.querySelectorAll('[data-word]')) node.textContent = word(node.dataset.word);
  $('side').dir = direction();
  for (const [id, name] of [['people', 'more'], ['attach', 'attach']]) {
    for (const attribute of ['aria-label', 'title']) $(id).setAttribute(attribute, word(name));
  }
  $('start').textContent = word('start');
  $('restart').textContent = word('restart');
  $('empty').replaceChildren(paintAvatar(el('span', { class: 'avatar' }), BOT_HUE, state.info.bot.name),
    el('b', { dir: 'auto' }, state.info.bot.name), el('span', { dir: 'ltr' }, '@' + state.info.bot.username), el('span', { dir: 'auto' }, word('emptyText')));
  keyboard.relabel();
  composer.relabel();
  drawStatus();
  drawTitle();
  stage.draw({ people: state.people, person: state.person });
  $('side-people').replaceChildren(...peopleList(''));
}

/** The people, as the side panel and the header's sheet show them; only the sheet's rows carry test hooks. */
function peopleList(testid) {
  const rows = state.people.map((person) => {
    const here = person.id === state.person?.id;
    const name = [person.first_name, person.last_name].filter(Boolean).join(' ');
    return el('div', { class: 'list-row' },
      el('button', { type: 'button', class: 'list-item', 'data-testid': testid ? 'person' : undefined, 'data-id': person.id, 'aria-current': here ? 'true' : undefined, click: () => { sheets.close(); go(person); } },
        paintAvatar(el('span', { class: 'avatar', 'aria-hidden': 'true' }), person.id, name),
        el('span', { class: 'list-name' }, el('b', {}, el('bdi', {}, name)), el('small', {}, person.labels ? inLanguage(person.labels) : el('bdi', { dir: 'ltr' }, [person.language_code, person.phone].filter(Boolean).join(' · ')))),
        stage.badge(person),
        here ? icon('check') : null),
      el('a', { class: 'icon-button', href: address(person), target: '_blank', 'data-testid': testid ? 'person-tab' : undefined, 'aria-label': `${word('openTab')}: ${name}`, title: word('openTab') }, icon('external')));
  });
  const add = el('button', { type: 'button', class: 'list-item', 'data-testid': testid ? 'person-new' : undefined, click: () => sheets.newPerson((name, code) => say(create(name, code)).catch(() => {})) },
    el('span', { class: 'avatar add', 'aria-hidden': 'true' }, icon('add')), el('span', { class: 'list-name' }, word('newPerson')));
  return [...rows, add];
}

async function openPeople() {
  state.people = await say(api.people());
  $('side-people').replaceChildren(...peopleList(''));
  const block = el('button', { type: 'button', class: 'list-item danger', 'data-testid': state.blocked ? 'unblock' : 'block', click: () => {
    sheets.close();
    say(state.blocked ? hands.unblock() : hands.block()).catch(() => {});
  } }, el('span', { class: 'avatar plain', 'aria-hidden': 'true' }, icon('block')), el('span', { class: 'list-name' }, word(state.blocked ? 'unblock' : 'block')));
  const people = framed ? [heading(word('more'), sheets)] : [heading(word('people'), sheets), el('div', { class: 'list' }, peopleList('person')), el('hr')];
  sheets.open([...people, block], { label: word('more'), look: 'sheet high', testid: 'people-sheet' });
}

async function create(name, code) {
  const person = await api.newPerson(name, code);
  state.people = await api.people();
  go(person);
}

const address = (person) => `/?person=${person.id}`;

/** Takes up a person's phone. */
function go(person, { push = true, payload = null } = {}) {
  if (push) history.pushState(null, '', address(person));
  stream?.close();
  Object.assign(state, { person, payload, blocked: false, connected: false, unseen: 0 });
  showAction('');
  delete $('chat').dataset.ready;
  hands = new api.Hands(person.id);
  composer.reset();
  drawWords();
  stream = new api.Stream(person.id, events);
}

/** Who holds the phone: the address says it; else the first person; on a phone nobody used yet, a new one. */
async function arrive() {
  const query = new URLSearchParams(location.search);
  const wanted = query.get('person');
  const payload = query.get('start');
  state.people = await api.people();
  let person = state.people.find((one) => String(one.id) === wanted);
  if (wanted && !person) sheets.toast(word('gone'));
  person ??= state.people[0] ?? await api.newPerson('Amina', speak(navigator.language));
  if (!state.people.includes(person)) state.people = await api.people();
  if (String(person.id) !== wanted) history.replaceState(null, '', address(person) + (payload === null ? '' : `&start=${encodeURIComponent(payload)}`));
  go(person, { push: false, payload });
}

/** A sound file's length in seconds, 1 where the browser can't tell. */
function soundLength(file) {
  const audio = new Audio();
  const url = URL.createObjectURL(file);
  return new Promise((done) => {
    audio.onloadedmetadata = () => done(Number.isFinite(audio.duration) ? Math.max(1, Math.round(audio.duration)) : 1);
    audio.onerror = () => done(1);
    audio.src = url;
  }).finally(() => URL.revokeObjectURL(url));
}

function begin() {
  const payload = state.payload;
  state.payload = null;
  send(payload ? `/start ${payload}` : '/start').then(() => {
    history.replaceState(null, '', address(state.person));
    composer.focus();
  }, () => {
    state.payload = payload;
    drawFoot();
  });
}

$('people').append(icon('more'));
$('people').addEventListener('click', () => openPeople().catch(() => {}));
$('attach').append(icon('attach'));
$('attach').addEventListener('click', openAttach);
$('start').addEventListener('click', begin);
$('restart').addEventListener('click', () => say(hands.unblock().then(() => hands.text('/start'))).catch(() => {}));
// On a touch screen the system's keyboard takes the place of the bot's.
$('composer').addEventListener('focus', () => { if (matchMedia('(pointer: coarse)').matches) keyboard.show(false); });
// Typing goes to the composer wherever the focus is, as in Telegram's desktop app.
document.addEventListener('keydown', (event) => {
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('input, textarea, select') || $('screen').inert || !$('composer').offsetParent) return;
  composer.focus();
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  state.unseen = 0;
  drawTitle();
});
window.addEventListener('popstate', () => arrive().catch(() => {}));
arrows($('side-people'));

/** The first look may come before the simulator is up: keep asking. */
async function wake(delay = 500) {
  try {
    state.info = await api.info();
  } catch {
    $('bot-status').textContent = word('connecting');
    setTimeout(() => wake(Math.min(delay * 2, 5000)), delay);
    return;
  }
  setZone(state.info.zone);
  setNow(state.info.now);
  stage.hasNext = state.info.next_day;
  $('bot-name').textContent = state.info.bot.name;
  paintAvatar($('bot-avatar'), BOT_HUE, state.info.bot.name);
  await say(arrive());
}

wake();

// What a bubble can hold beside text: pictures, voices, files, places, contacts.

import { el, svg, icon, paintAvatar } from './dom.js';
import { fileURL } from './api.js';
import { word, size } from './words.js';

/** The element for a message's attachment, or null for plain text. show(url, alt) opens a picture full screen. */
export function attachment(message, show) {
  if (message.photo) return photo(message, show);
  if (message.voice) return voice(message.voice);
  if (message.audio) return voice(message.audio);
  if (message.video_note || message.video) return video(message.video_note || message.video);
  if (message.animation) return video(message.animation);
  if (message.document) return file(message.document);
  if (message.sticker) return sticker(message.sticker);
  if (message.venue) return place(message.venue.location, message.venue);
  if (message.location) return place(message.location);
  if (message.contact) return contact(message.contact);
  return null;
}

function photo(message, show) {
  const largest = message.photo.reduce((a, b) => ((b.width || 0) * (b.height || 0) > (a.width || 0) * (a.height || 0) ? b : a));
  const url = fileURL(largest.file_id);
  const picture = el('img', { src: url, alt: message.caption || word('photo'), width: largest.width, height: largest.height, draggable: 'false' });
  return el('button', { type: 'button', class: 'photo', 'data-testid': 'photo', 'aria-label': word('photo'), click: () => show(url, message.caption) }, picture);
}

function video(one) {
  return el('video', { class: 'video', src: fileURL(one.file_id), controls: true, preload: 'metadata', 'aria-label': word('video') });
}

function sticker(one) {
  return el('div', { class: 'sticker', role: 'img', 'aria-label': `${word('sticker')} ${one.emoji ?? ''}` }, one.emoji || '🙂');
}

const BARS = 36;

function voice(one) {
  const audio = el('audio', { src: fileURL(one.file_id), preload: 'none' });
  const heights = noise(one.file_unique_id || one.file_id);
  const bars = Array.from({ length: BARS }, (_, i) => {
    const height = 3 + Math.round(heights() * 15 * (0.45 + 0.55 * Math.sin((i / BARS) * Math.PI)));
    return svg('rect', { x: i * 4, y: 20 - height, width: 2.4, height, rx: 1.2 });
  });
  const time = el('span', { class: 'voice-time' }, minutes(one.duration));
  const button = el('button', { type: 'button', class: 'round', 'aria-label': word('play') }, icon('play'));
  const paint = () => {
    const total = Number.isFinite(audio.duration) ? audio.duration : one.duration || 1;
    const reached = audio.currentTime / total;
    bars.forEach((bar, i) => bar.classList.toggle('heard', i / BARS < reached));
    time.textContent = minutes(audio.paused && !audio.currentTime ? one.duration : audio.currentTime);
    button.replaceChildren(icon(audio.paused ? 'play' : 'pause'));
    button.setAttribute('aria-label', word(audio.paused ? 'play' : 'pause'));
  };
  for (const name of ['play', 'pause', 'timeupdate']) audio.addEventListener(name, paint);
  audio.addEventListener('ended', () => { audio.currentTime = 0; paint(); });
  button.addEventListener('click', () => (audio.paused ? audio.play().catch(() => audio.setAttribute('controls', '')) : audio.pause()));
  const wave = svg('svg', { class: 'wave', viewBox: `0 0 ${BARS * 4} 20`, 'aria-hidden': 'true' }, bars);
  return el('div', { class: 'voice', 'data-testid': 'voice', role: 'group', 'aria-label': word('voice') },
    button, el('div', { class: 'voice-side' }, wave, time), audio);
}

function minutes(seconds) {
  const whole = Math.floor(seconds || 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function file(one) {
  const name = one.file_name || word('document');
  return el('a', {
    class: 'card', 'data-testid': 'document', href: fileURL(one.file_id), download: name, 'aria-label': `${word('download')} ${name}`,
  },
  el('span', { class: 'round', 'aria-hidden': 'true' }, icon('download')),
  el('span', { class: 'card-text' },
    el('b', { dir: 'auto' }, name),
    el('small', {}, size(one.file_size) + ' · ' + (name.includes('.') ? name.split('.').pop().toUpperCase() : ''))));
}

function contact(one) {
  const name = [one.first_name, one.last_name].filter(Boolean).join(' ');
  return el('div', { class: 'card', 'data-testid': 'contact' },
    paintAvatar(el('span', { class: 'avatar', 'aria-hidden': 'true' }), one.user_id, name),
    el('span', { class: 'card-text' }, el('b', { dir: 'auto' }, name), el('small', { dir: 'ltr' }, one.phone_number)));
}

function place(at, venue) {
  const where = `${at.latitude.toFixed(4)}, ${at.longitude.toFixed(4)}`;
  return el('a', {
    class: 'place', 'data-testid': venue ? 'venue' : 'location', target: '_blank', rel: 'noopener noreferrer',
    // The picture is drawn here; only a person who follows it goes to a real map.
    href: `https://www.openstreetmap.org/?mlat=${at.latitude}&mlon=${at.longitude}#map=16/${at.latitude}/${at.longitude}`,
    'aria-label': [word('map'), venue?.title, venue?.address, where].filter(Boolean).join(', '),
  },
  map(at.latitude, at.longitude),
  el('span', { class: 'place-at', dir: 'ltr' }, where),
  venue && el('span', { class: 'place-text' }, el('b', { dir: 'auto' }, venue.title), el('small', { dir: 'auto' }, venue.address)));
}

/** A picture that reads as a map: streets decided by the coordinates, the same for the same place, and a pin. */
function map(latitude, longitude) {
  const next = noise(`${latitude.toFixed(4)},${longitude.toFixed(4)}`);
  const tilt = next() * 50 - 25;
  const streets = [];
  for (let x = -60; x < 330; x += 26 + next() * 26) streets.push(svg('path', { class: 'street', d: `M${x} -90V270` }));
  for (let y = -60; y < 230; y += 22 + next() * 24) streets.push(svg('path', { class: 'street', d: `M-90 ${y}H360` }));
  const blocks = Array.from({ length: 7 }, () => svg('rect', {
    class: next() < 0.4 ? 'park' : 'block', x: next() * 300 - 20, y: next() * 160 - 20, width: 22 + next() * 46, height: 18 + next() * 34, rx: 3,
  }));
  const avenue = `M-20 ${30 + next() * 90}Q${90 + next() * 80} ${next() * 140} 290 ${30 + next() * 90}`;
  return svg('svg', { class: 'map', viewBox: '0 0 270 140', preserveAspectRatio: 'xMidYMid slice', 'aria-hidden': 'true' },
    svg('rect', { class: 'land', width: 270, height: 140 }),
    svg('g', { transform: `rotate(${tilt.toFixed(1)} 135 70)` }, blocks, streets),
    svg('path', { class: 'avenue-edge', d: avenue }), svg('path', { class: 'avenue', d: avenue }),
    svg('ellipse', { class: 'pin-shadow', cx: 135, cy: 78, rx: 8, ry: 3 }),
    svg('path', { class: 'pin', d: 'M135 78c0 0-15-16.5-15-27.5a15 15 0 0 1 30 0C150 61.5 135 78 135 78z' }),
    svg('circle', { class: 'pin-eye', cx: 135, cy: 50.5, r: 5.5 }));
}

/** A repeatable stream of numbers in [0, 1) from a text (FNV-1a, then xorshift). */
function noise(seed) {
  let state = 2166136261;
  for (const letter of String(seed)) state = Math.imul(state ^ letter.codePointAt(0), 16777619);
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

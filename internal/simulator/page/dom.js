// Building elements. Data reaches the page only as text nodes and attributes,
// never as markup: nothing in this folder uses innerHTML.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element; an attribute whose value is a function is a listener for the event of that name. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

const ICONS = {
  send: 'M3 20.5v-6.6l9-1.9-9-1.9V3.5L21.5 12z',
  mic: 'M12 14.5a3.2 3.2 0 0 0 3.2-3.2V6.2a3.2 3.2 0 0 0-6.4 0v5.1a3.2 3.2 0 0 0 3.2 3.2zm5.6-3.2a5.6 5.6 0 0 1-11.2 0H4.7a7.3 7.3 0 0 0 6.4 7.2V21.5h1.8v-3a7.3 7.3 0 0 0 6.4-7.2z',
  attach: 'M16.5 6.5v10.2a4 4 0 0 1-8 0V5.8a2.5 2.5 0 0 1 5 0v9.7a1 1 0 0 1-2 0V6.5H10v9a2.5 2.5 0 0 0 5 0V5.8a4 4 0 0 0-8 0v10.9a5.5 5.5 0 0 0 11 0V6.5z',
  keyboard: 'M4 4h6.5v6.5H4zm9.5 0H20v6.5h-6.5zM4 13.5h6.5V20H4zm9.5 0H20V20h-6.5z',
  down: 'M12 15.8l-6.4-6.3 1.4-1.4 5 4.9 5-4.9 1.4 1.4z',
  more: 'M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  menu: 'M4 6.2h16v1.8H4zm0 5h16V13H4zm0 5h16V18H4z',
  close: 'M18.3 7.1l-1.4-1.4L12 10.6 7.1 5.7 5.7 7.1l4.9 4.9-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z',
  photo: 'M20 5h-3.2L15 3H9L7.2 5H4a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V7a2 2 0 0 0-2-2zm-8 12.2a4.7 4.7 0 1 1 0-9.4 4.7 4.7 0 0 1 0 9.4zm0-1.9a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6z',
  document: 'M6 2h8l5 5v13a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zm7 1.5V8h4.5z',
  location: 'M12 2a7 7 0 0 0-7 7c0 5.2 7 13 7 13s7-7.8 7-13a7 7 0 0 0-7-7zm0 9.6a2.6 2.6 0 1 1 0-5.2 2.6 2.6 0 0 1 0 5.2z',
  contact: 'M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zm0 2c-3.7 0-9 1.8-9 5.2V21h18v-1.8c0-3.4-5.3-5.2-9-5.2z',
  sticker: 'M12 2a10 10 0 1 0 10 10h-4a6 6 0 0 1-6-6zm2 .3V6a4 4 0 0 0 4 4h3.7zM8 9a1.3 1.3 0 1 1 0 2.6A1.3 1.3 0 0 1 8 9zm4 9a5 5 0 0 1-4.6-3h9.2a5 5 0 0 1-4.6 3z',
  play: 'M8 5v14l11-7z',
  pause: 'M7 5h3.5v14H7zm6.5 0H17v14h-3.5z',
  download: 'M12 16.5l-5.5-5.5 1.4-1.4 3.1 3.1V4h2v8.7l3.1-3.1 1.4 1.4zM5 18.5h14v1.8H5z',
  external: 'M8 6h10v10h-1.8V9.1L7.2 18 6 16.8l8.9-9H8z',
  edit: 'M4 16.7V20h3.3l9.9-9.9-3.3-3.3zM19.7 7.6a1 1 0 0 0 0-1.3l-2-2a1 1 0 0 0-1.3 0l-1.5 1.5 3.3 3.3z',
  block: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 1.9c1.9 0 3.6.6 5 1.7L5.6 17A8.1 8.1 0 0 1 12 3.9zm0 16.2c-1.9 0-3.6-.6-5-1.7L18.4 7A8.1 8.1 0 0 1 12 20.1z',
  add: 'M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z',
  check: 'M9.3 16.6l-4.2-4.2-1.4 1.4 5.6 5.6L20.7 8l-1.4-1.4z',
};

/** A decorative icon; the button around it carries the name. */
export function icon(name) {
  return svg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: ICONS[name] }));
}

const HUES = ['#d9694f', '#d98f3d', '#7a6fc4', '#4f9e57', '#3f97ab', '#4b86c4', '#c4608c'];

/** A person's or bot's round picture: the initials on a colour that the id decides. */
export function paintAvatar(node, id, name) {
  const letters = [...String(name || '?').trim()];
  node.textContent = (letters[0] || '?').toUpperCase();
  node.style.background = HUES[Math.abs(Number(id) || 0) % HUES.length];
  return node;
}

/** Gives a text field the focus, except on a touch screen, where that would open the system's keyboard. */
export function focusText(field) {
  if (!matchMedia('(pointer: coarse)').matches) field.focus({ preventScroll: true });
}

/** Arrow keys move the focus among the buttons of a box laid out in rows; Home and End go to its ends. */
export function arrows(box, selector = 'button, a[href], input') {
  box.addEventListener('keydown', (event) => {
    if (!event.key.startsWith('Arrow') && event.key !== 'Home' && event.key !== 'End') return;
    if (event.target.matches('textarea, select, input:not([type=file])')) return;
    const all = [...box.querySelectorAll(selector)].filter((one) => !one.disabled && one.offsetParent);
    const next = neighbour(all, document.activeElement, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

function neighbour(all, from, key) {
  const at = all.indexOf(from);
  if (at < 0) return null;
  if (key === 'Home') return all[0];
  if (key === 'End') return all[all.length - 1];
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    const forward = (key === 'ArrowRight') === (getComputedStyle(from.parentElement).direction === 'ltr');
    return all[at + (forward ? 1 : -1)];
  }
  // Up and down: the nearest button whose row lies wholly above or below.
  const here = from.getBoundingClientRect();
  const down = key === 'ArrowDown';
  let best = null;
  let least = Infinity;
  for (const one of all) {
    const there = one.getBoundingClientRect();
    const rows = down ? there.top - here.bottom : here.top - there.bottom;
    if (rows < -2) continue;
    const away = rows * 4 + Math.abs((there.left + there.right) - (here.left + here.right)) / 2;
    if (away < least) [least, best] = [away, one];
  }
  return best;
}

// A message's text drawn from its Bot API entities. Offsets and lengths count
// UTF-16 code units, which is what JavaScript's strings are made of. Every
// paragraph takes its own direction, as in Telegram.

import { el } from './dom.js';
import { word } from './words.js';

const BLOCKS = new Set(['pre', 'blockquote', 'expandable_blockquote']);

/**
 * The text as an element. actions: command(text) when a bot command is tapped;
 * open(url) before a link is followed, true when it took care of it.
 */
export function richText(text, entities, actions) {
  const spans = (entities ?? [])
    .map((entity) => ({ entity, start: entity.offset, end: Math.min(entity.offset + entity.length, text.length) }))
    .filter((span) => span.start >= 0 && span.start < span.end)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const box = el('div', { class: 'text', 'data-testid': 'text' });
  drawBlocks(box, text, 0, text.length, spans, actions);
  return box;
}

function drawBlocks(parent, text, start, end, spans, actions) {
  let at = start;
  spans.forEach((span, index) => {
    if (!BLOCKS.has(span.entity.type) || span.start < at || span.end > end) return;
    // A block stands on its own line: the line breaks at its edges are spent.
    const before = text[span.start - 1] === '\n' ? span.start - 1 : span.start;
    if (before > at || (before === at && before < span.start)) drawParagraphs(parent, text, at, before, spans, actions);
    parent.append(drawBlock(text, span, spans.slice(index + 1), actions));
    at = text[span.end] === '\n' ? span.end + 1 : span.end;
  });
  if (at < end || at === start) drawParagraphs(parent, text, at, end, spans, actions);
}

function drawBlock(text, span, spans, actions) {
  if (span.entity.type === 'pre') {
    const box = el('pre', { dir: 'ltr' });
    if (span.entity.language) box.append(el('span', { class: 'pre-language' }, span.entity.language));
    box.append(el('code', {}, text.slice(span.start, span.end)));
    return box;
  }
  const box = el('blockquote', { dir: firstStrong(text.slice(span.start, span.end)) });
  drawBlocks(box, text, span.start, span.end, spans.filter((inner) => inner.end <= span.end), actions);
  return box;
}

function drawParagraphs(parent, text, start, end, spans, actions) {
  const inlines = spans.filter((span) => !BLOCKS.has(span.entity.type));
  let at = start;
  for (const line of text.slice(start, end).split('\n')) {
    const paragraph = el('p', { dir: baseDirection(line) });
    if (line) drawInline(paragraph, text, at, at + line.length, inlines, actions, false);
    else paragraph.append(el('br'));
    parent.append(paragraph);
    at += line.length + 1;
  }
}

/** Draws text[start:end]; spans that only overlap are cut so that each part keeps its look. */
function drawInline(parent, text, start, end, spans, actions, linked) {
  let at = start;
  spans.forEach((span, index) => {
    const from = Math.max(span.start, at);
    const to = Math.min(span.end, end);
    if (from >= to) return;
    parent.append(text.slice(at, from));
    const node = look(span.entity, text.slice(span.start, span.end), actions, linked);
    drawInline(node, text, from, to, spans.slice(index + 1), actions, linked || node.matches('a, button, code'));
    parent.append(node);
    at = to;
  });
  parent.append(text.slice(at, end));
}

function look(entity, text, actions, linked) {
  switch (entity.type) {
    case 'bold': return el('b');
    case 'italic': return el('i');
    case 'underline': return el('u');
    case 'strikethrough': return el('s');
    case 'code': return el('code', { dir: 'auto' });
    case 'spoiler': return spoiler();
    case 'text_link': return linked ? el('span') : link(entity.url, actions);
    case 'url': return linked ? el('span') : link(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : 'https://' + text, actions);
    case 'email': return linked ? el('span') : link('mailto:' + text, actions);
    case 'phone_number': return linked ? el('span') : link('tel:' + text.replace(/[^+\d]/g, ''), actions);
    case 'bot_command':
      if (linked) return el('span');
      return el('button', { type: 'button', class: 'link', dir: 'ltr', 'data-testid': 'bot-command', click: () => actions.command(text) });
    case 'mention': case 'hashtag': case 'cashtag': case 'text_mention': return el('span', { class: 'link' });
    default: return el('span');
  }
}

function spoiler() {
  const node = el('span', { class: 'spoiler', role: 'button', tabindex: '0', 'aria-label': word('hidden') });
  const reveal = (event) => {
    if (event.type === 'keydown' && event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    node.className = 'spoiler shown';
    for (const name of ['role', 'tabindex', 'aria-label']) node.removeAttribute(name);
  };
  node.addEventListener('click', reveal, { once: true, capture: true });
  node.addEventListener('keydown', reveal);
  return node;
}

function link(url, actions) {
  const safe = safeURL(url);
  if (!safe) return el('span', { class: 'link' });
  return el('a', {
    href: safe, target: '_blank', rel: 'noopener noreferrer',
    click: (event) => { if (actions.open(safe)) event.preventDefault(); },
  });
}

/** The URL if following it can do no harm to the page, else null. */
export function safeURL(url) {
  try {
    const parsed = new URL(url);
    return ['http:', 'https:', 'tg:', 'mailto:', 'tel:', 'geo:'].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

const RTL_LETTER = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * The direction of a paragraph: "auto", except where it holds isolates (FSI …
 * PDI). HTML's auto counts the letters inside them, Unicode's rule P2, which
 * phones follow, skips them.
 */
export function baseDirection(text) {
  return /[\u2066-\u2068]/.test(text) ? firstStrong(text) : 'auto';
}

/** Unicode's rule P2; a blockquote needs it too, since auto doesn't look into paragraphs that have a dir of their own. */
function firstStrong(text) {
  let depth = 0;
  for (const letter of text) {
    if (letter >= '\u2066' && letter <= '\u2068') depth++;
    else if (letter === '\u2069') depth = Math.max(0, depth - 1);
    else if (depth === 0 && (letter === '\u200f' || RTL_LETTER.test(letter)) && !/\p{N}/u.test(letter)) return 'rtl';
    else if (depth === 0 && (letter === '\u200e' || /\p{L}/u.test(letter))) return 'ltr';
  }
  return 'ltr';
}

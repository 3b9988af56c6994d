// The page's own words, in the app language of the person who holds the phone,
// as Telegram's are. What the bot says never passes through here.

import { now, shown, timeZone, dayNumber } from './time.js';

const LOCALES = { fr: 'fr-MA', ar: 'ar-MA', en: 'en-GB' };

/** The app languages a new person can be given. */
export const LANGUAGES = [['fr', 'Français'], ['ar', 'العربية'], ['en', 'English']];

const WORDS = {
  fr: {
    alertOK: 'OK', attach: 'Joindre', block: 'Bloquer le bot', botStatus: 'bot', cancel: 'Annuler',
    close: 'Fermer', commands: 'Commandes', connecting: 'Connexion…', contact: 'Contact',
    contactAsk: 'Partager votre numéro ?', contactText: 'Le bot recevra votre numéro de téléphone et votre nom.',
    copied: 'Copié', create: 'Créer', document: 'Fichier', down: 'Aller au dernier message', download: 'Télécharger',
    edit: 'Modifier', edited: 'modifié', editing: 'Modification', emptyText: 'Appuyez sur DÉMARRER pour parler à ce bot.',
    failed: 'Envoi impossible', forwarded: 'Transféré de', gone: 'Cette personne n’existe pas (ou plus).',
    hidden: 'Texte masqué, appuyer pour le lire', inlineKeyboard: 'Boutons du message',
    keyboard: 'Clavier du bot', language: 'Langue de l’application', localKeys: 'Tout se fait aussi au clavier : Tab, flèches, Entrée, Échap.',
    localMark: 'Simulation locale', localText: 'Ce téléphone imite Telegram sur cette machine. Aucun compte, rien ne part sur internet.',
    localTitle: 'Ceci n’est pas Telegram', location: 'Position', locationAsk: 'Où êtes-vous ?',
    locationText: 'Le téléphone simulé n’a pas de GPS : choisissez une ville, ou écrivez une latitude et une longitude.',
    map: 'Carte', menu: 'Menu', message: 'Message', micDenied: 'Micro indisponible : choisissez un fichier audio.', more: 'Personnes et options',
    name: 'Prénom', newPerson: 'Nouvelle personne', noTown: 'Aucune ville de ce nom.', openTab: 'Ouvrir dans un onglet', people: 'Personnes',
    photo: 'Photo', play: 'Écouter', pause: 'Pause', record: 'Enregistrer un message vocal', recording: 'Enregistrement', restart: 'RELANCER LE BOT',
    send: 'Envoyer', share: 'Partager', start: 'DÉMARRER', sticker: 'Sticker', town: 'Ville, ou 31.63, -7.99',
    typing: 'écrit', unblock: 'Débloquer le bot', unsupported: 'Ce téléphone ne sait pas montrer ce message', video: 'Vidéo',
    voice: 'Message vocal', day: 'Date de la démonstration', nextDay: 'Jour suivant', yesterday: 'Hier', you: 'Vous', today: 'Aujourd’hui',
    actions: { typing: 'écrit', upload_photo: 'envoie une photo', upload_document: 'envoie un fichier', upload_voice: 'envoie un vocal', record_voice: 'enregistre un vocal', find_location: 'cherche un lieu' },
  },
  ar: {
    alertOK: 'حسنًا', attach: 'إرفاق', block: 'حظر البوت', botStatus: 'بوت', cancel: 'إلغاء',
    close: 'إغلاق', commands: 'الأوامر', connecting: 'جارٍ الاتصال…', contact: 'جهة اتصال',
    contactAsk: 'مشاركة رقم هاتفك؟', contactText: 'سيتلقى البوت رقم هاتفك واسمك.',
    copied: 'تم النسخ', create: 'إنشاء', document: 'ملف', down: 'إلى آخر رسالة', download: 'تنزيل',
    edit: 'تعديل', edited: 'معدّلة', editing: 'تعديل الرسالة', emptyText: 'اضغط على «ابدأ» للتحدث مع هذا البوت.',
    failed: 'تعذّر الإرسال', forwarded: 'محوّلة من', gone: 'هذا الشخص غير موجود.',
    hidden: 'نص مخفي، اضغط لقراءته', inlineKeyboard: 'أزرار الرسالة',
    keyboard: 'لوحة مفاتيح البوت', language: 'لغة التطبيق', localKeys: 'كل شيء ممكن بلوحة المفاتيح أيضًا: Tab والأسهم وEnter وEsc.',
    localMark: 'محاكاة محلية', localText: 'هذا الهاتف يحاكي تيليغرام على هذا الجهاز. لا حساب، ولا شيء يُرسل إلى الإنترنت.',
    localTitle: 'هذا ليس تيليغرام', location: 'الموقع', locationAsk: 'أين أنت؟',
    locationText: 'لا يملك هذا الهاتف نظام تحديد المواقع: اختر مدينة، أو اكتب خط العرض وخط الطول.',
    map: 'خريطة', menu: 'القائمة', message: 'رسالة', micDenied: 'الميكروفون غير متاح: اختر ملفًا صوتيًا.', more: 'الأشخاص والخيارات',
    name: 'الاسم', newPerson: 'شخص جديد', noTown: 'لا توجد مدينة بهذا الاسم.', openTab: 'فتح في تبويب', people: 'الأشخاص',
    photo: 'صورة', play: 'تشغيل', pause: 'إيقاف مؤقت', record: 'تسجيل رسالة صوتية', recording: 'تسجيل', restart: 'إعادة تشغيل البوت',
    send: 'إرسال', share: 'مشاركة', start: 'ابدأ', sticker: 'ملصق', town: 'مدينة، أو 31.63, -7.99',
    typing: 'يكتب', unblock: 'إلغاء حظر البوت', unsupported: 'لا يستطيع هذا الهاتف عرض هذه الرسالة', video: 'فيديو',
    voice: 'رسالة صوتية', day: 'تاريخ العرض', nextDay: 'اليوم التالي', yesterday: 'أمس', you: 'أنت', today: 'اليوم',
    actions: { typing: 'يكتب', upload_photo: 'يرسل صورة', upload_document: 'يرسل ملفًا', upload_voice: 'يرسل تسجيلًا', record_voice: 'يسجّل صوتًا', find_location: 'يبحث عن مكان' },
  },
  en: {
    alertOK: 'OK', attach: 'Attach', block: 'Block bot', botStatus: 'bot', cancel: 'Cancel',
    close: 'Close', commands: 'Commands', connecting: 'Connecting…', contact: 'Contact',
    contactAsk: 'Share your phone number?', contactText: 'The bot will receive your phone number and name.',
    copied: 'Copied', create: 'Create', document: 'File', down: 'Go to the last message', download: 'Download',
    edit: 'Edit', edited: 'edited', editing: 'Edit message', emptyText: 'Press START to talk to this bot.',
    failed: 'Could not send', forwarded: 'Forwarded from', gone: 'There is no such person (any more).',
    hidden: 'Hidden text, press to read', inlineKeyboard: 'Buttons of the message',
    keyboard: 'Bot keyboard', language: 'App language', localKeys: 'Everything works from the keyboard too: Tab, arrows, Enter, Escape.',
    localMark: 'Local simulation', localText: 'This phone imitates Telegram on this machine. No account, nothing goes out to the internet.',
    localTitle: 'This is not Telegram', location: 'Location', locationAsk: 'Where are you?',
    locationText: 'The simulated phone has no GPS: choose a town, or type a latitude and a longitude.',
    map: 'Map', menu: 'Menu', message: 'Message', micDenied: 'No microphone: choose an audio file.', more: 'People and options',
    name: 'First name', newPerson: 'New person', noTown: 'No town of that name.', openTab: 'Open in a tab', people: 'People',
    photo: 'Photo', play: 'Play', pause: 'Pause', record: 'Record a voice message', recording: 'Recording', restart: 'RESTART BOT',
    send: 'Send', share: 'Share', start: 'START', sticker: 'Sticker', town: 'Town, or 31.63, -7.99',
    typing: 'typing', unblock: 'Unblock bot', unsupported: 'This phone cannot show this message', video: 'Video',
    voice: 'Voice message', day: 'Date of the demonstration', nextDay: 'Next day', yesterday: 'Yesterday', you: 'You', today: 'Today',
    actions: { typing: 'typing', upload_photo: 'sending a photo', upload_document: 'sending a file', upload_voice: 'sending a voice message', record_voice: 'recording voice', find_location: 'looking for a place' },
  },
};

let language = 'fr';

/** Chooses the app language from a Telegram language_code ("ar-MA", "fr"); French where the page has no words. */
export function speak(code) {
  const short = String(code || '').toLowerCase().split('-')[0];
  language = WORDS[short] ? short : 'fr';
  return language;
}

/** The word for a key in the language chosen by speak. */
export function word(key) {
  return WORDS[language][key] ?? key;
}

/** What has words of its own in the page's language; in French where it has none there. */
export function inLanguage(words) {
  return words[language] ?? words.fr ?? '';
}

/** The direction of the page's own texts: sheets and lists follow it, the chat and its keyboards never do. */
export function direction() {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/** What the bot is doing, from sendChatAction's action. */
export function actionWord(action) {
  return WORDS[language].actions[action] ?? WORDS[language].typing;
}

/** Hours and minutes, in the phones' time zone. */
export function clock(seconds) {
  return new Intl.DateTimeFormat(LOCALES[language], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: timeZone() }).format(shown(seconds));
}

/** A day separator's label. */
export function day(seconds) {
  const daysAgo = dayNumber(now()) - dayNumber(seconds);
  if (daysAgo === 0) return word('today');
  if (daysAgo === 1) return word('yesterday');
  const year = (when) => dated(when, { year: 'numeric' });
  return dated(seconds, { day: 'numeric', month: 'long', year: year(seconds) === year(now()) ? undefined : 'numeric' });
}

/** A day with its weekday, whatever day it is now. */
export const longDay = (seconds) => dated(seconds, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
export const shortDay = (seconds) => dated(seconds, { weekday: 'short', day: 'numeric', month: 'short' });

function dated(seconds, fields) {
  return new Intl.DateTimeFormat(LOCALES[language], { ...fields, timeZone: timeZone() }).format(shown(seconds));
}

/** Whether two message dates need a separator between them. */
export function sameDay(a, b) {
  return dayNumber(a) === dayNumber(b);
}

/** A file's size, as Telegram writes it: Latin units in Arabic too. */
export function size(bytes) {
  let amount = bytes || 0;
  let step = 0;
  while (amount >= 1024 && step < 2) [amount, step] = [amount / 1024, step + 1];
  const number = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: step ? 1 : 0 }).format(amount);
  return `${number} ${(language === 'fr' ? ['o', 'Ko', 'Mo'] : ['B', 'KB', 'MB'])[step]}`;
}

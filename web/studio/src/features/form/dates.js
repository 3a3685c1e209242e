// The calendar of date fields speaks the language of the page, and weeks begin on Monday.
import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/esm/l10n/zh.js';
import { MandarinTraditional } from 'flatpickr/dist/esm/l10n/zh-tw.js';

const LOCALES = { zh_Hans: Mandarin, zh_Hant: MandarinTraditional };

// The library puts itself on the window as well.
delete window.flatpickr;

export function speakDates(language) {
  flatpickr.localize({ ...(LOCALES[language] || {}), firstDayOfWeek: 1 });
}

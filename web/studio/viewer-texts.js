// A build step: texts that form-js 2.0 writes into its code without asking for a translation go through our dictionary,
// and dates are written the same way in every language. A text that is not found any more fails the build.
import { fileURLToPath } from 'node:url';

const TEXTS = fileURLToPath(new URL('./src/features/form/texts.js', import.meta.url));
const CHANGES = [
  ["valueLabel || 'Select'", "valueLabel || gcSay('Select')"],
  ["placeholder: 'Search'", "placeholder: gcSay('Search')"],
  ['"aria-label": `Remove list item ${itemIndex + 1}`', '"aria-label": gcSay("Remove row {row}", { row: itemIndex + 1 })'],
  ['dateFormat: getLocaleDateFlatpickrConfig()', "dateFormat: 'Y-m-d'"],
  ['placeholder: getLocaleReadableDateFormat()', "placeholder: gcSay('yyyy-mm-dd')"],
  ["'today' : '01/01/1900'", "'today' : '1900-01-01'"],
];

export function viewerTexts() {
  return {
    name: 'viewer-texts',
    transform(code, id) {
      if (!id.includes('/form-js-viewer/dist/index.es.js')) return null;
      let changed = code;
      for (const [from, to] of CHANGES) {
        if (!changed.includes(from)) this.error(`form-js has no ${from} any more: look at viewer-texts.js`);
        changed = changed.replaceAll(from, to);
      }
      return { code: `import { say as gcSay } from ${JSON.stringify(TEXTS)};\n${changed}`, map: null };
    },
  };
}

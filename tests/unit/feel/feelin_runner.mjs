// Evaluates a batch of expressions with the browser's FEEL library: JSON cases on standard input, JSON results on standard output.
// The first argument is the node_modules folder in which the form viewer is installed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const places = [
  join(folder, '@bpmn-io', 'form-js-viewer', 'node_modules', '@bpmn-io', 'feelin'),
  join(folder, '@bpmn-io', 'feelin'),
];
const home = places.find((place) => existsSync(join(place, 'package.json')));
if (!home) {
  throw new Error(`@bpmn-io/feelin is not installed in ${folder}`);
}
const { evaluate, unaryTest } = await import(pathToFileURL(join(home, 'dist', 'index.js')).href);
const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));

// JSON has no dates, ranges or functions: they are written as an object with one key that no test uses.
function written(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $: 'no number' };
  if (typeof value !== 'object') return typeof value === 'function' ? { $: 'function' } : value;
  if (Array.isArray(value)) return value.map(written);
  if (value.isLuxonDateTime) return { $: 'moment', at: value.toMillis() };
  if (value.isLuxonDuration) return { $: 'duration', length: value.toMillis() };
  if (typeof value.includes === 'function') return { $: 'range' };
  if (value.parameterNames) return { $: 'function' };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, written(item)]));
}

function result({ text, context, tests, value }) {
  try {
    const found = tests ? unaryTest(text, { ...context, '?': value }) : evaluate(text, context);
    return { value: written(found.value) };
  } catch (error) {
    return { error: error.message };
  }
}

const cases = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify({ version, results: cases.map(result) }));

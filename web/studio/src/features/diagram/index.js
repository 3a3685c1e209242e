// Shows the diagrams of a page: every .gc-diagram element becomes a drawing with zoom, in the reader's language.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import './diagram.css';
import { mark, summary, takenBetween } from './marks.js';
import { sayIn } from './texts.js';

function json(text, otherwise) {
  if (!text) return otherwise;
  const source = text.startsWith('#') ? document.querySelector(text)?.textContent : text;
  return source ? JSON.parse(source) : otherwise;
}

async function mount(element) {
  const say = sayIn(element.dataset.language || document.documentElement.lang);
  const surface = Object.assign(document.createElement('div'), { className: 'gc-diagram-surface', tabIndex: 0 });
  surface.setAttribute('role', 'img');
  surface.setAttribute('aria-label', say('Diagram'));
  element.replaceChildren(surface);
  const viewer = new NavigatedViewer({ container: surface });
  try {
    const answer = await fetch(element.dataset.xmlUrl, { headers: { Accept: 'application/xml' } });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    await show(viewer, await answer.text(), element, surface, say);
    element.dataset.ready = '';
  } catch (error) {
    console.error(error);
    viewer.destroy();
    const sentence = Object.assign(document.createElement('p'), { className: 'gc-diagram-failed', textContent: say('The diagram could not be loaded. Please reload the page.') });
    sentence.setAttribute('role', 'alert');
    element.replaceChildren(sentence);
  }
}

async function show(viewer, xml, element, surface, say) {
  const names = json(element.dataset.names, {});
  viewer.on('import.render.start', ({ definitions }) => rename(definitions, names));
  await viewer.importXML(xml);
  const marks = json(element.dataset.marks, {});
  const flows = json(element.dataset.flows, null) ?? takenBetween(viewer, marks);
  mark(viewer, { ...marks, ...Object.fromEntries(flows.map((id) => [id, 'done'])) }, say);
  const canvas = viewer.get('canvas');
  fit(canvas);
  element.append(buttons(canvas, say));
  keyboard(surface, canvas);
  const told = summary(viewer, marks, say);
  if (told) surface.setAttribute('aria-label', `${say('Diagram')}. ${told}`);
}

/** Put translated names on the elements before they are drawn. */
function rename(element, names, seen = new Set()) {
  if (seen.has(element)) return;
  seen.add(element);
  if (names[element.id]) element.name = names[element.id];
  for (const list of ['rootElements', 'participants', 'laneSets', 'lanes', 'flowElements', 'artifacts']) {
    for (const child of element[list] || []) rename(child, names, seen);
  }
  if (element.childLaneSet) rename(element.childLaneSet, names, seen);
  if (element.text && names[element.id]) element.text = names[element.id];
}

function fit(canvas) {
  canvas.zoom('fit-viewport', 'auto');
  // A small diagram isn't blown up.
  if (canvas.zoom() > 1.25) canvas.zoom(1.25, 'auto');
}

function zoomBy(canvas, factor) {
  canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)));
}

function buttons(canvas, say) {
  const bar = Object.assign(document.createElement('div'), { className: 'gc-diagram-buttons' });
  const add = (sign, name, act) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: sign, title: say(name) });
    button.setAttribute('aria-label', say(name));
    button.addEventListener('click', act);
    bar.append(button);
  };
  add('+', 'Zoom in', () => zoomBy(canvas, 1.25));
  add('−', 'Zoom out', () => zoomBy(canvas, 0.8));
  add('⤢', 'Whole diagram', () => fit(canvas));
  return bar;
}

const STEP = 60;
const MOVES = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

function keyboard(surface, canvas) {
  surface.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in MOVES) canvas.scroll({ dx: MOVES[event.key][0], dy: MOVES[event.key][1] });
    else if (event.key === '+' || event.key === '=') zoomBy(canvas, 1.25);
    else if (event.key === '-') zoomBy(canvas, 0.8);
    else if (event.key === '0') fit(canvas);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

for (const element of document.querySelectorAll('.gc-diagram')) mount(element);

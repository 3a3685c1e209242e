// Shows the forms of a page: every .gc-form element becomes a form, kept in step with the HTML form around it.
import '@bpmn-io/form-js-viewer/dist/assets/form-js-base.css';
import '@bpmn-io/form-js-viewer/dist/assets/flatpickr/light.css';
import './form.css';
import { speakDates } from './dates.js';
import { Draft } from './draft.js';
import { ServerMessages } from './messages.js';
import { say, speak } from './texts.js';
import { Uploads } from './uploads.js';
import { valuesOf } from './values.js';
import { showForm } from './viewer.js';

const MAX_BYTES = 25 * 1024 * 1024;
const LANGUAGES = { 'zh-Hans': 'zh_Hans', 'zh-CN': 'zh_Hans', zh: 'zh_Hans', 'zh-Hant': 'zh_Hant', 'zh-TW': 'zh_Hant' };
const token = () => document.querySelector('meta[name="csrf-token"]')?.content || '';

function json(selector, otherwise) {
  const element = selector && document.querySelector(selector);
  return element ? JSON.parse(element.textContent) : otherwise;
}

async function mount(element) {
  const { schema, values, readonly, uploadUrl, filesUrl, maxBytes, errors } = element.dataset;
  const serverMessages = new ServerMessages(errors ? JSON.parse(errors) : {});
  const uploads = new Uploads({ url: uploadUrl, filesUrl, limit: Number(maxBytes) || MAX_BYTES, token: token() });
  const readOnly = readonly !== undefined && readonly !== 'false';
  const form = await showForm({
    container: element, schema: json(schema, {}), data: json(values, {}), readOnly, serverMessages, uploads: uploadUrl || readOnly ? uploads : null,
  });
  element.dataset.ready = '';
  if (!readOnly) keepInStep(element, form, uploads, serverMessages);
}

function keepInStep(element, form, uploads, serverMessages) {
  const outer = element.parentElement.closest('form');
  const input = valuesInput(outer, element);
  const draft = element.dataset.draftUrl
    ? new Draft({ url: element.dataset.draftUrl, token: token(), state: stateElement(outer), values: () => valuesOf(form) })
    : null;
  const sync = () => {
    input.value = JSON.stringify(valuesOf(form));
  };
  sync();
  form.on('changed', () => {
    sync();
    draft?.changed();
  });
  serverMessages.show(element, form);
  outer?.addEventListener('submit', (event) => {
    if (event.target === outer) submitting(event, { element, form, uploads, serverMessages, draft, sync });
  });
  // Enter in a field must not decide anything: only a button of the form itself submits the page's form.
  element.addEventListener('submit', (event) => {
    event.stopPropagation();
    if (event.submitter && event.submitter === document.activeElement) outer?.requestSubmit();
  });
}

function submitting(event, { element, form, uploads, serverMessages, draft, sync }) {
  sync();
  if (event.submitter?.formNoValidate) {
    draft?.stop();
    return;
  }
  const errors = serverMessages.aside(() => form.validate());
  const problem = uploads.pending ? say('Wait until the files are uploaded.') : '';
  if (!Object.keys(errors).length && !problem) {
    draft?.stop();
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  requestAnimationFrame(() => serverMessages.focusFirst(element, problem));
}

function valuesInput(outer, element) {
  const found = outer?.querySelector('input[name="values"]');
  if (found) return found;
  const input = Object.assign(document.createElement('input'), { type: 'hidden', name: 'values' });
  element.after(input);
  return input;
}

function stateElement(outer) {
  const state = outer?.querySelector('[data-draft-state]') || document.querySelector('[data-draft-state]');
  if (state && !state.hasAttribute('aria-live')) state.setAttribute('aria-live', 'polite');
  return state;
}

async function start() {
  for (const element of document.querySelectorAll('.gc-form')) {
    const language = element.dataset.language || LANGUAGES[document.documentElement.lang] || 'en';
    speak(language);
    speakDates(language);
    try {
      await mount(element);
    } catch (error) {
      element.replaceChildren(Object.assign(document.createElement('p'), { className: 'gc-form-failed', textContent: say('The form could not be shown. Please reload the page.') }));
      element.firstChild.setAttribute('role', 'alert');
      console.error(error);
    }
  }
}

start();

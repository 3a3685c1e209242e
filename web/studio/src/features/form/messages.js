// What the server said about fields: shown at each field until its value changes, the rest above the form.
import { say } from './texts.js';
import { pathText } from './values.js';

export class ServerMessages {
  constructor(messages) {
    this.messages = new Map(Object.entries(messages));
    this.first = new Map();
    this.silent = false;
  }

  /** The messages for a field's value, as long as it is the one that the server saw. */
  of(instance, value) {
    const path = pathText(instance.valuePath);
    const message = this.messages.get(path);
    if (!message || this.silent) return [];
    const text = JSON.stringify(value ?? null);
    if (!this.first.has(path)) this.first.set(path, text);
    return this.first.get(path) === text ? [message] : [];
  }

  /** Check without the server's messages: whether they still hold is for the server to say. */
  aside(check) {
    this.silent = true;
    try {
      return check();
    } finally {
      this.silent = false;
    }
  }

  async show(element, form) {
    if (!this.messages.size) return;
    await new Promise((done) => setTimeout(done, 100));
    form.validate();
    const shown = new Set(form.get('formFieldInstanceRegistry').getAll().map((instance) => pathText(instance.valuePath)));
    const others = [...this.messages].filter(([path]) => !shown.has(path)).map(([, message]) => message);
    requestAnimationFrame(() => this.focusFirst(element, others.join(' ')));
  }

  /** Say how much is wrong above the form, and go to the first field that is. */
  focusFirst(element, also = '') {
    const wrong = [...element.querySelectorAll('.fjs-has-errors')];
    const box = element.querySelector('.gc-form-problems') || element.insertAdjacentElement('afterbegin', document.createElement('p'));
    box.className = 'gc-form-problems';
    box.setAttribute('role', 'alert');
    box.textContent = [wrong.length ? say('{count} fields need your attention.', { count: wrong.length }) : '', also].filter(Boolean).join(' ');
    const target = wrong[0]?.querySelector('input:not([type=hidden]):not([tabindex="-1"]),textarea,select,button');
    if (target) {
      target.focus({ preventScroll: true });
      wrong[0].scrollIntoView({ block: 'center' });
    } else {
      box.scrollIntoView({ block: 'center' });
    }
  }
}

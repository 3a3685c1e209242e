// Keeps what is typed: a draft is sent 1.5 seconds after the last change, and when the page is left.
import { say } from './texts.js';

const DELAY = 1500;

export class Draft {
  constructor({ url, token, state, values }) {
    this.url = url;
    this.token = token;
    this.state = state;
    this.values = values;
    this.timer = null;
    this.last = JSON.stringify(values());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && this.flush());
  }

  changed() {
    if (JSON.stringify(this.values()) === this.last) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), DELAY);
  }

  flush() {
    if (this.timer) this.save();
  }

  /** Stop: the values go with the submitted form now. */
  stop() {
    clearTimeout(this.timer);
    this.timer = null;
    this.url = '';
  }

  async save() {
    clearTimeout(this.timer);
    this.timer = null;
    const content = JSON.stringify(this.values());
    if (!this.url || content === this.last) return;
    try {
      const answer = await fetch(this.url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': this.token },
        body: JSON.stringify({ values: JSON.parse(content) }),
        keepalive: content.length < 60000,
      });
      if (!answer.ok) throw new Error(answer.statusText);
      this.last = content;
      this.tell(say('saved {time}', { time: clock(new Date()) }));
    } catch {
      this.tell(say('not saved; your next change tries again'));
    }
  }

  tell(text) {
    if (this.state) this.state.textContent = text;
  }
}

const clock = (now) => `${String(now.getHours()).padStart(2, '0')}:${String(now.getMinutes()).padStart(2, '0')}`;

// Sends files to the server and says what is wrong with a file before it is sent.
import { say } from './texts.js';
import { pathText } from './values.js';

const MIB = 1024 * 1024;

export function sizeText(bytes) {
  if (bytes >= MIB) return `${Number((bytes / MIB).toFixed(1))} MiB`;
  return `${Math.max(1, Math.round(bytes / 1024))} KiB`;
}

/** Return why a file can't be taken, or null. */
export function acceptable(file, accept, limit) {
  if (file.size > limit) return say('{name} is larger than {size}.', { name: file.name, size: sizeText(limit) });
  const endings = (accept || '').split(',').map((ending) => ending.trim().toLowerCase()).filter((ending) => ending.startsWith('.'));
  if (endings.length && !endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
    return say('{name} is of a kind that is not accepted here ({accept}).', { name: file.name, accept: endings.join(' ') });
  }
  return null;
}

/** Uploads to `url`, a file at a time; `pending` counts what is under way. */
export class Uploads {
  constructor({ url, filesUrl, limit, token }) {
    this.url = url;
    this.filesUrl = filesUrl;
    this.limit = limit;
    this.token = token;
    this.pending = 0;
  }

  addressOf(file) {
    return this.filesUrl ? this.filesUrl + encodeURIComponent(file.fingerprint) : null;
  }

  async send(file, fieldInstance, progress) {
    this.pending += 1;
    try {
      return await this.#post(file, pathText(fieldInstance.valuePath), progress);
    } finally {
      this.pending -= 1;
    }
  }

  // fetch tells nothing about the progress of an upload.
  #post(file, key, progress) {
    const body = new FormData();
    body.append('key', key);
    body.append('file', file, file.name);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const fail = () => reject(new Error(messageOf(request) || say('{name} could not be uploaded. Please try again.', { name: file.name })));
      request.open('POST', this.url);
      request.setRequestHeader('X-CSRF-Token', this.token);
      request.setRequestHeader('Accept', 'application/json');
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onerror = fail;
      request.onload = () => {
        const answer = answerOf(request);
        if (request.status >= 300 || typeof answer?.fingerprint !== 'string') fail();
        else resolve({ fingerprint: answer.fingerprint, name: answer.name || file.name, size: answer.size ?? file.size, type: answer.type ?? file.type });
      };
      request.send(body);
    });
  }
}

function answerOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null;
  }
}

function messageOf(request) {
  return request.status >= 400 && request.status < 500 ? answerOf(request)?.error : '';
}

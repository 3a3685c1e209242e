// The field for files: each chosen file is sent at once, and the value is a list of what the server keeps of them.
import { Description, Errors, FilePicker, FormContext, Label } from '@bpmn-io/form-js-viewer';
import { h } from 'preact';
import { useContext, useRef, useState } from 'preact/hooks';
import { say } from './texts.js';
import { acceptable, sizeText } from './uploads.js';

export function FileField(props) {
  const { field, domId, errors = [], disabled, readonly, fieldInstance, onChange } = props;
  const files = Array.isArray(props.value) ? props.value : [];
  const uploads = useContext(FormContext).getService('uploads');
  const fixed = disabled || readonly;
  const sending = useSending({ field, files, fieldInstance, onChange, uploads });
  const { required } = field.validate || {};
  const kind = ['fjs-form-field', 'fjs-form-field-filepicker', errors.length && 'fjs-has-errors', disabled && 'fjs-disabled', readonly && 'fjs-readonly'];
  return h('div', { class: kind.filter(Boolean).join(' ') }, [
    h(Label, { htmlFor: domId, label: field.label, required }),
    h('ul', { class: 'gc-files' }, [
      ...files.map((file) => h(KeptFile, { key: file.fingerprint, file, uploads, fixed, remove: () => sending.remove(file) })),
      ...sending.current.map((upload) => h(SentFile, { key: upload.number, upload })),
    ]),
    !fixed && h(Choice, { field, domId, uploads, add: sending.add, required, invalid: errors.length > 0 }),
    sending.problems.map((text) => h('p', { key: text, class: 'gc-file-problem', role: 'alert' }, text)),
    h(Description, { id: `${domId}-description`, description: field.description }),
    h(Errors, { id: `${domId}-error-message`, errors }),
  ]);
}
FileField.config = {
  ...FilePicker.config,
  emptyValue: [],
  sanitizeValue: ({ value }) => (Array.isArray(value) ? value.filter((file) => file && typeof file.fingerprint === 'string') : []),
};

function Choice({ field, domId, uploads, add, required, invalid }) {
  const input = useRef(null);
  const camera = useRef(null);
  const chosen = (event) => {
    add([...event.target.files]);
    event.target.value = '';
  };
  if (!uploads) return h('p', { class: 'gc-file-problem' }, say('Files cannot be uploaded here.'));
  const photos = !field.accept || /image|jpe?g|png|heic/i.test(field.accept);
  return h('div', { class: 'gc-file-choice' }, [
    h('input', {
      ref: input, id: domId, type: 'file', class: 'gc-file-input', multiple: Boolean(field.multiple), accept: field.accept, onChange: chosen,
      'aria-required': Boolean(required), 'aria-invalid': invalid, 'aria-describedby': `${domId}-description ${domId}-error-message`,
    }),
    h('button', { type: 'button', class: 'fjs-button gc-file-button', tabIndex: -1, 'aria-hidden': true, onClick: () => input.current.click() },
      say(field.multiple ? 'Choose files' : 'Choose a file')),
    photos && h('input', { ref: camera, type: 'file', class: 'gc-file-input', accept: 'image/*', capture: 'environment', tabIndex: -1, 'aria-hidden': true, onChange: chosen }),
    photos && h('button', { type: 'button', class: 'fjs-button gc-file-button gc-camera', onClick: () => camera.current.click() }, say('Take a photo')),
    h('span', { class: 'gc-file-limit' }, [field.accept ? `${field.accept.replaceAll(',', ' ')} · ` : '', say('up to {size} each', { size: sizeText(uploads.limit) })]),
  ]);
}

function KeptFile({ file, uploads, fixed, remove }) {
  const address = uploads?.addressOf(file);
  return h('li', {}, [
    address ? h('a', { href: address, target: '_blank', rel: 'noopener' }, file.name) : h('span', {}, file.name),
    h('small', { title: `SHA-256 ${file.fingerprint}` }, file.size ? sizeText(file.size) : ''),
    !fixed && h('button', { type: 'button', class: 'gc-file-remove', 'aria-label': say('Remove {name}', { name: file.name }), onClick: remove }, '×'),
  ]);
}

function SentFile({ upload }) {
  const label = say('Uploading {name}', { name: upload.file.name });
  return h('li', {}, [h('span', {}, upload.file.name), h('progress', { max: 1, value: upload.share, 'aria-label': label })]);
}

let count = 0;

/** Sends files and keeps the field's list; several may be under way, so the newest list is in a reference. */
function useSending({ field, files, fieldInstance, onChange, uploads }) {
  const newest = useRef(files);
  newest.current = files;
  const [current, setCurrent] = useState([]);
  const [problems, setProblems] = useState([]);
  const change = (list) => {
    newest.current = list;
    onChange({ field, value: list });
  };
  const send = async (file) => {
    const number = (count += 1);
    setCurrent((list) => [...list, { number, file, share: 0 }]);
    const progress = (share) => setCurrent((list) => list.map((one) => (one.number === number ? { ...one, share } : one)));
    try {
      const kept = await uploads.send(file, fieldInstance, progress);
      const others = field.multiple ? newest.current.filter((one) => one.fingerprint !== kept.fingerprint) : [];
      change([...others, kept]);
    } catch (error) {
      setProblems((list) => [...list, error.message]);
    }
    setCurrent((list) => list.filter((one) => one.number !== number));
  };
  const add = async (chosen) => {
    const refused = chosen.map((file) => acceptable(file, field.accept, uploads.limit)).filter(Boolean);
    setProblems(refused);
    for (const file of chosen.filter((one) => !acceptable(one, field.accept, uploads.limit))) await send(file);
  };
  const remove = (file) => change(newest.current.filter((one) => one !== file));
  return { current, problems, add, remove };
}

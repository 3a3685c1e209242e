// The form viewer with what we changed in it; the agreement test runs this same module.
import { ConditionChecker, createForm } from '@bpmn-io/form-js-viewer';
import { Computed, ComputedRounds } from './computed.js';
import { FileField } from './files.js';
import { prepared } from './prepare.js';
import { say } from './texts.js';

/** A hidden field counts as null in every expression; the viewer itself falls back to the value that the form began with. */
class Conditions extends ConditionChecker {
  _cleanlyClearDataAtPath(path, data) {
    let target = data;
    for (const [depth, part] of path.slice(0, -1).entries()) {
      target[part] ??= typeof path[depth + 1] === 'number' ? [] : {};
      target = target[part];
    }
    target[path.at(-1)] = null;
  }
}
Conditions.$inject = ConditionChecker.$inject;

class Fields {
  constructor(formFields) {
    formFields.register('expression', Computed);
    formFields.register('filepicker', FileField);
  }
}
Fields.$inject = ['formFields'];

/** Adds the number of files to the viewer's checks, and what the server said about a value until that value changes. */
class Checks {
  constructor(validator, formFieldRegistry, serverMessages) {
    const own = validator.validateFieldInstance.bind(validator);
    validator.validateFieldInstance = (instance, value) => [
      ...own(instance, value),
      ...fileCount(formFieldRegistry.get(instance.id), value),
      ...serverMessages.of(instance, value),
    ];
  }
}
Checks.$inject = ['validator', 'formFieldRegistry', 'serverMessages'];

function fileCount(field, value) {
  if (field?.type !== 'filepicker' || !value?.length) return [];
  const { minFiles, maxFiles } = field.properties || {};
  if (minFiles && value.length < minFiles) return [say('At least {count} files are needed.', { count: minFiles })];
  if (maxFiles && value.length > maxFiles) return [say('At most {count} files are possible.', { count: maxFiles })];
  return [];
}

const NOTHING_SAID = { of: () => [] };

/** Show `schema` in `container`; `uploads` sends files, `serverMessages.of(instance, value)` gives the server's messages. */
export function showForm({ container, schema, data, readOnly = false, uploads = null, serverMessages = NOTHING_SAID }) {
  const ours = {
    __init__: ['ourFields', 'ourChecks'],
    translate: ['value', say],
    conditionChecker: ['type', Conditions],
    computedRounds: ['type', ComputedRounds],
    ourFields: ['type', Fields],
    ourChecks: ['type', Checks],
    serverMessages: ['value', serverMessages],
    uploads: ['value', uploads],
  };
  return createForm({
    container,
    schema: prepared(schema, say),
    data,
    properties: readOnly ? { readOnly: true } : {},
    additionalModules: [ours],
    debounce: false,
  });
}

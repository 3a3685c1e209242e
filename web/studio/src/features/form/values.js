// Where the value of each field stands, and which values belong to the form.

/** 'rows[0].name' for ['rows', 0, 'name'], as the server writes it. */
export function pathText(path) {
  return path.reduce((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part), '');
}

/** The values of all fields that people may change, hidden ones too: the server decides by itself what is hidden. */
export function valuesOf(form) {
  const { data } = form._getState();
  const names = new Set();
  for (const field of form.get('formFieldRegistry').getAll()) {
    const config = form.get('formFields').get(field.type)?.config;
    const carries = config?.keyed ? !field.disabled : config?.repeatable;
    if (!carries) continue;
    const path = form.get('pathRegistry').getValuePath(field);
    if (path.length) names.add(path[0]);
  }
  return Object.fromEntries([...names].filter((name) => data[name] !== undefined).map((name) => [name, data[name]]));
}

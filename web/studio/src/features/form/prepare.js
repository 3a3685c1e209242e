// Makes of a deployed form what the viewer shows: our own checks of addresses and numbers, and values computed at once.

// The viewer's own pattern for telephone numbers knows no Chinese numbers without +86.
const KINDS = {
  email: ['^[^\\s@]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63}){0,8}$', 'Field must be a valid email.'],
  phone: ['^\\+?[0-9][0-9 ()-]{4,24}$', 'Field must be a valid phone number.'],
};

export function prepared(schema, say) {
  return { ...schema, components: (schema.components || []).map((component) => prepareComponent(component, say)) };
}

function prepareComponent(component, say) {
  const changed = { ...component };
  if (component.components) changed.components = component.components.map((inner) => prepareComponent(inner, say));
  if (component.type === 'expression') changed.computeOn = 'change';
  if (component.type === 'datetime') {
    changed.use24h = true;
    changed.timeInterval ||= 15;
    changed.timeSerializingFormat ||= 'no_timezone';
  }
  const kind = KINDS[component.validate?.validationType];
  if (kind) {
    const { validationType, ...checks } = component.validate;
    changed.validate = { ...checks, pattern: kind[0], patternErrorMessage: say(kind[1]) };
  }
  return changed;
}

// Shows on a diagram where an instance stands: a colour and a sign at each element, and the flows that were taken.
const SIGNS = { active: '▶', done: '✓', incident: '!', overdue: '⏰' };

/** Mark elements by `marks` ({element id: state}); flows between marked elements, or listed as 'done', are highlighted. */
export function mark(viewer, marks, say) {
  const registry = viewer.get('elementRegistry');
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  for (const [id, state] of Object.entries(marks)) {
    const element = registry.get(id);
    if (!element || !(state in SIGNS)) continue;
    if (element.waypoints) {
      canvas.addMarker(element, 'gc-taken');
      continue;
    }
    canvas.addMarker(element, `gc-${state}`);
    overlays.add(element, 'gc-state', { position: { top: -12, right: 12 }, scale: { min: 0.8, max: 1.4 }, html: badge(state, say) });
  }
}

function badge(state, say) {
  const element = document.createElement('div');
  element.className = `gc-badge gc-badge-${state}`;
  element.textContent = SIGNS[state];
  element.title = say(state);
  return element;
}

/** The ids of flows to mark when none are given: those that lead from an element done to one that was reached. */
export function takenBetween(viewer, marks) {
  const reached = (id) => id in marks;
  return viewer.get('elementRegistry')
    .filter((element) => element.waypoints && element.source && element.target)
    .filter((flow) => marks[flow.source.id] === 'done' && reached(flow.target.id))
    .map((flow) => flow.id);
}

/** A sentence for people who can't see the diagram: what is where. */
export function summary(viewer, marks, say) {
  const registry = viewer.get('elementRegistry');
  const lines = Object.entries(marks)
    .map(([id, state]) => [registry.get(id), state])
    .filter(([element, state]) => element && !element.waypoints && state !== 'done')
    .map(([element, state]) => `${element.businessObject.name || element.id}: ${say(state)}`);
  return lines.join('; ');
}

// Computed values. The viewer's own field computes only one of several per change (2.0); this one computes all.
import { ExpressionField, FormContext, useExpressionEvaluation } from '@bpmn-io/form-js-viewer';
import { evaluate } from '@bpmn-io/feelin';
import { useContext, useEffect } from 'preact/hooks';

const MAX_ROUNDS = 200;

/** Counts how often values were computed since somebody changed something, so that a circle of them ends. */
export class ComputedRounds {
  constructor(eventBus) {
    this.count = 0;
    eventBus.on('field.updated', ({ computed }) => {
      if (!computed) this.count = 0;
    });
    eventBus.on('import.done', () => {
      this.count = 0;
    });
  }

  next() {
    this.count += 1;
    return this.count <= MAX_ROUNDS;
  }
}
ComputedRounds.$inject = ['eventBus'];

/** What the server would keep of a FEEL value: plain JSON, numbers of 15 digits, dates as text. */
export function kept(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(15)) : null;
  if (typeof value !== 'object') return typeof value === 'function' ? null : value;
  if (Array.isArray(value)) return value.map(kept);
  if (value.isLuxonDateTime || value.isLuxonDuration) return evaluate('string(x)', { x: value }).value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, kept(item)]));
}

export function Computed({ field, value, onChange }) {
  const { getService } = useContext(FormContext);
  const found = kept(useExpressionEvaluation(field.expression));
  useEffect(() => {
    if (JSON.stringify(found) === JSON.stringify(value ?? null) || !getService('computedRounds').next()) return;
    onChange({ field, value: found, computed: true });
  });
  return null;
}
Computed.config = ExpressionField.config;

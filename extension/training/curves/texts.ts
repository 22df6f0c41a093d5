// The curves panel's words and the sentences of its marks, in the editor's language.
import * as vscode from 'vscode';
import type { CurvesWord } from '../../../webviews/shared/curves-contract.ts';
import type { NonFiniteCause } from '../runs/format.ts';
import type { Mark } from '../series/marks.ts';

export function markText(mark: Mark): string {
  const where = Number.isFinite(mark.x.epoch) ? vscode.l10n.t('epoch {0}', numberText(mark.x.epoch)) : vscode.l10n.t('step {0}', numberText(mark.x.step));
  switch (mark.kind) {
    case 'best':
      return vscode.l10n.t('Validation is best at {0}, with a loss of {1}: the weights of then are the ones to keep.', where, numberText(mark.value));
    case 'over-fitting':
      return vscode.l10n.t('Over-fitting since {0}: validation loss has risen by {1} % while training loss fell. Stop there, or regularise.', where, Math.round(mark.amount * 100));
    case 'under-fitting':
      return mark.reason === 'flat'
        ? vscode.l10n.t('Under-fitting: training loss is poor and hardly moves since {0}. A larger model or another learning rate may help.', where)
        : vscode.l10n.t('Under-fitting: validation is better than training throughout. There is room for less regularisation or more training.');
    case 'plateau':
      return vscode.l10n.t('Plateau since {0}: {1} more epochs brought hardly anything. A lower learning rate may, or this is the end.', where, mark.epochs);
    case 'non-finite':
      if (mark.cause !== undefined) return causeText(mark.cause, mark.name, where);
      return mark.isGradient
        ? vscode.l10n.t('At {0} the numbers stopped being finite; the first gradient to go is that of {1}. Lower the learning rate, or clip gradients.', where, mark.name)
        : vscode.l10n.t('{1} is no finite number since {0}. Lower the learning rate, or look for a logarithm or division of zero.', where, mark.name);
  }
}

function causeText(cause: NonFiniteCause, name: string, where: string): string {
  switch (cause) {
    case 'logarithm': return vscode.l10n.t('{0} is no finite number since {1}: a logarithm got zero or less. Add a small number to it, or clamp it.', name, where);
    case 'division': return vscode.l10n.t('{0} is no finite number since {1}: something was divided by zero. Add a small number below.', name, where);
    case 'root': return vscode.l10n.t('{0} is no finite number since {1}: a root was taken of less than zero. Clamp it at zero.', name, where);
    case 'exponential': return vscode.l10n.t('{0} is no finite number since {1}: an exponential grew beyond all numbers. Subtract its maximum first, or use a log-sum-exp.', name, where);
    case 'weights': return vscode.l10n.t('{0} is no finite number since {1}: the weights had grown out of bounds before. Lower the learning rate, or clip gradients.', name, where);
    case 'data': return vscode.l10n.t('{0} is no finite number since {1}: the data that the model was given hold NaN or infinity.', name, where);
  }
}

function numberText(value: number): string {
  return value.toLocaleString(vscode.env.language, { maximumSignificantDigits: 4, useGrouping: false });
}

export function curvesTexts(): Record<CurvesWord, string> {
  return {
    epoch: vscode.l10n.t('Epoch'), step: vscode.l10n.t('Step'), time: vscode.l10n.t('Time'), axis: vscode.l10n.t('Horizontal axis'), logarithmic: vscode.l10n.t('Logarithmic'), smoothing: vscode.l10n.t('Smoothing'),
    reset: vscode.l10n.t('Show everything'), stop: vscode.l10n.t('Stop'), table: vscode.l10n.t('Values as a table'), savePng: vscode.l10n.t('Save as PNG'), saveSvg: vscode.l10n.t('Save as SVG'), saveCsv: vscode.l10n.t('Save values as CSV'),
    goTo: vscode.l10n.t('Go to {0}'), runs: vscode.l10n.t('Runs'), marks: vscode.l10n.t('What to see'), noRuns: vscode.l10n.t('No run is chosen.'), waiting: vscode.l10n.t('Nothing has been reported yet.'),
    training: vscode.l10n.t('training'), validation: vscode.l10n.t('validation'), test: vscode.l10n.t('test'), devices: vscode.l10n.t('Devices'), show: vscode.l10n.t('Show {0}'),
    minimum: vscode.l10n.t('Lowest'), maximum: vscode.l10n.t('Highest'), last: vscode.l10n.t('Last'), series: vscode.l10n.t('Curve'),
    chartHelp: vscode.l10n.t('Left and right move the cursor, plus and minus zoom, 0 shows everything'),
    best: vscode.l10n.t('best'), 'over-fitting': vscode.l10n.t('over-fitting'), 'under-fitting': vscode.l10n.t('under-fitting'), plateau: vscode.l10n.t('plateau'), 'non-finite': vscode.l10n.t('not finite'),
    seconds: vscode.l10n.t('{0} s'), loading: vscode.l10n.t('Reading'), value: vscode.l10n.t('Value'), start: vscode.l10n.t('First'),
  };
}

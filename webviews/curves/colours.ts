// Colours of curves in the editor's four kinds of themes. After Okabe and Ito's palette, which people who see few colours tell apart,
// lightened or darkened for the ground; roles also differ by their dashes, so that no colour has to be seen.
export interface Palette {
  readonly curves: readonly string[];
  readonly ground: string;
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly font: string;
}

const onLight = ['#0072b2', '#c2500a', '#00805e', '#a8447f', '#7a6000', '#2b7fb8', '#555555'];
const onDark = ['#56b4e9', '#f5a30a', '#2fcf9f', '#f09ac9', '#f0e442', '#ff8a5c', '#c0c0c0'];
const onHighContrast = ['#6cc8ff', '#ffb020', '#3dffc2', '#ff9fd6', '#fff45c', '#ff9a70', '#ffffff'];
const onHighContrastLight = ['#00508a', '#8f3600', '#005c43', '#80265c', '#574400', '#003f87', '#292929'];

export function readPalette(): Palette {
  const style = getComputedStyle(document.body), classes = document.body.classList;
  const variable = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  const isContrastLight = classes.contains('vscode-high-contrast-light'), isContrast = classes.contains('vscode-high-contrast') && !isContrastLight, isLight = classes.contains('vscode-light') || isContrastLight;
  const text = variable('--vscode-foreground', isLight ? '#3b3b3b' : '#cccccc');
  return {
    curves: isContrastLight ? onHighContrastLight : isContrast ? onHighContrast : isLight ? onLight : onDark,
    ground: variable('--vscode-editor-background', isLight ? '#ffffff' : '#1f1f1f'), text,
    faint: variable('--vscode-descriptionForeground', text), grid: isContrast ? 'rgba(255, 255, 255, 0.22)' : isContrastLight ? 'rgba(0, 0, 0, 0.2)' : isLight ? 'rgba(0, 0, 0, 0.09)' : 'rgba(255, 255, 255, 0.09)',
    font: `11px ${variable('--vscode-font-family', 'sans-serif')}`,
  };
}

/** Dashes by role, in pixels. */
export const dashes: Readonly<Record<'training' | 'validation' | 'test', readonly number[]>> = { training: [], validation: [7, 4], test: [2, 3] };

// A button with a list of choices under it, for the mouse and the keyboard: arrows go through the list, Escape closes it.
// Knows nothing of what is chosen.
import type { SymbolName } from './page.ts';
import { element, symbol } from './page.ts';

export interface MenuItem {
  readonly label: string;
  /** Shown with a tick, and stays open when it is chosen. */
  readonly checked?: boolean;
  readonly choose: () => void;
}

/** `items` is asked each time that the list opens. */
export function menuButton(name: SymbolName, label: string, items: () => readonly MenuItem[]): HTMLElement {
  const button = element('button', { class: 'icon', type: 'button', title: label, 'aria-label': label, 'aria-haspopup': 'menu', 'aria-expanded': 'false' }, symbol(name));
  const list = element('div', { class: 'menu', role: 'menu', 'aria-label': label, hidden: '' });
  const holder = element('div', { class: 'menu-holder' }, button, list);
  /** The focused entry goes when the list is written anew; that is no leaving of it. */
  let isFilling = false;
  const close = (returnsFocus: boolean): void => {
    list.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    if (returnsFocus) button.focus();
  };
  const entries = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
  const fill = (): void => {
    list.replaceChildren(...items().map((item, at) => {
      const isCheck = item.checked !== undefined;
      const tick = symbol('tick');
      tick.classList.add('tick');
      const entry = element('button', { type: 'button', role: isCheck ? 'menuitemcheckbox' : 'menuitem', tabindex: '-1', ...(isCheck ? { 'aria-checked': String(item.checked) } : {}) }, isCheck ? tick : undefined, item.label);
      entry.addEventListener('click', () => {
        item.choose();
        if (!isCheck) { close(true); return; }
        isFilling = true;
        fill();
        isFilling = false;
        entries()[at]?.focus();
      });
      return entry;
    }));
  };
  const open = (): void => {
    fill();
    list.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    entries()[0]?.focus();
  };
  button.addEventListener('click', () => { if (list.hidden) open(); else close(true); });
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' || !list.hidden) return;
    event.preventDefault();
    open();
  });
  list.addEventListener('keydown', (event) => {
    const all = entries(), at = all.indexOf(document.activeElement as HTMLElement);
    const to = event.key === 'ArrowDown' ? (at + 1) % all.length : event.key === 'ArrowUp' ? (at - 1 + all.length) % all.length : event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : undefined;
    if (to !== undefined) { event.preventDefault(); all[to]?.focus(); }
    else if (event.key === 'Escape') { event.preventDefault(); close(true); }
    else if (event.key === 'Tab') close(false);
  });
  holder.addEventListener('focusout', (event) => { if (!isFilling && !list.hidden && !holder.contains(event.relatedTarget as Node | null)) close(false); });
  return holder;
}

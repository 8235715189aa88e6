import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * Moves the focus to the heading of a card that has just come, so that a keyboard goes on from there and a screen reader reads it;
 * to the heading and not to a button, so that a space bar under way answers no call. Whoever types or chooses is left alone.
 */
export function useArrival<E extends HTMLElement>(): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    const busy = document.activeElement?.matches('input, select, textarea, dialog *');
    if (!busy) element.current?.focus({ preventScroll: false });
  }, []);
  return element;
}

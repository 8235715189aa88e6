import type { Outcome } from '../wire';

/** What may come of a call that came in: a word for noise closes what is owed (rule 3). */
const INBOUND: readonly Outcome[] = ['spoken', 'not_spoken', 'silent', 'wrong_number', 'prank', 'abusive', 'test'];

/** What may come of a call that we began (rule 10). */
const ATTEMPT: readonly Outcome[] = [
  'spoken',
  'not_spoken',
  'busy',
  'no_answer',
  'off',
  'machine',
  'other_person',
  'invalid',
  'refused',
];

/** The outcomes of a wrap-up; Alt and its place chooses one. */
export function outcomesOf(attempt: boolean): readonly Outcome[] {
  return attempt ? ATTEMPT : INBOUND;
}

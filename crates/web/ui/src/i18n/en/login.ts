export const login = {
  title: 'Sign in',
  name: 'Login name',
  password: 'Password',
  submit: 'Sign in',
  busy: 'Signing in…',
  intro: 'For operators and supervisors of the helpline.',
  already: (name: string) => `You are signed in as ${name}.`,
  noPage: 'Your account keeps users and hours from the command line; there is no page for that yet.',
  capsLock: 'Caps Lock is on.',
};

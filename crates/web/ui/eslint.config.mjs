import js from '@eslint/js';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['dist/'] },
  js.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}', '*.ts'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // The DOM's types promise what older browsers and plain-HTTP pages lack.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // A function that gives nothing may end by calling another such.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allow: [{ name: 'URLSearchParams', from: 'lib' }] },
      ],
    },
  },
  {
    files: ['dev/**/*.mjs'],
    languageOptions: {
      globals: {
        console: 'readonly',
        document: 'readonly',
        navigator: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        URL: 'readonly',
        RTCPeerConnection: 'readonly',
        AudioContext: 'readonly',
        DOMException: 'readonly',
      },
    },
  },
);

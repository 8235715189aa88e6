import '../ui/style.css';
import { render } from 'preact';
import { LoginPage } from './page';

const root = document.getElementById('page');
if (root) render(<LoginPage />, root);
